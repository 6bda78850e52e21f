"""Every field of people finds the person on its one side and not the one on the other."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from beckon.people.models import ContactPoint, Number, Person, Source, SourceRecord
from beckon.segments import queries
from beckon.segments.conditions import parse_definition


@pytest.fixture
def pair(org: Any, now: datetime) -> tuple[int, int]:
    """Somebody with a history, and somebody about whom nothing is known."""
    days = timedelta(days=1)
    full = Person.objects.create(
        family_name="Ibarra",
        name_key="ibarra|",
        origin="bought",
        sex="female",
        language="es",
        state="NY",
        postal_code="10001",
        time_zone="America/New_York",
        birth_date=date(1976, 11, 16),
        created_at=now,
        updated_at=now,
        last_encounter_at=now - 400 * days,
        last_appointment_at=now - 30 * days,
        last_appointment_outcome="missed",
        next_appointment_at=now + 5 * days,
        last_call_at=now - 7 * days,
        call_attempts=2,
        do_not_contact_at=now,
        deceased_at=now,
        recent_contacts=[now - 20 * days, now - 10 * days, now - 1 * days],
    )
    empty = Person.objects.create(name_key="", origin="own", created_at=now - 500 * days, updated_at=now)
    mobile = Number.objects.create(kind="phone", value="+12125550101", line_type="mobile")
    dead = Number.objects.create(kind="phone", value="+12125550102", line_type="landline", dead_at=now)
    gone = Number.objects.create(kind="email", value="a@example.org")
    ContactPoint.objects.create(person=full, number=mobile, kind="phone")
    ContactPoint.objects.create(person=full, number=dead, kind="phone")
    ContactPoint.objects.create(person=full, number=gone, kind="email", ended_at=now)
    for name, retired in (("November", None), ("October", now)):
        source = Source.objects.create(name=name, created_at=now)
        SourceRecord.objects.create(
            source_id=source.pk,
            key="1",
            digest="",
            person_id=full.pk,
            first_import_id=1,
            last_import_id=1,
            retired_at=retired,
        )
    return full.pk, empty.pk


FULL = [
    ("last_encounter", "more_than_ago", 399, {}),
    ("last_appointment", "within_last", 30, {}),
    ("last_appointment_outcome", "is", "missed", {}),
    ("next_appointment", "within_next", 28, {}),
    ("last_call", "within_last", 7, {}),
    ("call_attempts", "at_least", 2, {}),
    ("age", "is", 50, {}),
    ("birth_date", "before", "1976-11-17", {}),
    ("sex", "is", "female", {}),
    ("language", "is", "es", {}),
    ("state", "one_of", ["NJ", "NY"], {}),
    ("postal_code", "starts_with", "100", {}),
    ("time_zone", "known", True, {}),
    ("family_name", "is", "Ibarra", {}),
    ("origin", "is", "bought", {}),
    ("known_since", "within_last", 365, {}),
    ("do_not_contact", "is", True, {}),
    ("deceased", "is", True, {}),
    ("contacts", "is", 3, {}),
    ("contacts", "is", 2, {"last_days": 10}),
    ("contacts", "at_least", 1, {"last_days": 1}),
    ("source", "is", "November", {}),
    ("reachable", "is", True, {"line": "mobile"}),
    ("reachable", "is", True, {}),
    ("addresses", "is", 1, {"kind": "phone"}),
]
NOBODY = [
    ("contacts", "at_least", 3, {"last_days": 19}),
    ("contacts", "at_least", 4, {}),
    ("source", "is", "October", {}),
    ("reachable", "is", True, {"line": "landline"}),
    ("reachable", "is", True, {"kind": "email"}),
    ("addresses", "at_least", 2, {}),
]


def _found(pair: tuple[int, int], clause: tuple[str, str, object, dict[str, Any]], now: datetime) -> set[int]:
    field, operator, value, parameters = clause
    definition = parse_definition({"field": field, "op": operator, "value": value, "with": parameters})
    return queries.members(definition, pair, now=now)


@pytest.mark.parametrize("clause", FULL, ids=str)
def test_only_the_person_with_the_history_is_found(
    pair: tuple[int, int], clause: tuple[str, str, object, dict[str, Any]], now: datetime
) -> None:
    assert _found(pair, clause, now) == {pair[0]}


@pytest.mark.parametrize("clause", NOBODY, ids=str)
def test_what_is_dead_ended_or_longer_ago_does_not_count(
    pair: tuple[int, int], clause: tuple[str, str, object, dict[str, Any]], now: datetime
) -> None:
    assert _found(pair, clause, now) == set()


def test_somebody_without_a_history_was_contacted_fewer_than_once(pair: tuple[int, int], now: datetime) -> None:
    assert _found(pair, ("contacts", "fewer_than", 1, {"last_days": 30}), now) == {pair[1]}
