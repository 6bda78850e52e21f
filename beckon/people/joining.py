"""Merging two records of one person by a pointer, and taking a merge back. Rows of other tables are never rewritten."""

from datetime import datetime

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.people.errors import MergeRefused
from beckon.people.models import Person

_FILLED = (
    "middle_name",
    "name_suffix",
    "birth_date",
    "sex",
    "language",
    "time_zone",
    "time_zone_source",
    "state",
    "postal_code",
    "preferred_channel",
    "preferred_hour",
)


def merge_people(survivor_id: int, other_id: int, *, by: Actor, now: datetime) -> None:
    """Make `other` point to `survivor`; what the survivor lacks is filled, the stricter mark of both holds.

    Opt-outs and deaths of either count for the survivor. Earlier merges into `other` move on to the survivor.
    Raises MergeRefused. Records `person.merged` (subject: the other one).
    """
    if survivor_id == other_id:
        raise MergeRefused("a person cannot be merged with themselves")
    people = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=(survivor_id, other_id)).order_by("pk")}
    if len(people) != 2:
        raise MergeRefused("one of the two people is not there")
    survivor, other = people[survivor_id], people[other_id]
    if survivor.merged_into or other.merged_into:
        raise MergeRefused("one of the two was merged already; merge its survivor instead")
    before = _fill(survivor, other)
    survivor.updated_at = now
    survivor.save()
    moved = list(Person.objects.filter(merged_into=other_id).values_list("pk", flat=True))
    Person.objects.filter(pk__in=[other_id, *moved]).update(merged_into=survivor_id, updated_at=now)
    record_audit(
        action="person.merged",
        object_kind="person",
        object_ids=[survivor_id, other_id],
        by=by,
        now=now,
        detail={"moved": moved, "before": before},
    )
    record_events([NewEvent("person.merged", survivor_id, other_id)], by=by, now=now)


def unmerge_people(other_id: int, *, by: Actor, now: datetime) -> int:
    """Take a merge back: `other` stands for itself again; returns the former survivor. Raises MergeRefused.

    Values the survivor was filled with stay; a person decides which of them were wrong.
    """
    other = Person.objects.select_for_update().filter(pk=other_id).first()
    if other is None or other.merged_into is None:
        raise MergeRefused("this person is not merged into another")
    survivor = other.merged_into
    Person.objects.filter(pk=other_id).update(merged_into=None, updated_at=now)
    record_audit(action="person.unmerged", object_kind="person", object_ids=[survivor, other_id], by=by, now=now)
    record_events([NewEvent("person.unmerged", survivor, other_id)], by=by, now=now)
    return survivor


def _fill(survivor: Person, other: Person) -> dict[str, str]:
    """Fill the survivor's gaps; returns what was there, as texts, for the audit record."""
    before = {}
    for name in _FILLED:
        if getattr(survivor, name) in ("", None) and getattr(other, name) not in ("", None):
            before[name] = ""
            setattr(survivor, name, getattr(other, name))
    for name in ("do_not_contact_at", "deceased_at"):
        moments = [m for m in (getattr(survivor, name), getattr(other, name)) if m]
        setattr(survivor, name, min(moments, default=None))
    for name in ("last_encounter_at", "last_appointment_at", "next_appointment_at", "last_call_at"):
        moments = [m for m in (getattr(survivor, name), getattr(other, name)) if m]
        if name == "last_appointment_at" and other.last_appointment_at and max(moments) == other.last_appointment_at:
            survivor.last_appointment_outcome = other.last_appointment_outcome
        setattr(survivor, name, max(moments, default=None))
    survivor.call_attempts += other.call_attempts
    survivor.recent_contacts = sorted({*survivor.recent_contacts, *other.recent_contacts})[-10:]
    if survivor.retired_at and not other.retired_at:
        survivor.retired_at = None
    return before
