"""What an agent sees of a person who was just claimed: facts, number, script, history. A fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from django.db import connection

from beckon.channels.models import Sender
from beckon.channels.templates import RenderFailure, Template
from beckon.consent.facts import PersonFacts, Point
from beckon.consent.queries import gather_facts
from beckon.core.actors import Actor
from beckon.core.models import User
from beckon.core.tenancy import current_organization
from beckon.desk.models import CallTask, Script
from beckon.desk.serving.eligibility import phone_points
from beckon.desk.timing import zone_of
from beckon.desk.values import MayHear, PastCall, PastMessage, Served, ServedNumber, WhyNow
from beckon.desk.words import day_words, month_name, time_words
from beckon.messaging.wording.variables import VARIABLES
from beckon.people.models import Person, Relationship

CALLS_SHOWN = 6
MESSAGES_SHOWN = 4
_CALLS = """
SELECT c.person_id, c.started_at, c.disposition, c.answered, c.agent, c.remarks, c.task_id, c.callback_at
  FROM unnest(%s::bigint[]) p(id) CROSS JOIN LATERAL (
    SELECT * FROM desk_call k WHERE k.person_id = p.id AND k.undone_at IS NULL ORDER BY k.started_at DESC LIMIT %s
  ) c
"""

_MESSAGES = """
SELECT m.person_id, COALESCE(m.sent_at, m.recorded_at), m.channel, m.is_inbound, m.status
  FROM unnest(%s::bigint[]) p(id) CROSS JOIN LATERAL (
    SELECT * FROM messaging_message k WHERE k.person_id = p.id ORDER BY k.id DESC LIMIT %s
  ) m
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that was given to an agent. `facts` where they were gathered a moment ago."""

    task_id: int
    person_id: int
    number_id: int | None
    agent: str
    why: WhyNow
    until: datetime | None = None
    facts: PersonFacts | None = None


@dataclass(frozen=True)
class _Background:
    """Everything that was read for a batch of claims, by person or by task."""

    people: Mapping[int, Person]
    tasks: Mapping[int, CallTask]
    facts: Mapping[int, PersonFacts]
    calls: Mapping[int, list[PastCall]]
    notes: Mapping[int, str]
    messages: Mapping[int, list[PastMessage]]
    may_hear: Mapping[int, list[MayHear]]
    scripts: Mapping[str, Mapping[str, str]]
    practice: Mapping[str, object]
    agents: Mapping[str, str]
    language: str


def show(claims: Sequence[Claim], agents: Mapping[str, Actor], *, until: datetime, now: datetime) -> list[Served]:
    """One Served per claim, in order. A claim whose person has lost every number is left out: its lease lapses."""
    if not claims:
        return []
    background = _gather(claims, now)
    shown = (_served(claim, agents[claim.agent], background, claim.until or until, now) for claim in claims)
    return [served for served in shown if served is not None]


def _gather(claims: Sequence[Claim], now: datetime) -> _Background:
    person_ids = sorted({c.person_id for c in claims})
    tasks = CallTask.objects.in_bulk([c.task_id for c in claims])
    facts = {c.person_id: c.facts for c in claims if c.facts is not None}
    unknown = [i for i in person_ids if i not in facts]
    if unknown:
        facts |= gather_facts(unknown, now=now)
    calls, notes = _calls(person_ids)
    return _Background(
        Person.objects.in_bulk(person_ids), tasks, facts, calls, notes, _messages(person_ids), _may_hear(person_ids),
        _scripts({t.script_key for t in tasks.values()}), _practice({t.text_sender_id for t in tasks.values()}),
        _agent_names({c.agent for c in claims}), current_organization().language,
    )


def _served(claim: Claim, agent: Actor, known: _Background, until: datetime, now: datetime) -> Served | None:
    person, task, facts = known.people[claim.person_id], known.tasks[claim.task_id], known.facts[claim.person_id]
    points = phone_points(facts)
    chosen = next((p for p in points if p.number_id == claim.number_id), points[0] if points else None)
    if chosen is None:
        return None
    local = now.astimezone(zone_of(chosen.place, person.time_zone))
    language = person.language or known.language
    script, problem = _script_text(task, person, agent, known, language, local)
    others = tuple(_number(p, facts.person_id) for p in points if p is not chosen)
    return Served(
        agent=agent, task_id=task.pk, leased_until=until, person_id=person.pk, given_name=person.given_name,
        family_name=person.family_name, birth_date=person.birth_date, language=language, local_time=local,
        number=_number(chosen, facts.person_id), other_numbers=others, why=claim.why, value=task.value,
        attempt=task.attempts + 1, max_attempts=task.max_attempts, is_callback=task.callback_at is not None,
        callback_note=known.notes.get(task.pk, ""), purpose=task.purpose, campaign_id=task.campaign_id,
        enrollment_id=task.enrollment_id, step=task.step, round=task.round, script=script, script_problem=problem,
        last_encounter_at=person.last_encounter_at, last_appointment_at=person.last_appointment_at,
        last_appointment_outcome=person.last_appointment_outcome, next_appointment_at=person.next_appointment_at,
        data_as_of=person.updated_at, calls=tuple(known.calls.get(person.pk, ())),
        messages=tuple(known.messages.get(person.pk, ())), may_hear=tuple(known.may_hear.get(person.pk, ())),
    )


def _number(point: Point, person_id: int) -> ServedNumber:
    guardian = point.owner_id if point.is_guardian and point.owner_id != person_id else None
    return ServedNumber(point.number_id, point.contact_point_id, point.value, point.line_type, guardian)


def _script_text(
    task: CallTask, person: Person, agent: Actor, known: _Background, language: str, local: datetime
) -> tuple[str, str]:
    """The script in the person's language, else in the practice's, else in any; and what is wrong, or ""."""
    versions = known.scripts.get(task.script_key, {})
    spoken = next((lang for lang in (language, known.language, "en", *sorted(versions)) if lang in versions), None)
    if spoken is None:
        return "", "no_script" if task.script_key else ""
    text = _compiled(versions[spoken]).render({
        **known.practice, "first_name": person.given_name, "last_name": person.family_name,
        "agent_name": known.agents.get(agent.key, ""), "opt_out": " ",
        "month_name": month_name(local, spoken), **_next_visit(person, local.tzinfo, spoken),
    })
    return ("", text.reason) if isinstance(text, RenderFailure) else (text, "")


def _next_visit(person: Person, zone: tzinfo | None, language: str) -> dict[str, object]:
    if person.next_appointment_at is None:
        return {}
    there = person.next_appointment_at.astimezone(zone)
    return {"appointment_day": day_words(there, language), "appointment_time": time_words(there)}


@lru_cache(maxsize=2_000)
def _compiled(body: str) -> Template:
    return Template(body, VARIABLES)


def _scripts(keys: set[str]) -> dict[str, dict[str, str]]:
    """The newest version of each script by key and language."""
    bodies: dict[str, dict[str, str]] = {}
    rows = Script.objects.filter(key__in=keys - {""}).order_by("key", "language", "version")
    for key, language, body in rows.values_list("key", "language", "body"):
        bodies.setdefault(key, {})[language] = body
    return bodies


def _practice(sender_ids: set[int | None]) -> dict[str, object]:
    """The practice's own facts for scripts, from the config of the senders its texts leave from."""
    name: dict[str, object] = {"practice_name": current_organization().name}
    wanted = [sender_id for sender_id in sender_ids if sender_id is not None]
    configs = Sender.objects.filter(pk__in=wanted).order_by("pk").values_list("config", flat=True) if wanted else ()
    for config in configs:
        practice: dict[str, Any] = config.get("practice", {})
        names = {"phone": "practice_phone", "website": "practice_website", "postal_address": "postal_address",
                 "name": "practice_name"}
        name |= {names[k]: v for k, v in practice.items() if k in names and v}
    return name


def _agent_names(keys: set[str]) -> dict[str, str]:
    """First names of the agents, for "this is Dana"; a simulated agent is called by its id."""
    users = {key: Actor(key).user_id for key in keys}
    names = dict(User.objects.filter(pk__in=[u for u in users.values() if u is not None]).values_list("pk", "name"))
    return {
        key: names.get(user_id, "").split(" ")[0] if user_id is not None else key.partition(":")[2]
        for key, user_id in users.items()
    }


def _calls(person_ids: list[int]) -> tuple[dict[int, list[PastCall]], dict[int, str]]:
    """The last calls of each person, newest first, and per task the remark left with its callback."""
    calls: dict[int, list[PastCall]] = {}
    notes: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [person_ids, CALLS_SHOWN])
        for person_id, at, code, answered, agent, remarks, task_id, callback_at in cursor.fetchall():
            calls.setdefault(person_id, []).append(PastCall(at, code, answered, agent, remarks))
            if callback_at is not None and task_id is not None:
                notes.setdefault(task_id, remarks)
    return calls, notes


def _messages(person_ids: list[int]) -> dict[int, list[PastMessage]]:
    messages: dict[int, list[PastMessage]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, [person_ids, MESSAGES_SHOWN])
        for person_id, at, channel, is_inbound, status in cursor.fetchall():
            messages.setdefault(person_id, []).append(PastMessage(at, channel, is_inbound, status))
    return messages


def _may_hear(person_ids: list[int]) -> dict[int, list[MayHear]]:
    found: dict[int, list[MayHear]] = {}
    rows = Relationship.objects.filter(person_id__in=person_ids, ended_at=None).order_by("pk")
    for row in rows:
        found.setdefault(row.person_id, []).append(
            MayHear(row.caregiver_id, row.kind, row.may_book, row.may_hear_details)
        )
    return found
