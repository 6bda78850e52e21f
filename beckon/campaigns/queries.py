"""Reads over campaigns: counters, the funnel's sums, and why a person stands where they stand. Never writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from beckon.campaigns.journey.gathering import gather, load_versions
from beckon.campaigns.journey.values import EVENT_PREFIX, WAITING_TASK, WAITING_TIME
from beckon.campaigns.models import Campaign, CampaignStatus, Enrollment, StepRecord
from beckon.campaigns.playbooks.reading import installed
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reasons import reason_words
from beckon.campaigns.steps.base import ask_of
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Later, Refused
from beckon.core.tenancy import current_organization
from beckon.core.wording.times import moment_words
from beckon.core.wording.words import Words
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import count, members, members_sql


@dataclass(frozen=True, slots=True)
class Sums:
    """people = enrolled + sum of excluded + waiting; enrolled = sum of left + active. People, not enrollments."""

    people: int
    enrolled: int
    excluded: Mapping[str, int]
    waiting: int
    left: Mapping[str, int]
    active: int
    goal_met: int
    second_goal_met: int


@dataclass(frozen=True, slots=True)
class Why:
    """Where a person stands in one campaign. `sentences`: what to read out; `trace`: every record, oldest first.

    `playbook` has the titles of the steps; None for who was never enrolled.
    """

    campaign: str
    enrollment_id: int | None
    step: str
    due_at: datetime | None
    sentences: tuple[str, ...]
    trace: tuple[tuple[datetime, str, str, str], ...]
    playbook: Playbook | None = None


def counters(campaign_id: int) -> dict[str, int]:
    """Every counter of a campaign now: enrolled, excluded.R, left.R, sent.CHANNEL, goal_met, step.S.OUTCOME ..."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT name, sum(amount) FROM (
                SELECT e.key AS name, e.value::int AS amount
                  FROM campaigns_campaign c, jsonb_each_text(c.counters) e WHERE c.id = %s
                UNION ALL
                SELECT name, amount FROM campaigns_campaigncount WHERE campaign_id = %s) t
             GROUP BY name HAVING sum(amount) <> 0 ORDER BY name
            """,
            [campaign_id, campaign_id],
        )
        return {name: int(amount) for name, amount in cursor.fetchall()}


def sums(campaign: Campaign, *, now: datetime) -> Sums:
    """The campaign's people, each counted once by their newest enrollment; exact, by scanning its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT left_reason, count(*), count(goal_met_at), count(second_goal_met_at) FROM (
                SELECT DISTINCT ON (person_id) left_reason, goal_met_at, second_goal_met_at
                  FROM campaigns_enrollment WHERE campaign_id = %s ORDER BY person_id, id DESC) newest
             GROUP BY left_reason ORDER BY left_reason
            """,
            [campaign.pk],
        )
        rows = cursor.fetchall()
        cursor.execute(
            """
            SELECT x.reason, count(*) FROM campaigns_exclusion x
             WHERE x.campaign_id = %s AND NOT EXISTS (
                 SELECT 1 FROM campaigns_enrollment e WHERE e.campaign_id = x.campaign_id AND e.person_id = x.person_id)
             GROUP BY x.reason ORDER BY x.reason
            """,
            [campaign.pk],
        )
        excluded = dict(cursor.fetchall())
    enrolled = sum(row[1] for row in rows)
    waiting = _waiting(campaign, now)
    return Sums(
        people=enrolled + sum(excluded.values()) + waiting,
        enrolled=enrolled,
        excluded=excluded,
        waiting=waiting,
        left={row[0]: row[1] for row in rows if row[0]},
        active=sum(row[1] for row in rows if not row[0]),
        goal_met=sum(row[2] for row in rows),
        second_goal_met=sum(row[3] for row in rows),
    )


def _waiting(campaign: Campaign, now: datetime) -> int:
    """Members of the segment whose day has not come: neither enrolled nor excluded yet."""
    definition = parse_definition(campaign.segment_definition)
    if not count(definition, now=now, limit=1).value:
        return 0
    members = members_sql(definition, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH member AS MATERIALIZED ({members.text})
            SELECT count(*) FROM member m
             WHERE NOT EXISTS (SELECT 1 FROM campaigns_enrollment e WHERE e.campaign_id = %s AND e.person_id = m.id)
               AND NOT EXISTS (SELECT 1 FROM campaigns_exclusion x WHERE x.campaign_id = %s AND x.person_id = m.id)
            """,
            list[Any]([*members.values, campaign.pk, campaign.pk]),
        )
        return int(cursor.fetchone()[0])


def why(person_id: int, *, now: datetime, language: str = "en") -> list[Why]:
    """Why this person stands where they stand, campaign by campaign, newest first; in English or Spanish.

    From the trace, the present step and what the consent gate says now; last, campaigns that have the person in their
    segment but did not come to them yet. The caller records the look.
    """
    found = [_why_enrolled(row, now, language) for row in _enrollments(person_id)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.name, x.reason, x.at FROM campaigns_exclusion x JOIN campaigns_campaign c ON c.id = x.campaign_id"
            " WHERE x.person_id = %s ORDER BY x.id DESC",
            [person_id],
        )
        for name, reason, at in cursor.fetchall():
            text = _NOT_ENROLLED.filled(why=reason_words(reason)).in_language(language)
            found.append(Why(name, None, "", None, (text,), ((at, "", "excluded", reason),)))
    return [*found, *_why_waiting(person_id, {why.campaign for why in found}, now, language)]


def _why_waiting(person_id: int, told: Collection[str], now: datetime, language: str) -> list[Why]:
    """Campaigns under way whose segment the person is in, but which have neither taken them in nor left them out."""
    under_way = [CampaignStatus.RUNNING, CampaignStatus.PAUSED]
    rows = Campaign.objects.select_related("playbook").filter(status__in=under_way).exclude(name__in=list(told))
    return [
        Why(row.name, None, "", None, (_NOT_YET.filled(why=_waits_for(row, now)).in_language(language),), ())
        for row in rows.order_by("-pk")
        if members(parse_definition(row.segment_definition), [person_id], now=now)
    ]


def _waits_for(campaign: Campaign, now: datetime) -> Words:
    if campaign.status == CampaignStatus.PAUSED:
        return _WAITS_PAUSED
    if campaign.starts_at > now:
        return _WAITS_START.filled(at=_local(campaign.starts_at))
    if campaign.drained_until is not None and campaign.drained_until > now:
        return _WAITS_LOOK.filled(at=_local(campaign.drained_until))
    playbook = installed(campaign.playbook.digest, campaign.playbook.definition)
    return _WAITS_TURN.filled(
        n=campaign.daily_volume,
        days=_days(playbook.entry.weekdays),
        so_far=counters(campaign.pk).get("enrolled", 0),
    )


def _days(weekdays: Sequence[str]) -> Words:
    """Monday to Friday, or the days one by one."""
    if list(weekdays) == list(_WEEKDAYS)[:5]:
        return Words("Monday to Friday", "lunes a viernes")
    named = [_WEEKDAYS[day] for day in weekdays]
    return Words(", ".join(day.en for day in named), ", ".join(day.es for day in named))


_NOT_ENROLLED = Words("Not enrolled: {why}", "No se inscribió: {why}")
_NOT_YET = Words("In the segment, not taken in yet: {why}", "Está en el segmento, aún no se inscribió: {why}")
_WAITS_PAUSED = Words("the campaign is paused.", "la campaña está en pausa.")
_WAITS_START = Words("the campaign starts on {at}.", "la campaña empieza el {at}.")
_WAITS_LOOK = Words("the segment is looked at again on {at}.", "se vuelve a mirar el segmento el {at}.")
_WAITS_TURN = Words(
    "{n:,} people are taken in a day ({days}), in an order drawn by lot; {so_far:,} so far.",
    "se inscriben {n:,} personas por día ({days}), en orden sorteado; hasta ahora {so_far:,}.",
)
_LEFT = Words("Left on {at}: {why}", "Salió el {at}: {why}")
_EARLIER = Words("Earlier (“{step}”): {why}", "Antes («{step}»): {why}")
_PAUSED = Words("The campaign is paused.", "La campaña está en pausa.")
_ON_LIST = Words(
    "On the call list (“{step}”); if nobody closes the call, goes on at {at}.",
    "Está en la lista de llamadas («{step}»); si nadie la cierra, sigue el {at}.",
)
_WAITS = Words("Waits (“{step}”) until {at}.", "Espera («{step}») hasta el {at}.")
_WAITS_EVENT = Words("Waits for {what} (“{step}”) until {at}.", "Espera {what} («{step}») hasta el {at}.")
_DUE = Words("“{step}” is due at {at}.", "«{step}» toca el {at}.")
_GATE = Words("{channel}: {why}", "{channel}: {why}")
_AWAITED = {"reply": Words("an answer", "una respuesta"), "call": Words("a call", "una llamada")}
_CHANNELS = {
    "sms": Words("Text message", "Mensaje de texto"),
    "voicemail": Words("Voicemail drop", "Mensaje de voz"),
    "email": Words("E-mail", "Correo electrónico"),
    "postal": Words("Postcard", "Postal"),
    "voice": Words("Call by an agent", "Llamada de un agente"),
}
_WEEKDAYS = {
    "mon": Words("Monday", "lunes"),
    "tue": Words("Tuesday", "martes"),
    "wed": Words("Wednesday", "miércoles"),
    "thu": Words("Thursday", "jueves"),
    "fri": Words("Friday", "viernes"),
    "sat": Words("Saturday", "sábado"),
    "sun": Words("Sunday", "domingo"),
}


def _enrollments(person_id: int) -> list[Enrollment]:
    return list(Enrollment.objects.select_related("campaign").filter(person_id=person_id).order_by("-pk"))


def _why_enrolled(row: Enrollment, now: datetime, language: str) -> Why:
    playbook = load_versions([row.playbook_version_id])[row.playbook_version_id]
    records = StepRecord.objects.filter(person_id=row.person_id, enrollment_id=row.pk).order_by("pk")
    trace = tuple((r.at, r.step, r.outcome, r.reason) for r in records)
    said = _left(row) if row.left_at is not None else _standing(row, playbook, now)
    last_no = next((t for t in reversed(trace) if t[2] in ("refused", "later", "not_queued", "not_delivered")), None)
    if last_no is not None and row.left_at is None:
        said = (*said, _EARLIER.filled(step=playbook.title_of(last_no[1]), why=reason_words(last_no[3])))
    sentences = tuple(words.in_language(language) for words in said)
    return Why(row.campaign.name, row.pk, row.step, row.due_at, sentences, trace, playbook)


def _left(row: Enrollment) -> tuple[Words, ...]:
    assert row.left_at is not None
    return (_LEFT.filled(at=_local(row.left_at), why=reason_words(row.left_reason)),)


def _standing(row: Enrollment, playbook: Playbook, now: datetime) -> tuple[Words, ...]:
    assert row.due_at is not None
    if row.campaign.status == "paused":
        return (_PAUSED,)
    at, step = _local(row.due_at), playbook.title_of(row.step)
    if row.waiting_for == WAITING_TASK:
        first = _ON_LIST.filled(step=step, at=at)
    elif row.waiting_for and row.waiting_for != WAITING_TIME:
        what = row.waiting_for.removeprefix(EVENT_PREFIX)
        first = _WAITS_EVENT.filled(what=_AWAITED.get(what, what), step=step, at=at)
    else:
        first = (_WAITS if row.waiting_for else _DUE).filled(step=step, at=at)
    return (first, *_gate_now(row, playbook, now))


def _gate_now(row: Enrollment, playbook: Playbook, now: datetime) -> tuple[Words, ...]:
    """What the gate would say now about the channels of the present step."""
    facts = gather([row.person_id], now=now).get(row.person_id)
    if facts is None or row.step not in playbook.by_id:
        return ()
    said = []
    for channel in _channels(playbook, row.step):
        ask = ask_of(playbook.tcpa_class, playbook.hipaa_class, channel)
        verdict = may_contact(facts.person, ask, now, facts.policy)
        if isinstance(verdict, Refused | Later):
            said.append(_GATE.filled(channel=_CHANNELS[channel], why=reason_words(verdict.reason)))
    return tuple(said)


def _channels(playbook: Playbook, step_id: str) -> list[str]:
    step = playbook.step(step_id)
    return list(dict.fromkeys([channel for channel, _ in step.templates()] + ["voice" for _ in step.scripts()]))


def _local(at: datetime) -> Words:
    return moment_words(at.astimezone(ZoneInfo(current_organization().time_zone)))
