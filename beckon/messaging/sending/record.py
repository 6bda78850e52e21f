"""Records what became of messages handed to a carrier, in bulk; rows only move up, whatever overtook them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beckon.channels.carriers.base import SendResult, Word
from beckon.core.actors import Actor
from beckon.core.bulk.cursor import raw_cursor
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.messaging.receiving.reactions import Report, react
from beckon.messaging.rules import Due, Outcome, outcome_of
from beckon.messaging.sending.claim import failed_event
from beckon.messaging.sending.mark import uncount_contacts
from beckon.messaging.values import Dispatched, MessageStatus

# A row that a receipt settled meanwhile keeps what the receipt said; an unknown one is never queued again.
_OPEN: Final = "(m.status = 'sending' OR (m.status = 'unknown' AND %(status)s <> 'queued'))"
_RECORD: Final = f"""
UPDATE messaging_message m
   SET status = CASE WHEN {_OPEN} THEN %(status)s ELSE m.status END,
       reason = CASE WHEN {_OPEN} THEN %(reason)s ELSE m.reason END,
       not_before = CASE WHEN {_OPEN} THEN coalesce(%(not_before)s::timestamptz, m.not_before) ELSE m.not_before END,
       sent_at = coalesce(m.sent_at, %(sent_at)s::timestamptz),
       settled_at = coalesce(m.settled_at, %(settled_at)s::timestamptz),
       look_up_at = CASE WHEN {_OPEN} THEN %(look_up_at)s::timestamptz END,
       carrier_ref = CASE WHEN v.carrier_ref = '' THEN m.carrier_ref ELSE v.carrier_ref END,
       vendor_code = CASE WHEN {_OPEN} THEN %(vendor_code)s ELSE m.vendor_code END,
       segments = coalesce(%(segments)s::smallint, m.segments),
       cost_cents = coalesce(%(cost)s::numeric, %(price)s::numeric * coalesce(%(segments)s::smallint, m.segments))
  FROM unnest(%(ids)b::bigint[], %(refs)b::text[]) AS v(id, carrier_ref)
 WHERE m.id = v.id
"""
_LOCK: Final = "SELECT id FROM messaging_message WHERE id = ANY(%b::bigint[]) ORDER BY id FOR UPDATE"

_HANDED: Final = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNKNOWN})
_SETTLED: Final = frozenset({MessageStatus.DELIVERED, MessageStatus.FAILED})


class Handed(NamedTuple):
    """A message that was marked, its try, when, and what the carrier said."""

    due: Due
    tries: int
    at: datetime
    result: SendResult


def commit_soon() -> None:
    """Let this transaction's commit return before it is on disk, for outcomes that say no more than "it left".

    A server that dies within the next second may forget them: the rows are `sending` again, as they were marked on
    disk before anything left, and become unknown with the next lease. They are never sent again (ADR 0009).
    """
    with raw_cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def record_results(
    handed: Sequence[Handed], *, sender_id: int, price_cents: Decimal, by: Actor, now: datetime
) -> Dispatched:
    """One UPDATE for all results, events for failures, reactions to vendor words; inside org_scope.

    `price_cents` is per segment or piece, for vendors that do not tell. `now` is domain time.
    """
    if not handed:
        return Dispatched()
    wall = wall_now()
    rows = sorted(handed, key=lambda each: each.due.id)
    outcomes = [outcome_of(h.result, tries=h.tries, now=now, wall=wall) for h in rows]
    _update(rows, outcomes, price_cents, now)
    gone = [(h, o) for h, o in zip(rows, outcomes, strict=True) if o.status is MessageStatus.FAILED]
    uncount_contacts([(h.due.person_id, h.at) for h, o in zip(rows, outcomes, strict=True) if not o.left])
    record_events([failed_event(h.due, o.reason) for h, o in gone], by=by, now=now)
    told = [h for h in rows if h.result.alarm or h.result.word not in _QUIET]
    react([_report(h) for h in told], sender_id=sender_id, by=by, now=now)
    return tally([o.status for o in outcomes])


_QUIET: Final = frozenset({Word.ACCEPTED, Word.DELIVERED, Word.UNKNOWN, Word.TRY_LATER, Word.FAILED})


def tally(statuses: Sequence[MessageStatus]) -> Dispatched:
    """How many of each."""
    counts = {status: statuses.count(status) for status in set(statuses)}
    return Dispatched(
        sent=counts.get(MessageStatus.SENT, 0),
        delivered=counts.get(MessageStatus.DELIVERED, 0),
        failed=counts.get(MessageStatus.FAILED, 0),
        retried=counts.get(MessageStatus.QUEUED, 0),
        unknown=counts.get(MessageStatus.UNKNOWN, 0),
    )


def _report(handed: Handed) -> Report:
    due, result = handed.due, handed.result
    return Report(due.id, due.person_id, due.number_id, due.channel, result.word, result.vendor_code, result.alarm)


def _update(rows: Sequence[Handed], outcomes: Sequence[Outcome], price_cents: Decimal, now: datetime) -> None:
    """One UPDATE for all rows that fared alike, which is nearly always all of them."""
    alike: dict[tuple[Any, ...], list[Handed]] = {}
    for handed, outcome in zip(rows, outcomes, strict=True):
        result = handed.result
        key = (outcome, handed.at, result.vendor_code[:40], result.segments, result.cost_cents)
        alike.setdefault(key, []).append(handed)
    with raw_cursor() as cursor:
        if len(alike) > 1:  # locked in id order, whatever order the groups have
            cursor.execute(_LOCK, [[h.due.id for h in rows]])
        for (outcome, at, vendor_code, segments, cost), group in alike.items():
            has_left = outcome.status in _HANDED
            cursor.execute(
                _RECORD,
                {
                    "status": outcome.status.value,
                    "reason": outcome.reason,
                    "not_before": outcome.not_before,
                    "sent_at": at if has_left else None,
                    "settled_at": now if outcome.status in _SETTLED else None,
                    "look_up_at": outcome.look_up_at,
                    "vendor_code": vendor_code,
                    "segments": segments,
                    "cost": cost if has_left else Decimal(0),
                    "price": price_cents,
                    "ids": [h.due.id for h in group],
                    "refs": [h.result.carrier_ref[:120] for h in group],
                },
            )
