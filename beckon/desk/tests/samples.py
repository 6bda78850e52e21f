"""Sample people, queues and tasks for the tests of the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from beckon.core.actors import SYSTEM, Actor, simulated_agent
from beckon.desk.actions import get_queue, open_tasks, take_next
from beckon.desk.models import CallTask
from beckon.desk.rules import Details
from beckon.desk.values import NewTask, Outcome, Served
from beckon.people.models import ContactPoint, Number, Person

DANA = simulated_agent("dana")
LEE = simulated_agent("lee")
_AREA_CODES = {"NY": "212", "CA": "415", "TX": "214"}
_ZIPS = {"NY": "10001", "CA": "94110", "TX": "75201"}


def make_person(now: datetime, n: int, *, state: str = "NY", phones: int = 1, **fields: Any) -> Person:
    """Person number `n` of a state, with `phones` numbers of their own (mobile first)."""
    given = {
        "given_name": f"Ada{n}",
        "family_name": "Sample",
        "name_key": f"sample|ada{n}",
        "state": state,
        "postal_code": _ZIPS[state],
        "language": "en",
        "origin": "own",
        "created_at": now,
        "updated_at": now,
    }
    person = Person.objects.create(**(given | fields))
    for rank in range(1, phones + 1):
        value = f"+1{_AREA_CODES[state]}5550{(n * 3 + rank) % 1000:03}"
        number = Number.objects.create(kind="phone", value=value, line_type="mobile" if rank == 1 else "landline")
        ContactPoint.objects.create(person=person, number=number, kind="phone", rank=rank)
    return person


def make_tasks(now: datetime, people: Sequence[Person], **fields: Any) -> list[CallTask]:
    """One ready task per person on the list "calls"."""
    queue = get_queue("calls")
    open_tasks([NewTask(person_id=p.pk, queue_id=queue.pk, due_at=now, **fields) for p in people], by=SYSTEM, now=now)
    return list(CallTask.objects.filter(person_id__in=[p.pk for p in people]).order_by("pk"))


def next_for(agent: Actor, now: datetime, **more: Any) -> Served | None:
    """The next call of an agent on "calls", or None."""
    served = take_next(agent, [get_queue("calls").pk], by=agent, now=now, **more)
    return served[0] if served else None


def outcome(served: Served, code: str, form: str, now: datetime, **details: Any) -> Outcome:
    """What the agent who was served says came of it."""
    return Outcome(
        form,
        served.agent,
        code,
        now,
        task_id=served.task_id,
        number_id=served.number.number_id,
        details=Details(**details),
    )
