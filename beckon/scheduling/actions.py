"""Booking, moving, cancelling and settling visits, in batches. Whatever is refused comes back with its reason.

Locks are taken in one order everywhere: people, then clinicians' days, each by id (so no two batches can deadlock).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db import connection

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.people.models import Person
from beckon.scheduling.models import Appointment, AppointmentStatus, Encounter, VisitType
from beckon.scheduling.person_columns import refresh_person_columns
from beckon.scheduling.queries import clinician_hours
from beckon.scheduling.rules import (
    MAX_VISIT,
    Calendar,
    ClinicianHours,
    NotBooked,
    Wish,
    days_touched,
    may_book,
)

_NEAR = """
SELECT id, clinician_id, person_id, starts_at, ends_at, version FROM scheduling_appointment
 WHERE status = 'booked' AND starts_at > %s AND starts_at < %s AND (clinician_id = ANY(%s) OR person_id = ANY(%s))
 ORDER BY id
"""
_SETTLE = """
UPDATE scheduling_appointment a SET status = g.status, revenue_cents = g.revenue_cents, updated_at = g.updated_at
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[]) g(id, status, revenue_cents, updated_at)
 WHERE a.id = g.id
"""


@dataclass(frozen=True)
class NewAppointment:
    """A visit to book. `minutes` 0 takes the visit type's; `ignores_hours` for an ad hoc slot the clinic agreed to.

    `task_id`: the call task in whose call it is agreed; the event carries it, so that this task stays to be disposed.
    """

    person_id: int
    clinician_id: int
    visit_type_id: int
    starts_at: datetime
    location_id: int | None = None
    minutes: int = 0
    is_first_visit: bool = False
    ignores_hours: bool = False
    campaign_id: int | None = None
    enrollment_id: int | None = None
    call_id: int | None = None
    task_id: int | None = None


@dataclass(frozen=True)
class Booked:
    """A visit that stands. `is_new` is False when the very same visit was booked before."""

    appointment_id: int
    starts_at: datetime
    ends_at: datetime
    version: int = 1
    is_new: bool = True


@dataclass(frozen=True)
class Refused:
    """No, and why."""

    reason: NotBooked


@dataclass(frozen=True)
class Move:
    """A booked visit to another time, with another clinician if given."""

    appointment_id: int
    starts_at: datetime
    clinician_id: int | None = None
    ignores_hours: bool = False
    reason: str = ""


@dataclass(frozen=True)
class VisitOutcome:
    """What became of a visit. `revenue_cents` may follow later by the same outcome again."""

    appointment_id: int
    outcome: Literal[AppointmentStatus.KEPT, AppointmentStatus.MISSED]
    revenue_cents: int | None = None


def book(wishes: Sequence[NewAppointment], *, by: Actor, now: datetime) -> list[Booked | Refused]:
    """Book visits; one answer per wish, in order. Earlier wishes of the batch win over later ones.

    The same visit (person, clinician, start) asked for again is answered by the one that stands.
    """
    people = _lock_people(w.person_id for w in wishes)
    hours = clinician_hours([w.clinician_id for w in wishes])
    lengths, for_new = _visit_types()
    asked = [_wish(w, hours.get(w.clinician_id), lengths, for_new, people) for w in wishes]
    calendar, standing = _lock_calendar(asked)
    answers: list[Booked | Refused | None] = []
    rows: list[Appointment] = []
    tasks: list[int | None] = []
    for new, wish in zip(wishes, asked, strict=True):
        same = standing.get((new.person_id, new.clinician_id, new.starts_at))
        reason = None if same else may_book(wish, calendar, now)
        if same is not None:
            answers.append(same)
        elif reason is not None or wish.clinician is None:
            answers.append(Refused(reason or NotBooked.CLINICIAN_UNKNOWN))
        else:
            row = _row(new, wish, wish.clinician, by, now)
            calendar.add(new.clinician_id, new.person_id, (wish.starts_at, wish.ends_at))
            rows.append(row)
            tasks.append(new.task_id)
            answers.append(None)
    _record_booked(rows, tasks, by, now)
    made = iter(rows)
    return [a if a is not None else _booked(next(made)) for a in answers]


def _booked(row: Appointment) -> Booked:
    return Booked(row.pk, row.starts_at, row.ends_at, row.version)


def _record_booked(rows: list[Appointment], tasks: list[int | None], by: Actor, now: datetime) -> None:
    if not rows:
        return
    Appointment.objects.bulk_create(rows)
    refresh_person_columns({row.person_id: [] for row in rows}, now=now)
    record_audit(
        action="appointment.booked", object_kind="appointment", object_ids=[row.pk for row in rows], by=by, now=now
    )
    events = [_event("appointment.booked", row, task_id=task) for row, task in zip(rows, tasks, strict=True)]
    record_events(events, by=by, now=now)


def reschedule(moves: Sequence[Move], *, by: Actor, now: datetime) -> list[Booked | Refused]:
    """Move booked visits; the row stays, its version grows. A visit may move into the time it gives up."""
    found = _lock_booked([m.appointment_id for m in moves])
    hours = clinician_hours(
        [m.clinician_id or found[m.appointment_id].clinician_id for m in moves if m.appointment_id in found]
    )
    people = {row.person_id for row in found.values()}
    asked = [_moved(m, found.get(m.appointment_id), hours, people) for m in moves]
    calendar, _ = _lock_calendar([wish for wish in asked if wish is not None])
    answers: list[Booked | Refused] = []
    changed: dict[int, Appointment] = {}
    gone: dict[int, list[datetime]] = {}
    for move, wish in zip(moves, asked, strict=True):
        row = found.get(move.appointment_id)
        if row is None or wish is None:
            answers.append(Refused(_why_not_booked(move.appointment_id)))
            continue
        old = (row.starts_at, row.ends_at)
        calendar.remove(row.clinician_id, row.person_id, old)
        reason = may_book(wish, calendar, now)
        if reason is not None or wish.clinician is None:
            calendar.add(row.clinician_id, row.person_id, old)
            answers.append(Refused(reason or NotBooked.CLINICIAN_UNKNOWN))
            continue
        gone.setdefault(row.person_id, []).append(row.starts_at)
        _move_row(row, move, wish, wish.clinician, now)
        calendar.add(row.clinician_id, row.person_id, (row.starts_at, row.ends_at))
        changed[row.pk] = row
        answers.append(_booked(row))
    _record_moved(list(changed.values()), gone, by, now)
    return answers


def _move_row(row: Appointment, move: Move, wish: Wish, clinician: ClinicianHours, now: datetime) -> None:
    row.clinician_id, row.location_id = clinician.clinician_id, clinician.location_id
    row.starts_at, row.ends_at = wish.starts_at, wish.ends_at
    row.version, row.reason, row.updated_at = row.version + 1, move.reason, now


def _record_moved(rows: list[Appointment], gone: dict[int, list[datetime]], by: Actor, now: datetime) -> None:
    if not rows:
        return
    # Out of the way first: two visits that change places would meet in the unique index for a moment.
    Appointment.objects.filter(pk__in=[row.pk for row in rows]).update(status=AppointmentStatus.ENTERED_IN_ERROR)
    Appointment.objects.bulk_update(
        rows, ["clinician", "location", "starts_at", "ends_at", "version", "reason", "updated_at", "status"]
    )
    refresh_person_columns(gone, now=now)
    record_audit(
        action="appointment.rescheduled", object_kind="appointment", object_ids=[r.pk for r in rows], by=by, now=now
    )
    record_events([_event("appointment.rescheduled", row) for row in rows], by=by, now=now)


def cancel(
    appointment_ids: Sequence[int], *, by_practice: bool, reason: str = "", by: Actor, now: datetime
) -> list[Booked | Refused]:
    """Cancel booked visits, by the practice or by the patient (the branch playbooks ask about). `reason` is a code."""
    found = _lock_booked(appointment_ids)
    rows = list(found.values())
    answers: list[Booked | Refused] = [
        _booked(found[i]) if i in found else Refused(_why_not_booked(i)) for i in appointment_ids
    ]
    if not rows:
        return answers
    status = AppointmentStatus.CANCELLED_BY_PRACTICE if by_practice else AppointmentStatus.CANCELLED_BY_PATIENT
    Appointment.objects.filter(pk__in=list(found)).update(status=status, reason=reason, updated_at=now)
    refresh_person_columns(_starts_by_person(rows), now=now)
    record_audit(
        action="appointment.cancelled",
        object_kind="appointment",
        object_ids=list(found),
        by=by,
        now=now,
        detail={"status": status, "reason": reason},
    )
    record_events(
        [_event("appointment.cancelled", row, cancelled_by=str(status), reason=reason) for row in rows],
        by=by,
        now=now,
    )
    return answers


def record_outcomes(outcomes: Sequence[VisitOutcome], *, by: Actor, now: datetime) -> list[Booked | Refused]:
    """Settle visits as kept or missed; a kept one becomes an encounter. Money may be added later, once known."""
    found = _lock_appointments([o.appointment_id for o in outcomes])
    answers: list[Booked | Refused] = []
    settled: dict[int, Appointment] = {}
    priced: list[Appointment] = []
    for outcome in outcomes:
        row = found.get(outcome.appointment_id)
        reason = _why_unsettled(row, outcome, now)
        if row is None or reason is not None:
            answers.append(Refused(reason or NotBooked.APPOINTMENT_UNKNOWN))
            continue
        if outcome.revenue_cents is not None:
            row.revenue_cents = outcome.revenue_cents
        if row.status == AppointmentStatus.BOOKED:
            row.status, row.updated_at = outcome.outcome, now
            settled[row.pk] = row
        priced.append(row)
        answers.append(_booked(row))
    _write_outcomes(priced)
    _record_settled(list(settled.values()), by, now)
    return answers


def _write_outcomes(rows: list[Appointment]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            [
                [row.pk for row in rows],
                [str(row.status) for row in rows],
                [row.revenue_cents for row in rows],
                [row.updated_at for row in rows],
            ],
        )


def _why_unsettled(row: Appointment | None, outcome: VisitOutcome, now: datetime) -> NotBooked | None:
    if row is None:
        return NotBooked.APPOINTMENT_UNKNOWN
    if row.starts_at > now:
        return NotBooked.NOT_YET
    if row.status not in (AppointmentStatus.BOOKED, outcome.outcome):
        return NotBooked.NOT_BOOKED_ANY_MORE
    return None


def _record_settled(rows: list[Appointment], by: Actor, now: datetime) -> None:
    if not rows:
        return
    kept = [row for row in rows if row.status == AppointmentStatus.KEPT]
    Encounter.objects.bulk_create(
        [Encounter(person_id=r.person_id, at=r.starts_at, kind="visit", appointment_id=r.pk) for r in kept]
    )
    refresh_person_columns(_starts_by_person(rows), now=now)
    record_audit(
        action="appointment.settled", object_kind="appointment", object_ids=[row.pk for row in rows], by=by, now=now
    )
    kinds = {AppointmentStatus.KEPT: "appointment.kept", AppointmentStatus.MISSED: "appointment.missed"}
    record_events([_event(kinds[AppointmentStatus(row.status)], row) for row in rows], by=by, now=now)


def _event(kind: str, row: Appointment, **more: str | int | None) -> NewEvent:
    data = {
        "enrollment_id": row.enrollment_id,
        "campaign_id": row.campaign_id,
        "starts_at": row.starts_at.isoformat(),
        "version": row.version,
        "is_first_visit": row.is_first_visit,
        **more,
    }
    return NewEvent(kind, row.person_id, row.pk, data)


def _starts_by_person(rows: Iterable[Appointment]) -> dict[int, list[datetime]]:
    starts: dict[int, list[datetime]] = {}
    for row in rows:
        starts.setdefault(row.person_id, []).append(row.starts_at)
    return starts


def _visit_types() -> tuple[dict[int, int], set[int]]:
    """Minutes by active visit type, and those open to new patients."""
    rows = list(VisitType.objects.filter(is_active=True).values_list("pk", "minutes", "for_new_patients"))
    return {pk: minutes for pk, minutes, _ in rows}, {pk for pk, _, is_open in rows if is_open}


def _wish(
    new: NewAppointment,
    clinician: ClinicianHours | None,
    lengths: dict[int, int],
    for_new: set[int],
    people: set[int],
) -> Wish:
    minutes = new.minutes or lengths.get(new.visit_type_id, 1)
    length = min(timedelta(minutes=minutes), MAX_VISIT)
    return Wish(
        person_id=new.person_id,
        starts_at=new.starts_at,
        ends_at=new.starts_at + length,
        clinician=clinician,
        location_id=new.location_id,
        is_visit_type_known=new.visit_type_id in lengths,
        is_open_to_person=not new.is_first_visit or new.visit_type_id in for_new,
        is_person_there=new.person_id in people,
        ignores_hours=new.ignores_hours,
    )


def _moved(move: Move, row: Appointment | None, hours: dict[int, ClinicianHours], people: set[int]) -> Wish | None:
    if row is None:
        return None
    return Wish(
        person_id=row.person_id,
        starts_at=move.starts_at,
        ends_at=move.starts_at + (row.ends_at - row.starts_at),
        clinician=hours.get(move.clinician_id or row.clinician_id),
        is_person_there=row.person_id in people,
        ignores_hours=move.ignores_hours,
    )


def _row(new: NewAppointment, wish: Wish, clinician: ClinicianHours, by: Actor, now: datetime) -> Appointment:
    return Appointment(
        person_id=new.person_id,
        clinician_id=new.clinician_id,
        location_id=clinician.location_id,
        visit_type_id=new.visit_type_id,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        is_first_visit=new.is_first_visit,
        campaign_id=new.campaign_id,
        enrollment_id=new.enrollment_id,
        call_id=new.call_id,
        by=by.key,
        at=now,
        updated_at=now,
    )


def _lock_people(person_ids: Iterable[int]) -> set[int]:
    """Lock the people in id order; returns those who can have visits."""
    rows = Person.objects.filter(pk__in=sorted(set(person_ids))).order_by("pk").select_for_update(no_key=True)
    return {
        p.pk for p in rows.only("pk", "merged_into", "deceased_at") if p.merged_into is None and p.deceased_at is None
    }


def _lock_appointments(appointment_ids: Sequence[int]) -> dict[int, Appointment]:
    """Lock the people first, then their visits, both in id order."""
    _lock_people(Appointment.objects.filter(pk__in=appointment_ids).values_list("person_id", flat=True))
    rows = Appointment.objects.filter(pk__in=appointment_ids).order_by("pk").select_for_update(no_key=True)
    return {row.pk: row for row in rows}


def _lock_booked(appointment_ids: Sequence[int]) -> dict[int, Appointment]:
    found = _lock_appointments(appointment_ids)
    return {pk: row for pk, row in found.items() if row.status == AppointmentStatus.BOOKED}


def _why_not_booked(appointment_id: int) -> NotBooked:
    is_known = Appointment.objects.filter(pk=appointment_id).exists()
    return NotBooked.NOT_BOOKED_ANY_MORE if is_known else NotBooked.APPOINTMENT_UNKNOWN


Standing = dict[tuple[int, int, datetime], Booked]


def _lock_calendar(wishes: Sequence[Wish]) -> tuple[Calendar, Standing]:
    """Lock the clinicians' days of the wishes; the spans that could meet them, and what is booked already."""
    known = [(w, w.clinician) for w in wishes if w.clinician is not None]
    calendar, standing = Calendar(), Standing()
    if not known:
        return calendar, standing
    _lock_days({(c.clinician_id, day) for w, c in known for day in days_touched(c.zone, w.starts_at, w.ends_at)})
    first, last = min(w.starts_at for w, _ in known), max(w.ends_at for w, _ in known)
    clinicians, people = {c.clinician_id for _, c in known}, {w.person_id for w, _ in known}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [first - MAX_VISIT, last, sorted(clinicians), sorted(people)])
        for pk, clinician_id, person_id, starts_at, ends_at, version in cursor.fetchall():
            calendar.add(clinician_id, person_id, (starts_at, ends_at))
            standing[person_id, clinician_id, starts_at] = Booked(pk, starts_at, ends_at, version, is_new=False)
    return calendar, standing


def _lock_days(days: set[tuple[int, date]]) -> None:
    """One row per clinician and day, locked in order: whoever books into a day waits for whoever was first.

    A row and not an advisory lock: rows live where the organization's schema lives, on any number of servers.
    """
    ordered = sorted(days)
    ids, dates = [c for c, _ in ordered], [d for _, d in ordered]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO scheduling_clinicianday (clinician_id, day)
               SELECT * FROM unnest(%s::bigint[], %s::date[]) AS d(clinician_id, day) ORDER BY 1, 2
               ON CONFLICT DO NOTHING""",
            [ids, dates],
        )
        cursor.execute(
            """SELECT 1 FROM scheduling_clinicianday
               WHERE (clinician_id, day) IN (SELECT * FROM unnest(%s::bigint[], %s::date[]))
               ORDER BY clinician_id, day FOR UPDATE""",
            [ids, dates],
        )
