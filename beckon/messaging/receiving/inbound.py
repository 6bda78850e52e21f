"""Messages people send us: recorded once, understood, acted on at once, told as events. Batches, inside org_scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from psycopg.types.json import Jsonb

from beckon.channels.carriers.base import Inbound
from beckon.channels.models import Sender
from beckon.consent.actions import OptIn, OptOut, record_opt_in, record_opt_out
from beckon.consent.facts import Channel, Purpose
from beckon.consent.suppression import lift_stranger_stops, suppress_strangers
from beckon.core.actors import Actor
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.tenancy import current_organization
from beckon.messaging.actions import cancel_for_numbers, cancel_for_people, queue_messages
from beckon.messaging.keys import inbound_key, reply_key
from beckon.messaging.receiving.notices import notice_for
from beckon.messaging.receiving.tidying import tidy
from beckon.messaging.replies.classify import read_reply
from beckon.messaging.replies.meanings import Meaning, Reading
from beckon.messaging.values import NewMessage
from beckon.messaging.writing import practice_facts
from beckon.people.locking import lock_people
from beckon.people.models import ContactPoint

RECEIVED: Final = "message.received"
_EXPIRY: Final = timedelta(minutes=15)

_INSERT: Final = """
INSERT INTO messaging_message (
  dedupe_key, person_id, number_id, contact_point_id, is_inbound, channel, purpose, hipaa_class, requested_at,
  sender_id, template_id, campaign_id, enrollment_id, step, variant, language, address, subject, body, back, extras,
  segments, cost_cents, status, reason, meaning, vendor_code, carrier_ref, claimed_by, tries, decided_at, not_before,
  expires_at, sent_at, settled_at, look_up_at, recorded_at)
SELECT v.key, v.person_id, v.number_id, NULL, true, v.channel, 'received', '', NULL,
       %s, NULL, v.campaign_id, v.enrollment_id, v.step, '', v.language, v.address, '', v.body, '', v.extras,
       1, 0, 'received', '', v.meaning, '', v.ref, '', 0, %s, %s, NULL, NULL, %s, NULL, %s
  FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
              %s::text[], %s::text[], %s::jsonb[], %s::text[], %s::text[])
       AS v(key, person_id, number_id, channel, campaign_id, enrollment_id, step, language, address, body, extras,
            meaning, ref)
    ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id, dedupe_key
"""

# Who is meant: of those reached through the number, the one we wrote to last; else the lowest id.
_SENDERS: Final = """
WITH users AS MATERIALIZED (
  SELECT n.value, n.id AS number_id, c.person_id, p.language, p.given_name, p.family_name
    FROM people_number n
    JOIN people_contactpoint c ON c.number_id = n.id AND c.ended_at IS NULL
    JOIN people_person p ON p.id = c.person_id AND p.merged_into IS NULL
   WHERE n.kind = %s AND n.value = ANY(%s))
SELECT DISTINCT ON (u.value) u.value, u.number_id, u.person_id, u.language, u.given_name, u.family_name,
       m.campaign_id, m.enrollment_id, coalesce(m.step, '')
  FROM users u
  LEFT JOIN LATERAL (
    SELECT id, campaign_id, enrollment_id, step FROM messaging_message
     WHERE person_id = u.person_id AND number_id = u.number_id AND NOT is_inbound
       AND status NOT IN ('queued', 'dropped')
     ORDER BY id DESC LIMIT 1) m ON true
 ORDER BY u.value, m.id DESC NULLS LAST, u.person_id
"""
_NUMBERS: Final = "SELECT value, id FROM people_number WHERE kind = %s AND value = ANY(%s)"

_END_POINTS: Final = """
UPDATE people_contactpoint c SET ended_at = %s, ended_reason = 'wrong_person'
  FROM unnest(%s::bigint[], %s::bigint[]) AS v(person_id, number_id)
 WHERE c.person_id = v.person_id AND c.number_id = v.number_id AND c.ended_at IS NULL
"""
_DECEASED: Final = """
UPDATE people_person SET deceased_at = %s, updated_at = %s
 WHERE id IN (SELECT id FROM people_person WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) AND deceased_at IS NULL
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Writer:
    """Who wrote, as far as the number tells; and the message they probably answer."""

    number_id: int | None = None
    person_id: int | None = None
    language: str = ""
    names: tuple[str, ...] = ()
    campaign_id: int | None = None
    enrollment_id: int | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An inbound message as recorded; `message_id` None: it was there before, nothing was done."""

    message_id: int | None
    reading: Reading
    person_id: int | None
    number_id: int | None
    enrollment_id: int | None


@dataclass(frozen=True, slots=True)
class _New:
    id: int
    item: Inbound
    writer: _Writer
    reading: Reading


def record_inbound(
    batch: Sequence[Inbound], *, sender_id: int, carrier: str, by: Actor, now: datetime
) -> list[Received]:
    """Record and act on messages to one sender; one Received per item, in order. A repeat does nothing.

    STOP opts the number out and drops what is queued to it before anything else, and from a number not on file is
    kept for whoever comes with it; START ends that; a wrong person
    ends that person's contact point only; a death is marked. Every one is told as `message.received`.
    """
    if not batch:
        return []
    batch = [tidy(item, now) for item in batch]
    lock_people(people_reached(batch))
    writers = _writers(batch)
    readings = [_read(item, writers[item.from_]) for item in batch]
    ids = _insert(batch, writers, readings, sender_id, carrier, now)
    fresh: list[_New] = []
    received: list[Received] = []
    for item, reading in zip(batch, readings, strict=True):
        id_ = ids.pop(inbound_key(carrier, item.carrier_ref), None)
        writer = writers[item.from_]
        received.append(Received(id_, reading, writer.person_id, writer.number_id, writer.enrollment_id))
        if id_ is not None:
            fresh.append(_New(id_, item, writer, reading))
    _act(fresh, by=by, now=now)
    _answer(fresh, sender_id, by=by, now=now)
    record_events([_event(new) for new in fresh], by=by, now=now)
    return received


def _read(item: Inbound, writer: _Writer) -> Reading:
    language = writer.language or current_organization().language
    return read_reply(item.body, language=language, names=writer.names, opt_out=item.opt_out)


def _event(new: _New) -> NewEvent:
    writer = new.writer
    data = {
        "meaning": new.reading.meaning.value,
        "channel": new.item.channel.value,
        "language": new.reading.language,
        "enrollment_id": writer.enrollment_id,
        "campaign_id": writer.campaign_id,
        "step": writer.step,
        "asks_to_cancel": new.reading.asks_to_cancel,
    }
    return NewEvent(RECEIVED, writer.person_id, new.id, data)


def _writers(batch: Sequence[Inbound]) -> Mapping[str, _Writer]:
    kind = "email" if batch[0].channel.value == "email" else "phone"
    values = sorted({item.from_ for item in batch})
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [kind, values])
        writers = {value: _Writer() for value in values} | {row[0]: _Writer(row[1]) for row in cursor.fetchall()}
        cursor.execute(_SENDERS, [kind, values])
        for value, number_id, person_id, language, given, family, campaign_id, enrollment_id, step in cursor.fetchall():
            names = tuple(name for name in (given, family, f"{given} {family}") if len(name) > 1)
            writers[value] = _Writer(number_id, person_id, language, names, campaign_id, enrollment_id, step)
    return writers


def people_reached(batch: Sequence[Inbound]) -> list[int]:
    """Everybody whom the numbers that wrote reach: they are locked before anything of theirs."""
    points = ContactPoint.objects.filter(number__value__in={item.from_ for item in batch}, ended_at=None)
    return list(points.values_list("person_id", flat=True))


def _insert(
    batch: Sequence[Inbound],
    writers: Mapping[str, _Writer],
    readings: Sequence[Reading],
    sender_id: int,
    carrier: str,
    now: datetime,
) -> dict[str, int]:
    """Ids of the new rows by key."""
    who = [writers[item.from_] for item in batch]
    columns: list[list[Any]] = [
        [inbound_key(carrier, item.carrier_ref) for item in batch],
        [w.person_id for w in who],
        [w.number_id for w in who],
        [item.channel.value for item in batch],
        [w.campaign_id for w in who],
        [w.enrollment_id for w in who],
        [w.step for w in who],
        [r.language for r in readings],
        [item.from_[:320] for item in batch],
        [item.body for item in batch],
        [Jsonb({"media": list(item.media)}) if item.media else None for item in batch],
        [r.meaning.value for r in readings],
        [item.carrier_ref[:120] for item in batch],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [sender_id, now, now, now, wall_now(), *columns])
        return {row[1]: row[0] for row in cursor.fetchall()}


def _act(fresh: Sequence[_New], *, by: Actor, now: datetime) -> None:
    by_meaning: dict[Meaning, list[_New]] = {}
    for new in fresh:
        by_meaning.setdefault(new.reading.meaning, []).append(new)
    _stop(by_meaning.get(Meaning.STOP, ()), by=by, now=now)
    _start(by_meaning.get(Meaning.START, ()), by=by, now=now)
    _wrong_person(by_meaning.get(Meaning.WRONG_PERSON, ()), by=by, now=now)
    _deceased(by_meaning.get(Meaning.DECEASED, ()), by=by, now=now)


def _evidence(new: _New) -> str:
    return f"Reply received as message {new.id}, kept in the words of the person."


def _stop(news: Sequence[_New], *, by: Actor, now: datetime) -> None:
    stops = [
        OptOut(_evidence(n), person_id=n.writer.person_id, number_id=n.writer.number_id)
        for n in news
        if n.writer.number_id is not None
    ]
    if stops:
        record_opt_out(stops, by=by, now=now)
        cancel_for_numbers(_number_ids(news), "opted_out", by=by, now=now)
    suppress_strangers([n.item.from_ for n in news if n.writer.number_id is None], by=by, now=now)


def _start(news: Sequence[_New], *, by: Actor, now: datetime) -> None:
    starts = [
        OptIn(_evidence(n), person_id=n.writer.person_id, number_id=n.writer.number_id)
        for n in news
        if n.writer.number_id is not None
    ]
    if starts:
        record_opt_in(starts, by=by, now=now)
    lift_stranger_stops([n.item.from_ for n in news], by=by, now=now)


def _wrong_person(news: Sequence[_New], *, by: Actor, now: datetime) -> None:
    pairs = sorted(
        {
            (n.writer.person_id, n.writer.number_id)
            for n in news
            if n.writer.person_id is not None and n.writer.number_id is not None
        }
    )
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(_END_POINTS, [now, [person for person, _ in pairs], [number for _, number in pairs]])


def _deceased(news: Sequence[_New], *, by: Actor, now: datetime) -> None:
    people = sorted({n.writer.person_id for n in news if n.writer.person_id is not None})
    if not people:
        return
    with connection.cursor() as cursor:
        cursor.execute(_DECEASED, [now, now, people])
        marked = sorted(row[0] for row in cursor.fetchall())
    cancel_for_people(marked, "deceased", by=by, now=now)
    record_events([NewEvent("person.deceased", person, None, {"source": "reply"}) for person in marked], by=by, now=now)


def _number_ids(news: Sequence[_New]) -> list[int]:
    return sorted({n.writer.number_id for n in news if n.writer.number_id is not None})


def _answer(fresh: Sequence[_New], sender_id: int, *, by: Actor, now: datetime) -> None:
    """One automatic text to STOP, START and HELP by text; none where the carrier has answered already."""
    asked = [
        n
        for n in fresh
        if n.writer.person_id is not None
        and n.item.channel.value == Channel.SMS.value
        and not n.item.opt_out
        and n.reading.meaning in (Meaning.STOP, Meaning.START, Meaning.HELP)
    ]
    if not asked:
        return
    practice = practice_facts(Sender.objects.get(pk=sender_id), current_organization())
    name, phone = str(practice["practice_name"]), str(practice["practice_phone"])
    queue_messages(
        [
            NewMessage(
                reply_key(n.id),
                n.writer.person_id or 0,
                Channel.SMS,
                Purpose.OPT_OUT_NOTICE if n.reading.meaning is Meaning.STOP else Purpose.REPLY,
                sender_id,
                body=notice_for(n.reading, name, phone),
                language=n.reading.language,
                requested_at=now,
                expires_at=now + _EXPIRY,
            )
            for n in asked
        ],
        by=by,
        now=now,
    )
