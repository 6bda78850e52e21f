"""Small people for the tests of the consent package."""

from datetime import UTC, datetime
from typing import Any

from beckon.consent.facts import Ask, Basis, Channel, Entry, Mark, PersonFacts, Point, Purpose
from beckon.consent.law.hours import Place
from beckon.people.models import ContactKind, ContactPoint, LineType, Number, Person

NEW_YORK = Place(frozenset({"NY"}), frozenset({"America/New_York"}))
MONDAY_NOON = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)
"""Monday 2026-11-16, 12:00 in New York."""

TEXT = Ask(Channel.SMS, Purpose.INFORMATIONAL)
SELLING_TEXT = Ask(Channel.SMS, Purpose.TELEMARKETING)
DROP = Ask(Channel.VOICEMAIL, Purpose.INFORMATIONAL)
CALL = Ask(Channel.VOICE, Purpose.INFORMATIONAL)


def point(**changes: Any) -> Point:
    """A mobile in New York, contact point 11, number 21, of person 1."""
    values: dict[str, Any] = {
        "contact_point_id": 11,
        "number_id": 21,
        "owner_id": 1,
        "kind": "phone",
        "value": "+12125550123",
        "line_type": "mobile",
        "place": NEW_YORK,
    }
    return Point(**(values | changes))


def entry(mark: Mark = Mark.GRANTED, basis: Basis = Basis.WRITTEN, **changes: Any) -> Entry:
    """A ledger entry of person 1 about everything."""
    values: dict[str, Any] = {
        "person_id": 1,
        "number_id": None,
        "channel": "all",
        "purpose": "all",
        "mark": mark,
        "basis": Basis.NONE if mark is Mark.REVOKED else basis,
    }
    return Entry(**(values | changes))


def facts(**changes: Any) -> PersonFacts:
    """A person whom everything may reach."""
    values: dict[str, Any] = {"person_id": 1, "place": NEW_YORK, "points": (point(),), "entries": (entry(),)}
    return PersonFacts(**(values | changes))


def make_person(now: datetime, **changes: Any) -> Person:
    """A person in New York in the database."""
    values: dict[str, Any] = {
        "given_name": "Ana",
        "family_name": "Reyes",
        "name_key": "reyes|ana",
        "origin": "own",
        "state": "NY",
        "postal_code": "10001",
        "time_zone": "America/New_York",
        "time_zone_source": "zip",
        "created_at": now,
        "updated_at": now,
    }
    return Person.objects.create(**(values | changes))


def make_phone(person: Person, value: str = "+12125550123", line_type: str = LineType.MOBILE) -> ContactPoint:
    """A phone of the person; the number is shared where it exists."""
    number, _made = Number.objects.get_or_create(kind=ContactKind.PHONE, value=value, defaults={"line_type": line_type})
    return ContactPoint.objects.create(person=person, number=number, kind=ContactKind.PHONE)
