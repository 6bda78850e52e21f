"""Reads about people: search, the card of one person, households, likely duplicates. Never writes.

A search shows personal data: callers record what they showed (core.audit).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from beckon.people.models import ContactKind, ContactPoint, Person, PersonIdentifier, Relationship, SourceRecord
from beckon.people.normal import dates, names
from beckon.people.normal.phones import Phone, ending_with, read_phone
from beckon.people.places.tables import NOWHERE, STATED, Places, area_code_places, state_zones, zip_places

MOST_FOUND = 50
_LEAST_DIGITS, _MOST_DIGITS = 4, 9
"""Of a phone that is searched for by its end or its beginning."""


@dataclass(frozen=True)
class Found:
    """A line of a search result."""

    person_id: int
    name: str
    birth_date: date | None
    place: str
    is_retired: bool


@dataclass(frozen=True)
class PersonLine:
    """A person as a line of a list. `phone` and `email` are those tried first, "" where none is alive."""

    person: Person
    name: str
    phone: str
    email: str


@dataclass(frozen=True)
class CardPoint:
    """A contact point as shown: `value` is the number or address itself, `text` how it is printed."""

    contact_point_id: int
    number_id: int
    kind: str
    value: str
    text: str
    use: str
    line_type: str
    extension: str
    is_dead: bool
    ended_reason: str
    line_type_source: str = ""
    dead_reason: str = ""
    dead_at: datetime | None = None
    ended_at: datetime | None = None
    rank: int = 1


@dataclass(frozen=True)
class CardCaregiver:
    """Somebody who cares for the person, and what they may do."""

    person_id: int
    name: str
    kind: str
    may_be_contacted: bool
    may_book: bool
    may_hear_details: bool


@dataclass(frozen=True)
class Card:
    """Everything this package knows of one person. `merged_from` are people who were found to be this one."""

    person: Person
    name: str
    points: tuple[CardPoint, ...]
    identifiers: tuple[tuple[str, str], ...]
    caregivers: tuple[CardCaregiver, ...]
    merged_from: tuple[int, ...]
    source_records: tuple[tuple[int, str], ...]
    states: frozenset[str]
    zones: frozenset[str]


def full_name(person: Person) -> str:
    """The name as printed: given, middle, family, suffix."""
    parts = (person.given_name, person.middle_name, person.family_name, person.name_suffix)
    return " ".join(part for part in parts if part)


def candidate_places(state: str, postal_code: str, time_zone: str, time_zone_source: str, number: str = "") -> Places:
    """Every (states, zones) in which a person may be who is reached at `number` (E.164, '' for none).

    The ZIP's and the area code's are joined, so that the strictest rule of all of them can be applied; a zone that a
    file states joins them, one the person named stands alone. Both are empty when nothing is known: then anywhere is
    possible.
    """
    zip_states, zip_zones = zip_places(postal_code) if postal_code else NOWHERE
    area_states, area_zones = area_code_places(number)
    if state and not zip_states:
        zip_states, zip_zones = frozenset({state}), state_zones().get(state, frozenset())
    states = zip_states | area_states
    if time_zone_source == STATED and time_zone:
        return states, frozenset({time_zone})
    zones = zip_zones | area_zones
    return states, zones | {time_zone} if zones and time_zone_source == "explicit" and time_zone else zones


def search_people(text: str, *, limit: int = MOST_FOUND) -> list[Found]:
    """People by what a caller says: a phone in any form or its last digits, a birth date, a record number, a name.

    A name is "family", "given family" or "family, given", each by its beginning; accents and capitals do not count.
    Newest birth dates last, at most `limit`. Merged people are shown as their survivor.
    """
    text = text.strip()
    if not text:
        return []
    ids = _by_phone(text, limit) or _by_birth_date(text, limit) or _by_identifier(text, limit) or _by_name(text, limit)
    people = Person.objects.in_bulk(ids)
    survivors = {p.merged_into for p in people.values() if p.merged_into}
    people |= Person.objects.in_bulk(survivors)
    shown = {p.merged_into or p.pk: None for p in (people[i] for i in ids if i in people)}
    return [_found(people[i]) for i in shown if i in people]


def person_card(person_id: int) -> Card:
    """The card of a person, or of the survivor when this one was merged. Raises Person.DoesNotExist."""
    person = Person.objects.get(pk=person_id)
    if person.merged_into:
        person = Person.objects.get(pk=person.merged_into)
    merged = tuple(Person.objects.filter(merged_into=person.pk).order_by("pk").values_list("pk", flat=True))
    everyone = [person.pk, *merged]
    points = [
        _card_point(point)
        for point in ContactPoint.objects.filter(person_id__in=everyone)
        .select_related("number")
        .order_by("kind", "rank", "pk")
    ]
    phone = next((p.value for p in points if p.kind == ContactKind.PHONE and not p.ended_reason), "")
    states, zones = candidate_places(person.state, person.postal_code, person.time_zone, person.time_zone_source, phone)
    return Card(
        person,
        full_name(person),
        tuple(points),
        tuple(PersonIdentifier.objects.filter(person_id__in=everyone).order_by("pk").values_list("system", "value")),
        tuple(
            map(
                _caregiver,
                Relationship.objects.filter(person_id__in=everyone, ended_at=None).select_related("caregiver"),
            )
        ),
        merged,
        tuple(SourceRecord.objects.filter(person_id__in=everyone).order_by("pk").values_list("source_id", "key")),
        states,
        zones,
    )


def household_of(person_id: int) -> list[int]:
    """Other people who share a number that this person uses now, by id. They are never merged for that alone."""
    numbers = ContactPoint.objects.filter(person_id=person_id, ended_at=None).values("number_id")
    return list(
        ContactPoint.objects.filter(number_id__in=numbers, ended_at=None, person__merged_into=None)
        .exclude(person_id=person_id)
        .order_by("person_id")
        .values_list("person_id", flat=True)
        .distinct()
    )


def likely_duplicates(person_id: int, limit: int = 10) -> list[int]:
    """People with the same name (nicknames made formal) and birth date, or one of both and a shared phone."""
    person = Person.objects.get(pk=person_id)
    same_name = Q(match_key=person.match_key)
    same_birth = Q(birth_date=person.birth_date) if person.birth_date else Q(pk__in=[])
    alive = Person.objects.filter(merged_into=None, retired_at=None).exclude(pk=person_id)
    # Two questions, each with an index of its own; joined by OR they would read the whole table.
    found = set(alive.filter(same_name & same_birth).order_by("pk").values_list("pk", flat=True)[:limit])
    household = household_of(person_id)
    if household:
        found |= set(alive.filter(same_name | same_birth, pk__in=household).values_list("pk", flat=True))
    return sorted(found)[:limit]


def lines_of(person_ids: Sequence[int]) -> list[PersonLine]:
    """People as lines of a list, in the order given; ids nobody has are left out. Three statements."""
    people = Person.objects.in_bulk(person_ids)
    phones = best_numbers(person_ids, ContactKind.PHONE)
    emails = best_numbers(person_ids, ContactKind.EMAIL)
    return [
        PersonLine(people[i], full_name(people[i]), phones.get(i, ""), emails.get(i, ""))
        for i in person_ids
        if i in people
    ]


def best_numbers(person_ids: Sequence[int], kind: ContactKind) -> dict[int, str]:
    """Person -> the number or address of `kind` that is tried first, for those who have one that is alive."""
    rows = (
        ContactPoint.objects.filter(person_id__in=person_ids, kind=kind, ended_at=None, number__dead_at=None)
        .order_by("person_id", "-rank", "-pk")
        .values_list("person_id", "number__value")
    )
    return dict(rows)


def when_reached(person: Person) -> list[datetime]:
    """The last ten outgoing contacts over all channels, newest first."""
    return sorted(person.recent_contacts, reverse=True)


def _by_phone(text: str, limit: int) -> list[int]:
    digits = "".join(c for c in text if c.isdecimal())
    if len(digits) < _LEAST_DIGITS or any(c.isalpha() for c in text):
        return []
    phone, values = read_phone(text), list[str | int]()
    if isinstance(phone, Phone):
        condition, values = "value = %s", [phone.number]
    else:
        condition, values = "reversed_digits BETWEEN %s AND %s", [*ending_with(digits)]
    statement = (
        f"WITH n AS MATERIALIZED (SELECT id FROM people_number WHERE kind = 'phone' AND {condition} LIMIT %s) "
        "SELECT DISTINCT c.person_id FROM n JOIN people_contactpoint c ON c.number_id = n.id "
        "WHERE c.ended_at IS NULL ORDER BY c.person_id LIMIT %s"
    )
    return _ids(statement, [*values, limit, limit]) or _by_first_digits(digits, limit)


def _by_first_digits(digits: str, limit: int) -> list[int]:
    """Numbers that begin so: a phone being typed. Needs an area code at least; a range, so that any collation does."""
    digits = digits.removeprefix("1")
    if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS or set(digits) == {"9"}:
        return []
    return _ids(
        "WITH n AS MATERIALIZED (SELECT id FROM people_number WHERE kind = 'phone' AND value >= %s AND value < %s "
        "ORDER BY value LIMIT %s) SELECT DISTINCT c.person_id FROM n JOIN people_contactpoint c ON c.number_id = n.id "
        "WHERE c.ended_at IS NULL ORDER BY c.person_id LIMIT %s",
        [f"+1{digits}", f"+1{int(digits) + 1:0{len(digits)}}", limit, limit],
    )


def _by_birth_date(text: str, limit: int) -> list[int]:
    if not any(c.isdigit() for c in text):
        return []
    found = dates.read_date(text, dates.DateStyle(), date(9999, 1, 1))
    if isinstance(found, str):
        return []
    return list(
        Person.objects.filter(birth_date=found).order_by("match_key", "pk").values_list("pk", flat=True)[:limit]
    )


# Systems are few: they are read off the index one by one, so that a value is looked up without naming its system.
_IDENTIFIER = """
WITH RECURSIVE known AS (
    SELECT min(system) AS system FROM people_personidentifier
    UNION ALL
    SELECT (SELECT min(i.system) FROM people_personidentifier i WHERE i.system > known.system) FROM known
     WHERE known.system IS NOT NULL)
SELECT i.person_id FROM known JOIN people_personidentifier i ON i.system = known.system AND i.value = ANY(%s)
 ORDER BY i.id LIMIT %s
"""


def _by_identifier(text: str, limit: int) -> list[int]:
    if not any(c.isdigit() for c in text):
        return []
    return _ids(_IDENTIFIER, [list({text, text.upper(), text.lstrip("#").strip()}), limit])


# ~<~ is the order of the prefix index: the first hits are read off it alone and none are sorted. The rows come in a
# statement of their own, with the names as values: joined, the planner reads the whole index in its order instead.
_KEYS = "SELECT name_key FROM people_person WHERE name_key LIKE %s ORDER BY name_key USING ~<~ LIMIT %s"
_NAMED = "SELECT id FROM people_person WHERE name_key = ANY(%s) ORDER BY name_key USING ~<~, id LIMIT %s"


def _by_name(text: str, limit: int) -> list[int]:
    """Tries every way the words can be a family and a given name; the first way's people come first."""
    head, comma, tail = text.partition(",")
    words = text.split()
    tries = [(text, "")] if not comma else [(head, tail)]
    if not comma and len(words) > 1:
        tries = [(words[-1], words[0]), (" ".join(words[1:]), words[0]), (words[0], words[-1]), *tries]
    keys = [(names.fold(family), names.fold(given)) for family, given in tries]
    patterns = [f"{family}|{given}%" for family, given in keys if family and given]
    patterns += [f"{family}%|{given}%" for family, given in keys if len(family) > 1 and given]
    patterns += [f"{family}%" for family, given in keys if family and not given]
    found: dict[int, None] = {}
    for pattern in dict.fromkeys(patterns):
        found |= dict.fromkeys(_ids(_NAMED, [list(set(_column(_KEYS, [pattern, limit]))), limit]))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _ids(statement: str, values: list[Any]) -> list[int]:
    return [int(i) for i in _column(statement, values)]


def _column(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _found(person: Person) -> Found:
    place = ", ".join(part for part in (person.state, person.postal_code) if part)
    return Found(person.pk, full_name(person), person.birth_date, place, person.retired_at is not None)


def _card_point(point: ContactPoint) -> CardPoint:
    number = point.number
    text = number.value
    if number.kind == ContactKind.POSTAL and number.postal:
        p = number.postal
        text = ", ".join(filter(None, (p["line1"], p["line2"], p["city"], f"{p['state']} {p['postal_code']}".strip())))
    return CardPoint(
        point.pk,
        number.pk,
        point.kind,
        number.value,
        text,
        point.use,
        number.line_type,
        point.extension,
        number.dead_at is not None,
        point.ended_reason,
        number.line_type_source,
        number.dead_reason,
        number.dead_at,
        point.ended_at,
        point.rank,
    )


def _caregiver(row: Relationship) -> CardCaregiver:
    return CardCaregiver(
        row.caregiver_id, full_name(row.caregiver), row.kind, row.may_be_contacted, row.may_book, row.may_hear_details
    )
