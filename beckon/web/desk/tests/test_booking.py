"""Booking in a call: only with the right person, once however often one clicks, moved instead of doubled."""

import re
from datetime import datetime

import pytest

from beckon.core.actors import SYSTEM
from beckon.core.models import Organization, Role
from beckon.desk.models import Call, CallTask
from beckon.people.models import Person
from beckon.scheduling.actions import NewAppointment, book
from beckon.scheduling.models import Appointment, Clinician, VisitType
from beckon.scheduling.tests.samples import make_person
from beckon.web.desk.tests.pages import DESK, form_of, hidden, member, people_to_call


@pytest.fixture
def call(org: Organization, now: datetime):
    people_to_call(now, 1)
    browser, _ = member(org, Role.AGENT)
    browser.post(DESK + "next/")
    return browser, browser.get(DESK).content.decode()


def slots(part: str) -> list[str]:
    return re.findall(r'name="slot"\s+value="([^"]+)"', part)


def test_open_times_are_offered_by_day_with_who_is_free(call) -> None:
    browser, page = call
    part = browser.get(f"{DESK}times/?task={hidden(page, 'task')}").content.decode()
    assert "Dr Sample" in part
    assert len(slots(part)) > 10


def test_nothing_is_booked_before_the_right_person_is_on_the_line(call) -> None:
    browser, page = call
    task = hidden(page, "task")
    slot = slots(browser.get(f"{DESK}times/?task={task}").content.decode())[0]
    part = browser.post(DESK + "book/", {"task": task, "slot": slot}).content.decode()
    assert "First make sure" in part
    assert not Appointment.objects.exists()


def test_a_time_clicked_twice_is_one_visit_and_another_time_moves_it(call) -> None:
    browser, page = call
    task = hidden(page, "task")
    first, second, *_ = slots(browser.get(f"{DESK}times/?task={task}").content.decode())
    for _ in range(2):
        part = browser.post(DESK + "book/", {"task": task, "slot": first, "party": "yes"}).content.decode()
    assert "data-just-booked" in part
    visit = Appointment.objects.get()
    moved = browser.post(DESK + "book/", {"task": task, "slot": second, "party": "yes"}).content.decode()
    assert "data-booked" in moved
    after = Appointment.objects.get()
    assert (after.pk, after.version) == (visit.pk, visit.version + 1)


def test_booked_and_disposed_the_visit_is_the_calls(call) -> None:
    browser, page = call
    task = hidden(page, "task")
    slot = slots(browser.get(f"{DESK}times/?task={task}").content.decode())[0]
    browser.post(DESK + "book/", {"task": task, "slot": slot, "party": "yes"})
    again = browser.get(DESK).content.decode()
    visit = Appointment.objects.get()
    assert f'name="appointment" value="{visit.pk}"' in again
    browser.post(DESK + "record/", form_of(again, "DONE", appointment=str(visit.pk)))
    assert Call.objects.get().appointment_id == visit.pk
    assert CallTask.objects.get().closed_reason == "goal_met"


def test_booked_without_a_visit_is_refused_where_the_visit_is_missing(call) -> None:
    browser, page = call
    answer = browser.post(DESK + "record/", form_of(page, "DONE"), headers={"Accept": "application/json"})
    assert list(answer.json()["errors"]) == ["appointment"]


def test_a_time_somebody_else_has_taken_is_said_and_the_list_is_fresh(call, now: datetime) -> None:
    browser, page = call
    task = hidden(page, "task")
    slot = slots(browser.get(f"{DESK}times/?task={task}").content.decode())[0]
    start, _, clinician = slot.partition("|")
    other = make_person(now)
    wish = NewAppointment(other.pk, int(clinician), VisitType.objects.get().pk, datetime.fromisoformat(start))
    book([wish], by=SYSTEM, now=now)
    part = browser.post(DESK + "book/", {"task": task, "slot": slot, "party": "yes"}).content.decode()
    assert "Somebody was faster" in part
    assert slot not in slots(part)


def test_no_open_time_says_why(call) -> None:
    browser, page = call
    Clinician.objects.update(is_active=False)
    part = browser.get(f"{DESK}times/?task={hidden(page, 'task')}").content.decode()
    assert "No clinician is open to outreach" in part
    assert "Dr Sample is not open to outreach." in part


def test_a_visit_they_have_already_is_linked(call, now: datetime) -> None:
    browser, page = call
    person = Person.objects.get()
    clinician, kind = Clinician.objects.get(), VisitType.objects.get()
    at = now.replace(day=20, hour=15)
    visit = Appointment.objects.create(
        person_id=person.pk, clinician=clinician, location=clinician.location, visit_type=kind,
        starts_at=at, ends_at=at.replace(minute=30), by="user:0", at=now, updated_at=now,
    )  # fmt: skip
    page = browser.get(DESK).content.decode()
    browser.post(DESK + "record/", form_of(page, "RECONFIRMED", visit=str(visit.pk)))
    assert Call.objects.get().appointment_id == visit.pk
