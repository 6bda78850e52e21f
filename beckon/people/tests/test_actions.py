"""Changes to people: contacts counted, marks set once, numbers retired for all, people merged and taken apart."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.events.models import Event
from beckon.people import actions, joining, queries
from beckon.people.errors import MergeRefused
from beckon.people.models import ContactKind, ContactPoint, LineType, Number, Person
from beckon.people.tests.conftest import Importer

FILE = (
    "First Name,Last Name,DOB,Cell Phone,Home Phone,Email,Zip,MRN\n"
    "Ana,Ruíz,7/14/1987,617-555-0101,617-555-0102,ana@example.org,02115,A-77\n"
    "Luis,Ruíz,1/2/1985,617-555-0111,617-555-0102,,02115,A-78\n"
    "Rosa,Gil Paz,3/3/1990,,305-555-0133,,33130,A-79\n"
)


@pytest.fixture
def people(take_in: Importer) -> dict[str, Person]:
    """Ana and Luis, a household; Rosa."""
    take_in(FILE)
    return {person.given_name: person for person in Person.objects.all()}


def test_the_last_ten_contacts_are_kept_in_order(people: dict[str, Person], now: datetime) -> None:
    ana, luis = people["Ana"].pk, people["Luis"].pk
    pairs = [(ana, now + timedelta(hours=n)) for n in (3, 1, 2)] + [(luis, now)]
    actions.record_contacts(pairs)
    actions.record_contacts([(ana, now + timedelta(days=n)) for n in range(1, 10)])
    contacts = Person.objects.get(pk=ana).recent_contacts
    assert contacts == [now + timedelta(hours=3)] + [now + timedelta(days=n) for n in range(1, 10)]
    assert Person.objects.get(pk=luis).recent_contacts == [now]


def test_call_attempts_are_counted_and_can_be_taken_back(people: dict[str, Person], now: datetime) -> None:
    ana = people["Ana"].pk
    actions.record_call_attempts([(ana, now), (ana, now + timedelta(hours=1))])
    person = Person.objects.get(pk=ana)
    assert (person.call_attempts, person.last_call_at) == (2, now + timedelta(hours=1))
    actions.take_back_call_attempts([(ana, now + timedelta(hours=1))])
    assert Person.objects.get(pk=ana).call_attempts == 1


def test_appointment_columns_follow_what_is_booked_and_seen(people: dict[str, Person], now: datetime) -> None:
    ana = people["Ana"].pk
    actions.touch_appointments([actions.AppointmentFacts(ana, now, now - timedelta(days=9), "missed")])
    actions.touch_appointments([actions.AppointmentFacts(ana, None, encounter_at=now)])
    person = Person.objects.get(pk=ana)
    assert (person.next_appointment_at, person.last_appointment_outcome) == (None, "missed")
    assert person.last_encounter_at == now


def test_a_death_is_news_once(people: dict[str, Person], now: datetime) -> None:
    ana = people["Ana"].pk
    assert actions.mark_deceased([ana], by=SYSTEM, now=now) == [ana]
    assert actions.mark_deceased([ana], by=SYSTEM, now=now + timedelta(days=1)) == []
    assert Person.objects.get(pk=ana).deceased_at == now
    assert Event.objects.filter(kind="person.deceased", person_id=ana).count() == 1
    assert AuditEntry.objects.filter(action="person.marked_deceased").count() == 1


def test_a_dead_number_is_told_of_everyone_who_has_it(people: dict[str, Person], now: datetime) -> None:
    number = Number.objects.get(value="+16175550102")
    assert actions.mark_number_dead([number.pk], "disconnected", by=SYSTEM, now=now) == [number.pk]
    told = set(Event.objects.filter(kind="number.dead", subject_id=number.pk).values_list("person_id", flat=True))
    assert told == {people["Ana"].pk, people["Luis"].pk}
    assert actions.mark_number_dead([number.pk], "disconnected", by=SYSTEM, now=now) == []


def test_a_wrong_person_ends_one_link_and_no_other(people: dict[str, Person], now: datetime) -> None:
    point = ContactPoint.objects.get(person=people["Ana"], number__value="+16175550102")
    assert actions.end_contact_points([point.pk], "wrong_person", by=SYSTEM, now=now) == 1
    assert ContactPoint.objects.get(person=people["Luis"], number__value="+16175550102").ended_at is None


def test_a_looked_up_line_type_outranks_what_the_file_said(people: dict[str, Person], now: datetime) -> None:
    number = Number.objects.get(value="+16175550102")
    assert actions.record_line_types([(number.pk, LineType.MOBILE)], by=SYSTEM, now=now) == [number.pk]
    assert actions.record_line_types([(number.pk, LineType.MOBILE)], by=SYSTEM, now=now) == []
    number.refresh_from_db()
    assert (number.line_type, number.line_type_source) == ("mobile", "lookup")
    assert Event.objects.filter(kind="number.line_type_changed").count() == 2


def test_a_captured_mobile_is_tried_first(people: dict[str, Person], now: datetime) -> None:
    rosa = people["Rosa"].pk
    actions.add_phone(rosa, "+13055550177", line_type=LineType.MOBILE, by=SYSTEM, now=now)
    assert queries.best_numbers([rosa], ContactKind.PHONE) == {rosa: "+13055550177"}
    assert Number.objects.get(value="+13055550177").reversed_digits == 771055550310000


@pytest.mark.parametrize(("text", "names"), [
    ("ruiz", {"Ana", "Luis"}), ("RUÍZ, a", {"Ana"}), ("ana rui", {"Ana"}),
    ("gil paz", {"Rosa"}), ("rosa gil paz", {"Rosa"}),
    ("(617) 555-0101", {"Ana"}), ("0102", {"Ana", "Luis"}), ("7/14/1987", {"Ana"}),
    ("A-79", {"Rosa"}), ("nobody", set()), ("", set()),
])  # fmt: skip
def test_a_person_is_found_by_whatever_a_caller_says(people: dict[str, Person], text: str, names: set[str]) -> None:
    assert {found.name.split()[0] for found in queries.search_people(text)} == names


def test_the_card_shows_points_identifiers_and_places(people: dict[str, Person]) -> None:
    card = queries.person_card(people["Rosa"].pk)
    assert (card.name, [point.text for point in card.points]) == ("Rosa Gil Paz", ["+13055550133"])
    assert card.identifiers == (("record:s", "A-79"),)
    assert card.states == {"FL"}


def test_a_household_is_shown_and_not_merged(people: dict[str, Person]) -> None:
    assert queries.household_of(people["Ana"].pk) == [people["Luis"].pk]
    assert queries.likely_duplicates(people["Ana"].pk) == []


def test_a_merge_fills_gaps_keeps_the_stricter_mark_and_can_be_taken_back(
    people: dict[str, Person], now: datetime
) -> None:
    ana, luis = people["Ana"], people["Luis"]
    Person.objects.filter(pk=ana.pk).update(language="")
    Person.objects.filter(pk=luis.pk).update(language="es", do_not_contact_at=now)
    joining.merge_people(ana.pk, luis.pk, by=SYSTEM, now=now)
    survivor = Person.objects.get(pk=ana.pk)
    assert (survivor.language, survivor.do_not_contact_at) == ("es", now)
    card = queries.person_card(luis.pk)
    assert (card.person.pk, card.merged_from) == (ana.pk, (luis.pk,))
    assert {"+16175550101", "+16175550111"} <= {point.value for point in card.points}
    assert Event.objects.get(kind="person.merged").subject_id == luis.pk
    with pytest.raises(MergeRefused):
        joining.merge_people(ana.pk, luis.pk, by=SYSTEM, now=now)
    assert joining.unmerge_people(luis.pk, by=SYSTEM, now=now) == ana.pk
    assert queries.person_card(luis.pk).person.pk == luis.pk


def test_a_merged_person_of_a_later_file_is_met_as_the_survivor(
    people: dict[str, Person], take_in: Importer, now: datetime
) -> None:
    joining.merge_people(people["Ana"].pk, people["Luis"].pk, by=SYSTEM, now=now)
    result = take_in(FILE.replace("617-555-0111", "617-555-0112"))
    assert result.created == 0
    point: Any = ContactPoint.objects.get(number__value="+16175550112")
    assert point.person_id == people["Ana"].pk


def test_the_zone_a_person_named_outlives_every_file(
    people: dict[str, Person], take_in: Importer, now: datetime
) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        actions.set_preferences(people["Ana"].pk, time_zone="Mars/Olympus", by=SYSTEM, now=now)
    actions.set_preferences(people["Ana"].pk, time_zone="America/Denver", by=SYSTEM, now=now)
    take_in(FILE.replace("Rosa", "Rosalia").replace("ana@", "anna@").replace("02115", "02116"))
    ana, luis = (Person.objects.get(pk=people[name].pk) for name in ("Ana", "Luis"))
    assert (ana.postal_code, ana.time_zone, ana.time_zone_source) == ("02116", "America/Denver", "stated")
    assert (luis.time_zone, luis.time_zone_source) == ("America/New_York", "zip")
