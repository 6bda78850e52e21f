"""Segments over consent agree with the gate's own reading of the ledger."""

import random
from typing import Any

import pytest

from beckon.consent.actions import Grant, OptIn, OptOut, record_consent, record_opt_in, record_opt_out
from beckon.consent.facts import Ask, Basis, Channel, Purpose
from beckon.consent.law.basis import held, is_stopped
from beckon.consent.models import SuppressionKind
from beckon.consent.queries import gather_facts
from beckon.consent.suppression import import_suppression_list
from beckon.consent.tests.samples import make_person, make_phone
from beckon.core.actors import SYSTEM
from beckon.people.models import Person
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import count, members

BOOK = {"by": SYSTEM}


def who(field: str, people: list[Person], now: Any, **parameters: Any) -> set[int]:
    """Ids of those of the people for whom the field says yes."""
    definition = parse_definition({"field": field, "op": "is", "value": True, "with": parameters})
    found = set(members(definition, [person.pk for person in people], now=now))
    assert count(definition, now=now).value == len(found)
    return found


def write_at_random(draw: random.Random, people: list[Person], numbers: list[int], now: Any) -> None:
    """One entry of any kind about anybody."""
    person, number = draw.choice(people).pk, draw.choice([None, *numbers])
    channel = draw.choice(["sms", "voice", "email", "phone", "all"])
    match draw.randrange(4):
        case 0 | 1:
            basis = draw.choice([Basis.EXPRESS, Basis.WRITTEN])
            record_consent([Grant(person, channel, basis, "form", number)], now=now, **BOOK)
        case 2:
            named = draw.choice([(person, None), (None, number), (person, number)])
            if any(named):
                record_opt_out([OptOut("STOP", *named, channel=channel)], now=now, **BOOK)
        case _:
            record_opt_in([OptIn("START", person, number, channel=channel)], now=now, **BOOK)


@pytest.mark.parametrize("seed", range(12))
def test_segments_read_the_ledger_as_the_gate_does(org: Any, now: Any, seed: int) -> None:
    draw = random.Random(seed)
    people = [make_person(now, given_name=f"P{n}", name_key=f"reyes|p{n}") for n in range(5)]
    numbers = [make_phone(person, f"+1212555010{n}").number_id for n, person in enumerate(people)]
    for _ in range(14):
        write_at_random(draw, people, numbers, now)
    facts = gather_facts([person.pk for person in people], now=now)
    for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL):
        ask = Ask(channel, Purpose.INFORMATIONAL)
        stopped, consenting = set(), set()
        for person_id, known in facts.items():
            mine = {"person_ids": frozenset({person_id}), "number_id": known.points[0].number_id}
            if any(is_stopped(known.entries, ask, **mine)):
                stopped.add(person_id)
            elif held(known.entries, ask, **mine) is not Basis.NONE:
                consenting.add(person_id)
        assert who("opted_out", people, now, channel=channel.value) == stopped
        # A segment does not look at numbers' stops or at which number a grant is for; it never says no where the
        # gate says yes.
        assert consenting <= who("has_consent", people, now, channel=channel.value)


def test_consent_may_be_asked_for_by_strength(org: Any, now: Any) -> None:
    written, express = make_person(now), make_person(now, name_key="reyes|luis")
    record_consent(
        [Grant(written.pk, "sms", Basis.WRITTEN, "form"), Grant(express.pk, "all", Basis.EXPRESS, "said")],
        now=now,
        **BOOK,
    )
    people = [written, express]
    assert who("has_consent", people, now, channel="sms") == {written.pk, express.pk}
    assert who("has_consent", people, now, channel="sms", least="written") == {written.pk}
    assert who("has_consent", people, now, channel="voice") == {express.pk}
    record_opt_out([OptOut("STOP", written.pk)], now=now, **BOOK)
    assert who("has_consent", people, now, channel="sms") == {express.pk}
    assert who("opted_out", people, now) == {written.pk}


def test_people_on_a_suppression_list_are_found_by_its_kind(org: Any, now: Any) -> None:
    listed, free = make_person(now), make_person(now, name_key="reyes|luis")
    make_phone(listed)
    make_phone(free, "+12125550144")
    import_suppression_list(["212-555-0123"], name="registry", kind=SuppressionKind.DO_NOT_CALL, now=now, **BOOK)
    assert who("suppressed", [listed, free], now) == {listed.pk}
    assert who("suppressed", [listed, free], now, kind="do_not_call") == {listed.pk}
    assert who("suppressed", [listed, free], now, kind="complaint") == set()
