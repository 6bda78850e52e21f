"""The desk's door: open and close call tasks, serve, dispose, undo, hand callbacks over. Batch forms first."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from beckon.consent.facts import PersonFacts, Point
from beckon.consent.law.hours import Place
from beckon.consent.queries import gather_facts
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.desk.models import CallQueue, CallTask, TaskStatus
from beckon.desk.outcomes.dispositions import check_overrides, install_default_dispositions, stored_behaviours
from beckon.desk.outcomes.recording import dispose
from beckon.desk.outcomes.texts import install_default_texts
from beckon.desk.outcomes.undoing import undo_last
from beckon.desk.serving.claiming import take_next
from beckon.desk.serving.eligibility import phone_points
from beckon.desk.serving.places import place_numbers
from beckon.desk.values import NewTask

__all__ = [
    "close_tasks",
    "dispose",
    "extend_lease",
    "get_queue",
    "hand_over_callbacks",
    "install_default_dispositions",
    "install_default_texts",
    "leave_desk",
    "open_tasks",
    "release",
    "take_next",
    "undo_last",
]

_OPEN = """
INSERT INTO desk_calltask (person_id, queue_id, campaign_id, enrollment_id, step, round, script_key, purpose,
    hipaa_class, skips_booked, overrides, text_sender_id, value, due_at, is_ready, place, days_between, callback_at,
    callback_for, max_attempts, number_id, status, attempts, tried_hours, opened_at, held_reason, leased_by,
    last_agent, closed_reason)
SELECT person_id, queue_id, campaign_id, enrollment_id, step, round, script_key, purpose,
    hipaa_class, skips_booked, overrides, text_sender_id, value, due_at, due_at <= %s, place, days_between, callback_at,
    callback_for, max_attempts, number_id, 'open', 0, '{}', %s, '', '', '', ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::text[], %s::text[],
            %s::text[], %s::boolean[], %s::jsonb[], %s::bigint[], %s::int[], %s::timestamptz[], %s::int[],
            %s::smallint[], %s::timestamptz[], %s::text[], %s::smallint[], %s::bigint[])
     WITH ORDINALITY AS g(person_id, queue_id, campaign_id, enrollment_id, step, round, script_key, purpose,
            hipaa_class, skips_booked, overrides, text_sender_id, value, due_at, place,
            days_between, callback_at, callback_for, max_attempts, number_id, n)
ORDER BY n
ON CONFLICT DO NOTHING
"""


def open_tasks(
    tasks: Sequence[NewTask], *, by: Actor, now: datetime, facts: Mapping[int, PersonFacts] | None = None
) -> int:
    """Put people on call lists; returns how many are new (a step's task that exists is left as it is).

    `facts`, where the caller has just gathered them, save five queries. Raises InvalidBehaviour for overrides that
    contradict a disposition.
    """
    if not tasks:
        return 0
    stored = stored_behaviours()
    for overrides in {repr(t.overrides): t.overrides for t in tasks if t.overrides}.values():
        check_overrides(overrides, stored)
    known = facts or gather_facts(sorted({t.person_id for t in tasks}), now=now)
    points = {i: next(iter(phone_points(f)), None) for i, f in known.items()}
    places = place_numbers({p.place for p in points.values() if p is not None})
    rows = [_row(task, points.get(task.person_id), places) for task in tasks]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [now, now, *(list(column) for column in zip(*rows, strict=True))])
        return int(cursor.rowcount)


def _row(task: NewTask, point: Point | None, places: Mapping[Place, int]) -> tuple[Any, ...]:
    return (
        task.person_id,
        task.queue_id,
        task.campaign_id,
        task.enrollment_id,
        task.step,
        task.round,
        task.script_key,
        task.purpose,
        task.hipaa_class,
        task.skips_booked,
        Jsonb(task.overrides),
        task.text_sender_id,
        task.value,
        task.callback_at or task.due_at,
        places[point.place] if point else 0,
        task.days_between,
        task.callback_at,
        task.callback_for,
        task.max_attempts,
        point.number_id if point else None,
    )


def close_tasks(enrollment_ids: Sequence[int], reason: str, *, by: Actor, now: datetime) -> int:
    """End the calls of enrollments that leave or move on; returns how many. No events: who calls this knows.

    An agent who is on the telephone at the moment may still dispose; the call counts, the task stays closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH mine AS MATERIALIZED (
                   SELECT id FROM desk_calltask WHERE enrollment_id = ANY(%s) AND status <> 'closed'
                    ORDER BY id FOR NO KEY UPDATE)
               UPDATE desk_calltask t SET status = 'closed', closed_at = %s, closed_reason = %s, is_ready = false,
                      leased_by = '', leased_until = NULL
                 FROM mine WHERE t.id = mine.id""",
            [list(enrollment_ids), now, reason],
        )
        return int(cursor.rowcount)


def release(agents: Sequence[Actor], *, by: Actor, now: datetime, hold: timedelta = timedelta()) -> int:
    """Give back what the agents hold without a call (end of shift, passed over); returns how many.

    With `hold` the person is not served again before that time.
    """
    held = CallTask.objects.filter(status=TaskStatus.LEASED, leased_by__in=[a.key for a in agents])
    changes: dict[str, Any] = {"due_at": now + hold, "held_reason": "passed_over"} if hold else {"is_ready": True}
    ids = list(held.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    released = CallTask.objects.filter(pk__in=ids).update(
        status=TaskStatus.OPEN, leased_by="", leased_until=None, last_agent="", **changes
    )
    if ids:
        record_audit(action="call.released", object_kind="call_task", object_ids=ids, by=by, now=now)
    return released


def extend_lease(agent: Actor, task_id: int, *, until: datetime) -> bool:
    """Keep a person while the call lasts; False when the task is no longer this agent's. Wall clock."""
    mine = CallTask.objects.filter(pk=task_id, status=TaskStatus.LEASED, leased_by=agent.key)
    return mine.update(leased_until=until) == 1


def hand_over_callbacks(leaving: Actor, to: Actor | None, *, by: Actor, now: datetime) -> int:
    """All callbacks an agent promised go to another agent, or to anyone, in one step; returns how many."""
    mine = CallTask.objects.filter(callback_for=leaving.key).exclude(status=TaskStatus.CLOSED)
    ids = list(mine.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    CallTask.objects.filter(pk__in=ids).update(callback_for=to.key if to else "")
    if ids:
        record_audit(
            action="callbacks.handed_over",
            object_kind="call_task",
            object_ids=ids,
            by=by,
            now=now,
            detail={"from": leaving.key, "to": to.key if to else "anyone"},
        )
    return len(ids)


def leave_desk(leaving: Actor, to: Actor | None, *, by: Actor, now: datetime) -> tuple[int, int]:
    """An agent leaves for good: whom they hold is given back, what they promised goes to `to`, or to anyone.

    Returns how many were given back and how many callbacks were handed over.
    """
    return release([leaving], by=by, now=now), hand_over_callbacks(leaving, to, by=by, now=now)


def get_queue(name: str) -> CallQueue:
    """The call list of this name, made where new."""
    return CallQueue.objects.get_or_create(name=name)[0]
