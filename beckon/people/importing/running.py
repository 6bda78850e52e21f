"""Runs an import from the stored file to the report: read, compare, merge, report. Safe to kill and to call again.

The row in people_import is the record of it; the stage says how far it is, `progress_rows` how far within.
"""

import pickle
import resource
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.errors import BeckonError
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.people.errors import ImportCancelled, ImportRefused, NumbersMoved
from beckon.people.importing import reports, updating
from beckon.people.importing.clusters import find_clusters
from beckon.people.importing.folders import ImportFolder, folder_of, owner_only
from beckon.people.importing.merging import Merger
from beckon.people.importing.options import ImportOptions
from beckon.people.importing.planning import Context, Counts, Plan, count_people, make_plan, stored_plan
from beckon.people.importing.stage import Stage
from beckon.people.intake.blocks import Tally, task_of
from beckon.people.intake.files import Inspection, file_digest, inspect, pieces
from beckon.people.intake.pool import process_all, workers_for
from beckon.people.models import Import, ImportChunk, ImportStatus, Source

READING, COMPARING, MERGING, DONE = "reading", "comparing", "merging", "done"
_SECONDS_BETWEEN_NOTES = 0.5
_TRIES = 5
Tell = Callable[[str, int], None]
"""Called with the stage and the rows or people done so far, for a progress line."""


@dataclass(frozen=True)
class Result:
    """What an import came to, and why rows and values were refused (reason -> how often)."""

    import_id: int
    rows: int
    created: int
    updated: int
    unchanged: int
    duplicates: int
    rejected: int
    retired: int
    contact_points_rejected: int
    rejects_file: str
    problems_file: str
    seconds: float
    rows_per_second: float
    peak_mb: float
    mapping: dict[str, str]
    reject_reasons: Counter[str] = field(default_factory=Counter)
    problem_reasons: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Exactly what `beckon import people --json` prints."""
        names = (
            "rows",
            "created",
            "updated",
            "unchanged",
            "duplicates",
            "rejected",
            "contact_points_rejected",
            "rejects_file",
            "seconds",
            "rows_per_second",
            "peak_mb",
        )
        return {name: getattr(self, name) for name in names}


def prepare_import(
    organization: Organization, path: Path, *, source_name: str, options: ImportOptions, by: Actor, now: datetime
) -> int:
    """Check the file and the options, keep a copy, and record the import; returns its id. Nothing is imported yet.

    Raises UnreadableFile, UnclearColumns or ImportRefused, each saying what to do.
    """
    options.check()
    with org_scope(organization):
        remembered = Source.objects.filter(name=source_name).values_list("mapping", flat=True).first() or {}
        inspection = inspect(path, options.mapping, remembered)
        source, _ = Source.objects.get_or_create(
            name=source_name, defaults={"origin": options.origin, "created_at": now}
        )
        if not options.dry_run:
            source.origin, source.vendor = options.origin, options.vendor or source.vendor
            source.price_cents = options.price_cents if options.price_cents is not None else source.price_cents
            source.mapping = {c.header: c.field.value for c in inspection.columns}
            source.save()
        row = Import.objects.create(
            source=source,
            file_name=path.name[:255],
            file_sha256=file_digest(path),
            options=options.as_json(),
            by=by.key,
            at=now,
        )
        folder = folder_of(organization.schema_name, row.pk)
        stored = folder.stored(path.name)
        stored.touch(mode=0o600)
        shutil.copyfile(path, stored)
        with owner_only():
            folder.inspection.write_bytes(pickle.dumps(replace(inspection, path=stored, sample=[])))
        Import.objects.filter(pk=row.pk).update(stored_path=str(stored))
    return row.pk


def run_import(
    organization: Organization, import_id: int, *, by: Actor, now: datetime, tell: Tell | None = None
) -> Result:
    """Run an import, or go on with one that was killed, cancelled or failed. Calling it for a finished one is refused.

    Raises ImportRefused, ImportCancelled, and what the file or the database brings (then the import is FAILED).
    """
    with owner_only(), _only_one(organization):
        run = _Run(organization, import_id, by=by, now=now, tell=tell)
        try:
            return run.go()
        except ImportCancelled:
            run.note(status=ImportStatus.CANCELLED, ended_at=now)
            raise
        except Exception as error:
            run.note(status=ImportStatus.FAILED, error=_told(error), ended_at=now)
            raise


def _told(error: Exception) -> str:
    """What is kept of an error. Only our own are written for people; the database's may hold a person's data."""
    return str(error)[:2000] if isinstance(error, BeckonError) else type(error).__name__


def cancel_import(organization: Organization, import_id: int) -> None:
    """Ask a running import to stop. It stops between two chunks; what is merged stays until resumed or undone."""
    with org_scope(organization):
        Import.objects.filter(pk=import_id).update(cancel_requested=True)


class _Run:
    """One run of one import."""

    def __init__(
        self, organization: Organization, import_id: int, *, by: Actor, now: datetime, tell: Tell | None
    ) -> None:
        self._organization, self._by, self._now, self._tell = organization, by, now, tell
        self._started, self._noted = time.monotonic(), 0.0
        self._workers_mb = 0.0
        with org_scope(organization):
            row = Import.objects.select_related("source").filter(pk=import_id).first()
            if row is None:
                raise ImportRefused(f"there is no import {import_id}")
            if row.status in (ImportStatus.DONE, ImportStatus.UNDONE):
                raise ImportRefused(f"import {import_id} is {row.status}; import the file again instead")
            chunks = ImportChunk.objects.filter(import_id=import_id).exclude(part__contains="numbers").count()
        self._row, self._merged_before = row, chunks > 0
        self._options = ImportOptions(**row.options)
        self._folder: ImportFolder = folder_of(organization.schema_name, import_id)
        self._context = Context(
            import_id, row.source_id, row.source.name, row.file_name, self._options, row.at if chunks else now
        )

    def go(self) -> Result:
        """All stages in order."""
        self.note(status=ImportStatus.RUNNING, cancel_requested=False, error="", ended_at=None)
        inspection = self._inspection()
        plan = self._resumable_plan()
        for tries_left in reversed(range(_TRIES)):
            try:
                return self._finish(inspection, *self._take_in(inspection, plan))
            except NumbersMoved:
                # Somebody took in one of the file's numbers in the same second; no person is written yet.
                self.note(stage=READING)
                plan = None
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    def _inspection(self) -> Inspection:
        try:
            known: Inspection = pickle.loads(self._folder.inspection.read_bytes())  # noqa: S301 - only we may write there
            return known
        except (OSError, EOFError, pickle.UnpicklingError, AttributeError, TypeError):  # cut off, or another version's
            return inspect(Path(self._row.stored_path), self._row.options["mapping"], self._row.source.mapping)

    def _take_in(self, inspection: Inspection, plan: Plan | None) -> tuple[Tally, Counts]:
        if plan is None:
            stage, tally, counts = self._read_and_compare(inspection)
        else:
            stage = Stage(self._folder)
            tally = Tally(
                rows=self._row.rows, rejected=self._row.rejected, points_rejected=self._row.contact_points_rejected
            )
            counts = Counts(self._row.created, self._row.updated, self._row.unchanged, self._row.duplicates)
        try:
            if not self._options.dry_run:
                stage = self._merge(stage, plan)
        finally:
            stage.close()
        return tally, counts

    def _resumable_plan(self) -> Plan | None:
        if self._row.stage != MERGING or not self._folder.stage.exists():
            return None
        stage = Stage(self._folder)
        try:
            return stored_plan(stage)
        finally:
            stage.close()

    def _read_and_compare(self, inspection: Inspection) -> tuple[Stage, Tally, Counts]:
        self._folder.clear_work()
        self._folder.parts.mkdir()
        self.note(stage=READING, progress_rows=0)
        today = self._now.astimezone(ZoneInfo(self._organization.time_zone)).date()
        task = task_of(inspection, today, ZoneInfo(self._organization.time_zone), self._folder.parts)
        size = Path(self._row.stored_path).stat().st_size
        tally, self._workers_mb = process_all(
            task, pieces(inspection), lambda t: self._progress(t.rows), workers=workers_for(size)
        )
        reports.write_rejects(self._folder, inspection)
        self.note(stage=COMPARING, progress_rows=tally.rows)
        stage = Stage(self._folder)
        stage.load_parts()
        find_clusters(stage)
        with org_scope(self._organization):
            counts = count_people(stage, self._context, tally.rows - tally.rejected)
        reports.write_problems(self._folder, inspection, stage)
        shutil.rmtree(self._folder.parts, ignore_errors=True)
        if not self._merged_before:
            self.note(
                rows=tally.rows,
                rejected=tally.rejected,
                duplicates=counts.duplicates,
                created=counts.created,
                updated=counts.updated,
                unchanged=counts.unchanged,
                contact_points_rejected=tally.points_rejected,
            )
        else:
            counts = Counts(self._row.created, self._row.updated, self._row.unchanged, self._row.duplicates)
        return stage, tally, counts

    def _merge(self, stage: Stage, plan: Plan | None) -> Stage:
        if plan is None:
            attempt = int(time.time()) % 10_000_000
            plan = make_plan(stage, self._context, self._organization, attempt)
            self.note(stage=MERGING, progress_rows=0)
        with org_scope(self._organization):
            merger = Merger(stage, plan, self._context, self._organization, by=self._by, check=self._progress_merge)
        merger.run()
        if self._options.replace:
            seen = updating.export_seen(stage)
            merger.run_last("retire", lambda: len(updating.retire_missing(seen, self._context, by=self._by)) * 0)
        return stage

    def _finish(self, inspection: Inspection, tally: Tally, counts: Counts) -> Result:
        rejects = self._folder.rejects(reports.is_fhir(inspection))
        self.note(status=ImportStatus.DONE, stage=DONE, rejects_file=str(rejects), stored_path="", ended_at=self._now)
        with org_scope(self._organization):
            retired = Import.objects.values_list("retired", flat=True).get(pk=self._row.pk)
            record_audit(
                action="people.imported" if not self._options.dry_run else "people.import_tried",
                object_kind="import",
                object_ids=[self._row.pk],
                by=self._by,
                now=self._now,
                detail={"rows": tally.rows, "created": counts.created},
            )
        self._folder.clear_all_but_reports()
        seconds = time.monotonic() - self._started
        return Result(
            self._row.pk,
            tally.rows,
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.duplicates,
            tally.rejected,
            retired,
            tally.points_rejected,
            str(rejects),
            str(self._folder.problems),
            round(seconds, 3),
            round(tally.rows / seconds, 1),
            round(max(_own_peak_mb(), _own_now_mb() + self._workers_mb), 1),
            {c.header: c.field.value for c in inspection.columns},
            tally.reject_reasons,
            tally.problem_reasons,
        )

    def note(self, **values: Any) -> None:
        """Write to the import's row at once."""
        with org_scope(self._organization):
            Import.objects.filter(pk=self._row.pk).update(**values)

    def _progress(self, rows: int) -> None:
        self._report(READING, rows)

    def _progress_merge(self) -> None:
        self._report(MERGING, None)

    def _report(self, stage: str, rows: int | None) -> None:
        """Note progress and look for a request to stop, at most twice a second."""
        if time.monotonic() - self._noted < _SECONDS_BETWEEN_NOTES:
            return
        self._noted = time.monotonic()
        with org_scope(self._organization):
            current = Import.objects.values_list("cancel_requested", "checkpoint").get(pk=self._row.pk)
            done = current[1] if rows is None else rows
            Import.objects.filter(pk=self._row.pk).update(progress_rows=done)
        if self._tell:
            self._tell(stage, done)
        if current[0]:
            raise ImportCancelled(f"import {self._row.pk} was stopped; `--resume {self._row.pk}` goes on with it")


@contextmanager
def _only_one(organization: Organization) -> Iterator[None]:
    """One import at a time in an organization, whatever process runs it. Raises ImportRefused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"import {organization.schema_name}"])
        if cursor.fetchone() != (True,):
            raise ImportRefused("another import of this organization is running; wait for it or cancel it")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"import {organization.schema_name}"])


def _own_peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _own_now_mb() -> float:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
    except OSError:
        return 0.0
