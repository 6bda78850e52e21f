"""Reads over campaigns: counters, the funnel's sums, and why a person stands where they stand. Never writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from beckon.campaigns.journey.gathering import gather, load_versions
from beckon.campaigns.journey.values import WAITING_TASK, WAITING_TIME
from beckon.campaigns.models import Campaign, CampaignStatus, Enrollment, StepRecord
from beckon.campaigns.playbooks.reading import installed
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reasons import sentence as leaving_sentence
from beckon.campaigns.steps.base import ask_of
from beckon.consent.reasons import Reason
from beckon.consent.reasons import sentence as gate_sentence
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Later, Refused
from beckon.core.tenancy import current_organization
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
    """Where a person stands in one campaign. `sentences`: what to read out; `trace`: every record, oldest first."""

    campaign: str
    enrollment_id: int | None
    step: str
    due_at: datetime | None
    sentences: tuple[str, ...]
    trace: tuple[tuple[datetime, str, str, str], ...]


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
    es = language.startswith("es")
    found = [_why_enrolled(row, now, es) for row in _enrollments(person_id)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.name, x.reason, x.at FROM campaigns_exclusion x JOIN campaigns_campaign c ON c.id = x.campaign_id"
            " WHERE x.person_id = %s ORDER BY x.id DESC",
            [person_id],
        )
        for name, reason, at in cursor.fetchall():
            text = ("No se inscribió: " if es else "Not enrolled: ") + reason_sentence(reason, language)
            found.append(Why(name, None, "", None, (text,), ((at, "", "excluded", reason),)))
    return [*found, *_why_waiting(person_id, {why.campaign for why in found}, now, es)]


def _why_waiting(person_id: int, told: Collection[str], now: datetime, es: bool) -> list[Why]:
    """Campaigns under way whose segment the person is in, but which have neither taken them in nor left them out."""
    under_way = [CampaignStatus.RUNNING, CampaignStatus.PAUSED]
    rows = Campaign.objects.select_related("playbook").filter(status__in=under_way).exclude(name__in=list(told))
    return [
        Why(row.name, None, "", None, (_waits_for(row, now, es),), ())
        for row in rows.order_by("-pk")
        if members(parse_definition(row.segment_definition), [person_id], now=now)
    ]


def _waits_for(campaign: Campaign, now: datetime, es: bool) -> str:
    start = "Está en el segmento, aún no se inscribió: " if es else "In the segment, not taken in yet: "
    if campaign.status == CampaignStatus.PAUSED:
        return start + ("la campaña está en pausa." if es else "the campaign is paused.")
    if campaign.starts_at > now:
        at = _local(campaign.starts_at)
        return start + (f"la campaña empieza el {at}." if es else f"the campaign starts on {at}.")
    if campaign.drained_until is not None and campaign.drained_until > now:
        at = _local(campaign.drained_until)
        return start + (f"se vuelve a mirar el segmento el {at}." if es else f"the segment is looked at again on {at}.")
    so_far, a_day = counters(campaign.pk).get("enrolled", 0), campaign.daily_volume
    days = _days(installed(campaign.playbook.digest, campaign.playbook.definition).entry.weekdays, es)
    return start + (
        f"se inscriben {a_day:,} personas por día ({days}), en orden sorteado; hasta ahora {so_far:,}."
        if es
        else f"{a_day:,} people are taken in a day ({days}), in an order drawn by lot; {so_far:,} so far."
    )


def _days(weekdays: Sequence[str], es: bool) -> str:
    """Monday to Friday, or the days one by one."""
    if list(weekdays) == list(_WEEKDAYS)[:5]:
        return "lunes a viernes" if es else "Monday to Friday"
    return ", ".join(_WEEKDAYS[day][1 if es else 0] for day in weekdays)


_WEEKDAYS = {
    "mon": ("Monday", "lunes"),
    "tue": ("Tuesday", "martes"),
    "wed": ("Wednesday", "miércoles"),
    "thu": ("Thursday", "jueves"),
    "fri": ("Friday", "viernes"),
    "sat": ("Saturday", "sábado"),
    "sun": ("Sunday", "domingo"),
}


def reason_sentence(reason: str, language: str = "en") -> str:
    """Any stored reason of campaigns or of the consent gate as a sentence; the code itself where there is none."""
    own = leaving_sentence(reason, language)
    if own:
        return own
    if reason in _SKIPPED:
        return _SKIPPED[reason][language.startswith("es")]
    try:
        return gate_sentence(Reason(reason), language)
    except ValueError:
        return reason


_SKIPPED = {
    "line_mobile": ("The step has nothing for a mobile.", "El paso no tiene nada para un móvil."),
    "line_landline": ("The step has nothing for a landline.", "El paso no tiene nada para un teléfono fijo."),
    "line_unknown": ("The step has nothing for a line of unknown kind.", "El paso no tiene nada para esta línea."),
    "line_none": ("The person has no phone for this step.", "La persona no tiene teléfono para este paso."),
    "attempts_used": ("All call attempts were used before.", "Ya se hicieron todos los intentos de llamada."),
    "no_sender": ("No sender is set for this channel.", "No hay remitente para este medio."),
}
"""Why a step did nothing (steps/send.py, steps/call.py, journey/recording.py)."""


def _enrollments(person_id: int) -> list[Enrollment]:
    return list(Enrollment.objects.select_related("campaign").filter(person_id=person_id).order_by("-pk"))


def _why_enrolled(row: Enrollment, now: datetime, es: bool) -> Why:
    language = "es" if es else "en"
    records = StepRecord.objects.filter(person_id=row.person_id, enrollment_id=row.pk).order_by("pk")
    trace = tuple((r.at, r.step, r.outcome, r.reason) for r in records)
    said = _left(row, language) if row.left_at is not None else _standing(row, now, es)
    last_no = next((t for t in reversed(trace) if t[2] in ("refused", "later", "not_queued", "not_delivered")), None)
    if last_no is not None and row.left_at is None:
        said = (*said, f"{'Antes' if es else 'Earlier'} ({last_no[1]}): {reason_sentence(last_no[3], language)}")
    return Why(row.campaign.name, row.pk, row.step, row.due_at, said, trace)


def _left(row: Enrollment, language: str) -> tuple[str, ...]:
    assert row.left_at is not None
    at = _local(row.left_at)
    start = f"Salió el {at}: " if language == "es" else f"Left on {at}: "
    return (start + reason_sentence(row.left_reason, language),)


def _standing(row: Enrollment, now: datetime, es: bool) -> tuple[str, ...]:
    assert row.due_at is not None
    language, at = ("es" if es else "en"), _local(row.due_at)
    if row.campaign.status == "paused":
        return ("La campaña está en pausa." if es else "The campaign is paused.",)
    if row.waiting_for == WAITING_TASK:
        first = (
            f"Está en la lista de llamadas (paso {row.step}); si nadie la cierra, sigue el {at}."
            if es
            else f"On the call list (step {row.step}); if nobody closes the call, goes on at {at}."
        )
    elif row.waiting_for:
        what = "" if row.waiting_for == WAITING_TIME else row.waiting_for.removeprefix("event:")
        first = (
            f"Espera{' ' + what if what else ''} (paso {row.step}) hasta el {at}."
            if es
            else f"Waits{' for a ' + what if what else ''} (step {row.step}) until {at}."
        )
    else:
        first = f"El paso {row.step} toca el {at}." if es else f"Step {row.step} is due at {at}."
    return (first, *_gate_now(row, now, language))


def _gate_now(row: Enrollment, now: datetime, language: str) -> tuple[str, ...]:
    """What the gate would say now about the channels of the present step."""
    playbook = load_versions([row.playbook_version_id])[row.playbook_version_id]
    facts = gather([row.person_id], now=now).get(row.person_id)
    if facts is None or row.step not in playbook.by_id:
        return ()
    said = []
    for channel in _channels(playbook, row.step):
        ask = ask_of(playbook.tcpa_class, playbook.hipaa_class, channel)
        verdict = may_contact(facts.person, ask, now, facts.policy)
        if isinstance(verdict, Refused | Later):
            said.append(f"{channel}: {gate_sentence(verdict.reason, language)}")
    return tuple(said)


def _channels(playbook: Playbook, step_id: str) -> list[str]:
    step = playbook.step(step_id)
    return list(dict.fromkeys([channel for channel, _ in step.templates()] + ["voice" for _ in step.scripts()]))


def _local(at: datetime) -> str:
    zone = ZoneInfo(current_organization().time_zone)
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
