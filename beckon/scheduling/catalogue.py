"""What the practice offers to outreach: its clinicians with their hours, and kinds of visits. Booked visits stand."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.scheduling.models import Appointment, AppointmentStatus, Clinician, Location, VisitType
from beckon.scheduling.queries import clinician_hours
from beckon.scheduling.rules import WeeklyHours, is_within_hours

MOST_VISITS = 5_000


class NotSaved(StrEnum):
    """Why nothing was changed."""

    UNKNOWN = "unknown"
    NAME_TAKEN = "name_taken"
    LOCATION_UNKNOWN = "location_unknown"


@dataclass(frozen=True, slots=True)
class Saved:
    """Saved. `booked`: visits to come that stand as they are; `outside`: those of them outside of the hours now."""

    id: int
    booked: int = 0
    outside: int = 0


@dataclass(frozen=True, slots=True)
class OfferedClinician:
    """A clinician as they should be. `weekly_hours`: {"mon": [["09:00", "12:00"], ...]} in the location's zone."""

    name: str
    location_id: int
    specialty: str = ""
    weekly_hours: WeeklyHours = field(default_factory=dict)
    slots_per_week: int = 40
    languages: tuple[str, ...] = ("en",)
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class OfferedVisit:
    """A kind of visit as it should be."""

    name: str
    minutes: int = 30
    for_new_patients: bool = True
    is_active: bool = True


def save_clinician(
    offered: OfferedClinician, *, clinician_id: int | None = None, by: Actor, now: datetime
) -> Saved | NotSaved:
    """Add a clinician, change one, or retire one (`is_active` False: no times are offered any more).

    Visits that are booked stand, whatever becomes of hours and place: somebody agreed to them.
    """
    row = Clinician() if clinician_id is None else Clinician.objects.select_for_update().filter(pk=clinician_id).first()
    if row is None:
        return NotSaved.UNKNOWN
    if not Location.objects.filter(pk=offered.location_id).exists():
        return NotSaved.LOCATION_UNKNOWN
    wanted = asdict(offered) | {"languages": list(offered.languages)}
    _save(row, wanted, "clinician", by, now)
    return Saved(row.pk, *_standing(row.pk, now))


def save_visit_type(
    offered: OfferedVisit, *, visit_type_id: int | None = None, by: Actor, now: datetime
) -> Saved | NotSaved:
    """Add a kind of visit, change one, or retire one. Visits that are booked keep their length."""
    found = VisitType.objects.select_for_update().filter(pk=visit_type_id or 0).first()
    row = VisitType() if visit_type_id is None else found
    if row is None:
        return NotSaved.UNKNOWN
    if VisitType.objects.filter(name=offered.name).exclude(pk=row.pk or 0).exists():
        return NotSaved.NAME_TAKEN
    _save(row, asdict(offered), "visit_type", by, now)
    booked = Appointment.objects.filter(visit_type_id=row.pk, status=AppointmentStatus.BOOKED, starts_at__gt=now)
    return Saved(row.pk, booked.count())


def _save(row: Clinician | VisitType, wanted: Mapping[str, Any], kind: str, by: Actor, now: datetime) -> None:
    before = {key: getattr(row, key) for key in wanted} if row.pk else None
    if before == wanted:
        return
    for key, value in wanted.items():
        setattr(row, key, value)
    row.save()
    detail = {"before": before, "after": wanted}
    record_audit(action=f"{kind}.saved", object_kind=kind, object_ids=[row.pk], by=by, now=now, detail=detail)


def _standing(clinician_id: int, now: datetime) -> tuple[int, int]:
    """Booked visits to come, and how many of them lie outside of the clinician's hours (of the next 5,000)."""
    rows = Appointment.objects.filter(clinician_id=clinician_id, status=AppointmentStatus.BOOKED, starts_at__gt=now)
    spans = list(rows.order_by("starts_at").values_list("starts_at", "ends_at")[:MOST_VISITS])
    hours = clinician_hours([clinician_id])[clinician_id]
    return len(spans), sum(not is_within_hours(hours, span) for span in spans)
