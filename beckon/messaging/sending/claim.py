"""Claims due messages and asks permission again: reads, pure decisions, and the rows of those that do not go.

Never talks to a carrier. Runs inside org_scope; the caller holds the sender's lease, so a claim needs no locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beckon.consent.facts import Channel
from beckon.consent.queries import gather_facts, load_policy
from beckon.core.actors import Actor
from beckon.core.bulk.cursor import raw_cursor
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.messaging.actions import FAILED, failed_data
from beckon.messaging.rules import Drop, Due, PutOff, Send, decide
from beckon.people.locking import lock_people

_DUE = """
SELECT id, person_id, contact_point_id, number_id, channel, purpose, hipaa_class, requested_at, address, subject,
       body, back, language, extras, segments, expires_at, tries, campaign_id, enrollment_id, step
  FROM messaging_message
 WHERE sender_id = %s AND sent_at IS NULL AND settled_at IS NULL AND status = 'queued' AND not_before <= %s
   AND id <> ALL(%b::bigint[])
 ORDER BY not_before, id
 LIMIT %s
"""

_PUT_OFF = """
UPDATE messaging_message m SET not_before = v.not_before, reason = v.reason
  FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS v(id, not_before, reason)
 WHERE m.id = v.id AND m.status = 'queued'
"""

_DROP = """
UPDATE messaging_message m SET status = 'dropped', reason = v.reason, settled_at = %s
  FROM unnest(%s::bigint[], %s::text[]) AS v(id, reason)
 WHERE m.id = v.id AND m.status = 'queued'
RETURNING m.id
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """A claim after the gate. `claimed` counts all rows read, `repeated` those left for the next claim."""

    sends: tuple[Send, ...]
    claimed: int = 0
    dropped: int = 0
    later: int = 0


def claim_due(sender_id: int, *, limit: int, excluding: Sequence[int], now: datetime) -> list[Due]:
    """At most `limit` due messages of a sender, oldest first. `excluding` are on their way in this process."""
    with raw_cursor() as cursor:
        cursor.execute(_DUE, [sender_id, now, list(excluding), limit], binary=True)
        return [Due._make(row) for row in cursor.fetchall()]


def decide_batch(due: Sequence[Due], *, by: Actor, now: datetime) -> Decided:
    """Permission for a whole claim with the facts of this moment; puts off and drops what may not go.

    Of one person only the oldest message goes on: the next claim decides about another with that contact counted.
    """
    first = {d.person_id: d for d in reversed(due)}
    kinds = {Channel(channel).kind for channel in {d.channel for d in due}}
    facts, policy = gather_facts(list(first), now=now, kinds=kinds), load_policy()
    sends: list[Send] = []
    put_off: list[PutOff] = []
    drops: list[Drop] = []
    for each in due:
        if first[each.person_id] is not each:
            continue
        match decide(each, facts.get(each.person_id), now, policy):
            case Send() as send:
                sends.append(send)
            case PutOff() as later:
                put_off.append(later)
            case Drop() as drop:
                drops.append(drop)
    lock_people(drop.due.person_id for drop in drops)  # first of all, since a drop moves the journey on
    _record_put_off(put_off)
    dropped = record_drops(drops, by=by, now=now)
    return Decided(tuple(sends), len(due), dropped, len(put_off))


def _record_put_off(put_off: Sequence[PutOff]) -> None:
    if not put_off:
        return
    rows = sorted(put_off, key=lambda each: each.due.id)
    with raw_cursor() as cursor:
        cursor.execute(_PUT_OFF, [[r.due.id for r in rows], [r.not_before for r in rows], [r.reason for r in rows]])


def record_drops(drops: Sequence[Drop], *, by: Actor, now: datetime) -> int:
    """Store each no with its reason and tell the journeys; returns how many were still queued."""
    if not drops:
        return 0
    rows = sorted(drops, key=lambda each: each.due.id)
    with raw_cursor() as cursor:
        cursor.execute(_DROP, [now, [r.due.id for r in rows], [r.reason for r in rows]])
        gone = {row[0] for row in cursor.fetchall()}
    record_events([failed_event(r.due, r.reason) for r in rows if r.due.id in gone], by=by, now=now)
    return len(gone)


def failed_event(due: Due, reason: str) -> NewEvent:
    """The event that moves a journey on when a message will never arrive."""
    data = failed_data(due.step, reason, due.channel, due.enrollment_id, due.campaign_id)
    return NewEvent(FAILED, due.person_id, due.id, data)
