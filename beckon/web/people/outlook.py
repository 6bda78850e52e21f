"""What would happen next to a person if nobody answers: the journeys' own stepper on a virtual clock. Never writes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from beckon.campaigns.journey.gathering import SNAPSHOT_COLUMNS, Standing, gather, load_campaigns, standings
from beckon.campaigns.journey.values import WAITING_TASK, Facts
from beckon.campaigns.planning.forecast import foresee
from beckon.core.bulk.cursor import raw_cursor

HORIZON = timedelta(weeks=14)
SHOWN = 40
MESSAGES = ("sms", "voicemail", "email", "postal")


@dataclass(frozen=True)
class Coming:
    """One thing that would happen. `what`: a channel, call, refused, left ...; `is_set`: it stands already."""

    at: datetime
    what: str
    detail: str
    step: str
    campaign: str
    campaign_id: int | None
    is_set: bool = False


_STANDING = """
SELECT at, what, detail, step, campaign, campaign_id FROM (
  SELECT m.not_before AS at, m.channel AS what, m.body AS detail, m.step, c.name AS campaign, c.id AS campaign_id
    FROM messaging_message m LEFT JOIN campaigns_campaign c ON c.id = m.campaign_id
   WHERE m.person_id = ANY(%(people)s) AND m.status = 'queued'
  UNION ALL
  SELECT coalesce(t.callback_at, t.due_at), CASE WHEN t.callback_at IS NULL THEN 'call' ELSE 'callback' END,
         t.held_reason, t.step, c.name, c.id
    FROM desk_calltask t LEFT JOIN campaigns_campaign c ON c.id = t.campaign_id
   WHERE t.person_id = ANY(%(people)s) AND t.status IN ('open', 'leased')
  UNION ALL
  SELECT a.starts_at, 'visit', k.name || ', ' || l.name, '', NULL, NULL
    FROM scheduling_appointment a JOIN scheduling_clinician k ON k.id = a.clinician_id
         JOIN scheduling_location l ON l.id = a.location_id
   WHERE a.person_id = ANY(%(people)s) AND a.status = 'booked' AND a.starts_at >= %(now)s
) x(at, what, detail, step, campaign, campaign_id) ORDER BY at
"""


def coming(people: list[int], *, now: datetime) -> list[Coming]:
    """What is set already, and what the running campaigns would do until HORIZON, earliest first."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"people": people, "now": now})
        found = [
            Coming(at, what, detail, step, campaign or "", campaign_id, is_set=True)
            for at, what, detail, step, campaign, campaign_id in cursor.fetchall()
        ]
    queued = {(one.campaign_id, one.step) for one in found}
    for standing in _standings(people):
        found += [one for one in _foreseen(standing, now) if (one.campaign_id, one.step) not in queued or one.at > now]
    return sorted(found, key=lambda one: one.at)[:SHOWN]


def _standings(people: list[int]) -> list[Standing]:
    with raw_cursor() as cursor:
        rows = cursor.execute(
            f"SELECT {SNAPSHOT_COLUMNS} FROM campaigns_enrollment WHERE person_id = ANY(%s) AND left_at IS NULL "
            "ORDER BY id",
            [people],
        ).fetchall()
    if not rows:
        return []
    campaigns = load_campaigns(ids=sorted({row[1] for row in rows}))
    return [s for s in standings(rows, campaigns) if s.campaign.status == "running"]


def _foreseen(standing: Standing, now: datetime) -> list[Coming]:
    snapshot = standing.snapshot
    facts: Facts | None = gather([snapshot.person_id], now=now).get(snapshot.person_id)
    if facts is None:
        return []
    start = max(now, snapshot.due_at or now)
    if snapshot.waiting_for == WAITING_TASK and start > now + HORIZON:
        return []
    plan = foresee(snapshot._replace(enrolled_at=start), facts, standing.playbook, until=now + HORIZON)
    campaign = standing.campaign
    return [
        Coming(p.at, p.what, p.detail, p.step, campaign.name, campaign.campaign_id)
        for p in plan.planned
        if p.what != "gave_up"
    ]
