"""Who is served next, who is held back and why, and that no person is ever with two agents."""

from datetime import UTC, datetime, timedelta

import pytest

from beckon.consent.models import SuppressionEntry, SuppressionList
from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.events.models import Event
from beckon.desk.actions import extend_lease, get_queue, hand_over_callbacks, open_tasks, release, take_next
from beckon.desk.models import CallTask, Script
from beckon.desk.queries import why_empty
from beckon.desk.tests.samples import DANA, LEE, make_person, make_tasks, next_for
from beckon.desk.values import NewTask, WhyNow
from beckon.people.models import Number, Person


def test_the_most_valuable_then_the_least_tried_then_the_longest_waiting_is_served_first(org, now) -> None:
    people = [make_person(now, n) for n in range(4)]
    tasks = make_tasks(now, people)
    CallTask.objects.filter(pk=tasks[0].pk).update(attempts=1)
    CallTask.objects.filter(pk=tasks[1].pk).update(due_at=now - timedelta(days=1))
    CallTask.objects.filter(pk=tasks[3].pk).update(value=500)
    order = []
    for _ in range(4):
        served = next_for(DANA, now)
        order.append(served.person_id)
        CallTask.objects.filter(pk=served.task_id).update(
            status="closed", closed_at=now, closed_reason="x", leased_by="", leased_until=None
        )
    assert order == [people[n].pk for n in (3, 1, 2, 0)]


def test_asking_again_gives_the_same_person_and_nobody_else_gets_them(org, now) -> None:
    make_tasks(now, [make_person(now, 1)])
    first, again = next_for(DANA, now), next_for(DANA, now)
    assert again.task_id == first.task_id
    assert again.why is WhyNow.STILL_YOURS
    assert next_for(LEE, now) is None


def test_two_tasks_of_one_person_are_never_with_two_agents(org, now) -> None:
    person = make_person(now, 1)
    make_tasks(now, [person, person])
    assert next_for(DANA, now).person_id == person.pk
    assert next_for(LEE, now) is None
    both = take_next([DANA, LEE], [get_queue("calls").pk], by=SYSTEM, now=now, limit=2)
    assert len(both) == 1


def test_a_vanished_agents_person_comes_back_when_the_lease_has_run_out(org, now) -> None:
    make_tasks(now, [make_person(now, 1)])
    gone = next_for(DANA, now, wall_now=now)
    assert next_for(LEE, now, wall_now=now + timedelta(minutes=14)) is None
    assert extend_lease(DANA, gone.task_id, until=now + timedelta(minutes=40))
    assert next_for(LEE, now, wall_now=now + timedelta(minutes=30)) is None
    assert next_for(LEE, now, wall_now=now + timedelta(minutes=41)).task_id == gone.task_id
    assert not extend_lease(DANA, gone.task_id, until=now + timedelta(hours=2))


def test_nobody_is_served_where_it_is_night_and_they_are_not_touched(org, now) -> None:
    early = now.replace(hour=12)
    (western,), (eastern,) = (make_tasks(now, [make_person(now, n, state=s)]) for n, s in ((1, "CA"), (2, "NY")))
    CallTask.objects.update(is_ready=True)
    CallTask.objects.filter(pk=western.pk).update(value=999)
    assert next_for(DANA, early) is None
    served = next_for(DANA, early.replace(hour=15))
    assert served.task_id == eastern.pk
    western.refresh_from_db()
    assert (western.status, western.held_reason) == ("open", "")
    assert next_for(LEE, early.replace(hour=18)).task_id == western.pk


def test_own_callbacks_come_first_then_anybodys_then_those_nobody_made(org, now) -> None:
    people = [make_person(now, n) for n in range(4)]
    plain = make_tasks(now, people[:1], value=10_000)[0]
    late = now - timedelta(hours=2)
    make_tasks(now, people[1:2], callback_at=now - timedelta(minutes=5), callback_for=LEE.key)
    anybodys = make_tasks(now, people[2:3], callback_at=now - timedelta(minutes=5))[0]
    forgotten = make_tasks(now, people[3:4], callback_at=late, callback_for="agent:who-left")[0]
    served = take_next(DANA, [get_queue("calls").pk], by=DANA, now=now, limit=4)
    assert [(s.task_id, s.why) for s in served] == [
        (forgotten.pk, WhyNow.OVERDUE_CALLBACK),
        (anybodys.pk, WhyNow.CALLBACK),
        (plain.pk, WhyNow.FIRST_CALL),
    ]
    assert next_for(LEE, now).why is WhyNow.YOUR_CALLBACK


def test_an_agents_callbacks_are_handed_over_in_one_step(org, now) -> None:
    task = make_tasks(now, [make_person(now, 1)], callback_at=now, callback_for=DANA.key)[0]
    assert hand_over_callbacks(DANA, LEE, by=SYSTEM, now=now) == 1
    assert next_for(DANA, now) is None
    assert next_for(LEE, now).task_id == task.pk
    assert hand_over_callbacks(LEE, None, by=SYSTEM, now=now) == 1
    assert CallTask.objects.get().callback_for == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"deceased_at": True}, "deceased"),
        ({"do_not_contact_at": True}, "do_not_contact"),
        ({"retired_at": True}, "retired"),
        ({"next_appointment_at": True}, "has_appointment"),
        ({"birth_date": "2015-01-01"}, "minor_without_guardian"),
    ],
)
def test_who_may_not_be_called_any_more_is_closed_with_the_reason_when_served(org, now, change, reason) -> None:
    task = make_tasks(now, [make_person(now, 1)])[0]
    given = {"next_appointment_at": now + timedelta(days=3)}
    Person.objects.update(**{k: given.get(k, now) if v is True else v for k, v in change.items()})
    assert next_for(DANA, now) is None
    task.refresh_from_db()
    assert (task.status, task.closed_reason) == ("closed", reason)
    event = Event.objects.get(kind="task.closed")
    assert (event.person_id, event.data["reason"]) == (task.person_id, reason)


def test_who_was_called_this_week_waits_and_the_reason_is_stored(org, now) -> None:
    task = make_tasks(now, [make_person(now, 1)])[0]
    Person.objects.update(last_call_at=now - timedelta(days=2))
    assert next_for(DANA, now) is None
    task.refresh_from_db()
    assert (task.status, task.held_reason, task.is_ready) == ("open", "called_this_week", False)
    assert task.due_at >= now + timedelta(days=5)
    assert next_for(DANA, task.due_at).task_id == task.pk


def test_a_person_is_not_served_at_an_hour_already_tried(org, now) -> None:
    task = make_tasks(now, [make_person(now, 1)])[0]
    CallTask.objects.update(tried_hours=[10, 9], attempts=2)
    assert next_for(DANA, now) is None
    task.refresh_from_db()
    assert task.held_reason == "hour_tried"
    assert now < task.due_at <= now + timedelta(days=1)
    assert next_for(DANA, task.due_at).attempt == 3


def test_a_suppressed_or_dead_number_gives_way_to_the_next_one(org, now) -> None:
    person = make_person(now, 1, phones=3)
    make_tasks(now, [person])
    first, second, third = Number.objects.order_by("pk")
    Number.objects.filter(pk=first.pk).update(dead_at=now)
    stop = SuppressionList.objects.create(name="dnc", kind="do_not_call", imported_at=now)
    SuppressionEntry.objects.create(list=stop, value=second.value, at=now)
    served = next_for(DANA, now)
    assert served.number.number_id == third.pk


def test_the_script_is_in_the_persons_language_with_their_facts(org, now) -> None:
    for language, body in (
        ("en", "Hello {{ first_name }}, this is {{ agent_name }} of {{ practice_name }}."),
        ("es", "Hola {{ first_name or '' }}, habla {{ agent_name }}, {{ month_name }}."),
    ):
        Script.objects.create(key="k", language=language, version=1, body="old")
        Script.objects.create(key="k", language=language, version=2, body=body)
    make_tasks(
        now,
        [make_person(now, 1), make_person(now, 2, language="es"), make_person(now, 3, language="fr")],
        script_key="k",
    )
    served = take_next(DANA, [get_queue("calls").pk], by=DANA, now=now, limit=3)
    assert [s.script for s in served] == [
        "Hello Ada1, this is dana of Test practice.",
        "Hola Ada2, habla dana, noviembre.",
        "Hello Ada3, this is dana of Test practice.",
    ]
    assert served[0].local_time.hour == 10


def test_a_script_may_say_the_whole_name_and_when_somebody_was_last_seen(org, now) -> None:
    body = "May I speak with {{ full_name or 'nobody' }}? {% if last_encounter %}Seen {{ last_encounter }}.{% endif %}"
    for language in ("en", "es"):
        Script.objects.create(key="k", language=language, version=1, body=body)
    seen, never = make_person(now, 1, language="es"), make_person(now, 2)
    Person.objects.filter(pk=seen.pk).update(last_encounter_at=datetime(2025, 3, 4, tzinfo=UTC))
    Person.objects.filter(pk=never.pk).update(last_encounter_at=None)
    make_tasks(now, [seen, never], script_key="k")
    served = take_next(DANA, [get_queue("calls").pk], by=DANA, now=now, limit=2)
    whole = [f"{p.given_name} {p.family_name}" for p in (seen, never)]
    assert {s.script.strip() for s in served} == {
        f"May I speak with {whole[0]}? Seen marzo de 2025.",
        f"May I speak with {whole[1]}?",
    }


def test_every_person_shown_to_an_agent_is_on_record(org, now) -> None:
    people = [make_person(now, n) for n in range(2)]
    make_tasks(now, people)
    take_next(DANA, [get_queue("calls").pk], by=DANA, now=now, limit=2)
    entry = AuditEntry.objects.get(action="call.served")
    assert sorted(entry.object_ids) == [p.pk for p in people]


def test_a_batch_of_agents_shares_no_person_and_the_cost_is_a_fixed_number_of_queries(
    org, now, django_assert_max_num_queries
) -> None:
    make_tasks(now, [make_person(now, n) for n in range(20)])
    with django_assert_max_num_queries(35):
        served = take_next([DANA, LEE], [get_queue("calls").pk], by=SYSTEM, now=now, limit=8)
    assert len({s.person_id for s in served}) == 16
    assert {s.agent for s in served} == {DANA, LEE}


def test_a_step_opens_its_task_once_and_a_lost_step_closes_it(org, now) -> None:
    person = make_person(now, 1)
    new = NewTask(person.pk, get_queue("calls").pk, now, enrollment_id=5, step="call", round=0)
    assert open_tasks([new, new], by=SYSTEM, now=now) == 1
    assert open_tasks([new], by=SYSTEM, now=now) == 0


def test_giving_back_a_person_lets_others_have_them_after_the_pause(org, now) -> None:
    make_tasks(now, [make_person(now, 1)])
    next_for(DANA, now)
    assert release([DANA], by=DANA, now=now, hold=timedelta(hours=1)) == 1
    assert next_for(LEE, now) is None
    assert next_for(LEE, now + timedelta(hours=1)) is not None


def test_an_empty_list_says_what_its_people_wait_for(org, now) -> None:
    people = [make_person(now, n) for n in range(4)] + [make_person(now, 9, state="CA")]
    make_tasks(now, people)
    early = now.replace(hour=14)
    assert next_for(LEE, early) is not None
    CallTask.objects.filter(person_id=people[1].pk).update(
        is_ready=False, due_at=now + timedelta(days=5), held_reason="days_between_calls"
    )
    CallTask.objects.filter(person_id=people[2].pk).update(
        is_ready=False, status="closed", closed_at=now, closed_reason="opted_out"
    )
    empty = why_empty([get_queue("calls").pk], now=early)
    assert (empty.open_now, empty.with_agents, empty.outside_hours) == (1, 1, 1)
    assert empty.opens_at == early.replace(hour=16)
    assert empty.by_reason == {"days_between_calls": 1}
    assert empty.next_due_at == now + timedelta(days=5)
    assert empty.closed_by_reason == {"opted_out": 1}
