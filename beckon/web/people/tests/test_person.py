"""One person's pages: who may see and change what, what stands there, and that every look is on record."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beckon.consent.models import ConsentEntry
from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Role
from beckon.messaging.models import Message
from beckon.messaging.tests.samples import make_sender
from beckon.people.actions import mark_deceased
from beckon.people.joining import merge_people
from beckon.people.models import ContactPoint, Number, Person
from beckon.web.people.tests.scene import PEOPLE, browser_of, named, stranger, text_of

pytestmark = pytest.mark.usefixtures("three")
PARTS = ("", "consent/", "contact/", "campaigns/", "record/")


@pytest.mark.parametrize("part", PARTS)
def test_every_page_opens_for_who_sees_people_and_each_look_is_on_record(org: Any, part: str) -> None:
    ana = named("Ana")
    for role in (Role.MANAGER, Role.AGENT, Role.SCHEDULER, Role.AUDITOR):
        page = browser_of(org, role).get(f"{PEOPLE}{ana.pk}/{part}")
        assert page.status_code == 200
        assert "Ana Ruíz" in text_of(page)
    looks = AuditEntry.objects.filter(action="person.viewed", object_ids=[ana.pk])
    assert looks.values("actor").distinct().count() == 4


@pytest.mark.parametrize("part", PARTS)
def test_strangers_and_analysts_are_kept_out(org: Any, part: str) -> None:
    path = f"{PEOPLE}{named('Ana').pk}/{part}"
    assert stranger().get(path).status_code == 404
    assert browser_of(org, Role.ANALYST).get(path).status_code == 403
    assert browser_of(org, Role.MANAGER).get(f"{PEOPLE}999999/{part}").status_code == 404


def test_the_head_says_what_may_be_done_now_and_why_not(manager: Client) -> None:
    page = text_of(manager.get(f"{PEOPLE}{named('Rosa').pk}/"))
    assert "36 years old" in page
    assert "10:00 AM EST" in page
    assert "The number is a landline and takes no texts." in page


def test_the_timeline_tells_consent_and_import_and_can_be_narrowed(manager: Client) -> None:
    path = f"{PEOPLE}{named('Ana').pk}/"
    page = text_of(manager.get(path))
    assert "Came with an import" in page
    assert "Form 7, drawer 2" in page
    only = text_of(manager.get(path, {"kind": "record"}))
    assert "Came with an import" in only
    assert "Form 7, drawer 2" not in only
    assert "Opened this record" in text_of(manager.get(path, {"kind": "looks"}))


def test_show_more_brings_the_next_part_of_the_timeline(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beckon.web.people.timeline.PAGE", 1)
    monkeypatch.setattr("beckon.web.people.views.person.PAGE", 1)
    path = f"{PEOPLE}{named('Ana').pk}/"
    assert "skip=1" in text_of(manager.get(path))
    more = text_of(manager.get(path, {"skip": "1"}, headers={"HX-Request": "true"}))
    assert more.strip().startswith("<li>")


def test_an_opt_out_is_recorded_with_its_evidence_and_holds(manager: Client) -> None:
    ana = named("Ana")
    path = f"{PEOPLE}{ana.pk}/consent/"
    said = {"what": "opt_out", "channel": "sms", "purpose": "all", "number": "", "basis": "express"}
    refused = manager.post(path, {**said, "evidence": " "})
    assert "This field is required." in text_of(refused)
    manager.post(path, {**said, "evidence": "Said so on the phone, call 12"})
    entry = ConsentEntry.objects.filter(person_id=ana.pk).latest("pk")
    assert (entry.state, entry.channel, entry.evidence) == ("revoked", "sms", "Said so on the phone, call 12")
    page = text_of(manager.get(path))
    assert "Opted out" in page
    assert "Sample manager" in page
    assert "The person opted out of these messages." in page


def test_consent_and_opting_in_again_are_recorded(manager: Client) -> None:
    ana = named("Ana")
    path = f"{PEOPLE}{ana.pk}/consent/"
    said = {"channel": "voicemail", "purpose": "all", "number": "", "basis": "written", "evidence": "Form 9"}
    manager.post(path, {**said, "what": "grant"})
    manager.post(path, {**said, "what": "opt_in"})
    states = ConsentEntry.objects.filter(evidence="Form 9").order_by("pk").values_list("state", "basis")
    assert list(states) == [("granted", "written"), ("opted_in", "written")]


def test_an_auditor_reads_and_changes_nothing(org: Any) -> None:
    ana = named("Ana")
    auditor = browser_of(org, Role.AUDITOR)
    said = {"what": "opt_out", "channel": "sms", "purpose": "all", "evidence": "no"}
    assert "Record a change" not in text_of(auditor.post(f"{PEOPLE}{ana.pk}/consent/", said))
    for part in ("do-not-contact/", "deceased/", "preferences/", "merge/", "text/"):
        assert auditor.post(f"{PEOPLE}{ana.pk}/{part}", {"evidence": "x"}).status_code == 403
    assert not ConsentEntry.objects.filter(evidence__in=["no", "x"]).exists()


def test_a_phone_is_added_in_any_form_and_ended(manager: Client) -> None:
    ana = named("Ana")
    path = f"{PEOPLE}{ana.pk}/contact/"
    wrong = manager.post(path, {"kind": "phone", "value": "12", "use": ""})
    assert "This is no phone number" in text_of(wrong)
    manager.post(path, {"kind": "phone", "value": "(617) 555 0177", "use": "mobile"})
    manager.post(path, {"kind": "email", "value": "New@Example.org", "use": ""})
    point = ContactPoint.objects.get(person=ana, number__value="+16175550177")
    assert ContactPoint.objects.filter(person=ana, number__value="new@example.org").exists()
    manager.post(f"{path}{point.pk}/end/", {"why": "wrong_person"})
    point.refresh_from_db()
    assert point.ended_reason == "wrong_person"
    assert "Wrong person" in text_of(manager.get(path))


def test_somebody_elses_number_cannot_be_ended_through_this_person(manager: Client) -> None:
    luis = ContactPoint.objects.filter(person=named("Luis")).first()
    assert luis is not None
    reply = manager.post(f"{PEOPLE}{named('Rosa').pk}/contact/{luis.pk}/end/", {"why": "wrong_person"})
    assert reply.status_code == 404
    luis.refresh_from_db()
    assert luis.ended_at is None


def test_a_household_is_shown_and_not_merged(manager: Client) -> None:
    page = text_of(manager.get(f"{PEOPLE}{named('Ana').pk}/contact/"))
    assert "Luis Ruíz" in page
    assert "Rosa" not in page


def test_never_contact_and_death_are_recorded(manager: Client) -> None:
    ana, rosa = named("Ana"), named("Rosa")
    manager.post(f"{PEOPLE}{ana.pk}/do-not-contact/", {"evidence": "Wrote a letter, 2026-11-15"})
    manager.post(f"{PEOPLE}{rosa.pk}/deceased/")
    ana.refresh_from_db()
    rosa.refresh_from_db()
    assert ana.do_not_contact_at is not None
    assert rosa.deceased_at is not None
    assert "Never contact" in text_of(manager.get(f"{PEOPLE}{ana.pk}/"))


def test_never_contact_without_evidence_changes_nothing(manager: Client) -> None:
    ana = named("Ana")
    manager.post(f"{PEOPLE}{ana.pk}/do-not-contact/", {"evidence": ""})
    ana.refresh_from_db()
    assert ana.do_not_contact_at is None


def test_what_the_person_prefers_is_kept(manager: Client) -> None:
    ana = named("Ana")
    manager.post(f"{PEOPLE}{ana.pk}/preferences/", {"language": "en", "channel": "voice", "hour": "15"})
    ana.refresh_from_db()
    assert (ana.language, ana.preferred_channel, ana.preferred_hour) == ("en", "voice", 15)
    manager.post(f"{PEOPLE}{ana.pk}/preferences/", {"language": "en", "channel": "", "hour": ""})
    ana.refresh_from_db()
    assert (ana.preferred_channel, ana.preferred_hour) == ("", None)


def test_a_postal_address_is_added_by_hand(manager: Client) -> None:
    ana = named("Ana")
    path = f"{PEOPLE}{ana.pk}/contact/"
    form = {"line1": "12 MAIN STREET", "line2": "Apt 4", "city": "albany", "state": "new york", "postal_code": "12207"}
    assert manager.post(path, form).status_code == 302
    assert "12 Main Street, Apt 4, Albany, NY 12207" in text_of(manager.get(path))
    assert AuditEntry.objects.filter(action="contact_point.added").exists()
    manager.post(path, form | {"line1": "12 main st."})  # the same, written otherwise
    assert Number.objects.filter(kind="postal", postal__city="Albany").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"postal_code": ""}, "Give the ZIP code"),
        ({"postal_code": "12"}, "five digits"),
        ({"state": "Bavaria"}, "no state"),
        ({"line1": ""}, "required"),
    ],
)
def test_an_address_where_no_letter_arrives_is_told(manager: Client, wrong: dict[str, str], said: str) -> None:
    form = {"line1": "12 Main Street", "line2": "", "city": "", "state": "", "postal_code": "12207"} | wrong
    before = Number.objects.count()
    page = manager.post(f"{PEOPLE}{named('Ana').pk}/contact/", form).content.decode()
    assert said in page
    assert Number.objects.count() == before


def test_two_records_are_compared_merged_and_taken_apart(manager: Client, now: datetime) -> None:
    ana, rosa = named("Ana"), named("Rosa")
    path = f"{PEOPLE}{ana.pk}/merge/"
    assert "Rosa Gil Paz" in text_of(manager.get(path, {"q": "gil"}))
    beside = text_of(manager.get(path, {"other": str(rosa.pk)}))
    assert "July 14, 1987" in beside
    assert "March 3, 1990" in beside
    manager.post(path, {"other": str(rosa.pk)})
    assert Person.objects.get(pk=rosa.pk).merged_into == ana.pk
    followed = manager.get(f"{PEOPLE}{rosa.pk}/")
    assert followed.headers["Location"] == f"{PEOPLE}{ana.pk}/"
    record = text_of(manager.get(f"{PEOPLE}{ana.pk}/record/"))
    assert "Take the merge back" in record
    manager.post(f"{PEOPLE}{ana.pk}/unmerge/{rosa.pk}/")
    assert Person.objects.get(pk=rosa.pk).merged_into is None
    assert "A merge was taken back" in text_of(manager.get(f"{PEOPLE}{ana.pk}/"))


def test_agents_do_not_merge(org: Any, now: datetime) -> None:
    ana, rosa = named("Ana"), named("Rosa")
    agent = browser_of(org, Role.AGENT)
    assert agent.post(f"{PEOPLE}{ana.pk}/merge/", {"other": str(rosa.pk)}).status_code == 403
    merge_people(ana.pk, rosa.pk, by=SYSTEM, now=now)
    assert agent.post(f"{PEOPLE}{ana.pk}/unmerge/{rosa.pk}/").status_code == 403
    assert Person.objects.get(pk=rosa.pk).merged_into == ana.pk


def test_a_text_by_hand_is_queued_once_however_often_it_is_sent(manager: Client) -> None:
    make_sender()
    ana = named("Ana")
    said = {"form_id": "abc123", "body": "We hold Tuesday for you."}
    manager.post(f"{PEOPLE}{ana.pk}/text/", said)
    manager.post(f"{PEOPLE}{ana.pk}/text/", said)
    message = Message.objects.get(person_id=ana.pk)
    assert (message.dedupe_key, message.status, message.body) == ("manual:abc123", "queued", said["body"])
    assert AuditEntry.objects.filter(action="message.written").count() == 1


def test_nobody_writes_to_whom_the_gate_refuses(manager: Client, now: datetime) -> None:
    make_sender()
    ana = named("Ana")
    mark_deceased([ana.pk], by=SYSTEM, now=now)
    page = manager.post(f"{PEOPLE}{ana.pk}/text/", {"form_id": "abc", "body": "Hello"})
    assert "The person has died." in text_of(page)
    assert not Message.objects.filter(person_id=ana.pk).exists()


@pytest.mark.parametrize("part", PARTS)
def test_a_page_asks_the_same_number_of_questions_for_a_long_history(manager: Client, now: datetime, part: str) -> None:
    ana = named("Ana")
    path = f"{PEOPLE}{ana.pk}/{part}"
    said = {"what": "opt_out", "channel": "email", "purpose": "all", "number": "", "evidence": "first letter"}
    manager.post(f"{PEOPLE}{ana.pk}/consent/", said)
    manager.get(path)
    with CaptureQueriesContext(connection) as few:
        manager.get(path)
    for n in range(8):
        said = {"what": "opt_out", "channel": "email", "purpose": "all", "number": "", "evidence": f"letter {n}"}
        manager.post(f"{PEOPLE}{ana.pk}/consent/", said)
    manager.get(path)
    with CaptureQueriesContext(connection) as many:
        manager.get(path)
    assert len(many) == len(few)
