"""Clinicians, their hours and kinds of visits: changed on record, without touching what is booked."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role, User
from beckon.scheduling.actions import Booked, NewAppointment, book
from beckon.scheduling.hours_text import read_hours, write_hours
from beckon.scheduling.models import Appointment, AppointmentStatus, Clinician, VisitType
from beckon.scheduling.queries import open_slots
from beckon.scheduling.tests.samples import make_clinician, make_person, make_visit_type
from beckon.web.accounts.tests.staff import member, signed_in

PRACTICE = "/o/test/settings/practice/"


@pytest.fixture
def boss(org: Organization) -> Client:
    return signed_in(member(Role.ADMINISTRATOR))


def form_of(row: Clinician, **change: str) -> dict[str, object]:
    return {
        "name": row.name,
        "location_id": row.location_id,
        "languages": ["en", "es"],
        "slots_per_week": 20,
        "is_active": "on",
        "mon": "9-12, 13:00-17:30",
    } | change


def booked_visit(now: datetime, clinician: Clinician) -> Appointment:
    slot = open_slots(start=now + timedelta(hours=1), end=now + timedelta(days=14), clinician_ids=[clinician.pk])[0]
    wish = NewAppointment(
        person_id=make_person(now).pk,
        clinician_id=clinician.pk,
        visit_type_id=make_visit_type().pk,
        starts_at=slot.starts_at,
    )
    answer = book([wish], by=SYSTEM, now=now)[0]
    assert isinstance(answer, Booked)
    return Appointment.objects.get(pk=answer.appointment_id)


def test_a_clinician_is_added_and_their_hours_are_offered(boss: Client, now: datetime) -> None:
    there = make_clinician()
    form = form_of(there, name="Dr. New", specialty="Cardiology")
    assert boss.post(PRACTICE + "clinicians/new/", form).status_code == 302
    row = Clinician.objects.get(name="Dr. New")
    assert row.weekly_hours == {"mon": [["09:00", "12:00"], ["13:00", "17:30"]]}
    assert row.languages == ["en", "es"]
    assert open_slots(start=now, end=now + timedelta(days=14), clinician_ids=[row.pk])
    assert "09:00–12:00, 13:00–17:30" in boss.get(f"{PRACTICE}clinicians/{row.pk}/").content.decode()
    entry = AuditEntry.objects.get(action="clinician.saved")
    assert entry.detail is not None
    assert entry.detail["after"]["specialty"] == "Cardiology"


def test_who_retires_is_offered_no_more_and_booked_visits_stand(boss: Client, now: datetime) -> None:
    row = make_clinician()
    visit = booked_visit(now, row)
    form = form_of(row)
    del form["is_active"]
    page = boss.post(f"{PRACTICE}clinicians/{row.pk}/", form, follow=True).content.decode()
    assert "outside of these hours" in page or "booked visit stands" in page
    assert not open_slots(start=now, end=now + timedelta(days=14), clinician_ids=[row.pk])
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.BOOKED


def test_visits_outside_of_new_hours_are_told(boss: Client, now: datetime) -> None:
    row = make_clinician()
    visit = booked_visit(now, row)
    page = boss.post(f"{PRACTICE}clinicians/{row.pk}/", form_of(row, mon="", sat="9-10"), follow=True)
    assert "1 booked visit lies outside" in page.content.decode()
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.BOOKED


@pytest.mark.parametrize("hours", ["morning", "9", "12-9", "9-12, 11-14", "25-26", "9:70-10"])
def test_hours_that_are_none_are_told_at_their_day(boss: Client, hours: str) -> None:
    row = make_clinician()
    answer = boss.post(f"{PRACTICE}clinicians/{row.pk}/", form_of(row, tue=hours))
    assert answer.status_code == 400
    assert hours in answer.content.decode()
    assert not AuditEntry.objects.filter(action="clinician.saved").exists()


def test_a_kind_of_visit_is_added_changed_and_retired(boss: Client, now: datetime) -> None:
    form = {"name": "Annual visit", "minutes": "40", "for_new_patients": "on", "is_active": "on"}
    boss.post(PRACTICE + "visit-types/new/", form)
    row = VisitType.objects.get(name="Annual visit")
    assert boss.post(PRACTICE + "visit-types/new/", form).status_code == 400
    boss.post(f"{PRACTICE}visit-types/{row.pk}/", {"name": "Annual visit", "minutes": "20"})
    row.refresh_from_db()
    assert (row.minutes, row.is_active, row.for_new_patients) == (20, False, False)
    assert AuditEntry.objects.filter(action="visit_type.saved").count() == 2
    assert "Not offered" in boss.get(PRACTICE).content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPERVISOR, Role.AGENT, Role.SCHEDULER, Role.AUDITOR])
def test_only_an_administrator_changes_them(org: Organization, role: Role) -> None:
    row = make_clinician()
    browser = signed_in(member(role))
    for address in (f"clinicians/{row.pk}/", "clinicians/new/", "visit-types/new/"):
        assert browser.post(PRACTICE + address, form_of(row)).status_code == 403
    stranger = signed_in(User.objects.create_user("stranger@example.org", None))
    assert stranger.post(f"{PRACTICE}clinicians/{row.pk}/", form_of(row)).status_code == 404


@given(st.lists(st.integers(0, 1438), min_size=2, max_size=8, unique=True))
def test_hours_come_back_as_they_were_written(marks: list[int]) -> None:
    marks = sorted(marks)[: len(marks) // 2 * 2]
    clock = [f"{m // 60:02}:{m % 60:02}" for m in marks]
    blocks = [list(pair) for pair in zip(clock[::2], clock[1::2], strict=True)]
    assert read_hours(write_hours(blocks)) == blocks
