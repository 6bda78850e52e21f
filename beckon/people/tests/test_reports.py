"""The reports of an import: nothing in them runs in a spreadsheet, nothing is lost, nobody else may read them."""

import csv
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from beckon.people.errors import WorkerDied
from beckon.people.importing import reports, running
from beckon.people.importing.folders import ImportFolder
from beckon.people.intake.formulas import guarded, unguarded
from beckon.people.models import ContactPoint, Import, ImportStatus, Person
from beckon.people.tests.conftest import Importer
from beckon.people.tests.test_importing import counts

HEAD = "First Name,Last Name,DOB,Cell Phone,Email,Zip,=Notes\n"


@given(st.text(st.sampled_from("'=+-@\t\rab"), max_size=6))
def test_a_guarded_value_comes_back_and_never_starts_a_formula(value: str) -> None:
    assert unguarded(guarded(value)) == value
    assert guarded(value)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_no_value_of_a_report_starts_a_formula_and_the_rejects_can_be_imported(take_in: Importer) -> None:
    result = take_in(
        HEAD
        + "Ana,Ruiz,@1987,+1 617-555-0101,=1+1,02115,-x\n"
        + ",,1/1/1980,+1 617-555-0102,,02115,\"=cmd|' /C calc'!A0\"\n"
        + "Eva,Luz,1/1/1981,+1 617-555-0103,,02115,-,-more,@than,columns\n"
    )
    assert counts(result) == (3, 1, 0, 0, 0, 2)
    for report in (result.rejects_file, result.problems_file):
        with Path(report).open(newline="") as file:
            values = [value for row in csv.reader(file) for value in row]
        assert not [value for value in values if value.startswith(("=", "+", "-", "@"))]
    text = Path(result.rejects_file).read_text()
    assert "'+1 617-555-0102" in text
    assert "'=cmd|" in text
    mended = text.replace(",,1/1/1980", "Luis,Paz,1/1/1980")
    again = take_in(mended, source="mended")
    assert counts(again) == (2, 1, 0, 0, 0, 1)
    assert Person.objects.filter(family_name="Paz").exists()
    assert ContactPoint.objects.filter(number__value="+16175550102").exists()
    assert "'=cmd|" not in Path(again.rejects_file).read_text()
    with Path(again.rejects_file).open(newline="") as file:
        header, row = csv.reader(file)
    assert header[6] == "'=Notes"
    assert row[3] == "'+1 617-555-0103"


def test_rejects_come_to_the_same_rejects_when_imported_as_they_are(take_in: Importer) -> None:
    first = take_in(HEAD + ",,1/1/1980,+1 617-555-0102,,02115,\"-1\n''+2\"\n,,1/1/1980,'=3,,02115,\"''@x\"\n")
    second = take_in(Path(first.rejects_file), source="again")
    read = []
    for result in (first, second):
        with Path(result.rejects_file).open(newline="") as file:
            read.append([row[:7] for row in csv.reader(file)])
    assert read[0] == read[1]
    assert len(read[0]) == 3


def _modes(path: Path) -> dict[str, int]:
    return {found.name: stat.S_IMODE(found.stat().st_mode) for found in [path, *path.rglob("*")]}


def test_nobody_else_may_read_the_files_of_an_import_while_it_runs_and_after(
    take_in: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: dict[str, int] = {}
    write = reports.write_problems

    def look_and_write(folder: ImportFolder, *rest: Any) -> Path:
        meanwhile.update(_modes(tmp_path / "home" / "imports"))
        return write(folder, *rest)

    monkeypatch.setattr(reports, "write_problems", look_and_write)
    (tmp_path / "home" / "imports").mkdir(parents=True, mode=0o755)
    before = os.umask(0o022)
    try:
        take_in(HEAD + "Ana,Ruiz,1/1/1980,617-555-0101,x,02115,\n")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    after = _modes(tmp_path / "home" / "imports")
    assert {"source.csv", "stage.duckdb", "rows-000000.tsv", "problems-000000.csv"} <= meanwhile.keys()
    assert {"problems.csv", "rejected.csv"} <= after.keys()
    assert {name: oct(mode) for name, mode in [*meanwhile.items(), *after.items()] if mode & 0o077} == {}


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (IntegrityError, "duplicate key DETAIL: Key (value)=(+16175550101) already exists.", "IntegrityError"),
        (WorkerDied, "a worker process ended by itself", "a worker process ended by itself"),
    ],
)
def test_a_failed_import_keeps_our_own_words_and_of_other_errors_the_name_only(
    take_in: Importer, monkeypatch: pytest.MonkeyPatch, kind: type[Exception], text: str, kept: str
) -> None:
    def fail(*_: object) -> None:
        raise kind(text)

    monkeypatch.setattr(running, "find_clusters", fail)
    with pytest.raises(kind):
        take_in(HEAD + "Ana,Ruiz,1/1/1980,617-555-0101,x,02115,\n")
    row = Import.objects.get()
    assert (row.status, row.error) == (ImportStatus.FAILED, kept)
