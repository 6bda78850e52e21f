"""The ledger: what is appended, who is told, and that nobody can change it afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from beckon.consent.actions import (
    Grant,
    OptIn,
    OptOut,
    change_policy,
    record_consent,
    record_do_not_contact,
    record_opt_in,
    record_opt_out,
)
from beckon.consent.errors import MissingEvidenceError, UnknownChannelError
from beckon.consent.facts import Ask, Basis, Channel, Purpose
from beckon.consent.models import ConsentEntry, ContactPolicy
from beckon.consent.queries import explain, gather_facts, load_policy
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.tests.samples import make_person, make_phone
from beckon.consent.verdict import Allowed, Check, Refused, Verdict
from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.people.models import Number

ASKS = [Ask(channel, purpose) for channel in Channel for purpose in Purpose if purpose is not Purpose.OPT_OUT_NOTICE]


def ask_gate(person_id: int, ask: Ask, now: Any) -> Verdict:
    """What the gate says to a decision that begins now, from the database."""
    return may_contact(gather_facts([person_id], now=now)[person_id], ask, now, load_policy())


def grant(person_id: int, **changes: Any) -> Grant:
    """Written consent to texts."""
    values: dict[str, Any] = {"channel": "sms", "basis": Basis.WRITTEN, "evidence": "signed form 7, drawer 2"}
    return Grant(person_id, **(values | changes))


def test_a_grant_lets_a_text_out_and_its_evidence_is_kept(org: Any, now: Any) -> None:
    person = make_person(now)
    make_phone(person)
    text = Ask(Channel.SMS, Purpose.TELEMARKETING)
    assert ask_gate(person.pk, text, now) == Refused(
        Reason.NO_CONSENT, "written needed, none on record: 47 CFR 64.1200(a)(1), (a)(2)"
    )
    assert record_consent([grant(person.pk)], by=SYSTEM, now=now) == 1
    assert isinstance(ask_gate(person.pk, text, now), Allowed)
    entry = ConsentEntry.objects.get()
    assert (entry.evidence, entry.actor, entry.at) == ("signed form 7, drawer 2", "system:beckon", now)
    assert Event.objects.get(kind="consent.granted").person_id == person.pk


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: f"{ask.channel}-{ask.purpose}")
def test_after_an_opt_out_every_later_decision_refuses(org: Any, now: Any, ask: Ask) -> None:
    person = make_person(now)
    make_phone(person)
    for kind, value in (("email", "ana@example.org"), ("postal", "1 main st 10001")):
        number = Number.objects.create(kind=kind, value=value)
        person.contact_points.create(number=number, kind=kind)
    record_consent([grant(person.pk, channel="all")], by=SYSTEM, now=now)
    record_opt_out([OptOut("STOP", person_id=person.pk)], by=SYSTEM, now=now)
    record_consent([grant(person.pk, channel="all")], by=SYSTEM, now=now + timedelta(days=1))
    for later in (timedelta(0), timedelta(days=1), timedelta(days=400)):
        assert ask_gate(person.pk, ask, now + later) == Refused(Reason.OPTED_OUT)


def test_a_stop_on_a_shared_number_stops_the_household_and_tells_everybody(org: Any, now: Any) -> None:
    ana, luis = make_person(now), make_person(now, given_name="Luis", name_key="reyes|luis")
    shared = make_phone(ana).number_id
    make_phone(luis)
    make_phone(luis, "+12125550144")
    record_consent([grant(ana.pk), grant(luis.pk)], by=SYSTEM, now=now)
    record_opt_out([OptOut("para", person_id=ana.pk, number_id=shared)], by=SYSTEM, now=now)
    text = Ask(Channel.SMS, Purpose.INFORMATIONAL)
    assert ask_gate(ana.pk, text, now) == Refused(Reason.OPTED_OUT)
    verdict = ask_gate(luis.pk, text, now)
    assert isinstance(verdict, Allowed)
    assert verdict.point.value == "+12125550144"
    events = Event.objects.filter(kind="consent.opted_out").values_list("person_id", "subject_id")
    assert sorted(events) == sorted([(ana.pk, shared), (luis.pk, shared)])


def test_only_opting_in_again_ends_an_opt_out(org: Any, now: Any) -> None:
    person = make_person(now)
    number_id = make_phone(person).number_id
    text = Ask(Channel.SMS, Purpose.INFORMATIONAL)
    record_opt_out([OptOut("STOP", person_id=person.pk, number_id=number_id)], by=SYSTEM, now=now)
    record_consent([grant(person.pk)], by=SYSTEM, now=now)
    assert ask_gate(person.pk, text, now) == Refused(Reason.OPTED_OUT)
    record_opt_in([OptIn("START", person_id=person.pk, number_id=number_id)], by=SYSTEM, now=now)
    assert isinstance(ask_gate(person.pk, text, now), Allowed)
    # The written form came while they were opted out: it proves nothing about what they want now.
    selling = ask_gate(person.pk, Ask(Channel.SMS, Purpose.TELEMARKETING), now)
    assert selling == Refused(
        Reason.CONSENT_NOT_WRITTEN, "written needed, express on record: 47 CFR 64.1200(a)(1), (a)(2)"
    )


def test_do_not_contact_is_written_on_the_person_and_in_the_ledger(org: Any, now: Any) -> None:
    person = make_person(now)
    make_phone(person)
    assert record_do_not_contact([person.pk, person.pk], evidence="said so on the phone", by=SYSTEM, now=now) == 1
    person.refresh_from_db()
    assert person.do_not_contact_at == now
    assert ConsentEntry.objects.get().channel == "all"
    assert ask_gate(person.pk, Ask(Channel.VOICE, Purpose.CALLBACK), now) == Refused(Reason.DO_NOT_CONTACT)


def test_the_scope_of_an_opt_out_follows_the_versioned_policy(org: Any, now: Any) -> None:
    person = make_person(now)
    make_phone(person)
    record_consent([grant(person.pk)], by=SYSTEM, now=now)
    change_policy({"opt_out_purpose": "telemarketing", "opt_out_channel": "sms"}, by=SYSTEM, now=now)
    record_opt_out([OptOut("STOP", person_id=person.pk)], by=SYSTEM, now=now)
    assert ConsentEntry.objects.get(state="revoked").policy_version == "2"
    assert ask_gate(person.pk, Ask(Channel.SMS, Purpose.TELEMARKETING), now) == Refused(Reason.OPTED_OUT)
    assert isinstance(ask_gate(person.pk, Ask(Channel.SMS, Purpose.INFORMATIONAL), now), Allowed)


def test_what_proves_nothing_is_not_recorded(org: Any, now: Any) -> None:
    person = make_person(now)
    with pytest.raises(MissingEvidenceError):
        record_opt_out([OptOut("  ", person_id=person.pk)], by=SYSTEM, now=now)
    with pytest.raises(UnknownChannelError):
        record_consent([grant(person.pk, channel="pigeon")], by=SYSTEM, now=now)
    with pytest.raises(ValueError, match="basis"):
        record_consent([grant(person.pk, basis=Basis.NONE)], by=SYSTEM, now=now)
    with pytest.raises(ValueError, match="names a person"):
        record_opt_out([OptOut("STOP")], by=SYSTEM, now=now)
    assert not ConsentEntry.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_consententry SET state = 'granted'",
        "DELETE FROM consent_consententry",
        "TRUNCATE consent_consententry",
    ],
)
def test_the_application_can_neither_change_nor_remove_an_entry(org: Any, now: Any, statement: str) -> None:
    record_opt_out([OptOut("STOP", person_id=make_person(now).pk)], by=SYSTEM, now=now)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
        c.execute(statement)
    assert ConsentEntry.objects.get().state == "revoked"


def test_the_page_of_a_person_shows_every_check_in_order(org: Any, now: Any) -> None:
    person = make_person(now)
    make_phone(person)
    findings = explain(person.pk, Channel.SMS, Purpose.INFORMATIONAL, now)
    assert [finding.check for finding in findings] == list(Check)
    assert [finding.reason for finding in findings if finding.reason] == [Reason.NO_CONSENT]
    assert explain(person.pk + 1, Channel.SMS, Purpose.INFORMATIONAL, now) == []


def test_a_policy_change_raises_the_version_and_a_bad_override_is_refused(org: Any, now: Any) -> None:
    assert load_policy().max_per_day == 1
    changed = change_policy(
        {"max_per_day": 2, "consent_overrides": {"sms.wireless.informational": "none"}}, by=SYSTEM, now=now
    )
    assert (changed.max_per_day, changed.version) == (2, "2")
    person = make_person(now)
    make_phone(person)
    assert isinstance(ask_gate(person.pk, Ask(Channel.SMS, Purpose.INFORMATIONAL), now), Allowed)
    with pytest.raises(ValueError, match="maybe"):
        change_policy({"consent_overrides": {"sms.wireless.informational": "maybe"}}, by=SYSTEM, now=now)
    assert ContactPolicy.objects.get().version == 2
