"""Saved segments: versions, the record of who changed what, and edits that cross."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from beckon.core.actors import COMMAND_LINE, SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.segments.actions import archive_segment, rename_segment, save_segment
from beckon.segments.conditions import parse_definition
from beckon.segments.errors import SegmentChanged, UnknownSegment
from beckon.segments.models import Segment, SegmentVersion
from beckon.segments.queries import get_definition

pytestmark = pytest.mark.usefixtures("fields")


def _adults(years: int) -> Any:
    return parse_definition({"field": "age", "op": "at_least", "value": years})


def _actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_a_change_makes_a_version_and_the_old_one_can_still_be_read(org: Any, now: datetime) -> None:
    save_segment(name=" Adults ", definition=_adults(18), by=SYSTEM, now=now)
    later = now + timedelta(days=1)
    save_segment(name="Adults", definition=_adults(21), by=COMMAND_LINE, now=later, expected_version=1)
    assert get_definition("Adults").where.value == 21  # type: ignore[union-attr]
    versions = SegmentVersion.objects.order_by("version").values_list("version", "definition__where__value", "by", "at")
    assert list(versions) == [(1, 18, SYSTEM.key, now), (2, 21, COMMAND_LINE.key, later)]
    assert _actions() == ["segment.created", "segment.changed"]


def test_saving_the_same_again_changes_nothing(org: Any, now: datetime) -> None:
    save_segment(name="Adults", definition=_adults(18), by=SYSTEM, now=now)
    again = save_segment(name="Adults", definition=_adults(18), by=COMMAND_LINE, now=now + timedelta(days=1))
    assert (again.version, again.by, again.updated_at) == (1, SYSTEM.key, now)
    assert _actions() == ["segment.created"]


def test_an_edit_of_an_old_version_is_refused_and_changes_nothing(org: Any, now: datetime) -> None:
    save_segment(name="Adults", definition=_adults(18), by=SYSTEM, now=now)
    save_segment(name="Adults", definition=_adults(21), by=SYSTEM, now=now)
    with pytest.raises(SegmentChanged, match="version 2"):
        save_segment(name="Adults", definition=_adults(65), by=SYSTEM, now=now, expected_version=1)
    assert Segment.objects.get().version == SegmentVersion.objects.count() == len(_actions()) == 2


def test_an_archived_segment_is_gone_until_it_is_saved_again(org: Any, now: datetime) -> None:
    save_segment(name="Adults", definition=_adults(18), by=SYSTEM, now=now)
    archive_segment(name="Adults", by=SYSTEM, now=now)
    for use in (lambda: get_definition("Adults"), lambda: archive_segment(name="Adults", by=SYSTEM, now=now)):
        with pytest.raises(UnknownSegment, match="Adults"):
            use()
    assert save_segment(name="Adults", definition=_adults(18), by=SYSTEM, now=now).version == 2
    assert get_definition("Adults").where.value == 18  # type: ignore[union-attr]


def test_a_segment_takes_a_free_name_only(org: Any, now: datetime) -> None:
    save_segment(name="Adults", definition=_adults(18), by=SYSTEM, now=now)
    save_segment(name="Old", definition=_adults(65), by=SYSTEM, now=now)
    with pytest.raises(SegmentChanged, match="already"):
        rename_segment(name="Adults", new_name="Old", by=SYSTEM, now=now)
    rename_segment(name="Adults", new_name="Grown-ups", by=SYSTEM, now=now)
    assert set(Segment.objects.values_list("name", flat=True)) == {"Grown-ups", "Old"}
    assert _actions() == ["segment.created", "segment.created", "segment.renamed"]
