"""Answers to read: which come here, answered once, settled and put back; who may."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from beckon.channels.carriers.base import Inbound
from beckon.channels.models import Sender
from beckon.consent.facts import Channel
from beckon.core.actors import SYSTEM
from beckon.core.models import Organization, Role
from beckon.desk.tests.samples import make_person
from beckon.messaging.models import Message
from beckon.messaging.receiving.inbound import record_inbound
from beckon.people.models import ContactPoint, Person
from beckon.web.desk.tests.pages import member
from beckon.web.inbox.queries import answers, count_open

INBOX = "/o/test/inbox/"


@pytest.fixture
def sender(org: Organization) -> Sender:
    return Sender.objects.create(name="Texts", channel="sms", carrier="sandbox", address="+12125550100")


def receive(sender: Sender, person: Person, body: str, now: datetime, ref: str = "m1") -> Message:
    value = ContactPoint.objects.get(person=person).number.value
    item = Inbound(ref, Channel.SMS, value, sender.address, body)
    record_inbound([item], sender_id=sender.pk, carrier="sandbox", by=SYSTEM, now=now)
    return Message.objects.get(is_inbound=True, carrier_ref=ref)


@pytest.fixture
def agent(org: Organization) -> Client:
    return member(org, Role.AGENT)[0]


def test_questions_come_here_and_yes_and_stop_do_not(sender: Sender, now: datetime) -> None:
    for n, body in enumerate(("Do you take my insurance?", "YES", "STOP")):
        receive(sender, make_person(now, n), body, now, f"m{n}")
    assert [a.body for a in answers(now)] == ["Do you take my insurance?"]
    assert count_open(now) == 1
    assert len(answers(now, wanted="all")) == 3


def test_an_answer_goes_out_once_and_takes_the_question_off_the_list(agent: Client, sender, now: datetime) -> None:
    asked = receive(sender, make_person(now, 1), "What is this about?", now)
    assert "What is this about?" in agent.get(INBOX).content.decode()
    sent = {"form_id": "f1", "body": "We are a practice near you.", "template": ""}
    for form in ("f1", "f2"):
        agent.post(f"{INBOX}{asked.pk}/answer/", sent | {"form_id": form})
    ours = Message.objects.get(is_inbound=False)
    assert (ours.dedupe_key, ours.body) == (f"reply:{asked.pk}", "We are a practice near you.")
    assert count_open(now) == 0
    page = agent.get(f"{INBOX}{asked.pk}/").content.decode()
    assert 'name="again" value="yes"' in page
    for _ in range(2):
        agent.post(f"{INBOX}{asked.pk}/answer/", sent | {"again": "yes"})
    assert Message.objects.filter(is_inbound=False).count() == 2


def test_nothing_is_sent_without_words_and_what_is_missing_is_said(agent: Client, sender, now: datetime) -> None:
    asked = receive(sender, make_person(now, 1), "What is this about?", now)
    page = agent.post(f"{INBOX}{asked.pk}/answer/", {"form_id": "f1", "body": " ", "template": ""})
    assert page.status_code == 422
    assert "Write an answer" in page.content.decode()
    assert not Message.objects.filter(is_inbound=False).exists()


def test_done_and_put_back(agent: Client, sender, now: datetime) -> None:
    asked = receive(sender, make_person(now, 1), "What is this about?", now)
    agent.post(f"{INBOX}{asked.pk}/done/", {"what": "done"})
    assert count_open(now) == 0
    assert [a.message_id for a in answers(now, wanted="done")] == [asked.pk]
    agent.post(f"{INBOX}{asked.pk}/done/", {"what": "reopen"})
    assert count_open(now) == 1


def test_who_has_opted_out_cannot_be_texted_and_the_page_says_so(agent: Client, sender, now: datetime) -> None:
    person = make_person(now, 1)
    asked = receive(sender, person, "What is this about?", now)
    Person.objects.filter(pk=person.pk).update(do_not_contact_at=now)
    page = agent.get(f"{INBOX}{asked.pk}/").content.decode()
    assert "No text may go to this person" in page
    assert "Send and mark as done" not in page


def test_old_answers_leave_the_list(sender: Sender, now: datetime) -> None:
    receive(sender, make_person(now, 1), "What is this about?", now - timedelta(days=31))
    assert answers(now) == []


def test_an_auditor_reads_and_does_not_answer(org: Organization, sender, now: datetime) -> None:
    asked = receive(sender, make_person(now, 1), "What is this about?", now)
    auditor, _ = member(org, Role.AUDITOR)
    assert "Your role reads" in auditor.get(f"{INBOX}{asked.pk}/").content.decode()
    assert auditor.post(f"{INBOX}{asked.pk}/done/", {"what": "done"}).status_code == 403


def test_an_analyst_and_a_stranger_see_nothing(org: Organization, sender, now: datetime) -> None:
    analyst, _ = member(org, Role.ANALYST)
    assert analyst.get(INBOX).status_code == 403
    assert analyst.get(INBOX + "count/").status_code == 403
    assert analyst.get("/o/elsewhere/inbox/").status_code == 404


def test_a_message_that_is_not_there_is_not_found(agent: Client, org: Organization) -> None:
    assert agent.get(f"{INBOX}999999/").status_code == 404
