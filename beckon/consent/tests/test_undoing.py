"""An opt-out entered by mistake is taken back alone."""

from typing import Any

from beckon.consent.actions import (
    Grant,
    OptIn,
    OptOut,
    record_consent,
    record_do_not_contact,
    record_opt_in,
    record_opt_out,
)
from beckon.consent.facts import Ask, Basis, Channel, Purpose
from beckon.consent.models import ConsentEntry
from beckon.consent.queries import gather_facts, load_policy
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.tests.samples import make_person, make_phone
from beckon.consent.undoing import take_back_opt_out
from beckon.consent.verdict import Allowed, Refused, Verdict
from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.people.models import Person

SELLING = Ask(Channel.SMS, Purpose.TELEMARKETING)


def ask_gate(person: Person, now: Any) -> Verdict:
    Person.objects.filter(pk=person.pk).update(do_not_contact_at=None)
    return may_contact(gather_facts([person.pk], now=now)[person.pk], SELLING, now, load_policy())


def never_again(person: Person, now: Any, words: str = "call 7: never again") -> None:
    record_do_not_contact([person.pk], evidence=words, by=SYSTEM, now=now)


def undo(person: Person, now: Any, words: str = "call 7: never again") -> int:
    return take_back_opt_out(person.pk, recorded_as=words, why="wrong key", by=SYSTEM, now=now)


def consented(now: Any) -> Person:
    person = make_person(now)
    make_phone(person)
    record_consent([Grant(person.pk, "sms", Basis.WRITTEN, "form")], by=SYSTEM, now=now)
    return person


def test_taking_back_restores_the_consent_there_was(org: Any, now: Any) -> None:
    person = consented(now)
    never_again(person, now)
    assert ask_gate(person, now) == Refused(Reason.OPTED_OUT)
    assert undo(person, now) == 1
    assert isinstance(ask_gate(person, now), Allowed)
    assert Event.objects.filter(kind="consent.opted_in", person_id=person.pk).count() == 1


def test_an_earlier_stop_is_not_lifted_and_nobody_is_told_otherwise(org: Any, now: Any) -> None:
    person = consented(now)
    record_opt_out([OptOut("texted STOP", person_id=person.pk)], by=SYSTEM, now=now)
    never_again(person, now)
    undo(person, now)
    record_consent([Grant(person.pk, "sms", Basis.WRITTEN, "the file again")], by=SYSTEM, now=now)
    assert ask_gate(person, now) == Refused(Reason.OPTED_OUT)
    assert not Event.objects.filter(kind="consent.opted_in").exists()
    record_opt_in([OptIn("START", person_id=person.pk)], by=SYSTEM, now=now)
    assert isinstance(
        may_contact(
            gather_facts([person.pk], now=now)[person.pk], Ask(Channel.SMS, Purpose.INFORMATIONAL), now, load_policy()
        ),
        Allowed,
    )


def test_taking_back_again_and_again_does_not_make_the_ledger_explode(org: Any, now: Any) -> None:
    person = consented(now)
    for n in range(6):
        never_again(person, now, f"call {n}")
        assert undo(person, now, f"call {n}") == 1
    assert isinstance(ask_gate(person, now), Allowed)
    assert ConsentEntry.objects.count() == 1 + 6 * 3


def test_what_was_never_entered_cannot_be_taken_back(org: Any, now: Any) -> None:
    person = consented(now)
    never_again(person, now)
    assert undo(person, now, "something else") == 0
    assert ask_gate(person, now) == Refused(Reason.OPTED_OUT)
