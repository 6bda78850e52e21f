"""Events move enrollments inside the transaction that records them; rows, tasks and messages follow."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from beckon.campaigns import life
from beckon.campaigns.actions import advance_due, stop_enrollments
from beckon.campaigns.enrolling.enrolment import enrol_due
from beckon.campaigns.models import Enrollment, StepRecord
from beckon.campaigns.tests.scene import BY, install, launch, make_desk, make_people, make_senders
from beckon.core.actors import simulated_agent
from beckon.core.events.actions import record_events
from beckon.core.events.models import Event
from beckon.core.events.registry import NewEvent
from beckon.desk.actions import dispose, take_next, undo_last
from beckon.desk.models import CallQueue, CallTask
from beckon.desk.values import Disposed, Outcome
from beckon.messaging.models import Message
from beckon.people.models import Person

AGENT = simulated_agent("ana")


def begin(key: str, now: Any, people: int = 2, **more: Any) -> list[int]:
    """People enrolled in a running campaign of the playbook and advanced once."""
    make_senders()
    make_desk(now)
    ids = make_people(now, people, **more)
    launch(install(key, now), now)
    enrol_due(now=now)
    advance_due(now=now)
    return ids


def tell(kind: str, person: int | None, now: Any, **data: Any) -> None:
    record_events([NewEvent(kind, person, 1, data)], by=BY, now=now)


def standing(person: int) -> tuple[str, str, str]:
    row = Enrollment.objects.filter(person_id=person).latest("pk")
    assert (row.due_at is None) == bool(row.left_reason)
    return row.step, row.waiting_for, row.left_reason


def test_a_booking_ends_every_campaign_of_the_person_and_withdraws_what_was_queued(org: Any, now: Any) -> None:
    people = begin("community-outreach", now)
    launch(install("no-encounter", now), now)
    enrol_due(now=now)
    advance_due(now=now)
    tell("appointment.booked", people[0], now, enrollment_id=None)
    assert set(Enrollment.objects.filter(person_id=people[0]).values_list("left_reason", flat=True)) == {"booked"}
    assert set(Message.objects.filter(person_id=people[0]).values_list("status", "reason")) == {("dropped", "booked")}
    assert set(CallTask.objects.filter(person_id=people[0]).values_list("status", flat=True)) == {"closed"}
    assert Enrollment.objects.filter(person_id=people[1], left_at=None).count() == 2
    assert Event.objects.filter(kind="campaign.left", person_id=people[0]).count() == 2


def test_an_opt_out_leaves_everything_at_once(org: Any, now: Any) -> None:
    people = begin("community-outreach", now)
    tell("consent.opted_out", people[0], now, channel="all", scope="all")
    assert standing(people[0])[2] == "opted_out"
    assert set(Message.objects.filter(person_id=people[0]).values_list("status", flat=True)) == {"dropped"}
    assert set(Message.objects.filter(person_id=people[1]).values_list("status", flat=True)) == {"queued"}


def test_a_reply_moves_only_the_enrollment_whose_message_it_answers(org: Any, now: Any) -> None:
    people = begin("community-outreach", now, people=1)
    launch(install("no-encounter", now), now)
    enrol_due(now=now)
    advance_due(now=now)
    outreach, other = Enrollment.objects.order_by("pk")
    tell("message.received", people[0], now, meaning="yes", channel="sms", enrollment_id=outreach.pk)
    outreach.refresh_from_db()
    assert (outreach.step, outreach.due_at) == ("details", now)
    assert Enrollment.objects.get(pk=other.pk).step == "call"
    assert "reply" not in Enrollment.objects.get(pk=other.pk).memory


def test_yes_sends_the_details_within_minutes_and_opens_a_call_that_was_asked_for(org: Any, now: Any) -> None:
    people = begin("community-outreach", now, people=1)
    Person.objects.filter(pk=people[0]).update(recent_contacts=[now])
    enrollment = Enrollment.objects.get()
    soon = now + timedelta(minutes=2)
    tell("message.received", people[0], soon, meaning="yes", channel="sms", enrollment_id=enrollment.pk)
    advance_due(now=soon)
    details = Message.objects.get(step="details")
    assert (details.status, details.purpose) == ("queued", "reply")
    task = CallTask.objects.get()
    assert task.callback_at is not None
    enrollment.refresh_from_db()
    assert enrollment.goal_met_at == soon


def test_an_agent_who_disposes_moves_the_journey_and_undoing_puts_it_back(org: Any, now: Any) -> None:
    people = begin("no-encounter", now, people=1)
    queue = CallTask.objects.get().queue_id
    served = take_next(AGENT, [queue], by=AGENT, now=now)
    assert [s.person_id for s in served] == people
    outcome = Outcome(form_id="f1", agent=AGENT, code="LOST", started_at=now, task_id=served[0].task_id)
    assert isinstance(dispose([outcome], by=AGENT, now=now)[0], Disposed)
    assert standing(people[0])[2] == "lost"
    undo_last(AGENT, by=AGENT, now=now)
    assert standing(people[0]) == ("call", "task", "")
    assert list(StepRecord.objects.order_by("pk").values_list("outcome", flat=True))[-4:] == [
        "called",
        "second_goal_met",
        "left",
        "undone",
    ]


def test_five_attempts_end_the_calls_and_a_week_lies_between_them(org: Any, now: Any) -> None:
    people = begin("reactivation", now, people=1)
    made = []
    for hour in range(0, 24 * 60, 2):
        at = now + timedelta(hours=hour)
        advance_due(now=at)
        for served in take_next(AGENT, list(CallQueue.objects.values_list("pk", flat=True)), by=AGENT, now=at):
            made.append(at)
            outcome = Outcome(form_id=f"f{hour}", agent=AGENT, code="NOANS", started_at=at, task_id=served.task_id)
            dispose([outcome], by=AGENT, now=at)
    assert len(made) == 5
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(made))
    assert standing(people[0])[2] == "exhausted"


def test_deaths_merges_and_retirements_leave_with_their_own_reasons(org: Any, now: Any) -> None:
    people = begin("community-outreach", now, people=3)
    for person, kind in zip(people, ("person.deceased", "person.merged", "person.retired"), strict=True):
        tell(kind, person, now)
    assert [standing(person)[2] for person in people] == ["deceased", "duplicate", "retired"]


def test_a_missed_visit_brings_the_person_into_a_running_no_show_campaign(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    people = make_people(now, 2)
    launch(install("no-show", now), now, segment=None)
    tell("appointment.missed", people[0], now, enrollment_id=None)
    assert standing(people[0]) == ("breath", "", "")
    assert Enrollment.objects.get().memory["entry"] == {"kind": "appointment.missed"}
    tell("appointment.missed", people[0], now, enrollment_id=None)
    tell("appointment.cancelled", people[1], now, enrollment_id=None)
    assert Enrollment.objects.count() == 1


def test_the_cancelled_playbook_has_three_branches(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    people = make_people(now, 3)
    seen = now - timedelta(days=200)
    Person.objects.filter(pk=people[0]).update(last_encounter_at=seen, last_appointment_outcome="cancelled_by_practice")
    Person.objects.filter(pk=people[1]).update(last_encounter_at=seen, last_appointment_outcome="cancelled_by_patient")
    Person.objects.filter(pk=people[2]).update(last_appointment_outcome="cancelled_by_patient")
    launch(install("cancelled", now), now, segment=None)
    for person in people:
        tell("appointment.cancelled", person, now, enrollment_id=None)
    advance_due(now=now)
    assert [standing(person)[0] for person in people] == ["practice_hour", "a_day", "first_visit_day"]
    assert list(Message.objects.values_list("person_id", "step")) == [(people[0], "apology")]


def test_a_visit_booked_elsewhere_stops_the_journey_at_the_next_step_even_without_an_event(org: Any, now: Any) -> None:
    people = begin("reactivation", now, people=1)
    Person.objects.filter(pk=people[0]).update(next_appointment_at=now + timedelta(days=20))
    advance_due(now=now + timedelta(days=6))
    assert standing(people[0])[2] == "has_appointment"


def test_a_message_that_failed_is_on_the_trace_and_takes_the_other_way(org: Any, now: Any) -> None:
    people = begin("reactivation", now, people=1)
    enrollment = Enrollment.objects.get()
    tell("message.failed", people[0], now, enrollment_id=enrollment.pk, step="invite", reason="landline", channel="sms")
    assert standing(people[0])[0] == "call"
    assert StepRecord.objects.filter(outcome="not_delivered", reason="landline").count() == 1


def test_people_taken_out_by_hand_leave_with_that_reason(org: Any, now: Any) -> None:
    people = begin("community-outreach", now)
    enrollment = Enrollment.objects.get(person_id=people[0])
    assert stop_enrollments([enrollment.pk], by=BY, now=now) == 1
    assert standing(people[0])[2] == "stopped_by_hand"
    assert standing(people[1])[2] == ""


def test_nothing_is_sent_twice_when_a_step_is_advanced_again_after_a_crash(org: Any, now: Any) -> None:
    begin("community-outreach", now, people=1)
    Enrollment.objects.update(step="postcard", round=0, waiting_for="", due_at=now)
    advance_due(now=now)
    assert Message.objects.filter(step="postcard").count() == 1
    assert life.fold_counts() > 0
