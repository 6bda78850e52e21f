"""A call that comes in: the caller is found, booked and recorded, and whoever else waited to call them need not."""

import re
from datetime import datetime

import pytest
from django.test import Client

from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role, User
from beckon.desk.actions import install_default_dispositions
from beckon.desk.models import Call, CallTask, TaskStatus
from beckon.desk.tests.samples import make_person
from beckon.people.models import Number, Person
from beckon.scheduling.models import Appointment
from beckon.web.desk.tests.pages import DESK, hidden, member, people_to_call

INBOUND = DESK + "inbound/"


@pytest.fixture
def agent(org: Organization) -> Client:
    return member(org, Role.AGENT)[0]


def form_for(browser: Client, person_id: int, **said: str) -> dict[str, str]:
    page = browser.get(f"{INBOUND}{person_id}/").content.decode()
    return {"form_id": hidden(page, "form_id"), "party": "on", "slot": "", "remarks": ""} | said


def first_time(browser: Client, person_id: int) -> str:
    page = browser.get(f"{INBOUND}{person_id}/").content.decode()
    return re.findall(r'<option value="(\d{4}-[^"]+)"', page)[0].replace("&#x27;", "'")


def test_a_caller_is_found_by_the_number_on_the_display(agent: Client, now: datetime) -> None:
    task = people_to_call(now, 1)[0]
    number = Number.objects.get(contact_points__person=task.person_id).value
    page = agent.get(INBOUND, {"q": number.removeprefix("+1")}).content.decode()
    assert f"{INBOUND}{task.person_id}/" in page
    assert AuditEntry.objects.filter(action="person.listed", object_ids=[task.person_id]).exists()
    assert "Nobody with this on record" in agent.get(INBOUND, {"q": "2025550199"}).content.decode()


def test_a_booking_ends_everybodys_calls_to_that_person(agent: Client, now: datetime) -> None:
    task = people_to_call(now, 1)[0]
    slot = first_time(agent, task.person_id)
    sent = form_for(agent, task.person_id, code="DONE", slot=slot, remarks="Called by herself.")
    assert agent.post(f"{INBOUND}{task.person_id}/", sent).status_code == 302
    visit, call = Appointment.objects.get(), Call.objects.get()
    assert (call.person_id, call.disposition, call.appointment_id) == (task.person_id, "DONE", visit.pk)
    assert call.counted is False
    task.refresh_from_db()
    assert task.status == TaskStatus.CLOSED
    assert AuditEntry.objects.filter(action="call.right_party").count() == 1

    agent.post(f"{INBOUND}{task.person_id}/", sent)  # pressed twice
    assert (Appointment.objects.count(), Call.objects.count()) == (1, 1)


def test_an_outcome_without_its_visit_records_neither(agent: Client, now: datetime) -> None:
    task = people_to_call(now, 1)[0]
    answer = agent.post(f"{INBOUND}{task.person_id}/", form_for(agent, task.person_id, code="DONE", remarks="kept"))
    assert answer.status_code == 422
    assert "kept" in answer.content.decode()
    slot = first_time(agent, task.person_id)
    late = form_for(agent, task.person_id, code="CBACK", slot=slot)  # no day for the call back: the visit goes, too
    assert agent.post(f"{INBOUND}{task.person_id}/", late).status_code == 422
    assert not Call.objects.exists()
    assert not Appointment.objects.exists()


def test_nothing_is_recorded_before_it_is_clear_who_calls(agent: Client, now: datetime) -> None:
    task = people_to_call(now, 1)[0]
    form = form_for(agent, task.person_id, code="DNC")
    del form["party"]
    assert "First make sure whom you speak with" in agent.post(f"{INBOUND}{task.person_id}/", form).content.decode()
    assert not Call.objects.exists()


def test_who_is_on_no_list_may_call_too_and_stop_us(agent: Client, now: datetime) -> None:
    install_default_dispositions(by=SYSTEM, now=now)
    person = make_person(now, 1)
    page = agent.get(f"{INBOUND}{person.pk}/").content.decode()
    assert "On no call list" in page
    assert 'value="CBACK"' not in page
    for code in ("NOANS", "UNAVLBL", "WNUM", "DECEASED"):
        assert f'value="{code}"' not in page
    assert agent.post(f"{INBOUND}{person.pk}/", form_for(agent, person.pk, code="DNC")).status_code == 302
    assert Person.objects.get(pk=person.pk).do_not_contact_at is not None


def test_whom_another_agent_has_in_hand_stays_theirs(agent: Client, org: Organization, now: datetime) -> None:
    task = people_to_call(now, 1)[0]
    other, actor = member(org, Role.AGENT, "other@example.org")
    other.post(DESK + "next/")
    agent.post(f"{INBOUND}{task.person_id}/", form_for(agent, task.person_id, code="NOT_NOW"))
    assert CallTask.objects.get(pk=task.pk).leased_by == actor.key


@pytest.mark.parametrize(("role", "status"), [(Role.SCHEDULER, 200), (Role.ANALYST, 403), (Role.AUDITOR, 403)])
def test_who_may_take_calls(org: Organization, now: datetime, role: Role, status: int) -> None:
    task = people_to_call(now, 1)[0]
    assert member(org, role)[0].get(f"{INBOUND}{task.person_id}/").status_code == status
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger@example.org", None))
    assert stranger.get(f"{INBOUND}{task.person_id}/").status_code == 404
