"""Reading column by column gives what reading row by row gives, whatever the cells hold."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beckon.people.importing import planning
from beckon.people.models import ContactPoint, Number, Relationship
from beckon.people.normal import mapping
from beckon.people.normal.columns import ColumnReader
from beckon.people.normal.fields import PersonRow, RawRow
from beckon.people.normal.rows import RowReader
from beckon.people.normal.staged import staged
from beckon.people.testing.messy_files import Mess, write_messy_file
from beckon.people.tests.conftest import Importer

HEADERS = ["First Name", "Last Name", "Middle Name", "Suffix", "Home Phone", "Cell Phone", "E-mail", "Address", "Apt",
           "City", "ST", "Zip", "DOB", "Last Visit", "OK to Text", "OK to Call", "Guardian", "Time Zone"]  # fmt: skip
CHOICES = (
    ("Ana", " ANA ", "unknown", "", "José María", "bob", "é" * 90, "123", "#"),
    ("Ruiz", "RUIZ JR", "de la Cruz", "", "O'Neil", "Smith III", "x" * 120, "n/a", "TOTAL"),
    ("", "B", "mary ann", "\\N"),
    ("", "Jr", "PhD", "of York and elsewhere"),
    ("617-555-0101", "(617) 555-0102 x12", "+1 617 555 0103", "16175550104", "", " - ", "N/A", "555-5555555",
     "617-222-2222", "+44 20 7946 0018", "1-800-555-0199", "617 555 0101 x", "2345678901", "6175550101\n", "٦175550101",
     "617-911-0101", "tel 617-555-0101", "61755501011234567", "+6175550101", "+1 +2 6175550101"),
    ("", "617-555-0101", "6175550102", "617.555.0105x9"),
    ("ana@example.org", "ANA@Example.ORG", "", " <ana@example.org> ", "'ana@example.org", "+1973@example.org",
     "a..b@x.org", "no", "-", "ana@example.org.", "mailto:ana@example.org", ".a@example.org"),
    ("12 Elm St", "12 ELM STREET", "12 elm st apt 5", "12", "12 ", "12  Elm", " 12 Elm", "PO Box 5", '12 "Rear" Elm',
     "12 \\ Elm", "", "n/a", "12 '", "٤ Elm St", "12 # # # " + "# " * 60, "7 " + "very long " * 12, "12 de la Rosa St"),
    ("", "Apt 5", '"C"', "#7 \\"),
    ("Boston", "BOSTON", "", "St. Louis", "n/a", 'Bo"ston'),
    ("MA", "Massachusetts", "", "ZZ", "AK"),
    ("02115", "2115", "02115-1234", "", "n/a", "1", "99999"),
    ("7/14/1987", "1987-07-14", "2/30/1980", "", "19870714", "unknown"),
    ("1/2/2025", "2025-01-02 09:30", "", "2099-01-01", "never"),
    ("Y", "no", "", "perhaps"),
    ("", "N", "yes"),
    ("", "Mary Ruiz"),
    ("", "Eastern", "Mars/Phobos"),
)  # fmt: skip
CELLS = [(index, cell) for index, cells in enumerate(CHOICES) for cell in cells]
ROWS = st.lists(st.lists(st.sampled_from(CELLS), max_size=4), min_size=1, max_size=6)
"""Rows that are plain but for some cells, (column, cell) each."""


@given(ROWS)
@example([[], [(7, "12 '")], [(8, '"C"'), (5, "617-555-0101")]])
def test_columns_are_read_as_rows_are(table: list[list[tuple[int, str]]]) -> None:
    lines, rows = list(range(7, 7 + len(table))), [[cells[0] for cells in CHOICES] for _ in table]
    for row, changes in zip(rows, table, strict=True):
        for index, cell in changes:
            row[index] = cell
    columns = mapping.guess(HEADERS, [])
    reader = RowReader(columns, date(2026, 11, 16))
    plain = ColumnReader(reader).read(lines, rows)
    others = set(plain.others)
    expected = []
    for place, (line, row) in enumerate(zip(lines, rows, strict=True)):
        outcome = RowReader(columns, date(2026, 11, 16)).read(RawRow(line, row))
        if place not in others:
            assert not outcome.problems
            assert isinstance(outcome.row, PersonRow)
            expected.append(staged(outcome.row))
    assert plain.lines == expected


def test_most_rows_of_a_messy_file_are_plain(tmp_path: Path) -> None:
    write_messy_file(tmp_path / "people.csv", 500, seed=4)
    lines = (tmp_path / "people.csv").read_text().split("\n")
    headers, *rows = [line.rstrip("\r").split(",") for line in lines if line.strip()]
    reader = RowReader(mapping.guess(headers, rows), date(2026, 11, 16))
    assert len(ColumnReader(reader).read(range(len(rows)), rows).lines) > 400


def test_numbers_that_share_a_hash_are_told_apart(
    take_in: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    truth = write_messy_file(path, 300, seed=8, mess=Mess(duplicates=0.1, households=0.1))
    few = "hash(kind, value[1:6])"
    monkeypatch.setattr(planning, "HASHES", (few, *planning.HASHES[1:]))
    result = take_in(path)
    assert (result.created, result.duplicates) == (truth.created, truth.duplicates)
    used = ContactPoint.objects.values_list("number__kind", "number__value").distinct()
    assert used.count() == Number.objects.count()


def test_a_guardian_whose_number_is_known_already_can_be_named_by_a_second_file(take_in: Importer) -> None:
    head = "First Name,Last Name,DOB,Cell Phone,Zip,Guardian,Guardian Phone\n"
    take_in(head + "Eva,Ruiz,2020-05-05,617-555-0101,02115,Mary Ruiz,617-555-0109\n")
    take_in(head + "Leo,Ruiz,2021-05-05,617-555-0102,02115,Mary Ruiz,617-555-0109\n")
    assert Relationship.objects.count() == 2
    assert Number.objects.filter(value="+16175550109").count() == 1
