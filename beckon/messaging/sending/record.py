"""Records what became of messages handed to a carrier, in bulk; rows only move up, whatever overtook them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from beckon.channels.carriers.base import SendResult, Word
from beckon.core.actors import Actor
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.messaging.raw import raw_cursor
from beckon.messaging.receiving.reactions import Report, react
from beckon.messaging.rules import Due, Outcome, outcome_of
from beckon.messaging.sending.claim import failed_event
from beckon.messaging.sending.mark import uncount_contacts
from beckon.messaging.values import Dispatched, MessageStatus

# A row that a receipt settled meanwhile keeps what the receipt said; an unknown one is never queued again.
_OPEN: Final = "(m.status = 'sending' OR (m.status = 'unknown' AND v.status <> 'queued'))"
_RECORD: Final = f"""
UPDATE messaging_message m
   SET status = CASE WHEN {_OPEN} THEN v.status ELSE m.status END,
       reason = CASE WHEN {_OPEN} THEN v.reason ELSE m.reason END,
       not_before = CASE WHEN {_OPEN} THEN coalesce(v.not_before, m.not_before) ELSE m.not_before END,
       sent_at = coalesce(m.sent_at, v.sent_at),
       settled_at = coalesce(m.settled_at, v.settled_at),
       look_up_at = CASE WHEN {_OPEN} THEN v.look_up_at ELSE NULL END,
       carrier_ref = CASE WHEN v.carrier_ref = '' THEN m.carrier_ref ELSE v.carrier_ref END,
       vendor_code = CASE WHEN {_OPEN} THEN v.vendor_code ELSE m.vendor_code END,
       segments = coalesce(v.segments, m.segments),
       cost_cents = v.cost_cents
  FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[],
              %b::timestamptz[], %b::text[], %b::text[], %b::smallint[], %b::numeric[])
       AS v(id, status, reason, not_before, sent_at, settled_at, look_up_at, carrier_ref, vendor_code, segments,
            cost_cents)
 WHERE m.id = v.id
"""

_HANDED: Final = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNKNOWN})
_SETTLED: Final = frozenset({MessageStatus.DELIVERED, MessageStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Handed:
    """A message that was marked, its try, when, and what the carrier said."""

    due: Due
    tries: int
    at: datetime
    result: SendResult


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
    costs = [
        _cost(h, price_cents) if o.status in _HANDED else Decimal(0) for h, o in zip(rows, outcomes, strict=True)
    ]
    with raw_cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                [h.due.id for h in rows],
                [o.status.value for o in outcomes],
                [o.reason for o in outcomes],
                [o.not_before for o in outcomes],
                [h.at if o.status in _HANDED else None for h, o in zip(rows, outcomes, strict=True)],
                [now if o.status in _SETTLED else None for o in outcomes],
                [o.look_up_at for o in outcomes],
                [h.result.carrier_ref[:120] for h in rows],
                [h.result.vendor_code[:40] for h in rows],
                [h.result.segments for h in rows],
                costs,
            ],
        )


def _cost(handed: Handed, price_cents: Decimal) -> Decimal:
    if handed.result.cost_cents is not None:
        return handed.result.cost_cents
    return price_cents * (handed.result.segments or handed.due.segments)
