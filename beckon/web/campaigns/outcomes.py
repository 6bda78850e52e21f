"""What came of a campaign's messages and calls, counted over several packages. Never writes."""

from dataclasses import dataclass

from django.core.cache import cache

from beckon.campaigns.models import Campaign
from beckon.campaigns.queries import counters
from beckon.reports.queries import DIAL_CENTS
from beckon.web.campaigns.queries import KEPT_SECONDS, SMALL, kept_as, rows_of

_REPLIES = """
SELECT meaning, count(*), count(DISTINCT person_id) FROM messaging_message
 WHERE campaign_id = %s AND is_inbound GROUP BY 1 ORDER BY 2 DESC, 1"""

_MESSAGES = """
SELECT channel, status, count(*), coalesce(sum(cost_cents) FILTER (WHERE sent_at IS NOT NULL), 0)
  FROM messaging_message WHERE campaign_id = %s AND NOT is_inbound GROUP BY 1, 2"""

_FAILURES = """
SELECT channel, reason, count(*) FROM messaging_message
 WHERE campaign_id = %s AND NOT is_inbound AND status IN ('failed', 'dropped') GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
 LIMIT 12"""

_VARIANTS = """
WITH told AS MATERIALIZED (
  SELECT DISTINCT ON (step, enrollment_id) step, variant, enrollment_id, person_id FROM messaging_message
   WHERE campaign_id = %(campaign)s AND NOT is_inbound AND variant <> '' AND sent_at IS NOT NULL
   ORDER BY step, enrollment_id, id),
     replied AS MATERIALIZED (
  SELECT DISTINCT person_id FROM messaging_message WHERE campaign_id = %(campaign)s AND is_inbound
     AND meaning NOT IN ('stop', 'wrong_person', 'deceased')),
     stopped AS MATERIALIZED (
  SELECT DISTINCT person_id FROM messaging_message WHERE campaign_id = %(campaign)s AND is_inbound
     AND meaning = 'stop'),
     booked AS MATERIALIZED (
  SELECT DISTINCT person_id FROM scheduling_appointment
   WHERE campaign_id = %(campaign)s AND status <> 'entered_in_error')
SELECT step, variant, count(*), count(r.person_id), count(s.person_id), count(b.person_id)
  FROM told t LEFT JOIN replied r USING (person_id) LEFT JOIN stopped s USING (person_id)
  LEFT JOIN booked b USING (person_id)
 GROUP BY step, variant ORDER BY step, variant"""


@dataclass(frozen=True)
class VariantFigures:
    """One wording of a step under test: people who got it, answered, stopped, booked."""

    step: str
    variant: str
    people: int
    replied: int
    stopped: int
    booked: int


@dataclass(frozen=True)
class Results:
    """What came of a campaign's messages and calls so far."""

    replies: list[tuple[str, int, int]]
    messages: dict[str, dict[str, int]]
    message_cents: dict[str, int]
    failures: list[tuple[str, str, int]]
    variants: list[VariantFigures]
    dials: int
    answered: int
    revenue_cents: int

    @property
    def call_cents(self) -> int:
        """Agents' time, at the rate of the forecast."""
        return round(self.dials * DIAL_CENTS)

    @property
    def cost_cents(self) -> int:
        """Messages and agents' time."""
        return sum(self.message_cents.values()) + self.call_cents


def results_of(campaign: Campaign) -> Results:
    """Answers by meaning, messages by channel and outcome, wordings under test, calls, money; kept as live_figures."""
    if counters(campaign.pk).get("enrolled", 0) <= SMALL:
        return _count_results(campaign.pk)
    held: Results | None = cache.get(kept_as(campaign, "results"))
    if held is None:
        held = _count_results(campaign.pk)
        cache.set(kept_as(campaign, "results"), held, KEPT_SECONDS)
    return held


def _count_results(campaign_id: int) -> Results:
    messages: dict[str, dict[str, int]] = {}
    cents: dict[str, float] = {}
    for channel, status, number, cost in rows_of(_MESSAGES, [campaign_id]):
        messages.setdefault(channel, {})[status] = number
        cents[channel] = cents.get(channel, 0) + float(cost)
    variants = [VariantFigures(*row) for row in rows_of(_VARIANTS, {"campaign": campaign_id})]
    tested = {step for step in {v.step for v in variants} if sum(v.step == step for v in variants) > 1}
    dials, answered = rows_of(
        "SELECT count(*), count(*) FILTER (WHERE answered) FROM desk_call WHERE campaign_id = %s AND undone_at IS NULL",
        [campaign_id],
    )[0]
    revenue = rows_of(
        "SELECT coalesce(sum(revenue_cents), 0)::bigint FROM scheduling_appointment"
        " WHERE campaign_id = %s AND status = 'kept'",
        [campaign_id],
    )[0][0]
    return Results(
        replies=rows_of(_REPLIES, [campaign_id]),
        messages=messages,
        message_cents={channel: round(value) for channel, value in sorted(cents.items())},
        failures=rows_of(_FAILURES, [campaign_id]),
        variants=[v for v in variants if v.step in tested],
        dials=dials,
        answered=answered,
        revenue_cents=revenue,
    )
