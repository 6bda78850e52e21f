"""Every figure Beckon reports comes from here, so that the screen, the command line and the PDF agree. Never writes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from beckon.campaigns import queries as campaign_queries
from beckon.campaigns.models import Campaign
from beckon.campaigns.planning.economics import WEEKS_IN_A_MONTH, WORKDAYS_IN_A_WEEK, Assumptions
from beckon.reports.figures import (
    Activity,
    AgentDay,
    AttemptRow,
    ChannelFigures,
    Cohort,
    DispositionCount,
    Funnel,
    HourCell,
    Outlook,
    VisitFigures,
)
from beckon.reports.periods import Period, week_name

_FORECAST = Assumptions()
DIALS_PER_AGENT_DAY = _FORECAST.dials_per_agent_day
DIAL_CENTS = _FORECAST.agent_month_cents / (WORKDAYS_IN_A_WEEK * WEEKS_IN_A_MONTH * DIALS_PER_AGENT_DAY)
"""What a dial costs, at the rate the forecast before launch uses, so that plan and outcome compare."""

LARGE = 30_000


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _one(sql: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return _rows(sql, values)[0]


def activity(period: Period, *, campaign_id: int | None = None, location_id: int | None = None) -> Activity:
    """What was done and came of it in a period, for one campaign or for all of them.

    Counts calls that were not undone. Visits are counted as booked in the period, and as kept, missed or
    cancelled when the visit itself lay in the period. `location_id` narrows visits and what was collected for them;
    messages and calls belong to no location.
    """
    values = values_of(period, campaign_id, location_id)
    dials, answered = _one(f"SELECT count(*), count(*) FILTER (WHERE answered) FROM desk_call WHERE {_CALLS}", values)
    return Activity(
        channels=_channels(values),
        replies=dict(_rows(_REPLIES, values)),
        dials=dials,
        answered=answered,
        agent_days=dials / DIALS_PER_AGENT_DAY,
        dispositions=tuple(DispositionCount(*row) for row in _rows(_DISPOSITIONS, values)),
        hours=tuple(HourCell(*row) for row in _rows(_HOURS, values)),
        attempts=tuple(AttemptRow(*row) for row in _rows(_ATTEMPTS, values)),
        visits=VisitFigures(*_one(_VISITS, values)),
        opt_outs=_one(_OPT_OUTS, values)[0],
        goals=_one(_GOALS, values)[0],
        agent_cost_cents=round(dials * DIAL_CENTS),
    )


def values_of(period: Period, campaign_id: int | None, location_id: int | None) -> dict[str, Any]:
    """What the statements of this package are bound to."""
    return {
        "start": period.start,
        "end": period.end,
        "zone": period.zone,
        "campaign": campaign_id,
        "location": location_id,
    }


_CALLS = """undone_at IS NULL AND started_at >= %(start)s AND started_at < %(end)s
            AND (%(campaign)s::bigint IS NULL OR campaign_id = %(campaign)s)"""

_CHANNELS = """
SELECT channel, count(*), count(*) FILTER (WHERE status = 'delivered'), count(*) FILTER (WHERE status = 'failed'),
       count(*) FILTER (WHERE status IN ('sent', 'unknown')), round(sum(cost_cents))::bigint
FROM messaging_message
WHERE NOT is_inbound AND status IN ('sent', 'delivered', 'failed', 'unknown')
  AND coalesce(sent_at, settled_at) >= %(start)s AND coalesce(sent_at, settled_at) < %(end)s
  AND (%(campaign)s::bigint IS NULL OR campaign_id = %(campaign)s)
GROUP BY channel ORDER BY channel"""

_REPLIES = """
SELECT coalesce(data->>'meaning', 'other'), count(*) FROM events_event
WHERE kind = 'message.received' AND at >= %(start)s AND at < %(end)s
  AND (%(campaign)s::bigint IS NULL OR person_id IN
       (SELECT person_id FROM campaigns_enrollment WHERE campaign_id = %(campaign)s))
GROUP BY 1 ORDER BY 2 DESC, 1"""

_DISPOSITIONS = f"""
SELECT d.code, d.label, d.label_es, count(*) FROM desk_call JOIN desk_disposition d ON d.code = desk_call.disposition
WHERE {_CALLS} GROUP BY d.code, d.label, d.label_es, d.position ORDER BY count(*) DESC, d.position"""

_HOURS = f"""
SELECT local_weekday, local_hour, count(*), count(*) FILTER (WHERE answered) FROM desk_call
WHERE {_CALLS} GROUP BY 1, 2 ORDER BY 1, 2"""

_ATTEMPTS = f"""
SELECT attempt, count(*), count(*) FILTER (WHERE answered), count(*) FILTER (WHERE appointment_id IS NOT NULL)
FROM desk_call WHERE {_CALLS} GROUP BY 1 ORDER BY 1"""

_VISITS = """
SELECT count(*) FILTER (WHERE at >= %(start)s AND at < %(end)s AND status <> 'entered_in_error'),
       count(*) FILTER (WHERE status = 'kept' AND starts_at >= %(start)s AND starts_at < %(end)s),
       count(*) FILTER (WHERE status = 'missed' AND starts_at >= %(start)s AND starts_at < %(end)s),
       count(*) FILTER (WHERE status IN ('cancelled_by_practice', 'cancelled_by_patient')
                        AND starts_at >= %(start)s AND starts_at < %(end)s),
       coalesce(sum(revenue_cents) FILTER (WHERE status = 'kept' AND starts_at >= %(start)s AND starts_at < %(end)s),
                0)::bigint
FROM scheduling_appointment
WHERE (at >= %(start)s AND at < %(end)s OR starts_at >= %(start)s AND starts_at < %(end)s)
  AND (%(campaign)s::bigint IS NULL OR campaign_id = %(campaign)s)
  AND (%(location)s::bigint IS NULL OR location_id = %(location)s)"""

_OPT_OUTS = """
SELECT count(*) FROM events_event WHERE kind = 'consent.opted_out' AND at >= %(start)s AND at < %(end)s
  AND (%(campaign)s::bigint IS NULL OR person_id IN
       (SELECT person_id FROM campaigns_enrollment WHERE campaign_id = %(campaign)s))"""

_GOALS = """
SELECT count(*) FROM campaigns_enrollment WHERE goal_met_at >= %(start)s AND goal_met_at < %(end)s
  AND (%(campaign)s::bigint IS NULL OR campaign_id = %(campaign)s)"""


def _channels(values: Mapping[str, Any]) -> tuple[ChannelFigures, ...]:
    return tuple(ChannelFigures(*row) for row in _rows(_CHANNELS, values))


_REACHED = """
WITH mine AS MATERIALIZED (SELECT DISTINCT person_id FROM campaigns_enrollment WHERE campaign_id = %(campaign)s),
     touched AS MATERIALIZED (
       SELECT person_id FROM messaging_message
        WHERE campaign_id = %(campaign)s AND NOT is_inbound AND sent_at IS NOT NULL
       UNION SELECT person_id FROM desk_call WHERE campaign_id = %(campaign)s AND undone_at IS NULL),
     answered AS MATERIALIZED (
       SELECT person_id FROM messaging_message WHERE campaign_id = %(campaign)s AND is_inbound
       UNION SELECT person_id FROM desk_call WHERE campaign_id = %(campaign)s AND answered AND undone_at IS NULL
       UNION SELECT person_id FROM scheduling_appointment WHERE campaign_id = %(campaign)s AND call_id IS NULL
         AND status <> 'entered_in_error'),
     visit AS MATERIALIZED (
       SELECT person_id, bool_or(status = 'kept') AS kept FROM scheduling_appointment
        WHERE campaign_id = %(campaign)s AND status <> 'entered_in_error' GROUP BY person_id)
SELECT count(t.person_id), count(a.person_id), count(v.person_id), count(*) FILTER (WHERE v.kept)
  FROM mine LEFT JOIN touched t USING (person_id) LEFT JOIN answered a USING (person_id)
  LEFT JOIN visit v USING (person_id)"""


def funnel(campaign: Campaign, *, now: datetime) -> Funnel:
    """Where the people of a campaign stand now; one person counts once, by their newest enrollment.

    Contacted: a message left or a call was made. Answered: wrote back, picked up, or booked without a call of ours.
    """
    sums = campaign_queries.sums(campaign, now=now)
    contacted, answered, booked, kept = _one(_REACHED, {"campaign": campaign.pk})
    return Funnel(
        people=sums.people,
        waiting=sums.waiting,
        excluded=dict(sums.excluded),
        enrolled=sums.enrolled,
        contacted=contacted,
        answered=answered,
        goal_met=sums.goal_met,
        booked=booked,
        kept=kept,
        active=sums.active,
        left=dict(sums.left),
        steps=_steps({"campaign": campaign.pk}),
    )


def _steps(values: Mapping[str, Any]) -> dict[str, int]:
    return dict(
        _rows(
            "SELECT step, count(*) FROM campaigns_enrollment WHERE campaign_id = %(campaign)s AND left_at IS NULL"
            " GROUP BY 1 ORDER BY 1",
            values,
        )
    )


def outlook(now: datetime, *, days: int = 7) -> Outlook:
    """What falls due within `days` of `now`: the plan for next week."""
    values = {"now": now, "until": now + timedelta(days=days)}
    steps = dict(
        _rows(
            "SELECT e.step, count(DISTINCT e.id) FROM campaigns_dueset d"
            " JOIN campaigns_enrollment e ON e.id = ANY(d.enrollment_ids) AND e.due_at = d.due_at"
            " WHERE d.due_at < %(until)s AND e.left_at IS NULL GROUP BY 1 ORDER BY 2 DESC, 1",
            values,
        )
    )
    calls, callbacks = _one(
        """SELECT count(*), count(*) FILTER (WHERE callback_at IS NOT NULL) FROM desk_calltask
           WHERE status <> 'closed' AND due_at < %(until)s""",
        values,
    )
    visits = _one(
        "SELECT count(*) FROM scheduling_appointment WHERE status = 'booked'"
        " AND starts_at >= %(now)s AND starts_at < %(until)s",
        values,
    )[0]
    return Outlook(steps_due=steps, calls_due=calls, callbacks=callbacks, visits=visits, waiting_to_enrol=0)


def weekly_series(periods: Sequence[Period], *, campaign_id: int | None = None) -> list[tuple[str, Activity]]:
    """Activity of several periods, oldest first, each under its ISO week's name."""
    return [(week_name(p.first_day), activity(p, campaign_id=campaign_id)) for p in periods]


def campaign_funnels(now: datetime) -> list[tuple[str, Funnel]]:
    """Name and funnel of the campaigns launched last, newest first, ten at most."""
    found = Campaign.objects.filter(launched_at__isnull=False).order_by("-launched_at", "-id")[:10]
    return [(campaign.name, funnel(campaign, now=now)) for campaign in found]


_AGENTS = f"""
SELECT agent, (started_at AT TIME ZONE %(zone)s)::date, count(*), count(*) FILTER (WHERE answered),
       count(*) FILTER (WHERE appointment_id IS NOT NULL), min(started_at), max(ended_at),
       least(coalesce(sum(extract(epoch FROM ended_at - started_at)), 0),
             extract(epoch FROM max(ended_at) - min(started_at)))::bigint
FROM desk_call WHERE {_CALLS} GROUP BY 1, 2 ORDER BY 1, 2"""


def agent_days(period: Period, *, campaign_id: int | None = None) -> list[AgentDay]:
    """What each agent did on each local day, by agent and day. Their dials add up to those of `activity`."""
    return [AgentDay(*row) for row in _rows(_AGENTS, values_of(period, campaign_id, None))]


COHORT = """
WITH mine AS MATERIALIZED (
       SELECT DISTINCT campaign_id, person_id FROM campaigns_enrollment
        WHERE enrolled_at >= %(start)s AND enrolled_at < %(end)s
          AND (%(campaign)s::bigint IS NULL OR campaign_id = %(campaign)s)),
     contacted AS MATERIALIZED (
       SELECT campaign_id, person_id FROM messaging_message
        WHERE NOT is_inbound AND sent_at >= %(start)s AND campaign_id IS NOT NULL
       UNION SELECT campaign_id, person_id FROM desk_call
        WHERE undone_at IS NULL AND started_at >= %(start)s AND campaign_id IS NOT NULL),
     answered AS MATERIALIZED (
       SELECT campaign_id, person_id FROM messaging_message
        WHERE is_inbound AND campaign_id IS NOT NULL AND decided_at >= %(start)s
       UNION SELECT campaign_id, person_id FROM desk_call
        WHERE answered AND undone_at IS NULL AND started_at >= %(start)s AND campaign_id IS NOT NULL
       UNION SELECT campaign_id, person_id FROM scheduling_appointment
        WHERE call_id IS NULL AND status <> 'entered_in_error' AND campaign_id IS NOT NULL AND at >= %(start)s),
     goal AS MATERIALIZED (
       SELECT DISTINCT campaign_id, person_id FROM campaigns_enrollment
        WHERE goal_met_at IS NOT NULL AND enrolled_at >= %(start)s AND enrolled_at < %(end)s),
     booked AS MATERIALIZED (
       SELECT campaign_id, person_id, bool_or(status = 'kept') AS kept FROM scheduling_appointment
        WHERE status <> 'entered_in_error' AND campaign_id IS NOT NULL AND at >= %(start)s GROUP BY 1, 2),
     stage AS MATERIALIZED (
       SELECT m.*, c.person_id IS NOT NULL AS contacted, a.person_id IS NOT NULL AS answered,
              g.person_id IS NOT NULL AS goal, b.person_id IS NOT NULL AS booked, coalesce(b.kept, false) AS kept
         FROM mine m
         LEFT JOIN contacted c USING (campaign_id, person_id) LEFT JOIN answered a USING (campaign_id, person_id)
         LEFT JOIN goal g USING (campaign_id, person_id) LEFT JOIN booked b USING (campaign_id, person_id))
"""


def cohort(period: Period, *, campaign_id: int | None = None) -> Cohort:
    """Those enrolled in the period, and what has become of them up to now; a person counts once for each campaign."""
    sql = (
        COHORT
        + """SELECT count(*), count(*) FILTER (WHERE contacted), count(*) FILTER (WHERE answered),
       count(*) FILTER (WHERE goal), count(*) FILTER (WHERE booked), count(*) FILTER (WHERE kept) FROM stage"""
    )
    return Cohort(*_one(sql, values_of(period, campaign_id, None)))


def is_large() -> bool:
    """Whether figures take longer to count than a page should take: more messages and calls than LARGE."""
    sql = """SELECT coalesce((SELECT max(id) FROM messaging_message), 0)
                  + coalesce((SELECT max(id) FROM desk_call), 0)"""
    return int(_one(sql, {})[0]) > LARGE
