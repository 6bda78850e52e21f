"""The strip above the desk: the agent's day so far and the calls they have promised. Refreshes itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from beckon.core.actors import Actor
from beckon.desk.queries import AgentDay, Callback, agent_days, callbacks_of
from beckon.web.desk.queries import names_of_people, zone_of_practice

AHEAD = timedelta(days=7)
SOON = timedelta(minutes=10)
MOST_SHOWN = 8


@dataclass(frozen=True)
class Promise:
    """A promised call with the person's name and zone. `is_soon`: due within minutes, or overdue."""

    callback: Callback
    name: str
    zone: str
    is_soon: bool


@dataclass(frozen=True)
class Status:
    """`rate`: conversations that ended in a booking; None before the first conversation."""

    day: AgentDay
    rate: float | None
    promises: tuple[Promise, ...]
    more: int
    due: int


def status_of(agent: Actor, now: datetime) -> Status:
    """The agent's day since midnight where the practice is, and the calls promised for the coming week; 4 queries."""
    midnight = now.astimezone(zone_of_practice()).replace(hour=0, minute=0, second=0, microsecond=0)
    found = agent_days(midnight, now + timedelta(minutes=1), agent=agent)
    day = found[0] if found else AgentDay(agent.key, 0, 0, 0, None)
    callbacks = callbacks_of(agent, now=now, until=now + AHEAD)
    names = names_of_people(c.person_id for c in callbacks[:MOST_SHOWN])
    promises = tuple(Promise(c, *names.get(c.person_id, ("", "")), c.at <= now + SOON) for c in callbacks[:MOST_SHOWN])
    return Status(
        day,
        day.booked / day.conversations if day.conversations else None,
        promises,
        max(0, len(callbacks) - MOST_SHOWN),
        sum(c.at <= now + SOON for c in callbacks),
    )
