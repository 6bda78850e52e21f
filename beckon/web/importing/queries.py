"""Reads that only the pages about imports need: history, jobs that wait, workers that live. Never writes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from beckon.core.models import Organization
from beckon.people.models import Import, ImportStatus, Source

PAGE = 30
_TASKS = ["people.run_import", "people.undo_import"]


@dataclass(frozen=True)
class JobState:
    """Whether a worker lives, and what waits or runs for one import: "", run or undo."""

    has_worker: bool
    open_job: str


def find_import(import_id: int) -> Import | None:
    """An import with its source."""
    return Import.objects.select_related("source").filter(pk=import_id).first()


def history(*, before: int | None = None) -> tuple[list[Import], bool]:
    """Imports, newest first, below the id `before`; and whether there are more."""
    rows = Import.objects.select_related("source").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def earlier_of(sha256: str) -> Import | None:
    """The last import of exactly this file that was not only tried and not taken back."""
    rows = Import.objects.filter(file_sha256=sha256, status=ImportStatus.DONE).exclude(options__dry_run=True)
    return rows.order_by("-pk").first()


def newer_than(row: Import) -> Import | None:
    """An import of the same source that came later and still stands: it has to be taken back first."""
    rows = Import.objects.filter(source_id=row.source_id, pk__gt=row.pk, status=ImportStatus.DONE)
    return rows.exclude(options__dry_run=True).order_by("-pk").first()


def sources() -> list[Source]:
    """The known sources by name."""
    return list(Source.objects.order_by("name"))


def find_source(name: str) -> Source | None:
    """The source of this name."""
    return Source.objects.filter(name=name).first()


def job_state(organization: Organization, import_id: int) -> JobState:
    """What a page about one import says of the work behind it. A worker lives that beat within the last minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute')"
        )
        has_worker = bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT task_name FROM procrastinate_jobs WHERE task_name = ANY(%s) AND status IN ('todo', 'doing') "
            "AND args @> jsonb_build_object('org_id', %s::bigint, 'import_id', %s::bigint) ORDER BY id LIMIT 1",
            [_TASKS, organization.pk, import_id],
        )
        row = cursor.fetchone()
    return JobState(has_worker, "" if row is None else row[0].removeprefix("people.").removesuffix("_import"))


@dataclass(frozen=True)
class HistoryLine:
    """An import in the history."""

    row: Import
    who: str
    is_trial: bool
    ended_at: datetime | None
