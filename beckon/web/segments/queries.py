"""What the segment pages read."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from beckon.people.models import Person
from beckon.segments import queries
from beckon.segments.conditions import Definition, parse_definition
from beckon.segments.errors import InvalidCondition
from beckon.segments.models import Segment

AT_ONCE = 10_000
"""Counting stops here at first; the exact figure follows."""


@dataclass(frozen=True)
class Sampled:
    """Somebody in the segment, as a list shows them."""

    id: int
    name: str
    birth_date: object
    state: str


def first_count(definition: Definition, now: datetime) -> queries.Count:
    """How many, or "10,000+" as soon as there are more."""
    return queries.count(definition, now=now, limit=AT_ONCE)


def sampled(definition: Definition, now: datetime, *, is_large: bool, size: int = 8) -> list[Sampled]:
    """A few people in it. Drawn from all where that is quick; of a large segment the first ones found."""
    if is_large:
        wanted = queries.members_sql(definition, now=now)
        ids = _first(wanted.text, wanted.values, size)
    else:
        ids = queries.sample(definition, now=now, size=size)
    rows = Person.objects.filter(pk__in=ids).order_by("family_name", "given_name", "id")
    return [Sampled(p.pk, f"{p.given_name} {p.family_name}".strip(), p.birth_date, p.state) for p in rows]


def _first(text: str, values: tuple[object, ...], size: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"{text} LIMIT %s", list[Any]([*values, size]))
        return [row[0] for row in cursor.fetchall()]


def segment_numbered(segment_id: int) -> Segment | None:
    """The saved segment with this id."""
    return Segment.objects.filter(pk=segment_id).first()


def person_named(person_id: int) -> str | None:
    """The person's name, or None where there is none."""
    person = Person.objects.filter(pk=person_id).first()
    return f"{person.given_name} {person.family_name}".strip() if person else None


def is_saved(definition: Definition) -> bool:
    """Whether a saved segment says exactly this."""
    for row in queries.list_segments(with_archived=True):
        with suppress(InvalidCondition):  # it asks about something that is no longer known
            if parse_definition(row.definition) == definition:
                return True
    return False
