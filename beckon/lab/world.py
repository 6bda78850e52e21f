"""What a running simulation carries along: the organization, its people's stable keys, rates, and what ran short."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from beckon.core.actors import Actor, simulated_agent
from beckon.core.models import Organization
from beckon.lab.population import Population
from beckon.lab.practice import Practice
from beckon.lab.rules import VirtualPerson

_KEYS = """
SELECT p.id, coalesce((SELECT min(s.key) FROM people_sourcerecord s WHERE s.person_id = p.id), p.name_key),
       p.language, p.last_encounter_at IS NOT NULL
FROM people_person p"""


@dataclass
class World:
    """One organization with its virtual people and agents. `short` counts what limited the result."""

    organization: Organization
    practice: Practice
    population: Population
    agents: tuple[Actor, ...]
    people: dict[int, VirtualPerson] = field(default_factory=dict)
    short: Counter[str] = field(default_factory=Counter)

    @property
    def seed(self) -> int:
        """The seed of every draw."""
        return self.organization.seed


def agents_named(count: int) -> tuple[Actor, ...]:
    """Simulated agents agent:1, agent:2 ..."""
    return tuple(simulated_agent(f"sim-{number}") for number in range(1, count + 1))


def load_people(world: World) -> None:
    """Read the stable key, language and acquaintance of everybody; call again after an import."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS)
        world.people = {i: VirtualPerson(key, language, known) for i, key, language, known in cursor.fetchall()}


def is_workday(at: datetime) -> bool:
    """Monday to Friday, at the practice's own date."""
    return at.weekday() < 5
