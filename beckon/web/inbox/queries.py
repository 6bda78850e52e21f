"""Answers that a person of the practice has to read: found by their events, settled by events. Never writes.

The engine keeps no state "needs somebody": an answer waits until a `reply.settled` event names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from beckon.consent.facts import Ask, Channel, Purpose
from beckon.consent.queries import gather_facts, load_policy
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Later, Refused, Verdict
from beckon.desk.models import Call
from beckon.messaging.keys import reply_key
from beckon.messaging.models import Message, Template
from beckon.messaging.replies.meanings import Meaning
from beckon.people.models import Person
from beckon.people.queries import full_name

SETTLED, REOPENED = "reply.settled", "reply.reopened"
FOR_PEOPLE = (Meaning.QUESTION, Meaning.OTHER, Meaning.RESCHEDULE)
"""Meanings nothing else acts on, or not fully. An opt-out whose word may have meant the visit belongs here too."""
WINDOW = timedelta(days=30)
PAGE = 50
COUNT_UP_TO = 100
SHOWN = 12
CANNED = "reply/"
"""Templates whose key begins so are offered as ready answers, beside the practice's details."""

_RECEIVED = """
WITH received AS MATERIALIZED (
  SELECT id, subject_id, person_id, at, coalesce(data->>'meaning', 'other') AS meaning, data->>'channel' AS channel
    FROM events_event
   WHERE kind = 'message.received' AND at >= %(since)s AND at <= %(until)s AND subject_id IS NOT NULL
     AND (%(all)s OR data->>'meaning' = ANY (%(meanings)s) OR data->>'asks_to_cancel' = 'true')
), settled AS MATERIALIZED (
  SELECT DISTINCT ON (subject_id) subject_id, kind, at, actor FROM events_event
   WHERE kind IN ('reply.settled', 'reply.reopened') AND at >= %(since)s ORDER BY subject_id, id DESC
)
SELECT r.subject_id, r.person_id, r.at, r.meaning, r.channel, s.at, s.actor
  FROM received r LEFT JOIN settled s ON s.subject_id = r.subject_id AND s.kind = 'reply.settled'
 WHERE %(wanted)s = 'all' OR (s.subject_id IS NOT NULL) = (%(wanted)s = 'done')
 ORDER BY r.at DESC, r.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Answer:
    """An answer on the list. `name` "" where nobody with that number is on file."""

    message_id: int
    person_id: int | None
    name: str
    zone: str
    at: datetime
    meaning: str
    channel: str
    body: str
    settled_at: datetime | None
    settled_by: str


def answers(now: datetime, *, wanted: str = "open", until: datetime | None = None) -> list[Answer]:
    """The newest answers of the last 30 days: "open", "done" or "all" (of every meaning), a page and one more."""
    rows = _rows(now, wanted, until, PAGE + 1)
    bodies = dict(Message.objects.filter(pk__in=[r[0] for r in rows]).values_list("pk", "body"))
    people = Person.objects.in_bulk({r[1] for r in rows if r[1]})
    found = []
    for message_id, person_id, at, meaning, channel, settled_at, actor in rows:
        person = people.get(person_id)
        name, zone = (full_name(person), person.time_zone) if person else ("", "")
        body = bodies.get(message_id, "")
        found.append(Answer(message_id, person_id, name, zone, at, meaning, channel, body, settled_at, actor or ""))
    return found


def count_open(now: datetime) -> int:
    """How many answers wait; COUNT_UP_TO stands for more."""
    return len(_rows(now, "open", None, COUNT_UP_TO))


def _rows(now: datetime, wanted: str, until: datetime | None, limit: int) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "since": now - WINDOW,
        "until": until or now,
        "all": wanted == "all",
        "meanings": [m.value for m in FOR_PEOPLE],
        "wanted": wanted,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, values)
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Conversation:
    """One answer with what went before and after it, oldest first. `verdict`: what the gate says of a text now."""

    message: Message
    person: Person | None
    name: str
    messages: Sequence[Message]
    calls_since: int
    is_settled: bool
    is_answered: bool
    verdict: Verdict | None
    templates: Sequence[Template]


def conversation(message_id: int, now: datetime) -> Conversation | None:
    """The conversation an answer belongs to, with its last messages; None where there is no such answer."""
    message = Message.objects.filter(pk=message_id, is_inbound=True).first()
    if message is None:
        return None
    person = Person.objects.filter(pk=message.person_id or 0).first()
    mine = Message.objects.filter(person_id=person.pk) if person else Message.objects.filter(pk=message.pk)
    at = message.settled_at or message.recorded_at
    return Conversation(
        message,
        person,
        full_name(person) if person else "",
        list(reversed(mine.order_by("-pk")[:SHOWN])),
        Call.objects.filter(person_id=person.pk, started_at__gte=at, undone_at=None).count() if person else 0,
        is_settled(message_id, person.pk if person else None, now),
        Message.objects.filter(dedupe_key=reply_key(message_id)).exists(),
        _verdict(person.pk, at, now) if person else None,
        _canned(),
    )


def is_settled(message_id: int, person_id: int | None, now: datetime) -> bool:
    """Whether somebody has settled an answer and nobody has opened it again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM events_event WHERE kind IN ('reply.settled', 'reply.reopened') AND subject_id = %s"
            " AND person_id IS NOT DISTINCT FROM %s ORDER BY id DESC LIMIT 1",
            [message_id, person_id],
        )
        row = cursor.fetchone()
    return row is not None and row[0] == SETTLED


def _verdict(person_id: int, asked_at: datetime, now: datetime) -> Verdict | None:
    facts = gather_facts([person_id], now=now).get(person_id)
    if facts is None:
        return None
    return may_contact(facts, Ask(Channel.SMS, Purpose.REPLY, requested_at=asked_at), now, load_policy())


def reason_of(verdict: Verdict | None) -> str:
    """The gate's reason code for "no" and "later"; "" where a text may go at once."""
    return str(verdict.reason) if isinstance(verdict, Refused | Later) else ""


def _canned() -> list[Template]:
    """Ready answers that are signed off: the newest version of each key and language."""
    rows = Template.objects.filter(channel="sms", signed_off_at__isnull=False).order_by("key", "language", "-version")
    newest: dict[str, Template] = {}
    for row in rows.filter(key__startswith=CANNED)[:60]:
        newest.setdefault(row.key, row)
    details = rows.filter(key="desk/practice-details").first()
    return [*([details] if details else []), *newest.values()]
