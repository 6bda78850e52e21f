"""Whether slots and agents can serve what a campaign will ask for (design, invariant 6; mission C6). Reads only."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from beckon.scheduling.queries import capacity

WEEKS = 4


def shortages(economics: Mapping[str, Any], *, starts_at: datetime) -> Iterator[tuple[str, str]]:
    """("too_few_slots" or "too_few_agents", what is missing) for the first four weeks."""
    wanted = int(economics.get("bookings_per_week", 0))
    weeks = capacity(starts_at, starts_at + timedelta(weeks=WEEKS))
    per_week: dict[Any, int] = {}
    for week in weeks:
        per_week[week.week] = per_week.get(week.week, 0) + week.free
    free = sum(per_week.values()) // max(1, len(per_week))
    if wanted > free:
        yield "too_few_slots", f"{wanted} bookings a week expected, {free} slots a week free"
    calls, agents = int(economics.get("calls_per_day", 0)), int(economics.get("agents", 0))
    dials = int(economics.get("assumptions", {}).get("dials_per_agent_day", 200))
    if calls > agents * dials:
        yield "too_few_agents", f"{calls} calls a day expected, {agents} agents make {agents * dials}"
