"""What an administrator may change about the organization itself: name, language, time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.models import Organization
from beckon.core.tenancy import current_organization


def change_organization(*, name: str, language: str, time_zone: str, by: Actor, now: datetime) -> bool:
    """Change the organization one is in; False where nothing differs. Raises ZoneInfoNotFoundError, ValueError."""
    ZoneInfo(time_zone)
    if not name.strip():
        raise ValueError("an organization has a name")
    row = Organization.objects.select_for_update().get(pk=current_organization().pk)
    wanted = {"name": name.strip(), "language": language, "time_zone": time_zone}
    before = {key: getattr(row, key) for key in wanted if getattr(row, key) != wanted[key]}
    if not before:
        return False
    Organization.objects.filter(pk=row.pk).update(**wanted)
    after = {key: wanted[key] for key in before}
    record_audit(
        action="organization.changed",
        object_kind="organization",
        object_ids=[row.pk],
        by=by,
        now=now,
        detail={"before": before, "after": after},
    )
    return True
