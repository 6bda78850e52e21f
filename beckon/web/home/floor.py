"""The floor: who works, whom they hold since when, what they did today, how old the lists are, whose promises wait."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.core.actors import Actor
from beckon.core.clock import wall_now
from beckon.core.staff.queries import list_members
from beckon.core.tenancy import current_organization
from beckon.desk.queries import AgentDay, ListAge, agent_days, callbacks_of, held_now
from beckon.web.desk.queries import lists_and_their_age, name_of, names_of_people, staff_names
from beckon.web.home.queries import held_since

AT_WORK_FOR = timedelta(minutes=20)
"""Who made a call within this time, or holds somebody, is at work."""


@dataclass(frozen=True)
class InHand:
    """A person an agent holds. `since` (domain time) None: unknown."""

    person_id: int
    name: str
    since: datetime | None


@dataclass(frozen=True)
class AtDesk:
    """An agent's line; agents stand by name, never by rank."""

    key: str
    name: str
    day: AgentDay
    held: tuple[InHand, ...]
    promised: int
    overdue: int
    is_at_work: bool
    is_gone: bool


@dataclass(frozen=True)
class Floor:
    """Everything a supervisor's page shows."""

    agents: tuple[AtDesk, ...]
    at_work: int
    calls: int
    conversations: int
    booked: int
    overdue: int
    for_anyone: int
    lists: Sequence[ListAge]


def floor(now: datetime) -> Floor:
    """The floor now; eight queries however many agents. People are named: the caller may see them."""
    midnight = now.astimezone(ZoneInfo(current_organization().time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    days = {d.agent: d for d in agent_days(midnight, now + timedelta(minutes=1))}
    held = held_now(wall_now())
    since = held_since([(h.agent, h.person_id) for h in held], midnight)
    people = names_of_people(h.person_id for h in held)
    callbacks = callbacks_of(None, now=now, until=now + timedelta(days=92))
    promised = Counter(c.promised_by for c in callbacks)
    overdue = Counter(c.promised_by for c in callbacks if c.is_overdue)
    names = staff_names()
    here = {f"user:{m.user_id}" for m in list_members() if m.may_call}
    keys = {*here, *days, *(h.agent for h in held), *(k for k in promised if k)}
    in_hand: dict[str, list[InHand]] = {}
    for each in held:
        name = people.get(each.person_id, ("", ""))[0]
        in_hand.setdefault(each.agent, []).append(InHand(each.person_id, name, since.get((each.agent, each.person_id))))
    agents = [
        _at_desk(key, name_of(key, names), days.get(key), in_hand.get(key, []), promised[key], overdue[key], here, now)
        for key in keys
    ]
    return Floor(
        tuple(sorted(agents, key=lambda a: (a.name.casefold(), a.key))),
        sum(a.is_at_work for a in agents),
        sum(d.calls for d in days.values()),
        sum(d.conversations for d in days.values()),
        sum(d.booked for d in days.values()),
        sum(overdue.values()),
        promised[""],
        lists_and_their_age(now),
    )


def _at_desk(
    key: str,
    name: str,
    day: AgentDay | None,
    held: list[InHand],
    promised: int,
    overdue: int,
    here: set[str],
    now: datetime,
) -> AtDesk:
    last = day.last_call_at if day else None
    is_busy = bool(held) or (last is not None and last >= now - AT_WORK_FOR)
    is_gone = key.startswith("user:") and key not in here
    return AtDesk(key, name, day or AgentDay(key, 0, 0, 0, None), tuple(held), promised, overdue, is_busy, is_gone)


def agent_named(key: str) -> Actor | None:
    """The agent behind a form's value; None for what is no actor of ours."""
    try:
        actor = Actor(key)
    except ValueError:
        return None
    return actor if key.startswith(("user:", "agent:")) else None


def colleagues() -> list[tuple[str, str]]:
    """Actor key and name of everybody who calls here now."""
    return [(f"user:{m.user_id}", m.name or m.email) for m in list_members() if m.may_call]
