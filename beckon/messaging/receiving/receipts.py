"""Receipts: what carriers tell later. They repeat and arrive out of order, so rows only move up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from beckon.channels.carriers.base import Receipt, Word
from beckon.core.actors import Actor
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.tenancy import current_organization
from beckon.messaging.actions import FAILED, failed_data
from beckon.messaging.keys import message_of
from beckon.messaging.receiving.reactions import Report, react
from beckon.messaging.rules import RANK, Outcome, receipt_outcome
from beckon.messaging.values import MessageStatus
from beckon.people.locking import lock_people

_FIND: Final = """
SELECT id, carrier_ref, person_id, number_id, channel, status, step, enrollment_id, campaign_id
  FROM messaging_message
 WHERE (id = ANY(%s) OR (carrier_ref = ANY(%s) AND carrier_ref <> '')) AND sender_id = %s AND NOT is_inbound
 ORDER BY id FOR UPDATE
"""
_PEOPLE: Final = """
SELECT DISTINCT person_id FROM messaging_message
 WHERE (id = ANY(%s) OR (carrier_ref = ANY(%s) AND carrier_ref <> '')) AND NOT is_inbound AND person_id IS NOT NULL
"""
_QUIET: Final = frozenset({Word.ACCEPTED, Word.DELIVERED, Word.UNKNOWN})
"""Words that change a message and nobody's journey."""
_MERGE: Final = """
UPDATE messaging_message m
   SET status = v.status, reason = v.reason, look_up_at = NULL, sent_at = coalesce(m.sent_at, %s),
       settled_at = CASE WHEN v.status = 'sent' THEN m.settled_at ELSE coalesce(m.settled_at, %s) END,
       vendor_code = CASE WHEN v.code = '' THEN m.vendor_code ELSE v.code END,
       carrier_ref = CASE WHEN m.carrier_ref = '' THEN v.carrier_ref ELSE m.carrier_ref END
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
       AS v(id, status, reason, code, carrier_ref)
 WHERE m.id = v.id
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    carrier_ref: str
    person_id: int | None
    number_id: int | None
    channel: str
    status: str
    step: str
    enrollment_id: int | None
    campaign_id: int | None


@dataclass(frozen=True, slots=True)
class _Change:
    row: _Row
    outcome: Outcome
    receipt: Receipt


def record_receipts(receipts: Sequence[Receipt], *, sender_id: int, by: Actor, now: datetime) -> list[bool]:
    """Merge receipts of one sender; one answer per receipt: True when its message is known (changed or not).

    False means it came before its message was recorded: keep it and try again. Inside org_scope.
    """
    if not receipts:
        return []
    lock_people(people_moved_by(receipts))
    by_id, by_ref = _find(receipts, sender_id)
    changes: dict[int, _Change] = {}
    is_known: list[bool] = []
    for receipt in receipts:
        row = by_id.get(_id_of(receipt)) or by_ref.get(receipt.carrier_ref)
        is_known.append(row is not None)
        if row is None:
            continue
        current = changes[row.id].outcome.status if row.id in changes else MessageStatus(row.status)
        outcome = receipt_outcome(current, receipt.word)
        if outcome is not None:
            changes[row.id] = _Change(row, outcome, receipt)
    _merge(list(changes.values()), sender_id=sender_id, by=by, now=now)
    return is_known


def people_moved_by(receipts: Sequence[Receipt]) -> list[int]:
    """Whom bad news is about: journeys, numbers or consent of theirs may change, so they are locked before messages."""
    bad = [receipt for receipt in receipts if receipt.word not in _QUIET]
    if not bad:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [[_id_of(r) for r in bad], [r.carrier_ref for r in bad]])
        return [row[0] for row in cursor.fetchall()]


def _id_of(receipt: Receipt) -> int:
    return message_of(receipt.reference, current_organization().pk) or 0


def _find(receipts: Sequence[Receipt], sender_id: int) -> tuple[dict[int, _Row], dict[str, _Row]]:
    ids = [id_ for receipt in receipts if (id_ := _id_of(receipt))]
    refs = [r.carrier_ref for r in receipts if r.carrier_ref]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [ids, refs, sender_id])
        rows = [_Row(*row) for row in cursor.fetchall()]
    return {row.id: row for row in rows}, {row.carrier_ref: row for row in rows if row.carrier_ref}


def _merge(changes: Sequence[_Change], *, sender_id: int, by: Actor, now: datetime) -> None:
    if not changes:
        return
    assert all(RANK[c.outcome.status] > RANK[MessageStatus(c.row.status)] for c in changes)
    changes = sorted(changes, key=lambda c: c.row.id)
    with connection.cursor() as cursor:
        cursor.execute(
            _MERGE,
            [
                now,
                now,
                [c.row.id for c in changes],
                [c.outcome.status.value for c in changes],
                [c.outcome.reason for c in changes],
                [c.receipt.vendor_code[:40] for c in changes],
                [c.receipt.carrier_ref[:120] for c in changes],
            ],
        )
    failed = [c for c in changes if c.outcome.status is MessageStatus.FAILED]
    record_events(
        [
            NewEvent(
                FAILED,
                c.row.person_id,
                c.row.id,
                failed_data(c.row.step, c.outcome.reason, c.row.channel, c.row.enrollment_id, c.row.campaign_id),
            )
            for c in failed
        ],
        by=by,
        now=now,
    )
    react(
        [
            Report(c.row.id, c.row.person_id, c.row.number_id, c.row.channel, c.receipt.word, c.receipt.vendor_code)
            for c in failed
        ],
        sender_id=sender_id,
        by=by,
        now=now,
    )
