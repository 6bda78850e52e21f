"""What the desk tells about itself: reminders of promised calls, duplicates that agents reported."""

from datetime import timedelta

from beckon.desk.actions import dispose, undo_last
from beckon.desk.models import CallTask
from beckon.desk.queries import (
    ReportedDuplicate,
    agent_days,
    calls_made,
    due_reminders,
    held_now,
    last_call_of,
    list_ages,
    reported_duplicates,
)
from beckon.desk.tests.samples import DANA, LEE, make_person, make_tasks, next_for, outcome
from beckon.desk.timing import Moment
from beckon.desk.values import Undone
from beckon.people.models import Person


def test_a_promised_call_is_reminded_of_in_the_minutes_before_it_and_not_after(org, now) -> None:
    make_tasks(now, [make_person(now, n) for n in range(3)])
    at = now + timedelta(hours=2)
    for form, agent, is_mine in (("a", DANA, True), ("b", LEE, True), ("c", LEE, False)):
        served = next_for(agent, now)
        details = {"callback": Moment(at=at), "callback_for_me": is_mine}
        dispose([outcome(served, "CBACK", form, now, **details)], by=agent, now=now)
        at += timedelta(minutes=1)
    first, second = CallTask.objects.exclude(callback_for="").order_by("callback_at")
    early = first.callback_at - timedelta(minutes=10)
    assert due_reminders(now=early) == []
    assert [c.task_id for c in due_reminders(now=early + timedelta(seconds=1))] == [first.pk]
    both = due_reminders(now=first.callback_at)
    assert [(c.task_id, c.promised_by, c.at) for c in both] == [
        (first.pk, DANA.key, first.callback_at),
        (second.pk, LEE.key, second.callback_at),
    ]
    assert [c.task_id for c in due_reminders(now=second.callback_at)] == [second.pk]


def test_reported_duplicates_are_listed_until_they_are_merged_or_taken_back(org, now) -> None:
    people = [make_person(now, n) for n in range(3)]
    other = make_person(now, 7)
    make_tasks(now, people)
    minutes = [now + timedelta(minutes=n) for n in range(3)]
    served = []
    for n, at in enumerate(minutes):
        served.append(next_for(DANA, at))
        named = {"other_person_id": other.pk} if n else {}
        dispose([outcome(served[n], "DUPLICATE", f"f{n}", at, **named)], by=DANA, now=at)
    end = now + timedelta(hours=1)
    everybody = [ReportedDuplicate(s.person_id, other.pk if n else None, minutes[n]) for n, s in enumerate(served)]
    assert reported_duplicates(end, now) == everybody
    assert reported_duplicates(minutes[1], minutes[1]) == everybody[1:2]
    undo_last(DANA, by=DANA, now=minutes[2])
    assert reported_duplicates(end, now) == everybody[:2]
    Person.objects.filter(pk=served[1].person_id).update(merged_into=other.pk)
    assert reported_duplicates(end, now) == everybody[:1]


def test_an_agents_day_counts_calls_conversations_and_bookings_and_not_what_was_taken_back(org, now) -> None:
    people = [make_person(now, n) for n in range(3)]
    make_tasks(now, people)
    for n, code in enumerate(("NOANS", "HUNG_UP", "LVM")):
        dispose([outcome(next_for(DANA, now), code, f"day-{n}", now)], by=DANA, now=now)
    assert isinstance(undo_last(DANA, by=DANA, now=now), Undone)
    (day,) = agent_days(now, now + timedelta(hours=1))
    assert (day.agent, day.calls, day.conversations, day.booked) == (DANA.key, 2, 1, 0)
    assert agent_days(now, now + timedelta(hours=1), agent=LEE) == []


def test_who_holds_whom_leaves_out_leases_that_have_run_out(org, now) -> None:
    make_tasks(now, [make_person(now, 1)])
    served = next_for(DANA, now, wall_now=now)
    (held,) = held_now(now)
    assert (held.agent, held.person_id, held.task_id) == (DANA.key, served.person_id, served.task_id)
    assert held_now(now + timedelta(hours=1)) == []


def test_the_age_of_a_list_counts_due_waiting_and_held_apart(org, now) -> None:
    make_tasks(now, [make_person(now, n) for n in range(3)])
    later = make_tasks(now, [make_person(now, 9)])[0]
    CallTask.objects.filter(pk=later.pk).update(due_at=now + timedelta(days=1), is_ready=False)
    next_for(DANA, now)
    (age,) = [a for a in list_ages(now) if a.name == "calls"]
    assert (age.due, age.waiting, age.with_agents) == (2, 1, 1)
    assert calls_made(later.pk, later.person_id) == 0
    assert last_call_of(DANA, since=now) is None
