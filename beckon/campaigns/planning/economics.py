"""What a campaign is expected to cost and to bring, computed before launch (mission C8). Pure.

Figures from the field (mission, "Numbers from the field"): an agent dials 200 people a day, 20 % pick up, 50-70 % of
those agree, 70 % of re-appointed people come, about $100 is collected for a visit, five attempts, one a week.
"""

import math
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

WEEKS_IN_A_MONTH = 4
WORKDAYS_IN_A_WEEK = 5


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the calculator starts from. Money in cents; shares from 0 to 1. Every one may be changed by hand."""

    dials_per_agent_day: int = 200
    answered_share: float = 0.20
    agreed_share: float = 0.625
    kept_share: float = 0.70
    revenue_per_visit_cents: int = 10_000
    agent_month_cents: int = 176_000
    people_per_agent_month: int = 2_000
    attempts: int = 5
    leaving_share_per_attempt: float = 0.20
    """40 of the 200 people dialled in a day leave the list."""
    booked_share: float = 0.10
    """Share of the people enrolled who book in the end; the playbook's own figure."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What one or more agents bring in a week and a month."""

    booked_per_week: int
    kept_per_week: int
    revenue_per_week_cents: int
    revenue_per_month_cents: int
    cost_per_month_cents: int
    profit_per_month_cents: int


@dataclass(frozen=True, slots=True)
class Economics:
    """The expected return of a campaign. `message_cents` by channel; `break_even_visits` are kept visits.

    `people` are in the segment; `taken_in` of them may be contacted, and everything else is reckoned from those.
    `reach`: of those taken in, how many may be reached by each channel.
    """

    people: int
    days_to_enrol: int
    expected_booked: int
    expected_kept: int
    expected_revenue_cents: int
    message_cents: dict[str, int]
    agent_days: int
    agents_needed: int
    agent_cents: int
    list_cents: int
    cost_cents: int
    profit_cents: int
    break_even_visits: int
    bookings_per_week: int
    calls_per_day: int
    agents: int
    taken_in: int = 0
    reach: dict[str, int] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, as stored with the campaign."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "assumptions"}
        given = self.assumptions
        return plain | {"assumptions": {name: getattr(given, name) for name in given.__dataclass_fields__}}


def half_up(value: float | Decimal) -> int:
    """Rounded to the nearest whole number, halves up, as people do (87.5 visits are 88)."""
    return int(Decimal(str(value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def desk_of(agents: int, assumptions: Assumptions | None = None) -> Desk:
    """What `agents` agents bring when their lists never run dry. One of them: 125 booked a week, 88 kept, $8,800."""
    a = assumptions or Assumptions()
    a_day = a.dials_per_agent_day * a.answered_share * a.agreed_share
    booked = half_up(round(a_day * WORKDAYS_IN_A_WEEK * agents, 6))
    kept = half_up(round(booked * a.kept_share, 6))
    week = kept * a.revenue_per_visit_cents
    month = week * WEEKS_IN_A_MONTH
    cost = agents * a.agent_month_cents
    return Desk(booked, kept, week, month, cost, month - cost)


def agents_for(people_per_month: int, assumptions: Assumptions | None = None) -> int:
    """Agents needed for so many new people a month: 4,000 need 2."""
    a = assumptions or Assumptions()
    return math.ceil(people_per_month / a.people_per_agent_month)


def mean_attempts(assumptions: Assumptions) -> float:
    """Calls an average person gets before leaving: a truncated geometric series (3.4 with the field's figures)."""
    stays = 1 - assumptions.leaving_share_per_attempt
    return sum(stays**attempt for attempt in range(assumptions.attempts))


def busiest_day(people: int, a_week: int, assumptions: Assumptions) -> int:
    """Calls on a working day of the busiest week: everybody on the list once, as many weeks' people as overlap."""
    if not people:
        return 0
    stays = 1 - assumptions.leaving_share_per_attempt
    overlapping = min(assumptions.attempts, math.ceil(people / a_week))
    calls = min(people, a_week * sum(stays**week for week in range(overlapping)))
    return math.ceil(round(calls / WORKDAYS_IN_A_WEEK, 6))


def economics_of(
    *,
    people: int,
    daily_volume: int,
    has_calls: bool,
    agents: int,
    message_unit_cents: dict[str, tuple[float, float]],
    list_cents: int = 0,
    taken_in: int | None = None,
    reach: dict[str, int] | None = None,
    assumptions: Assumptions | None = None,
) -> Economics:
    """The expected return. `message_unit_cents`: channel -> (pieces per person taken in, cents a piece).

    `people` are in the segment; `taken_in` (default: all) are those whom the gate and the entry rules let in.
    Raises ValueError for a daily volume below 1 or a negative number of people.
    """
    if daily_volume < 1 or people < 0:
        raise ValueError("a campaign needs people and a daily volume of at least 1")
    a, in_segment = assumptions or Assumptions(), people
    people = in_segment if taken_in is None else taken_in
    days = math.ceil(people / daily_volume)
    booked = half_up(people * a.booked_share)
    kept = half_up(booked * a.kept_share)
    calls = people * mean_attempts(a) if has_calls else 0.0
    agent_days = math.ceil(round(calls / a.dials_per_agent_day, 6))
    agent_cents = half_up(agent_days * a.agent_month_cents / (WORKDAYS_IN_A_WEEK * WEEKS_IN_A_MONTH))
    messages = {name: half_up(people * pieces * cents) for name, (pieces, cents) in sorted(message_unit_cents.items())}
    cost = sum(messages.values()) + agent_cents + list_cents
    revenue = kept * a.revenue_per_visit_cents
    a_month = min(people, daily_volume * WORKDAYS_IN_A_WEEK * WEEKS_IN_A_MONTH)
    a_week = min(people, daily_volume * WORKDAYS_IN_A_WEEK)
    calls_a_day = busiest_day(people, a_week, a) if has_calls else 0
    return Economics(
        people=in_segment,
        taken_in=people,
        reach=reach or {},
        days_to_enrol=days,
        expected_booked=booked,
        expected_kept=kept,
        expected_revenue_cents=revenue,
        message_cents=messages,
        agent_days=agent_days,
        agents_needed=max(agents_for(a_month, a), math.ceil(calls_a_day / a.dials_per_agent_day)) if has_calls else 0,
        agent_cents=agent_cents,
        list_cents=list_cents,
        cost_cents=cost,
        profit_cents=revenue - cost,
        break_even_visits=math.ceil(cost / a.revenue_per_visit_cents) if a.revenue_per_visit_cents else 0,
        bookings_per_week=math.ceil(round(a_week * a.booked_share, 6)),
        calls_per_day=calls_a_day,
        agents=agents,
        assumptions=a,
    )
