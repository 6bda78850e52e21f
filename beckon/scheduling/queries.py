"""Reading calendars: open slots and capacity. Writes nothing, locks nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import connection

from beckon.core.bulk.settled import read_once
from beckon.scheduling.models import Appointment, AppointmentStatus, Clinician, VisitType
from beckon.scheduling.rules import MAX_VISIT, ClinicianHours, Slot, Span, blocks_of_day, free_slots, week_of

DEFAULT_MINUTES = 30


@dataclass(frozen=True)
class WeekCapacity:
    """What a clinician can still take in a local week (`week` is its Monday)."""

    clinician_id: int
    week: date
    slots: int
    booked: int

    @property
    def free(self) -> int:
        """Visits that still fit, never below zero."""
        return max(0, self.slots - self.booked)


def clinician_hours(clinician_ids: Sequence[int] | None = None) -> dict[int, ClinicianHours]:
    """Hours by clinician id, all clinicians when no ids are given; inactive ones are marked, not left out."""
    return _clinician_hours(None if clinician_ids is None else tuple(clinician_ids))


@read_once
def _clinician_hours(clinician_ids: tuple[int, ...] | None) -> dict[int, ClinicianHours]:
    rows = Clinician.objects.select_related("location")
    if clinician_ids is not None:
        rows = rows.filter(pk__in=clinician_ids)
    return {
        c.pk: ClinicianHours(
            c.pk, c.location_id, c.location.time_zone, c.weekly_hours, c.is_active and c.location.is_active
        )
        for c in rows.order_by("id")
    }


def taken_spans(clinician_ids: Sequence[int], start: datetime, end: datetime) -> dict[int, list[Span]]:
    """Booked spans that meet [start, end), sorted, by clinician."""
    spans: dict[int, list[Span]] = {}
    rows = Appointment.objects.filter(
        clinician_id__in=clinician_ids,
        status=AppointmentStatus.BOOKED,
        starts_at__gt=start - MAX_VISIT,
        starts_at__lt=end,
        ends_at__gt=start,
    ).order_by("starts_at")
    for clinician_id, starts_at, ends_at in rows.values_list("clinician_id", "starts_at", "ends_at"):
        spans.setdefault(clinician_id, []).append((starts_at, ends_at))
    return spans


def open_slots(
    *,
    start: datetime,
    end: datetime,
    visit_type_id: int | None = None,
    clinician_ids: Sequence[int] | None = None,
    location_ids: Sequence[int] | None = None,
    languages: Sequence[str] = (),
    limit: int = 50,
) -> list[Slot]:
    """The first `limit` free slots that start in [start, end) (aware), earliest first.

    Of active clinicians open to us, kept inside their weekly number of slots. An unknown visit type has no slots.
    """
    visit_type = VisitType.objects.filter(pk=visit_type_id, is_active=True).first() if visit_type_id else None
    if visit_type_id and visit_type is None:
        return []
    wanted = Clinician.objects.filter(is_active=True)
    if clinician_ids is not None:
        wanted = wanted.filter(pk__in=clinician_ids)
    if location_ids is not None:
        wanted = wanted.filter(location_id__in=location_ids)
    if languages:
        wanted = wanted.filter(languages__overlap=list(languages))
    per_week = dict(wanted.values_list("pk", "slots_per_week"))
    hours = clinician_hours(list(per_week))
    taken = taken_spans(list(hours), start - timedelta(days=8), end + timedelta(days=8))
    full = _full_weeks(hours, taken, per_week)
    minutes = visit_type.minutes if visit_type else DEFAULT_MINUTES
    slots = free_slots(hours.values(), taken, minutes, start, end)
    return list(islice((s for s in slots if (s.clinician_id, week_of(s.starts_at, s.zone)) not in full), limit))


def _full_weeks(
    hours: dict[int, ClinicianHours], taken: dict[int, list[Span]], per_week: dict[int, int]
) -> set[tuple[int, date]]:
    booked = Counter(
        (clinician_id, week_of(starts_at, hours[clinician_id].zone))
        for clinician_id, spans in taken.items()
        for starts_at, _ in spans
    )
    return {(clinician_id, week) for (clinician_id, week), n in booked.items() if n >= per_week[clinician_id]}


def capacity(start: datetime, end: datetime) -> list[WeekCapacity]:
    """Slots and bookings of every active clinician in every local week that meets [start, end).

    Slots are the clinician's own limit for us, or fewer where the opening hours hold fewer of 30 minutes.
    Booked counts what is not cancelled, past visits too.
    """
    per_week = dict(Clinician.objects.filter(is_active=True).values_list("pk", "slots_per_week"))
    hours = {i: h for i, h in clinician_hours(list(per_week)).items() if h.is_active}
    booked = _booked_by_week(hours, start - timedelta(days=8), end + timedelta(days=8))
    weeks: list[WeekCapacity] = []
    for clinician_id, own in hours.items():
        week, last = week_of(start, own.zone), week_of(end - timedelta(microseconds=1), own.zone)
        while week <= last:
            slots = min(per_week[clinician_id], _slots_in_week(own, week))
            weeks.append(WeekCapacity(clinician_id, week, slots, booked.get((clinician_id, week), 0)))
            week += timedelta(days=7)
    return weeks


_BOOKED_BY_WEEK = """
SELECT a.clinician_id, date_trunc('week', a.starts_at AT TIME ZONE c.zone)::date, count(*)
  FROM unnest(%s::bigint[], %s::text[]) c(id, zone) JOIN scheduling_appointment a ON a.clinician_id = c.id
 WHERE a.starts_at >= %s AND a.starts_at < %s AND a.status IN ('booked', 'kept', 'missed') GROUP BY 1, 2
"""


def _booked_by_week(hours: dict[int, ClinicianHours], start: datetime, end: datetime) -> dict[tuple[int, date], int]:
    """Visits that were not cancelled, by clinician and the Monday of their local week."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED_BY_WEEK, [list(hours), [own.zone for own in hours.values()], start, end])
        return {(clinician_id, week): n for clinician_id, week, n in cursor.fetchall()}


def _slots_in_week(clinician: ClinicianHours, week: date) -> int:
    length = timedelta(minutes=DEFAULT_MINUTES)
    return sum(
        (closes - opens) // length
        for offset in range(7)
        for opens, closes in blocks_of_day(clinician, week + timedelta(days=offset))
    )
