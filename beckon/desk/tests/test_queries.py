"""What the desk tells about itself: reminders of promised calls, duplicates that agents reported."""

from datetime import timedelta

from beckon.desk.actions import dispose, undo_last
from beckon.desk.models import CallTask
from beckon.desk.queries import ReportedDuplicate, due_reminders, reported_duplicates
from beckon.desk.tests.samples import DANA, LEE, make_person, make_tasks, next_for, outcome
from beckon.desk.timing import Moment
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
