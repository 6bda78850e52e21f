"""Records what became of messages handed to a carrier, in bulk; rows only move up, whatever overtook them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from beckon.channels.carriers.base import SendResult, Word
from beckon.core.actors import Actor
from beckon.core.bulk.cursor import id_array, raw_cursor
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.messaging.receiving.reactions import Report, react
from beckon.messaging.rules import Due, Outcome, outcome_of
from beckon.messaging.sending.claim import failed_event
from beckon.messaging.sending.mark import uncount_contacts
from beckon.messaging.values import Dispatched, MessageStatus
from beckon.people.locking import lock_people

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
  FROM unnest(%(ids)s::bigint[], %(refs)b::text[]) AS v(id, carrier_ref)
 WHERE m.id = v.id
"""
_LOCK: Final = "SELECT id FROM messaging_message WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"

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
    fates = [(outcome_of(group[0].result, tries=group[0].tries, now=now, wall=wall), group) for group in _alike(handed)]
    moved = [group for outcome, group in fates if not outcome.left or _is_loud(group[0].result)]
    lock_people(h.due.person_id for group in moved for h in group)  # people first, then anything of theirs
    _update(fates, price_cents, now)
    uncount_contacts([(h.due.person_id, h.at) for outcome, group in fates if not outcome.left for h in group])
    gone = [(h, o) for o, group in fates if o.status is MessageStatus.FAILED for h in group]
    record_events(
        [failed_event(h.due, o.reason) for h, o in sorted(gone, key=lambda pair: pair[0].due.id)], by=by, now=now
    )
    told = [h for _, group in fates if _is_loud(group[0].result) for h in group]
    react([_report(h) for h in sorted(told, key=lambda h: h.due.id)], sender_id=sender_id, by=by, now=now)
    counts: Counter[MessageStatus] = Counter()
    for outcome, group in fates:
        counts[outcome.status] += len(group)
    return _tally(counts)


_QUIET: Final = frozenset({Word.ACCEPTED, Word.DELIVERED, Word.UNKNOWN, Word.TRY_LATER, Word.FAILED})


def _is_loud(result: SendResult) -> bool:
    return bool(result.alarm) or result.word not in _QUIET


def _tally(counts: Mapping[MessageStatus, int]) -> Dispatched:
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


def _alike(handed: Sequence[Handed]) -> list[list[Handed]]:
    """Those that fared alike in all but the vendor's id, nearly always all of them; each group in id order."""
    groups: dict[tuple[object, ...], list[Handed]] = {}
    for each in sorted(handed, key=lambda h: h.due.id):
        _reference, status, word, _ref, *more = each.result
        groups.setdefault((each.at, each.tries, status, word, *more), []).append(each)
    return list(groups.values())


def _update(fates: Sequence[tuple[Outcome, list[Handed]]], price_cents: Decimal, now: datetime) -> None:
    """One UPDATE for each group."""
    with raw_cursor() as cursor:
        if len(fates) > 1:  # locked in id order, whatever order the groups have
            cursor.execute(_LOCK, [id_array(h.due.id for _, group in fates for h in group)])
        for outcome, group in fates:
            result, has_left = group[0].result, outcome.status in _HANDED
            cursor.execute(
                _RECORD,
                {
                    "status": outcome.status.value,
                    "reason": outcome.reason,
                    "not_before": outcome.not_before,
                    "sent_at": group[0].at if has_left else None,
                    "settled_at": now if outcome.status in _SETTLED else None,
                    "look_up_at": outcome.look_up_at,
                    "vendor_code": result.vendor_code[:40],
                    "segments": result.segments,
                    "cost": result.cost_cents if has_left else Decimal(0),
                    "price": price_cents,
                    "ids": id_array(h.due.id for h in group),
                    "refs": [h.result.carrier_ref[:120] for h in group],
                },
                prepare=True,
            )
