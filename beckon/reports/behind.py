"""The people behind each figure of reports.queries, row by row, by the same conditions. Never writes.

A row is what the figure counts (a call, a message, a visit, a person), so that the list is as long as the figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from beckon.reports.periods import Period
from beckon.reports.queries import COHORT, values_of

_CAMPAIGN = "(%(campaign)s::bigint IS NULL OR {t}.campaign_id = %(campaign)s)"
_CALL = """SELECT t.id, t.person_id, t.started_at AS at, t.disposition AS what FROM desk_call t
 WHERE t.undone_at IS NULL AND t.started_at >= %(start)s AND t.started_at < %(end)s AND """ + _CAMPAIGN.format(t="t")
_MESSAGE = """SELECT t.id, t.person_id, coalesce(t.sent_at, t.settled_at) AS at, t.reason AS what
  FROM messaging_message t
 WHERE NOT t.is_inbound AND coalesce(t.sent_at, t.settled_at) >= %(start)s
   AND coalesce(t.sent_at, t.settled_at) < %(end)s AND (%(value)s = '' OR t.channel = %(value)s)
   AND """ + _CAMPAIGN.format(t="t")
_EVENT = """SELECT t.id, t.person_id, t.at, coalesce(t.data->>'meaning', t.data->>'channel', '') AS what
  FROM events_event t WHERE t.at >= %(start)s AND t.at < %(end)s
   AND (%(campaign)s::bigint IS NULL OR t.person_id IN
        (SELECT person_id FROM campaigns_enrollment WHERE campaign_id = %(campaign)s))"""
_VISIT = """SELECT t.id, t.person_id, t.{when} AS at, t.status AS what FROM scheduling_appointment t
 WHERE t.{when} >= %(start)s AND t.{when} < %(end)s
   AND (%(location)s::bigint IS NULL OR t.location_id = %(location)s) AND """ + _CAMPAIGN.format(t="t")
_STAGE = (
    COHORT
    + """SELECT row_number() OVER (ORDER BY campaign_id, person_id) AS id, person_id, NULL::timestamptz AS at,
       '' AS what FROM stage"""
)

_KINDS: Mapping[str, str] = {
    "sent": _MESSAGE + " AND t.status IN ('sent', 'delivered', 'failed', 'unknown')",
    "delivered": _MESSAGE + " AND t.status = 'delivered'",
    "failed": _MESSAGE + " AND t.status = 'failed'",
    "pending": _MESSAGE + " AND t.status IN ('sent', 'unknown')",
    "reply": _EVENT + " AND t.kind = 'message.received' AND coalesce(t.data->>'meaning', 'other') = %(value)s",
    "opt_outs": _EVENT + " AND t.kind = 'consent.opted_out'",
    "goals": """SELECT t.id, t.person_id, t.goal_met_at AS at, '' AS what FROM campaigns_enrollment t
 WHERE t.goal_met_at >= %(start)s AND t.goal_met_at < %(end)s AND """
    + _CAMPAIGN.format(t="t"),
    "dials": _CALL,
    "answered": _CALL + " AND t.answered",
    "disposition": _CALL + " AND t.disposition = %(value)s",
    "hour": _CALL + " AND t.local_weekday || '-' || t.local_hour = %(value)s",
    "attempt": _CALL + " AND t.attempt::text = %(value)s",
    "attempt_answered": _CALL + " AND t.attempt::text = %(value)s AND t.answered",
    "attempt_booked": _CALL + " AND t.attempt::text = %(value)s AND t.appointment_id IS NOT NULL",
    "agent": _CALL + " AND t.agent || '|' || (t.started_at AT TIME ZONE %(zone)s)::date = %(value)s",
    "booked": _VISIT.format(when="at") + " AND t.status <> 'entered_in_error'",
    "kept": _VISIT.format(when="starts_at") + " AND t.status = 'kept'",
    "missed": _VISIT.format(when="starts_at") + " AND t.status = 'missed'",
    "cancelled": _VISIT.format(when="starts_at") + " AND t.status IN ('cancelled_by_practice', 'cancelled_by_patient')",
    "cohort_enrolled": _STAGE,
    "cohort_contacted": _STAGE + " WHERE contacted",
    "cohort_answered": _STAGE + " WHERE answered",
    "cohort_goal": _STAGE + " WHERE goal",
    "cohort_booked": _STAGE + " WHERE booked",
    "cohort_kept": _STAGE + " WHERE kept",
}
KINDS = frozenset(_KINDS)


@dataclass(frozen=True)
class Row:
    """One thing counted: whom it is about, when, and its code (outcome, reason, status), "" where it has none."""

    key: int
    person_id: int
    given_name: str
    family_name: str
    zone: str
    at: datetime | None
    what: str

    @property
    def name(self) -> str:
        """As people say it; the number where no name is on record."""
        return f"{self.given_name} {self.family_name}".strip() or f"#{self.person_id}"


def behind(
    kind: str,
    value: str,
    period: Period,
    *,
    campaign_id: int | None = None,
    location_id: int | None = None,
    after: int = 0,
    limit: int = 51,
) -> list[Row]:
    """The rows behind a figure, by key from `after` on. Raises KeyError for a kind that is not in KINDS."""
    sql = f"""
SELECT b.id, b.person_id, coalesce(p.given_name, ''), coalesce(p.family_name, ''), coalesce(p.time_zone, ''), b.at,
       b.what
  FROM ({_KINDS[kind]}) b LEFT JOIN people_person p ON p.id = b.person_id
 WHERE b.id > %(after)s ORDER BY b.id LIMIT %(limit)s"""
    values: dict[str, Any] = values_of(period, campaign_id, location_id)
    values |= {"value": value, "after": after, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row(*row) for row in cursor.fetchall()]
