"""Reading the desk: why a list is empty, callbacks coming up, duplicates reported, agents' days. Never writes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count

from beckon.consent.law.hours import hours_at
from beckon.core.actors import Actor
from beckon.core.events.models import Event
from beckon.desk.models import Call, CallQueue, CallTask, TaskStatus
from beckon.desk.serving.places import all_places
from beckon.desk.values import EmptyList
from beckon.people.models import Person

_OPEN = """
SELECT place, is_ready OR due_at <= %(now)s, held_reason, count(*), min(due_at) FROM desk_calltask
 WHERE queue_id = ANY(%(queues)s) AND status = 'open' GROUP BY 1, 2, 3
"""


def why_empty(queue_ids: Sequence[int], *, now: datetime, closed_since: datetime | None = None) -> EmptyList:
    """What the people of these lists wait for, in counts, so that idle agents know why (peers 3.7, no. 26).

    `closed_since` limits the closed ones (default: the last 30 days).
    """
    places = all_places()
    answers = {number: hours_at(place, now) for number, place in places.items()}
    open_now, outside, opens_at, next_due = 0, 0, None, None
    waiting: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"queues": list(queue_ids), "now": now})
        for place, is_due, reason, count, due_at in cursor.fetchall():
            answer = answers.get(place, answers[0])
            if not is_due:
                waiting[reason or "not_due_yet"] += count
                next_due = min(next_due or due_at, due_at)
            elif answer.is_open:
                open_now += count
            else:
                outside += count
                opens_at = min(opens_at or answer.opens_at, answer.opens_at) if answer.opens_at else opens_at
    mine = CallTask.objects.filter(queue_id__in=list(queue_ids))
    closed = mine.filter(status=TaskStatus.CLOSED, closed_at__gte=closed_since or now - timedelta(days=30))
    by_reason = closed.values_list("closed_reason").annotate(n=Count("pk")).order_by("closed_reason")
    return EmptyList(
        open_now,
        mine.filter(status=TaskStatus.LEASED).count(),
        dict(sorted(waiting.items())),
        next_due,
        outside,
        opens_at,
        dict(by_reason),
    )


@dataclass(frozen=True, slots=True)
class Callback:
    """A promised call. `promised_by` "" is anyone's."""

    task_id: int
    person_id: int
    at: datetime
    promised_by: str
    is_overdue: bool


def callbacks_of(agent: Actor | None, *, now: datetime, until: datetime | None = None) -> list[Callback]:
    """Callbacks due before `until` (default: the next 15 minutes), earliest first; all agents' when `agent` is None.

    For reminders and for the supervisor before an agent leaves.
    """
    rows = CallTask.objects.filter(
        callback_at__lt=until or now + timedelta(minutes=15), status=TaskStatus.OPEN
    ).order_by("callback_at", "pk")
    if agent is not None:
        rows = rows.filter(callback_for=agent.key)
    columns = ("pk", "person_id", "callback_at", "callback_for")
    return [
        Callback(pk, person, at, whose, at < now)
        for pk, person, at, whose in rows.values_list(*columns)
        if at is not None
    ]


def due_reminders(*, now: datetime, before: timedelta = timedelta(minutes=10)) -> list[Callback]:
    """Callbacks that agents promised for the minutes from now until `before`, earliest first: remind their makers.

    Who asks often passes the time between two askings as `before`, so that each is named once.
    """
    return [c for c in callbacks_of(None, now=now, until=now + before) if c.promised_by and not c.is_overdue]


@dataclass(frozen=True, slots=True)
class ReportedDuplicate:
    """An agent found two records to be of one person. `other_person_id` None: the agent could not say which."""

    person_id: int
    other_person_id: int | None
    at: datetime


def reported_duplicates(now: datetime, since: datetime) -> list[ReportedDuplicate]:
    """What agents reported from `since` until `now` (both included) and did not take back, earliest first.

    Left out is who was merged since. For a supervisor, who decides about the merge.
    """
    kind = "person.duplicate_reported"
    columns = ("person_id", "data", "at", "subject_id")
    rows = list(Event.objects.filter(kind=kind, at__range=(since, now)).order_by("at", "pk").values_list(*columns))
    undone = set(Call.objects.filter(pk__in=[r[3] for r in rows], undone_at__isnull=False).values_list("pk", flat=True))
    told = [(person_id, data.get("other"), at) for person_id, data, at, call_id in rows if call_id not in undone]
    named = {i for person_id, other, _ in told for i in (person_id, other) if i is not None}
    gone = set(Person.objects.filter(pk__in=named, merged_into__isnull=False).values_list("pk", flat=True))
    return [
        ReportedDuplicate(person_id, other, at)
        for person_id, other, at in told
        if person_id is not None and not gone & {person_id, other}
    ]


@dataclass(frozen=True, slots=True)
class AgentDay:
    """What an agent did in a span: calls that stand, those a human answered, those that ended in a booking."""

    agent: str
    calls: int
    conversations: int
    booked: int
    last_call_at: datetime | None


_DAYS = """
SELECT c.agent, count(*), count(*) FILTER (WHERE c.answered),
       count(*) FILTER (WHERE c.appointment_id IS NOT NULL AND coalesce(d.behaviour->>'needs', 'appointment')
                        = 'appointment'), max(c.ended_at)
  FROM desk_call c LEFT JOIN desk_disposition d ON d.code = c.disposition
 WHERE c.undone_at IS NULL AND c.started_at >= %(start)s AND c.started_at < %(end)s
   AND (%(agent)s = '' OR c.agent = %(agent)s)
 GROUP BY c.agent ORDER BY c.agent
"""


def agent_days(start: datetime, end: datetime, *, agent: Actor | None = None) -> list[AgentDay]:
    """What every agent did in [start, end), by agent key, never by rank; of one agent where given."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"start": start, "end": end, "agent": agent.key if agent else ""})
        return [AgentDay(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Held:
    """A person an agent has in hand until `until` (wall clock)."""

    agent: str
    task_id: int
    person_id: int
    until: datetime


def held_now(wall_now: datetime) -> list[Held]:
    """Who is with which agent, by agent; leases that have run out are left out."""
    rows = CallTask.objects.filter(status=TaskStatus.LEASED, leased_until__gte=wall_now).order_by("leased_by", "pk")
    columns = rows.values_list("leased_by", "pk", "person_id", "leased_until")
    return [Held(agent, task_id, person_id, until) for agent, task_id, person_id, until in columns if until]


@dataclass(frozen=True, slots=True)
class ListAge:
    """A call list: how many may be called now as far as their time goes, wait, are with agents; and how old it is."""

    queue_id: int
    name: str
    due: int
    waiting: int
    with_agents: int
    oldest_due_at: datetime | None
    oldest_opened_at: datetime | None


_AGES = """
SELECT q.id, q.name, count(*) FILTER (WHERE t.status = 'open' AND (t.is_ready OR t.due_at <= %(now)s)),
       count(*) FILTER (WHERE t.status = 'open' AND NOT t.is_ready AND t.due_at > %(now)s),
       count(*) FILTER (WHERE t.status = 'leased'),
       min(t.due_at) FILTER (WHERE t.status = 'open' AND t.due_at <= %(now)s), min(t.opened_at)
  FROM desk_callqueue q LEFT JOIN desk_calltask t ON t.queue_id = q.id AND t.status <> 'closed'
 WHERE q.is_active GROUP BY q.id, q.name ORDER BY q.name
"""


def list_ages(now: datetime) -> list[ListAge]:
    """Every call list in use, by name. Scans the open tasks: where `is_large`, keep the answer for a minute."""
    with connection.cursor() as cursor:
        cursor.execute(_AGES, {"now": now})
        return [ListAge(*row) for row in cursor.fetchall()]


LARGE = 30_000
"""Call tasks ever opened, from which on counting the open ones takes longer than a page should."""


def is_large() -> bool:
    """Whether list_ages and why_empty are better kept for a minute."""
    newest = CallTask.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest is not None and newest > LARGE


def lists_in_use() -> list[CallQueue]:
    """The call lists agents are served from, by name."""
    return list(CallQueue.objects.filter(is_active=True).order_by("name"))


def last_call_of(agent: Actor, *, since: datetime) -> Call | None:
    """The agent's newest call that stands and ended after `since`: what `undo_last` would take back."""
    mine = Call.objects.filter(agent=agent.key, undone_at=None).order_by("-started_at", "-pk").first()
    return mine if mine is not None and mine.ended_at >= since else None


def calls_made(task_id: int, person_id: int) -> int:
    """How many calls a task has had, those taken back included: numbers a form, the same in every tab."""
    return Call.objects.filter(person_id=person_id, task_id=task_id).count()
