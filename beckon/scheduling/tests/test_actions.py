"""Booking, moving, cancelling, settling: rows, events, person columns, and what a refusal leaves behind."""

from datetime import UTC, datetime, timedelta

import pytest

from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.people.models import Person
from beckon.scheduling.actions import (
    Booked,
    Move,
    NewAppointment,
    Refused,
    VisitOutcome,
    book,
    cancel,
    record_outcomes,
    reschedule,
)
from beckon.scheduling.models import Appointment, AppointmentStatus, Encounter
from beckon.scheduling.queries import capacity, open_slots
from beckon.scheduling.rules import NotBooked
from beckon.scheduling.tests.samples import make_clinician, make_person, make_visit_type

TUESDAY_10 = datetime(2026, 11, 17, 15, tzinfo=UTC)


@pytest.fixture
def wish(org, now):
    """A visit that can be booked: person, clinician, half an hour on Tuesday at 10."""
    return NewAppointment(make_person(now).pk, make_clinician().pk, make_visit_type().pk, TUESDAY_10)


def ask(wish: NewAppointment, **changes: object) -> NewAppointment:
    """The wish, changed."""
    return NewAppointment(**(vars(wish) | changes))


def test_a_booked_visit_stands_with_its_event_and_shows_on_the_person(wish, now) -> None:
    (answer,) = book([wish], by=SYSTEM, now=now)
    assert isinstance(answer, Booked)
    assert answer.ends_at == TUESDAY_10 + timedelta(minutes=30)
    assert Person.objects.get(pk=wish.person_id).next_appointment_at == TUESDAY_10
    event = Event.objects.get(kind="appointment.booked")
    assert (event.person_id, event.subject_id) == (wish.person_id, answer.appointment_id)


def test_the_same_visit_asked_for_again_is_answered_by_the_one_that_stands(wish, now) -> None:
    (first,) = book([wish], by=SYSTEM, now=now)
    (second,) = book([wish], by=SYSTEM, now=now)
    assert isinstance(second, Booked)
    assert isinstance(first, Booked)
    assert (second.appointment_id, second.is_new) == (first.appointment_id, False)
    assert Event.objects.filter(kind="appointment.booked").count() == 1


def test_a_visit_that_begins_within_another_is_refused_also_inside_one_batch(wish, now) -> None:
    other = make_person(now, given_name="Bo").pk
    answers = book(
        [
            wish,
            ask(wish, person_id=other, starts_at=TUESDAY_10 + timedelta(minutes=15)),
            ask(wish, person_id=other, starts_at=TUESDAY_10 + timedelta(minutes=30)),
        ],
        by=SYSTEM,
        now=now,
    )
    assert answers[1] == Refused(NotBooked.SLOT_TAKEN)
    assert isinstance(answers[2], Booked)
    again = book([ask(wish, person_id=other, starts_at=TUESDAY_10 - timedelta(minutes=15))], by=SYSTEM, now=now)
    assert again == [Refused(NotBooked.SLOT_TAKEN)]


def test_a_person_is_never_in_two_places_and_a_refusal_leaves_nothing(wish, now) -> None:
    book([wish], by=SYSTEM, now=now)
    before = Event.objects.count()
    answer = book([ask(wish, clinician_id=make_clinician().pk)], by=SYSTEM, now=now)
    assert answer == [Refused(NotBooked.PERSON_BUSY)]
    assert (Appointment.objects.count(), Event.objects.count()) == (1, before)


def test_the_dead_and_the_merged_are_not_booked(wish, now) -> None:
    Person.objects.filter(pk=wish.person_id).update(deceased_at=now)
    assert book([wish], by=SYSTEM, now=now) == [Refused(NotBooked.PERSON_GONE)]


def test_a_move_frees_the_old_time_grows_the_version_and_may_overlap_itself(wish, now) -> None:
    (booked,) = book([wish], by=SYSTEM, now=now)
    assert isinstance(booked, Booked)
    quarter = TUESDAY_10 + timedelta(minutes=15)
    (moved,) = reschedule([Move(booked.appointment_id, quarter)], by=SYSTEM, now=now)
    assert isinstance(moved, Booked)
    assert (moved.version, moved.starts_at) == (2, quarter)
    assert Person.objects.get(pk=wish.person_id).next_appointment_at == quarter
    other = make_person(now, given_name="Bo").pk
    (free,) = book([ask(wish, person_id=other, starts_at=TUESDAY_10 - timedelta(minutes=15))], by=SYSTEM, now=now)
    assert isinstance(free, Booked)
    assert reschedule([Move(booked.appointment_id, free.starts_at)], by=SYSTEM, now=now) == [
        Refused(NotBooked.SLOT_TAKEN)
    ]
    assert Appointment.objects.get(pk=booked.appointment_id).starts_at == quarter


def test_a_cancelled_visit_frees_its_slot_and_counts_as_last_appointment(wish, now) -> None:
    (booked,) = book([wish], by=SYSTEM, now=now)
    assert isinstance(booked, Booked)
    cancel([booked.appointment_id], by_practice=False, reason="ill", by=SYSTEM, now=now)
    person = Person.objects.get(pk=wish.person_id)
    assert (person.next_appointment_at, person.last_appointment_outcome) == (None, "cancelled_by_patient")
    assert cancel([booked.appointment_id, 0], by_practice=True, by=SYSTEM, now=now) == [
        Refused(NotBooked.NOT_BOOKED_ANY_MORE),
        Refused(NotBooked.APPOINTMENT_UNKNOWN),
    ]
    (again,) = book([wish], by=SYSTEM, now=now)
    assert isinstance(again, Booked)
    assert again.is_new


def test_a_kept_visit_becomes_an_encounter_once_and_money_may_follow(wish, now) -> None:
    (booked,) = book([wish], by=SYSTEM, now=now)
    assert isinstance(booked, Booked)
    kept = VisitOutcome(booked.appointment_id, AppointmentStatus.KEPT)
    assert record_outcomes([kept], by=SYSTEM, now=now) == [Refused(NotBooked.NOT_YET)]
    later = TUESDAY_10 + timedelta(hours=1)
    record_outcomes([kept], by=SYSTEM, now=later)
    record_outcomes([VisitOutcome(booked.appointment_id, AppointmentStatus.KEPT, 10_000)], by=SYSTEM, now=later)
    assert record_outcomes([VisitOutcome(booked.appointment_id, AppointmentStatus.MISSED)], by=SYSTEM, now=later) == [
        Refused(NotBooked.NOT_BOOKED_ANY_MORE)
    ]
    assert Encounter.objects.get().at == TUESDAY_10
    assert Event.objects.filter(kind="appointment.kept").count() == 1
    assert Appointment.objects.get().revenue_cents == 10_000
    person = Person.objects.get()
    assert (person.last_encounter_at, person.last_appointment_outcome) == (TUESDAY_10, "kept")
    assert person.next_appointment_at is None


def test_an_appointment_known_only_from_the_ehr_stays_the_next_one(wish, now) -> None:
    sooner = TUESDAY_10 - timedelta(hours=2)
    Person.objects.filter(pk=wish.person_id).update(next_appointment_at=sooner)
    (booked,) = book([wish], by=SYSTEM, now=now)
    assert isinstance(booked, Booked)
    assert Person.objects.get().next_appointment_at == sooner
    cancel([booked.appointment_id], by_practice=True, by=SYSTEM, now=now)
    assert Person.objects.get().next_appointment_at == sooner


def test_open_slots_leave_out_what_is_taken_and_weeks_that_are_full(wish, now) -> None:
    book([wish], by=SYSTEM, now=now)
    day = TUESDAY_10.replace(hour=5)
    found = open_slots(start=day, end=day + timedelta(days=1), visit_type_id=wish.visit_type_id)
    assert len(found) == 13
    assert TUESDAY_10 not in [slot.starts_at for slot in found]
    assert open_slots(start=day, end=day + timedelta(days=1), limit=3) == found[:3]
    clinician = make_clinician(slots_per_week=1)
    book([ask(wish, clinician_id=clinician.pk, starts_at=TUESDAY_10 + timedelta(days=1))], by=SYSTEM, now=now)
    assert open_slots(start=day, end=day + timedelta(days=2), clinician_ids=[clinician.pk]) == []
    assert open_slots(start=day, end=day + timedelta(days=9), clinician_ids=[clinician.pk], limit=1)[
        0
    ].starts_at == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_capacity_is_the_smaller_of_our_share_and_the_hours_less_what_is_booked(wish, now) -> None:
    book([wish], by=SYSTEM, now=now)
    (week,) = [w for w in capacity(now, now + timedelta(days=2)) if w.clinician_id == wish.clinician_id]
    assert (week.slots, week.booked, week.free) == (40, 1, 39)
    short = make_clinician(weekly_hours={"mon": [["09:00", "10:00"]]})
    assert [w.slots for w in capacity(now, now + timedelta(days=8)) if w.clinician_id == short.pk] == [2, 2]
