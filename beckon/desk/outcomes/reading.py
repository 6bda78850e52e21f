"""What is read and locked before outcomes are recorded: one statement per kind of fact, whatever the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from beckon.desk.models import CallTask
from beckon.desk.values import Outcome
from beckon.people.models import Person
from beckon.scheduling.models import Appointment, AppointmentStatus

_CALLS = "SELECT dedupe_key, id FROM desk_call WHERE dedupe_key = ANY(%s)"
_PEOPLE = """
SELECT id, language, time_zone, preferred_hour, last_call_at, call_attempts, recent_contacts FROM people_person
 WHERE id IN (SELECT person_id FROM desk_calltask WHERE id = ANY(%s) UNION ALL SELECT unnest(%s::bigint[]))
 ORDER BY id FOR NO KEY UPDATE
"""
_TASK = f"SELECT {', '.join(field.column for field in CallTask._meta.concrete_fields)} FROM desk_calltask"
_TASKS = f"{_TASK} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_OPEN_TASKS = f"{_TASK} WHERE person_id = ANY(%s) AND status = 'open' ORDER BY id DESC"
_PHONES = """
SELECT c.person_id, c.number_id, n.value, n.line_type
  FROM people_contactpoint c JOIN people_number n ON n.id = c.number_id
 WHERE c.person_id = ANY(%s) AND c.kind = 'phone' AND c.ended_at IS NULL AND n.dead_at IS NULL
 ORDER BY c.person_id, c.rank, c.id
"""


class Phone(NamedTuple):
    """A usable phone of a person."""

    number_id: int
    value: str
    line_type: str


@dataclass
class Known:
    """What was read and locked for a batch. `phones`: usable ones by person, best first. `visits`: booked ones of
    those who say that they have one, earliest first."""

    calls: Mapping[str, int]
    tasks: Mapping[int, CallTask]
    people: Mapping[int, Person]
    phones: Mapping[int, Sequence[Phone]]
    appointments: Mapping[int, Appointment]
    task_of_person: Mapping[int, CallTask]
    visits: Mapping[int, Sequence[Appointment]]

    def is_new_mobile(self, person_id: int, value: str) -> bool:
        """Whether a number the person named is news: not yet their first one, or not yet known to be a mobile."""
        if not value:
            return False
        first = next(iter(self.phones.get(person_id, ())), None)
        return first is None or first.value != value or first.line_type != "mobile"

    def visit_said(self, person_id: int, said: datetime | None, now: datetime) -> Appointment | None:
        """The booked visit a person means who says they have one at `said`: at that time, else their next one."""
        mine = self.visits.get(person_id, ()) if said is not None else ()
        exact = next((visit for visit in mine if visit.starts_at == said), None)
        return exact or next((visit for visit in mine if visit.starts_at > now), None)


def read_and_lock(outcomes: Sequence[Outcome]) -> Known:
    """Everything that deciding about these outcomes needs. Locks people, then tasks, each in id order."""
    task_ids = sorted({o.task_id for o in outcomes if o.task_id is not None})
    named = sorted({o.person_id for o in outcomes if o.person_id is not None})
    calls = _calls([o.form_id for o in outcomes])
    people = {p.pk: p for p in Person.objects.raw(_PEOPLE, [task_ids, named])}
    tasks = {t.pk: t for t in CallTask.objects.raw(_TASKS, [task_ids])}
    strays = sorted({o.person_id for o in outcomes if o.task_id is None and o.person_id is not None})
    own = {t.person_id: t for t in CallTask.objects.raw(_OPEN_TASKS, [strays])} if strays else {}
    linked = [o.details.appointment_id for o in outcomes if o.details.appointment_id is not None]
    visits = Appointment.objects.select_related("clinician", "location", "visit_type")
    sayers = [o for o in outcomes if o.details.existing_visit_at is not None]
    return Known(
        calls,
        tasks,
        people,
        _phones(list(people)),
        visits.in_bulk(linked) if linked else {},
        own,
        _visits({tasks[o.task_id].person_id if o.task_id in tasks else o.person_id for o in sayers}) if sayers else {},
    )


def _visits(person_ids: set[int | None]) -> dict[int, list[Appointment]]:
    found: dict[int, list[Appointment]] = {}
    booked = Appointment.objects.filter(person_id__in=person_ids - {None}, status=AppointmentStatus.BOOKED)
    for visit in booked.select_related("clinician", "location", "visit_type").order_by("starts_at", "pk"):
        found.setdefault(visit.person_id, []).append(visit)
    return found


def _calls(form_ids: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [form_ids])
        return dict(cursor.fetchall())


def _phones(person_ids: list[int]) -> dict[int, list[Phone]]:
    found: dict[int, list[Phone]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PHONES, [person_ids])
        for person_id, *phone in cursor.fetchall():
            found.setdefault(person_id, []).append(Phone(*phone))
    return found
