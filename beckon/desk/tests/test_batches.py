"""What matters when calls are recorded in batches, by somebody else, or later than they were made."""

from dataclasses import replace
from datetime import timedelta

import pytest

from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.desk.actions import dispose
from beckon.desk.models import Call, CallTask
from beckon.desk.tests.samples import DANA, make_person, make_tasks, next_for, outcome
from beckon.people.models import ContactPoint
from beckon.scheduling.actions import NewAppointment, book
from beckon.scheduling.tests.samples import make_clinician, make_visit_type


@pytest.fixture
def served(org, now):
    """A person with two numbers, with Dana."""
    make_tasks(now, [make_person(now, 1, phones=2)], enrollment_id=9, step="call", round=2)
    return next_for(DANA, now)


def _visit(served, now, **more):
    wish = NewAppointment(served.person_id, make_clinician().pk, make_visit_type().pk, now + timedelta(days=1), **more)
    return book([wish], by=SYSTEM, now=now)[0].appointment_id


def test_a_visit_booked_for_the_agent_in_their_call_leaves_that_call_to_them(served, now) -> None:
    visit = _visit(served, now, task_id=served.task_id)
    assert CallTask.objects.get().status == "leased"
    dispose([outcome(served, "DONE", "f1", now, appointment_id=visit)], by=SYSTEM, now=now)
    assert CallTask.objects.get().closed_reason == "goal_met"


def test_a_visit_booked_elsewhere_still_ends_the_call(served, now) -> None:
    _visit(served, now)
    assert CallTask.objects.get().closed_reason == "booked"


def test_the_hour_that_was_tried_is_the_one_in_which_the_call_began(served, now) -> None:
    late = now + timedelta(minutes=70)
    dispose([outcome(served, "NOANS", "f1", now)], by=DANA, now=late)
    assert Call.objects.get().local_hour == 10
    assert CallTask.objects.get().tried_hours == [10]


def test_the_event_names_the_text_that_the_disposition_sends(served, now) -> None:
    dispose([outcome(served, "NOANS", "f1", now)], by=DANA, now=now)
    assert Event.objects.get(kind="call.disposed").data["text"] == ""
    visit = _visit(served, now + timedelta(days=8))
    again = replace(outcome(served, "DONE", "f2", now, appointment_id=visit), task_id=None, person_id=served.person_id)
    dispose([again], by=DANA, now=now)
    assert Event.objects.filter(kind="call.disposed").latest("pk").data["text"] == "confirmation"


def test_a_mobile_that_is_their_first_number_already_is_no_news(served, now) -> None:
    before = list(ContactPoint.objects.order_by("pk").values_list("pk", "rank", "use"))
    dispose([outcome(served, "NOT_NOW", "f1", now, captured_mobile=served.number.value)], by=DANA, now=now)
    assert list(ContactPoint.objects.order_by("pk").values_list("pk", "rank", "use")) == before
    assert Event.objects.get(kind="call.disposed").data["captured_mobile"] is True


def test_where_the_person_may_be_is_served_with_the_number(served) -> None:
    assert served.number.place.states == {"NY"}
