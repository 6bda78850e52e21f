"""Facts for the gate: where people may be, guardians, shared numbers, and a fixed number of statements."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from beckon.consent.actions import Grant, OptOut, record_consent, record_opt_out
from beckon.consent.facts import Ask, Basis, Channel, Purpose
from beckon.consent.law.hours import Place
from beckon.consent.queries import gather_facts
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.tests.samples import make_person, make_phone
from beckon.consent.verdict import Allowed, Refused
from beckon.consent.whereabouts import place_of
from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.people.joining import merge_people
from beckon.people.models import ContactPoint, Number, Relationship

TEXT = Ask(Channel.SMS, Purpose.INFORMATIONAL)
EASTERN, PACIFIC = "America/New_York", "America/Los_Angeles"


@pytest.mark.parametrize(
    ("on_record", "number", "states", "zones"),
    [
        (("NY", "10001", EASTERN, "zip"), "+12125550123", {"NY"}, {EASTERN}),
        (("NY", "10001", EASTERN, "zip"), "+14155550123", {"NY", "CA"}, {EASTERN, PACIFIC}),
        (("NY", "10001", EASTERN, "stated"), "+14155550123", {"NY", "CA"}, {EASTERN}),
        (("NY", "10001", EASTERN, "explicit"), "+14155550123", {"NY", "CA"}, {EASTERN, PACIFIC}),
        (("NY", "10001", PACIFIC, "explicit"), "+12125550123", {"NY"}, {EASTERN, PACIFIC}),
        (("", "", PACIFIC, "explicit"), "+12125550123", {"NY"}, {EASTERN, PACIFIC}),
        (("", "", "", ""), "+14155550123", {"CA"}, set()),
        (("FL", "", EASTERN, "area_code"), "+13055550123", {"FL"}, set()),
        (("FL", "33101", EASTERN, "zip"), "+18505550123", {"FL"}, {EASTERN}),
        (("TN", "", "", ""), "", {"TN"}, set()),
        (("", "", "", ""), "+18005550123", set(), set()),
        (("", "", "", ""), "+442079460123", set(), set()),
        (("", "", PACIFIC, "stated"), "", set(), {PACIFIC}),
        (("", "00901", "America/Puerto_Rico", "zip"), "", {"PR"}, {"America/Puerto_Rico"}),
    ],
)
def test_both_the_zip_and_the_area_code_count_and_doubt_widens(
    on_record: tuple[str, str, str, str], number: str, states: set[str], zones: set[str]
) -> None:
    assert place_of(*on_record, number) == Place(frozenset(states), frozenset(zones))


def test_equal_places_are_one_object() -> None:
    one = place_of("NY", "10001", EASTERN, "zip", "+12125550123")
    assert place_of("NY", "10002", EASTERN, "zip", "+12125550199") is one


def test_facts_tell_what_is_on_record(org: Any, now: Any) -> None:
    contacts = [now - timedelta(days=1), now - timedelta(days=3)]
    person = make_person(
        now,
        birth_date=date(1960, 2, 29),
        preferred_channel="sms",
        preferred_hour=17,
        recent_contacts=contacts,
        last_call_at=now - timedelta(days=3),
    )
    point = make_phone(person)
    Number.objects.filter(pk=point.number_id).update(dead_at=now)
    facts = gather_facts([person.pk, person.pk + 999], now=now)[person.pk]
    assert facts.recent_contacts == (now - timedelta(days=3), now - timedelta(days=1))
    assert (facts.birth_date, facts.preferred_channel, facts.preferred_hour) == (date(1960, 2, 29), "sms", 17)
    assert facts.last_call_at == now - timedelta(days=3)
    assert [known.is_dead for known in facts.points] == [True]
    assert len(gather_facts([person.pk, person.pk + 999], now=now)) == 1


def test_a_wrong_person_is_remembered_and_a_replaced_address_is_gone(org: Any, now: Any) -> None:
    person = make_person(now)
    wrong, replaced = make_phone(person), make_phone(person, "+12125550144")
    for point, reason in ((wrong, "wrong_person"), (replaced, "replaced")):
        point.ended_at, point.ended_reason = now, reason
        point.save()
    facts = gather_facts([person.pk], now=now)[person.pk]
    assert [known.contact_point_id for known in facts.points] == [wrong.pk]
    assert may_contact(facts, TEXT, now) == Refused(Reason.WRONG_PERSON)


@pytest.mark.parametrize(
    ("kind", "may", "is_reached"),
    [("parent", True, True), ("guardian", True, True), ("parent", False, False), ("spouse", True, False)],
)
def test_a_child_is_reached_through_a_parent_who_may_be_contacted(
    org: Any, now: Any, kind: str, may: bool, is_reached: bool
) -> None:
    child = make_person(now, birth_date=date(2015, 3, 1))
    parent = make_person(now, name_key="reyes|luis", state="FL", postal_code="33101")
    make_phone(child, "+12125550144")
    point = make_phone(parent)
    Relationship.objects.create(person=child, caregiver=parent, kind=kind, may_be_contacted=may, since=now)
    record_consent([Grant(parent.pk, "sms", Basis.EXPRESS, "said so at the desk")], by=SYSTEM, now=now)
    verdict = may_contact(gather_facts([child.pk], now=now)[child.pk], TEXT, now)
    if is_reached:
        assert isinstance(verdict, Allowed)
        assert verdict.point.contact_point_id == point.pk
        assert verdict.point.place.states == {"NY", "FL"}
    else:
        assert verdict == Refused(Reason.MINOR)


def test_addresses_and_opt_outs_of_a_merged_record_count_for_the_survivor(org: Any, now: Any) -> None:
    survivor, other = make_person(now), make_person(now)
    number_id = make_phone(other).number_id
    record_consent([Grant(other.pk, "sms", Basis.EXPRESS, "form", number_id)], by=SYSTEM, now=now)
    merge_people(survivor.pk, other.pk, by=SYSTEM, now=now)
    verdict = may_contact(gather_facts([survivor.pk], now=now)[survivor.pk], TEXT, now)
    assert isinstance(verdict, Allowed)
    assert verdict.point.number_id == number_id
    assert may_contact(gather_facts([other.pk], now=now)[other.pk], TEXT, now) == Refused(Reason.MERGED)
    record_opt_out([OptOut("STOP", person_id=other.pk)], by=SYSTEM, now=now)
    assert may_contact(gather_facts([survivor.pk], now=now)[survivor.pk], TEXT, now) == Refused(Reason.OPTED_OUT)
    assert Event.objects.get(kind="consent.opted_out").person_id == survivor.pk


@pytest.mark.parametrize("how_many", [1, 60])
def test_four_statements_serve_any_number_of_people(
    org: Any, now: Any, how_many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_person(now, name_key=f"reyes|{n}") for n in range(how_many)]
    for n, person in enumerate(people):
        make_phone(person, f"+1212555{1000 + n}")
    record_consent([Grant(person.pk, "sms", Basis.EXPRESS, "form") for person in people], by=SYSTEM, now=now)
    statements: list[Any] = []
    execute = psycopg.Cursor.execute

    def counted(self: Any, query: Any, *more: Any, **options: Any) -> Any:
        statements.append(query)
        return execute(self, query, *more, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    facts = gather_facts([person.pk for person in people], now=now)
    assert len(statements) == 4
    assert sum(isinstance(may_contact(known, TEXT, now), Allowed) for known in facts.values()) == how_many


def test_facts_of_some_kinds_lack_other_addresses_but_never_a_guardians(org: Any, now: Any) -> None:
    child, mother = make_person(now, birth_date=date(2015, 1, 1)), make_person(now)
    Relationship.objects.create(person=child, caregiver=mother, kind="parent", may_be_contacted=True, since=now)
    for person in (child, mother):
        make_phone(person, f"+1212555{person.pk:04d}")
        email = Number.objects.create(kind="email", value=f"p{person.pk}@example.org")
        ContactPoint.objects.create(person=person, number=email, kind="email")
    found = gather_facts([child.pk, mother.pk], now=now, kinds=["phone"])
    assert {(p.kind, p.is_guardian) for p in found[child.pk].points} == {
        ("phone", False), ("phone", True), ("email", True),
    }  # fmt: skip
    text, mail = Ask(Channel.SMS, Purpose.INFORMATIONAL), Ask(Channel.EMAIL, Purpose.INFORMATIONAL)
    everything = gather_facts([child.pk, mother.pk], now=now)
    for person in (child, mother):
        assert may_contact(found[person.pk], text, now) == may_contact(everything[person.pk], text, now)
    assert may_contact(found[child.pk], mail, now) == may_contact(everything[child.pk], mail, now)
