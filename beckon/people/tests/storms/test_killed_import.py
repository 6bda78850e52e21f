"""Imports killed with kill -9 wherever they stand, then resumed: the end is that of an undisturbed one."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from beckon.core.actors import SYSTEM
from beckon.core.tenancy import org_scope
from beckon.people.importing import planning
from beckon.people.importing.options import ImportOptions
from beckon.people.importing.running import prepare_import, run_import
from beckon.people.models import ContactPoint, Import, ImportChunk, Number, Person, Relationship, SourceRecord
from beckon.people.testing.messy_files import Mess, Truth, write_messy_file

pytestmark = pytest.mark.storm
_CHILD = """
import sys, datetime, django
django.setup()
from beckon.people.importing import planning, running
planning.PEOPLE_PER_CHUNK, planning.NUMBERS_PER_CHUNK, planning.UPDATES_PER_CHUNK = 200, 500, 200
running._SECONDS_BETWEEN_NOTES = 0
from beckon.core.actors import SYSTEM
from beckon.core.tenancy import get_organization
running.run_import(get_organization(sys.argv[1]), int(sys.argv[2]), by=SYSTEM,
                   now=datetime.datetime.fromisoformat(sys.argv[3]))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A BECKON_HOME of the test's own, for this process and its children."""
    monkeypatch.setenv("BECKON_HOME", str(tmp_path / "home"))
    for alias, variable in (("default", "BECKON_DATABASE_URL"), ("admin", "BECKON_DATABASE_ADMIN_URL")):
        d = settings.DATABASES[alias]
        secret = f":{d['PASSWORD']}" if d["PASSWORD"] else ""
        monkeypatch.setenv(variable, f"postgresql://{d['USER']}{secret}@{d['HOST']}:{d['PORT']}/{d['NAME']}")
    return tmp_path


def _start(org: Any, import_id: int, now: datetime) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _CHILD, org.slug, str(import_id), now.isoformat()],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "beckon.settings")},
    )


def _until(child: "subprocess.Popen[bytes]", org: Any, import_id: int, where: str) -> Iterator[None]:
    """Yields once when the import has come to `where`; ends without yielding when it was faster."""
    deadline = time.monotonic() + 120
    while child.poll() is None and time.monotonic() < deadline:
        with org_scope(org):
            row = Import.objects.get(pk=import_id)
            parts = list(ImportChunk.objects.filter(import_id=import_id).values_list("part", flat=True))
        if (
            row.stage == where
            or (where == "numbers" and any("numbers" in part for part in parts))
            or (where == "people" and sum("people" in part for part in parts) >= 2)
        ):
            yield
            return
        time.sleep(0.005)


def _check(org: Any, import_id: int, truth: Truth) -> None:
    with org_scope(org):
        row = Import.objects.get(pk=import_id)
        assert (row.status, row.rows, row.created, row.duplicates, row.rejected) == (
            "done",
            truth.rows,
            truth.created,
            truth.duplicates,
            truth.rejected,
        )
        assert Person.objects.count() == SourceRecord.objects.count() == truth.created
        assert row.checkpoint == truth.created
        assert Person.objects.filter(contact_points=None).count() == 0
        linked = set(ContactPoint.objects.values_list("number_id", flat=True))
        assert linked <= set(Number.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("where", ["reading", "comparing", "merging", "numbers", "people"])
def test_an_import_killed_anywhere_and_resumed_ends_as_if_nothing_had_happened(
    where: str, committed_org: Any, home: Path, now: datetime
) -> None:
    path = home / "messy.csv"
    truth = write_messy_file(path, 4_000, seed=len(where), mess=Mess(duplicates=0.1, households=0.1))
    import_id = prepare_import(committed_org, path, source_name="s", options=ImportOptions(), by=SYSTEM, now=now)
    child = _start(committed_org, import_id, now)
    for _ in _until(child, committed_org, import_id, where):
        child.kill()
    assert child.wait() == -9, "the import was faster than the killer"
    result = run_import(committed_org, import_id, by=SYSTEM, now=now)
    assert (result.rows, result.created) == (truth.rows, truth.created)
    _check(committed_org, import_id, truth)


def test_an_import_killed_again_and_again_gets_there(committed_org: Any, home: Path, now: datetime) -> None:
    path = home / "messy.csv"
    truth = write_messy_file(path, 4_000, seed=99)
    import_id = prepare_import(committed_org, path, source_name="s", options=ImportOptions(), by=SYSTEM, now=now)
    dice = random.Random(5)
    for _ in range(6):
        child = _start(committed_org, import_id, now)
        try:
            child.wait(timeout=1.5 + dice.random() * 4)
            break
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    with org_scope(committed_org):
        is_done = Import.objects.get(pk=import_id).status == "done"
    if not is_done:
        run_import(committed_org, import_id, by=SYSTEM, now=now)
    _check(committed_org, import_id, truth)
    again = prepare_import(committed_org, path, source_name="s", options=ImportOptions(), by=SYSTEM, now=now)
    assert run_import(committed_org, again, by=SYSTEM, now=now).unchanged == truth.created


def test_a_guardian_of_minors_in_chunks_written_at_the_same_time_is_one_person(
    committed_org: Any, home: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PEOPLE_PER_CHUNK", 3)
    path = home / "minors.csv"
    lines = [f"{chr(65 + n)}na,Ruiz,2020-05-{n + 1:02d},02115,Mary Ruiz,617-555-0109" for n in range(24)]
    path.write_text("\n".join(["First Name,Last Name,DOB,Zip,Guardian,Guardian Phone", *lines]))
    import_id = prepare_import(committed_org, path, source_name="s", options=ImportOptions(), by=SYSTEM, now=now)
    assert run_import(committed_org, import_id, by=SYSTEM, now=now).created == len(lines)
    with org_scope(committed_org):
        assert Relationship.objects.count() == len(lines)
        assert Relationship.objects.values("caregiver_id").distinct().count() == 1
        assert Person.objects.count() == len(lines) + 1
