"""What a disposition leaves behind: call, task, person, number, ledger, text, event; and what a refusal does not."""

from datetime import date, time, timedelta

import pytest

from beckon.channels.models import Sender
from beckon.consent.actions import Grant, record_consent
from beckon.consent.facts import Basis
from beckon.consent.models import ConsentEntry
from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.desk.actions import close_tasks, dispose, get_queue, install_default_texts, take_next
from beckon.desk.models import Call, CallTask
from beckon.desk.rules import DetailNo, Details
from beckon.desk.tests.samples import DANA, LEE, make_person, make_tasks, next_for, outcome
from beckon.desk.timing import CallbackNo, Moment
from beckon.desk.values import Disposed, DisposeNo, NotDisposed, Outcome
from beckon.messaging.models import Message
from beckon.people.models import ContactPoint, Number, Person
from beckon.scheduling.actions import NewAppointment, book
from beckon.scheduling.tests.samples import make_clinician, make_visit_type


@pytest.fixture
def served(org, now):
    """A person with two numbers, with Dana."""
    make_tasks(now, [make_person(now, 1, phones=2)], enrollment_id=9, step="call", round=2)
    return next_for(DANA, now)


def say(served, code, now, form="f1", **details):
    """Dispose as Dana; the single answer."""
    return dispose([outcome(served, code, form, now, **details)], by=DANA, now=now)[0]


def booked(served, now):
    """A visit of the served person on Tuesday at 10, booked by Dana."""
    wish = NewAppointment(served.person_id, make_clinician().pk, make_visit_type().pk, now + timedelta(days=1))
    return book([wish], by=DANA, now=now)[0].appointment_id


def sms_sender(now):
    """A sandbox sender and the default texts, signed off."""
    install_default_texts(signed_off_by="A. Owner", by=SYSTEM, now=now)
    return Sender.objects.create(name="texts", channel="sms", carrier="sandbox", address="+12125550199")


def test_no_answer_records_the_call_and_brings_the_person_back_next_week_at_another_hour(served, now) -> None:
    answer = say(served, "NOANS", now, remarks="rang out")
    assert isinstance(answer, Disposed)
    task, call, person = CallTask.objects.get(), Call.objects.get(), Person.objects.get()
    assert (task.status, task.attempts, task.tried_hours, task.held_reason) == ("open", 1, [10], "days_between_calls")
    assert task.due_at >= now + timedelta(days=7)
    assert (call.disposition, call.attempt, call.local_hour, call.local_weekday, call.answered) == (
        "NOANS",
        1,
        10,
        0,
        False,
    )
    assert (person.last_call_at, person.call_attempts, person.recent_contacts) == (now, 1, [now])
    event = Event.objects.get(kind="call.disposed")
    assert (
        event.data
        | {
            "code": "NOANS",
            "enrollment_id": 9,
            "step": "call",
            "round": 2,
            "attempts": 1,
            "closed": False,
            "leave": "",
            "goal": False,
        }
        == event.data
    )
    assert next_for(LEE, task.due_at).attempt == 2


def test_the_same_form_twice_is_one_call(served, now) -> None:
    first, second = say(served, "NOANS", now), say(served, "NOANS", now)
    assert (second.call_id, second.is_new) == (first.call_id, False)
    assert Person.objects.get().call_attempts == 1
    batch = dispose([outcome(served, "NOANS", "a", now), outcome(served, "NOANS", "b", now)], by=DANA, now=now)
    assert batch[1] == NotDisposed(DisposeNo.TWICE_IN_BATCH)


def test_a_refusal_leaves_nothing_behind(served, now) -> None:
    for code, details, reason in (
        ("DONE", {}, DetailNo.NO_APPOINTMENT),
        ("DONE", {"appointment_id": 77}, DisposeNo.UNKNOWN_APPOINTMENT),
        ("RECONFIRMED", {}, DetailNo.NO_EXISTING_VISIT),
        ("CBACK", {}, CallbackNo.MISSING),
        ("CBACK", {"callback": Moment(on=date(2026, 11, 17), clock=time(22))}, CallbackNo.OUTSIDE_HOURS),
        ("NOSUCH", {}, DisposeNo.UNKNOWN_CODE),
        ("NOANS", {"captured_mobile": "555"}, DisposeNo.BAD_MOBILE),
    ):
        assert say(served, code, now, **details) == NotDisposed(reason)
    assert dispose([Outcome("x", DANA, "NOANS", now, task_id=0)], by=DANA, now=now) == [
        NotDisposed(DisposeNo.UNKNOWN_TASK)
    ]
    assert (Call.objects.count(), Event.objects.count()) == (0, 0)
    assert CallTask.objects.get().status == "leased"


def test_done_needs_the_visit_and_sends_its_confirmation_once(served, now) -> None:
    sms_sender(now)
    record_consent([Grant(served.person_id, "sms", Basis.EXPRESS, "form")], by=DANA, now=now)
    other = make_tasks(now, [Person.objects.get()])[1]
    visit = booked(served, now)
    other.refresh_from_db()
    assert (other.status, other.closed_reason) == ("closed", "booked")
    assert CallTask.objects.get(pk=served.task_id).status == "leased"
    assert isinstance(say(served, "DONE", now, appointment_id=visit), Disposed)
    task = CallTask.objects.get(pk=served.task_id)
    assert (task.status, task.closed_reason) == ("closed", "goal_met")
    message = Message.objects.get()
    assert message.dedupe_key == f"confirm:{visit}:1"
    assert "Tuesday, November 17" in message.body
    assert Event.objects.get(kind="call.disposed").data["goal"] is True


def test_any_agents_booking_takes_the_person_from_everybodys_list_even_in_mid_call(served, now) -> None:
    wish = NewAppointment(served.person_id, make_clinician().pk, make_visit_type().pk, now + timedelta(days=1))
    book([wish], by=LEE, now=now)
    task = CallTask.objects.get()
    assert (task.status, task.closed_reason) == ("closed", "booked")
    answer = say(served, "NOANS", now)
    assert answer.task_moved_on
    task = CallTask.objects.get()
    assert (task.closed_reason, task.attempts, Call.objects.get().attempt) == ("booked", 1, 1)
    assert Person.objects.get().call_attempts == 1
    say(served, "NOANS", now, form="f2")
    assert CallTask.objects.get().attempts == 1


def test_a_callback_keeps_its_promise_and_its_maker(served, now) -> None:
    when = Moment(on=date(2026, 11, 18), clock=time(16, 30))
    say(served, "CBACK", now, callback=when, remarks="after work")
    task = CallTask.objects.get()
    assert (task.callback_for, task.held_reason) == (DANA.key, "callback")
    assert next_for(LEE, task.due_at) is None
    again = next_for(DANA, task.due_at)
    assert (again.is_callback, again.callback_note) == (True, "after work")
    dispose([outcome(again, "NOANS", "f2", task.due_at)], by=DANA, now=task.due_at)
    task.refresh_from_db()
    assert (task.attempts, task.callback_at, task.callback_for) == (1, None, "")
    assert Call.objects.get(dedupe_key="f2").counted is False


def test_a_wrong_number_ends_this_persons_link_alone_and_the_next_number_is_tried(served, now) -> None:
    spouse = make_person(now, 5, phones=0)
    ContactPoint.objects.create(person=spouse, number_id=served.number.number_id, kind="phone")
    say(served, "WNUM", now)
    point = ContactPoint.objects.get(person_id=served.person_id, number_id=served.number.number_id)
    assert (point.ended_at, point.ended_reason) == (now, "wrong_person")
    assert ContactPoint.objects.get(person=spouse).ended_at is None
    assert Number.objects.get(pk=served.number.number_id).dead_at is None
    task = CallTask.objects.get()
    assert next_for(DANA, task.due_at).number.number_id == served.other_numbers[0].number_id


def test_two_disconnected_numbers_are_retired_and_leave_the_person_unreachable(served, now) -> None:
    say(served, "DCONN", now)
    later = CallTask.objects.get().due_at
    dispose([outcome(next_for(DANA, later), "DCONN", "f2", later)], by=DANA, now=later)
    assert Number.objects.filter(dead_at=None).count() == 0
    assert CallTask.objects.get().closed_reason == "unreachable"
    assert Event.objects.filter(kind="number.dead").count() == 2
    assert Event.objects.filter(kind="call.disposed").last().data["leave"] == "unreachable"


def test_never_call_again_is_in_the_ledger_with_evidence_and_ends_every_call(served, now) -> None:
    make_tasks(now, [Person.objects.get()], skips_booked=False)
    say(served, "DNC", now)
    entry = ConsentEntry.objects.get()
    assert (entry.person_id, entry.state, entry.channel) == (served.person_id, "revoked", "all")
    assert DANA.key in entry.evidence
    assert Person.objects.get().do_not_contact_at == now
    assert set(CallTask.objects.values_list("status", "closed_reason")) == {("closed", "opted_out")}


def test_the_dead_are_called_by_nobody_any_more(served, now) -> None:
    make_tasks(now, [Person.objects.get()])
    say(served, "DECEASED", now)
    assert Person.objects.get().deceased_at == now
    assert set(CallTask.objects.values_list("status", "closed_reason")) == {("closed", "deceased")}
    assert Event.objects.filter(kind="person.deceased").count() == 1


def test_a_duplicate_is_proposed_for_merging(served, now) -> None:
    other = make_person(now, 7)
    say(served, "DUPLICATE", now, other_person_id=other.pk)
    assert Event.objects.get(kind="person.duplicate_reported").data == {"other": other.pk}


def test_not_now_texts_the_practices_details_at_once_when_the_person_agreed(served, now) -> None:
    sms_sender(now)
    say(served, "NOT_NOW", now, may_text=True)
    assert Event.objects.get(kind="call.disposed").data["text"] == "practice_details"
    message = Message.objects.get()
    assert (message.purpose, message.status) == ("reply", "queued")
    task = CallTask.objects.get()
    assert (task.status, task.closed_reason) == ("closed", "next_month")
    other = make_person(now, 4)
    make_tasks(now, [other])
    dispose([outcome(next_for(DANA, now), "NOT_NOW", "f2", now, may_text=False)], by=DANA, now=now)
    assert Message.objects.count() == 1


def test_not_asked_about_a_text_nobody_gets_one_without_consent_on_record(org, now) -> None:
    sms_sender(now)
    silent, agreed = make_person(now, 1), make_person(now, 2)
    make_tasks(now, [silent, agreed])
    record_consent([Grant(agreed.pk, "sms", Basis.EXPRESS, "form")], by=DANA, now=now)
    for n in range(2):
        say(next_for(DANA, now), "NOT_NOW", now, form=f"f{n}")
    messages = {m.person_id: (m.purpose, m.status, m.reason, m.requested_at) for m in Message.objects.all()}
    assert messages == {
        silent.pk: ("informational", "dropped", "no_consent", None),
        agreed.pk: ("informational", "queued", "", None),
    }
    assert {e.data["text"] for e in Event.objects.filter(kind="call.disposed")} == {""}


def test_who_has_a_visit_already_leaves_linked_to_it_and_is_not_won(served, now) -> None:
    first, second = now + timedelta(days=1), now + timedelta(days=2)
    clinician, visit_type = make_clinician(), make_visit_type()
    wishes = [NewAppointment(served.person_id, clinician.pk, visit_type.pk, at) for at in (first, second)]
    near, far = (b.appointment_id for b in book(wishes, by=DANA, now=now))
    for form, said, linked in (("f1", second, far), ("f2", second + timedelta(days=9), near)):
        assert isinstance(say(served, "RECONFIRMED", now, form=form, existing_visit_at=said), Disposed)
        assert Call.objects.get(dedupe_key=form).appointment_id == linked
    data = Event.objects.filter(kind="call.disposed").first().data
    assert (data["appointment_id"], data["existing_visit_at"], data["goal"]) == (far, second.isoformat(), False)
    assert CallTask.objects.get().closed_reason == "reconfirmed"
    assert Message.objects.count() == 0


def test_a_visit_that_only_the_person_knows_of_is_kept_as_they_said_it(served, now) -> None:
    said = now + timedelta(days=3)
    say(served, "RECONFIRMED", now, existing_visit_at=said)
    call = Call.objects.get()
    assert (call.appointment_id, call.before["existing_visit_at"]) == (None, said.isoformat())
    data = Event.objects.get(kind="call.disposed").data
    assert (data["appointment_id"], data["existing_visit_at"]) == (None, said.isoformat())


def test_a_captured_mobile_is_tried_first_from_now_on(served, now) -> None:
    say(served, "NOANS", now, captured_mobile="+19175550123")
    number = Number.objects.get(value="+19175550123")
    assert (number.line_type, number.reversed_digits) == ("mobile", 321055571910000)
    assert ContactPoint.objects.get(number=number).person_id == served.person_id
    assert Event.objects.get(kind="call.disposed").data["captured_mobile"] is True


def test_the_fifth_attempt_closes_as_exhausted(served, now) -> None:
    CallTask.objects.update(attempts=4)
    say(served, "NOANS", now)
    assert (CallTask.objects.get().attempts, CallTask.objects.get().closed_reason) == (5, "exhausted")


def test_a_playbooks_override_holds_for_its_own_tasks(org, now) -> None:
    make_tasks(now, [make_person(now, 1)], enrollment_id=3, overrides={"LVM": {"again": "next_month"}})
    make_tasks(now, [make_person(now, 2)])
    for n in range(2):
        say(next_for(DANA, now), "LVM", now, form=f"f{n}")
    assert list(CallTask.objects.order_by("pk").values_list("status", flat=True)) == ["closed", "open"]


def test_an_inbound_call_is_disposed_too_and_is_no_attempt_of_ours(org, now) -> None:
    person = make_person(now, 1)
    make_tasks(now, [person])
    call = Outcome("in1", DANA, "CBACK", now, person_id=person.pk, details=Details(callback=Moment(clock=time(17))))
    assert isinstance(dispose([call], by=DANA, now=now)[0], Disposed)
    task = CallTask.objects.get()
    assert (task.callback_for, task.attempts) == (DANA.key, 0)
    assert Person.objects.get().call_attempts == 0
    stranger = make_person(now, 2)
    alone = Outcome("in2", DANA, "CBACK", now, person_id=stranger.pk, details=call.details)
    assert dispose([alone], by=DANA, now=now) == [NotDisposed(DisposeNo.NO_TASK)]


def test_an_outcome_after_the_task_was_closed_is_kept_and_the_task_left_alone(served, now) -> None:
    assert close_tasks([9], "stopped_by_hand", by=SYSTEM, now=now) == 1
    answer = say(served, "DNC", now)
    assert answer.task_moved_on
    assert CallTask.objects.get().closed_reason == "stopped_by_hand"
    assert Person.objects.get().do_not_contact_at == now


def test_an_outcome_after_the_lease_ran_out_counts_unless_somebody_took_over(served, now) -> None:
    CallTask.objects.update(leased_by=LEE.key)
    answer = say(served, "NOANS", now)
    assert answer.task_moved_on
    assert CallTask.objects.get().leased_by == LEE.key
    CallTask.objects.update(status="open", leased_by="", leased_until=None)
    assert not say(served, "NOANS", now, form="f2").task_moved_on


def test_a_batch_costs_a_fixed_number_of_queries(org, now, django_assert_max_num_queries) -> None:
    make_tasks(now, [make_person(now, n) for n in range(12)])
    served = take_next(DANA, [get_queue("calls").pk], by=DANA, now=now, limit=12)
    assert len(served) == 12
    with django_assert_max_num_queries(25):
        answers = dispose([outcome(s, "NOANS", f"f{s.task_id}", now) for s in served], by=DANA, now=now)
    assert all(isinstance(a, Disposed) for a in answers)
