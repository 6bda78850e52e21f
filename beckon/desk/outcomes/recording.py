"""Recording what came of calls: facts by one query each, a pure decision per outcome, bulk statements, one transaction.

Locks: people, then tasks, each in id order. A repeated form is one call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.bulk.prepared import prepared_statements
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.desk.models import CallTask, TaskStatus
from beckon.desk.outcomes import consequences
from beckon.desk.outcomes.consequences import Done
from beckon.desk.outcomes.dispositions import Behaviours
from beckon.desk.outcomes.reading import Known, read_and_lock
from beckon.desk.rules import DetailNo, Effects, TaskFacts, outcome_of
from beckon.desk.serving.places import places_numbered
from beckon.desk.timing import CallbackNo, zone_of
from beckon.desk.values import Disposed, DisposeNo, NotDisposed, Outcome
from beckon.people.models import Person

_UPDATE = """
UPDATE desk_calltask t SET
    status = CASE WHEN g.closed_reason = '' THEN 'open' ELSE 'closed' END, is_ready = false,
    leased_by = '', leased_until = NULL, last_agent = '', attempts = g.attempts,
    tried_hours = g.tried_hours::smallint[],
    due_at = COALESCE(g.due_at, t.due_at), held_reason = g.held_reason, callback_at = g.callback_at,
    callback_for = g.callback_for, number_id = g.number_id, closed_reason = g.closed_reason,
    closed_at = CASE WHEN g.closed_reason = '' THEN NULL ELSE %s END
FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::timestamptz[], %s::text[], %s::timestamptz[], %s::text[],
            %s::bigint[], %s::text[])
     g(id, attempts, tried_hours, due_at, held_reason, callback_at, callback_for, number_id, closed_reason)
WHERE t.id = g.id
"""


_COPY = """
COPY desk_call (id, task_id, person_id, number_id, campaign_id, enrollment_id, agent, attempt, disposition, counted,
    answered, remarks, appointment_id, callback_at, local_hour, local_weekday, started_at, ended_at, before,
    undone_by, dedupe_key) FROM STDIN
"""

_COUNT = """
UPDATE desk_calltask t SET attempts = g.attempts, tried_hours = g.tried_hours::smallint[], last_agent = ''
FROM unnest(%s::bigint[], %s::smallint[], %s::text[]) g(id, attempts, tried_hours) WHERE t.id = g.id
"""


@prepared_statements()
def dispose(outcomes: Sequence[Outcome], *, by: Actor, now: datetime) -> list[Disposed | NotDisposed]:
    """Record outcomes of calls and do what their dispositions say; one answer per outcome, in order.

    Who holds the task disposes it; where it was closed or passed on meanwhile, the call and what it says about
    the person are recorded and the task is left alone. A call the person asked for does not count as an attempt.
    """
    known = read_and_lock(outcomes)
    held = (*known.tasks.values(), *known.task_of_person.values())
    behaviours, places = Behaviours(), places_numbered({task.place for task in held})
    done: list[Done] = []
    answers: list[Disposed | NotDisposed | None] = []
    seen: set[int | str] = set()
    for outcome in outcomes:
        if outcome.form_id in known.calls:
            answers.append(Disposed(known.calls[outcome.form_id], None, is_new=False))
            continue
        decided = _decide(outcome, known, behaviours, places, seen, now)
        if isinstance(decided, Done):
            seen |= {outcome.form_id, *([decided.task.pk] if decided.task else [])}
            done.append(decided)
            answers.append(None)
        else:
            answers.append(NotDisposed(decided))
    _record(done, by, now)
    made = iter(done)
    return [a if a is not None else _answer(next(made)) for a in answers]


def _answer(done: Done) -> Disposed:
    return Disposed(done.call_id, done.effects, task_moved_on=done.moved_on)


def _decide(
    outcome: Outcome,
    known: Known,
    behaviours: Behaviours,
    places: Mapping[int, Any],
    seen: set[int | str],
    now: datetime,
) -> Done | DisposeNo | DetailNo | CallbackNo:
    task = known.tasks.get(outcome.task_id) if outcome.task_id is not None else None
    is_stray = outcome.task_id is None
    if is_stray and outcome.person_id is not None:
        task = known.task_of_person.get(outcome.person_id)
    person = known.people.get(task.person_id if task else outcome.person_id or 0)
    refusal = _misuse(outcome, task, person, known, seen, now)
    if refusal is not None:
        return refusal
    assert person is not None
    behaviour = behaviours.of(outcome.code, task.overrides if task else {})
    if behaviour is None:
        return DisposeNo.UNKNOWN_CODE
    if task is None and not outcome.details.callback.is_empty:
        return DisposeNo.NO_TASK
    moved_on = task is not None and not is_stray and not _is_theirs(task, outcome)
    uncounted = is_stray or (moved_on and not _was_theirs(task, outcome))
    facts = _facts(outcome, task, person, known, places, uncounted=uncounted)
    effects = outcome_of(facts, behaviour, outcome.details, now, began=outcome.started_at)
    if not isinstance(effects, Effects):
        return effects
    appointment = known.appointments.get(outcome.details.appointment_id or 0) or known.visit_said(
        person.pk, outcome.details.existing_visit_at, now
    )
    return Done(
        outcome,
        person,
        task,
        effects,
        facts.zone,
        appointment,
        moved_on,
        is_inbound=is_stray,
        is_new_mobile=known.is_new_mobile(person.pk, outcome.details.captured_mobile),
    )


def _is_theirs(task: CallTask, outcome: Outcome) -> bool:
    """The agent's own lease, or one that lapsed and that nobody took since."""
    return task.status == TaskStatus.OPEN or (task.status == TaskStatus.LEASED and task.leased_by == outcome.agent.key)


def _was_theirs(task: CallTask | None, outcome: Outcome) -> bool:
    """Closed while this agent was on the telephone (a booking, say): the attempt counts all the same."""
    return (
        task is not None
        and task.status == TaskStatus.CLOSED
        and task.last_agent == outcome.agent.key
        and task.attempts < task.max_attempts
    )


def _misuse(
    outcome: Outcome, task: CallTask | None, person: Person | None, known: Known, seen: set[int | str], now: datetime
) -> DisposeNo | None:
    linked = outcome.details.appointment_id
    visit = known.appointments.get(linked) if linked is not None else None
    mobile = outcome.details.captured_mobile
    checks = (
        (outcome.task_id is not None and task is None, DisposeNo.UNKNOWN_TASK),
        (person is None, DisposeNo.UNKNOWN_PERSON),
        (outcome.form_id in seen or (task is not None and task.pk in seen), DisposeNo.TWICE_IN_BATCH),
        (
            linked is not None and (visit is None or person is None or visit.person_id != person.pk),
            DisposeNo.UNKNOWN_APPOINTMENT,
        ),
        (outcome.started_at > now, DisposeNo.BEGAN_LATER),
        (bool(mobile) and not consequences.is_e164(mobile), DisposeNo.BAD_MOBILE),
    )
    return next((reason for is_so, reason in checks if is_so), None)


def _facts(
    outcome: Outcome,
    task: CallTask | None,
    person: Person,
    known: Known,
    places: Mapping[int, Any],
    *,
    uncounted: bool,
) -> TaskFacts:
    numbers = tuple(phone.number_id for phone in known.phones.get(person.pk, ()))
    place = places[task.place if task and task.place in places else 0]
    base = TaskFacts(
        is_callback=uncounted,
        numbers=numbers,
        number_id=outcome.number_id,
        place=place,
        zone=zone_of(place, person.time_zone),
        preferred_hour=person.preferred_hour,
    )
    if task is None:
        return base
    return replace(
        base,
        attempts=task.attempts,
        max_attempts=task.max_attempts,
        is_callback=uncounted or task.callback_at is not None,
        tried_hours=tuple(task.tried_hours),
        days_between=task.days_between,
        number_id=outcome.number_id or task.number_id,
        is_in_campaign=task.enrollment_id is not None,
    )


def _record(done: list[Done], by: Actor, now: datetime) -> None:
    if not done:
        return
    _insert_calls(done, now)
    _update_tasks([d for d in done if d.task is not None and not _leaves_task_alone(d)], now)
    _count_attempts([d for d in done if _leaves_task_alone(d) and d.effects.counted])
    consequences.touch_people(done, now)
    record_audit(action="call.disposed", object_kind="call", object_ids=[d.call_id for d in done], by=by, now=now)
    record_events([_event(d) for d in done], by=by, now=now)
    consequences.mark_numbers(done, by, now)
    consequences.mark_people(done, by, now)
    consequences.queue_texts(done, by, now)


def _leaves_task_alone(done: Done) -> bool:
    """A task that moved on is left as it is, unless this outcome ends it and it is still running."""
    if done.task is None or not done.moved_on:
        return False
    return done.task.status == TaskStatus.CLOSED or not done.effects.closed_reason


def _count_attempts(done: list[Done]) -> None:
    """An attempt on a task that was closed in mid-call."""
    rows = [(d.task.pk, d.effects.attempts, _array(d.effects.tried_hours)) for d in done if d.task is not None]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [list(column) for column in zip(*rows, strict=True)])


def _array(hours: tuple[int, ...]) -> str:
    return "{" + ",".join(map(str, hours)) + "}"


def _update_tasks(done: list[Done], now: datetime) -> None:
    if not done:
        return
    rows = [
        (
            d.task.pk,
            d.effects.attempts,
            _array(d.effects.tried_hours),
            d.effects.due_at,
            d.effects.held_reason,
            d.effects.callback_at,
            d.outcome.agent.key if d.effects.is_callback_mine else "",
            d.effects.next_number_id,
            d.effects.closed_reason,
        )
        for d in done
        if d.task is not None
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [now, *(list(column) for column in zip(*rows, strict=True))])


def _insert_calls(done: Sequence[Done], now: datetime) -> None:
    """Write the calls by COPY under ids taken beforehand; several times faster than an INSERT of many values."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('desk_call_id_seq') FROM generate_series(1, %s)", [len(done)])
        for each, (call_id,) in zip(done, cursor.fetchall(), strict=True):
            each.call_id = call_id
        with cursor.copy(_COPY) as copy:
            for each in done:
                copy.write_row(_call(each, now))


def _call(done: Done, now: datetime) -> tuple[object, ...]:
    """A row of desk_call in the order of _COPY."""
    outcome, task, details = done.outcome, done.task, done.outcome.details
    there = outcome.started_at.astimezone(done.zone)
    return (
        done.call_id,
        task.pk if task else None,
        done.person.pk,
        done.dialled,
        task.campaign_id if task else None,
        task.enrollment_id if task else None,
        outcome.agent.key,
        done.effects.attempts,
        outcome.code,
        done.effects.counted,
        done.effects.answered,
        details.remarks,
        done.appointment.pk if done.appointment else None,
        done.effects.callback_at,
        there.hour,
        there.weekday(),
        outcome.started_at,
        now,
        Jsonb(consequences.before(done)),
        "",
        outcome.form_id,
    )


def _event(done: Done) -> NewEvent:
    effects, task, details = done.effects, done.task, done.outcome.details
    is_closing = bool(effects.closed_reason) and not _leaves_task_alone(done)
    return NewEvent(
        "call.disposed",
        done.person.pk,
        done.call_id,
        {
            "code": done.outcome.code,
            "enrollment_id": task.enrollment_id if task else None,
            "task_id": task.pk if task else None,
            "round": task.round if task else 0,
            "step": task.step if task else "",
            "attempts": effects.attempts,
            "closed": is_closing,
            "closed_reason": effects.closed_reason,
            "leave": effects.leave,
            "goal": effects.goal,
            "second_goal": effects.second_goal,
            "win_back_after_days": effects.win_back_after_days,
            "next_month": effects.next_month,
            "captured_mobile": bool(details.captured_mobile),
            "answered": effects.answered,
            "text": consequences.text_agreed(done),
            "existing_visit_at": consequences.iso(details.existing_visit_at),
            "appointment_id": done.appointment.pk if done.appointment else None,
        },
    )
