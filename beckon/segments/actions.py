"""Saving, renaming and archiving segments: one transaction each, with its version and its audit entry."""

from datetime import datetime

from django.db import transaction

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.segments.conditions import Definition, to_json
from beckon.segments.errors import SegmentChanged, UnknownSegment
from beckon.segments.models import Segment, SegmentVersion


def save_segment(
    *, name: str, definition: Definition, by: Actor, now: datetime, expected_version: int | None = None
) -> Segment:
    """Make the segment, or give an existing one (archived ones too) a new version; equal ones change nothing.

    `expected_version` is the version the editor had read: SegmentChanged when it is another by now. Campaigns that
    run keep the condition they were launched with.
    """
    document = to_json(definition)
    with transaction.atomic():
        segment, is_new = Segment.objects.select_for_update().get_or_create(
            name=name.strip(),
            defaults={"definition": document, "by": by.key, "created_at": now, "updated_at": now},
        )
        if not is_new:
            _check_version(segment, expected_version)
            if segment.definition == document and segment.archived_at is None:
                return segment
            segment.version += 1
            segment.definition, segment.by, segment.updated_at = document, by.key, now
            segment.archived_at = None
            segment.save()
        SegmentVersion.objects.create(segment=segment, version=segment.version, definition=document, by=by.key, at=now)
        _audit("segment.created" if is_new else "segment.changed", segment, by, now)
    return segment


def rename_segment(*, name: str, new_name: str, by: Actor, now: datetime) -> Segment:
    """Give a segment another name. Raises UnknownSegment, SegmentChanged when the new name is taken."""
    with transaction.atomic():
        segment = _locked(name)
        if Segment.objects.filter(name=new_name.strip()).exclude(pk=segment.pk).exists():
            raise SegmentChanged(f"there is a segment {new_name.strip()!r} already; choose another name")
        segment.name, segment.by, segment.updated_at = new_name.strip(), by.key, now
        segment.save()
        _audit("segment.renamed", segment, by, now)
    return segment


def archive_segment(*, name: str, by: Actor, now: datetime) -> Segment:
    """Take a segment out of use; its versions stay. Saving under the name brings it back. Raises UnknownSegment."""
    with transaction.atomic():
        segment = _locked(name)
        segment.archived_at = segment.updated_at = now
        segment.by = by.key
        segment.save()
        _audit("segment.archived", segment, by, now)
    return segment


def _locked(name: str) -> Segment:
    try:
        return Segment.objects.select_for_update().get(name=name, archived_at=None)
    except Segment.DoesNotExist as error:
        raise UnknownSegment(f"there is no segment {name!r}") from error


def _check_version(segment: Segment, expected: int | None) -> None:
    if expected is not None and segment.version != expected:
        raise SegmentChanged(
            f"the segment is at version {segment.version} by now, you edited version {expected}; read it again"
        )


def _audit(action: str, segment: Segment, by: Actor, now: datetime) -> None:
    record_audit(
        action=action,
        object_kind="segment",
        object_ids=[segment.pk],
        by=by,
        now=now,
        detail={"version": segment.version},
    )
