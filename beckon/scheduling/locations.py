"""Places where visits happen: added and changed by the practice. Appointments made keep theirs."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.scheduling.models import Location


@dataclass(frozen=True, slots=True)
class Place:
    """A location as it should be."""

    name: str
    line1: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    time_zone: str = "America/New_York"
    is_active: bool = True


def save_location(place: Place, *, location_id: int | None = None, by: Actor, now: datetime) -> Location | None:
    """Add a location, or change one; None where there is no such location, or the name is another one's.

    Raises ZoneInfoNotFoundError.
    """
    ZoneInfo(place.time_zone)
    row = Location() if location_id is None else Location.objects.select_for_update().filter(pk=location_id).first()
    others = Location.objects.filter(name=place.name)
    if row is None or (others if row.pk is None else others.exclude(pk=row.pk)).exists():
        return None
    wanted = asdict(place)
    before = {key: getattr(row, key) for key in wanted} if location_id is not None else None
    if before == wanted:
        return row
    for key, value in wanted.items():
        setattr(row, key, value)
    row.save()
    record_audit(
        action="location.saved",
        object_kind="location",
        object_ids=[row.pk],
        by=by,
        now=now,
        detail={"before": before, "after": wanted},
    )
    return row
