"""What an agent sees of a person who was just claimed: facts, number, script, history. A fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from beckon.channels.models import Sender
from beckon.channels.templates import RenderFailure, Template
from beckon.consent.facts import PersonFacts, Point
from beckon.consent.queries import gather_facts
from beckon.core.actors import Actor
from beckon.core.models import User
from beckon.core.tenancy import current_organization
from beckon.desk.models import Script
from beckon.desk.serving.eligibility import phone_points
from beckon.desk.timing import zone_of
from beckon.desk.values import MayHear, PastCall, PastMessage, Served, ServedNumber, WhyNow
from beckon.desk.words import SCRIPT_VARIABLES, day_words, month_name, time_words

CALLS_SHOWN = 6
MESSAGES_SHOWN = 4
_READ = f"""
SELECT t.id, t.script_key, t.text_sender_id, t.value, t.attempts, t.max_attempts, t.callback_at, t.purpose,
       t.campaign_id, t.enrollment_id, t.step, t.round,
       p.id, p.given_name, p.family_name, p.birth_date, p.language, p.time_zone, p.last_encounter_at,
       p.last_appointment_at, p.last_appointment_outcome, p.next_appointment_at, p.updated_at,
       (SELECT json_agg(json_build_array(c.started_at, c.disposition, c.answered, c.agent, c.remarks, c.task_id,
                                         c.callback_at) ORDER BY c.started_at DESC)
          FROM (SELECT * FROM desk_call k WHERE k.person_id = p.id AND k.undone_at IS NULL
                 ORDER BY k.started_at DESC LIMIT {CALLS_SHOWN}) c),
       (SELECT json_agg(json_build_array(COALESCE(m.sent_at, m.recorded_at), m.channel, m.is_inbound, m.status)
                        ORDER BY m.id DESC)
          FROM (SELECT * FROM messaging_message k WHERE k.person_id = p.id ORDER BY k.id DESC
                 LIMIT {MESSAGES_SHOWN}) m),
       (SELECT json_agg(json_build_array(r.caregiver_id, r.kind, r.may_book, r.may_hear_details) ORDER BY r.id)
          FROM people_relationship r WHERE r.person_id = p.id AND r.ended_at IS NULL)
  FROM desk_calltask t JOIN people_person p ON p.id = t.person_id WHERE t.id = ANY(%s)
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


class _Row(NamedTuple):
    """A task, its person, and what happened before, as read by _READ."""

    task_id: int
    script_key: str
    text_sender_id: int | None
    value: int
    attempts: int
    max_attempts: int
    callback_at: datetime | None
    purpose: str
    campaign_id: int | None
    enrollment_id: int | None
    step: str
    round: int
    person_id: int
    given_name: str
    family_name: str
    birth_date: date | None
    language: str
    time_zone: str
    last_encounter_at: datetime | None
    last_appointment_at: datetime | None
    last_appointment_outcome: str
    next_appointment_at: datetime | None
    updated_at: datetime
    calls: list[list[Any]] | None
    messages: list[list[Any]] | None
    may_hear: list[list[Any]] | None


@dataclass(frozen=True)
class _Background:
    """Everything that was read for a batch of claims."""

    rows: Mapping[int, _Row]
    facts: Mapping[int, PersonFacts]
    scripts: Mapping[str, Mapping[str, str]]
    practice: Mapping[str, object]
    agents: Mapping[str, str]
    language: str


def show(claims: Sequence[Claim], agents: Mapping[str, Actor], *, until: datetime, now: datetime) -> list[Served]:
    """One Served per claim, in order. A claim whose person has lost every number is left out: its lease lapses."""
    if not claims:
        return []
    known = _gather(claims, now)
    shown = (_served(claim, agents[claim.agent], known, claim.until or until, now) for claim in claims)
    return [served for served in shown if served is not None]


def _gather(claims: Sequence[Claim], now: datetime) -> _Background:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [[c.task_id for c in claims]])
        rows = {row[0]: _Row(*row) for row in cursor.fetchall()}
    facts = {c.person_id: c.facts for c in claims if c.facts is not None}
    unknown = sorted({c.person_id for c in claims} - facts.keys())
    if unknown:
        facts |= gather_facts(unknown, now=now)
    return _Background(
        rows,
        facts,
        _scripts({row.script_key for row in rows.values()}),
        _practice({row.text_sender_id for row in rows.values()}),
        _agent_names({c.agent for c in claims}),
        current_organization().language,
    )


def _served(claim: Claim, agent: Actor, known: _Background, until: datetime, now: datetime) -> Served | None:
    row, facts = known.rows[claim.task_id], known.facts[claim.person_id]
    points = phone_points(facts)
    chosen = next((p for p in points if p.number_id == claim.number_id), points[0] if points else None)
    if chosen is None:
        return None
    local = now.astimezone(zone_of(chosen.place, row.time_zone))
    language = row.language or known.language
    script, problem = _script_text(row, agent, known, language, local)
    calls = row.calls or []
    note = next((c[4] for c in calls if c[5] == row.task_id and c[6] is not None), "")
    return Served(
        agent=agent,
        task_id=row.task_id,
        leased_until=until,
        person_id=row.person_id,
        given_name=row.given_name,
        family_name=row.family_name,
        birth_date=row.birth_date,
        language=language,
        local_time=local,
        number=_number(chosen, facts.person_id),
        other_numbers=tuple(_number(p, facts.person_id) for p in points if p is not chosen),
        why=claim.why,
        value=row.value,
        attempt=row.attempts + 1,
        max_attempts=row.max_attempts,
        is_callback=row.callback_at is not None,
        callback_note=note,
        purpose=row.purpose,
        campaign_id=row.campaign_id,
        enrollment_id=row.enrollment_id,
        step=row.step,
        round=row.round,
        script=script,
        script_problem=problem,
        last_encounter_at=row.last_encounter_at,
        last_appointment_at=row.last_appointment_at,
        last_appointment_outcome=row.last_appointment_outcome,
        next_appointment_at=row.next_appointment_at,
        data_as_of=row.updated_at,
        calls=tuple(PastCall(datetime.fromisoformat(at), *rest[:4]) for at, *rest in calls),
        messages=tuple(PastMessage(datetime.fromisoformat(at), *rest) for at, *rest in row.messages or ()),
        may_hear=tuple(MayHear(*each) for each in row.may_hear or ()),
    )


def _number(point: Point, person_id: int) -> ServedNumber:
    guardian = point.owner_id if point.is_guardian and point.owner_id != person_id else None
    return ServedNumber(point.number_id, point.contact_point_id, point.value, point.line_type, guardian, point.place)


def _script_text(row: _Row, agent: Actor, known: _Background, language: str, local: datetime) -> tuple[str, str]:
    """The script in the person's language, else in the practice's, else in any; and what is wrong, or ""."""
    versions = known.scripts.get(row.script_key, {})
    spoken = next((lang for lang in (language, known.language, "en", *sorted(versions)) if lang in versions), None)
    if spoken is None:
        return "", "no_script" if row.script_key else ""
    text = _compiled(versions[spoken]).render(
        {
            **known.practice,
            "first_name": row.given_name,
            "last_name": row.family_name,
            "full_name": f"{row.given_name} {row.family_name}".strip(),
            "last_encounter": _month_and_year(row.last_encounter_at, local.tzinfo, spoken),
            "agent_name": known.agents.get(agent.key, ""),
            "opt_out": " ",
            "month_name": month_name(local, spoken),
            **_next_visit(row, local.tzinfo, spoken),
        }
    )
    return ("", text.reason) if isinstance(text, RenderFailure) else (text, "")


def _month_and_year(at: datetime | None, zone: tzinfo | None, language: str) -> str:
    """March 2025; marzo de 2025; "" where it is not known."""
    if at is None:
        return ""
    there = at.astimezone(zone)
    return f"{month_name(there, language)} {'de ' if language == 'es' else ''}{there.year}"


def _next_visit(row: _Row, zone: tzinfo | None, language: str) -> dict[str, object]:
    if row.next_appointment_at is None:
        return {}
    there = row.next_appointment_at.astimezone(zone)
    return {"appointment_day": day_words(there, language), "appointment_time": time_words(there)}


@lru_cache(maxsize=2_000)
def _compiled(body: str) -> Template:
    return Template(body, SCRIPT_VARIABLES)


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
        names = {
            "phone": "practice_phone",
            "website": "practice_website",
            "postal_address": "postal_address",
            "name": "practice_name",
        }
        name |= {names[k]: v for k, v in practice.items() if k in names and v}
    return name


def _agent_names(keys: set[str]) -> dict[str, str]:
    """First names of the agents, for "this is Dana"; a simulated agent is called by its id."""
    users = {key: Actor(key).user_id for key in keys}
    ids = [user_id for user_id in users.values() if user_id is not None]
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return {
        key: names.get(user_id, "").split(" ")[0] if user_id is not None else key.partition(":")[2]
        for key, user_id in users.items()
    }
