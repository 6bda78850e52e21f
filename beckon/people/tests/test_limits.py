"""Files made to take all memory or all time: each ends in a clear error or in rejected rows."""

import gzip
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path

import pytest
import xlsxwriter

from beckon.people.errors import UnreadableFile
from beckon.people.intake import blocks, encoding, files, records, workbook
from beckon.people.intake.dialect import Dialect
from beckon.people.intake.pool import process_all
from beckon.people.intake.records import cut_blocks

_WORKBOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def _cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def _sheet(path: Path, more: str, prolog: str = "") -> Path:
    rows = '<row r="1">' + _cell("A1", "First Name") + _cell("B1", "Last Name") + _cell("C1", "Phone") + "</row>"
    rows += '<row r="2">' + _cell("A2", "Ana") + _cell("B2", "Ruiz") + _cell("C2", "6175550101") + "</row>"
    sheet = (
        f'{prolog}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}{more}</sheetData></worksheet>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**_WORKBOOK, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('<row r="1048576">' + _cell("XFD1048576", "x") + "</row>", "reaches column 16,384"),
        ('<row r="1048576">' + _cell("CZ1048576", "x") + "</row>", "more than 50,000,000 cells"),
        ('<row r="1048576">' + _cell("Z1048576", "x") + "</row>", "only 7 cells are filled"),
        ('<row r="3">' + "<c><v>1</v></c>" * 2_001 + "</row>", "reaches column 2,001"),
        ('<row r="3"><c', "damaged|filled|cannot be read"),
    ],
)
def test_a_sheet_with_a_far_cell_is_refused_before_it_is_opened(more: str, words: str, tmp_path: Path) -> None:
    path = _sheet(tmp_path / "far.xlsx", more)
    with pytest.raises(UnreadableFile, match=words):
        files.inspect(path)


def test_a_sheet_of_common_extent_is_read_also_with_a_stray_cell_at_its_foot(tmp_path: Path) -> None:
    path = _sheet(tmp_path / "near.xlsx", '<row r="40000">' + _cell("C40000", "x") + "</row>")
    assert files.inspect(path).headers == ["First Name", "Last Name", "Phone"]


def test_a_workbook_that_unpacks_to_more_than_the_limit_is_refused_whatever_size_it_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _sheet(tmp_path / "big.xlsx", " " * 3_000_000)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rfind(mark)
        data[at + place : at + place + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 2_000_000)
    with pytest.raises(UnreadableFile, match="when unpacked"):
        files.inspect(path)


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = _sheet(tmp_path / "entities.xlsx", "", '<!DOCTYPE x [<!ENTITY a "b">]>')
    with pytest.raises(UnreadableFile, match="damaged"):
        files.inspect(path)


def test_other_kinds_of_spreadsheets_are_tried_with_limited_memory_first(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000)
    with pytest.raises(UnreadableFile, match="damaged or too large"):
        files.inspect(path)


def test_what_a_spreadsheet_program_writes_passes(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["First Name", "Last Name", "Phone"])
    sheet.write_row(1, 0, ["Ana", "Ruiz", "617-555-0101"])
    sheet.write_comment(1, 1, "a drawing comes with this")
    book.close()
    workbook.check_size(path)
    assert files.inspect(path).sample == [["Ana", "Ruiz", "617-555-0101"]]


HEAD = "First Name,Last Name,Phone\n"


def _table_with_a_long_line(length: int) -> Iterator[bytes]:
    yield (HEAD + "Ana,Ruiz,617-555-0101\nEva,").encode()
    for _ in range(length >> 20):
        yield b'x",y\t' * ((1 << 20) // 5)
    yield b",617-555-0102\nLuz,Gil,617-555-0103\n"


@pytest.mark.parametrize("packed", [False, True])
def test_an_enormous_line_is_one_rejected_row_and_takes_no_memory(tmp_path: Path, packed: bool) -> None:
    path, parts = tmp_path / "people.csv", tmp_path / "parts"
    parts.mkdir()
    with gzip.open(path, "wb", 1) if packed else path.open("wb") as file:
        file.writelines(_table_with_a_long_line(60 << 20))
    tracemalloc.start()
    inspection = files.inspect(path)
    task = blocks.task_of(inspection, date(2026, 11, 16), UTC, parts)
    tally, _ = process_all(task, files.pieces(inspection), lambda _: None, workers=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 << 20
    assert (tally.rows, tally.rejected) == (3, 1)
    assert tally.reject_reasons == {records.TOO_LONG: 1}
    (rejects,) = parts.glob("rejects-*")
    assert rejects.read_text().startswith('"Eva,x""')
    assert rejects.stat().st_size < 3_000
    lines = [text.split("\t")[0] for part in sorted(parts.glob("rows-*")) for text in part.read_text().split("\n")[:-1]]
    assert lines == ["2", "4"]


@pytest.mark.parametrize("size", [1_000, 3_000, 10_000])
def test_lines_of_any_length_keep_their_numbers(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_LINE", 500)
    lengths = [10, 499, 500, 501, 40, 2_000, 2_500, 0, 7, 9_000]
    text = "".join("x" * length + "\n" for length in lengths)
    for step in (64, 333, 499):
        cut = list(cut_blocks((text[i : i + step] for i in range(0, len(text), step)), Dialect(","), size))
        assert [block.first_line for block in cut if block.too_long] == [4, 6, 7, 10]
        kept = [line for block in cut if not block.too_long for line in block.text.splitlines()]
        assert [len(line) for line in kept] == [10, 499, 500, 40, 0, 7]


def test_a_file_of_one_endless_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Ana,Ruiz,6175550101," * 200_000)
    with pytest.raises(UnreadableFile, match="first line"):
        files.inspect(path)


def test_a_table_of_thousands_of_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("First Name,Last Name,Phone" + ",Extra" * 2_000 + "\nAna,Ruiz,617-555-0101\n")
    with pytest.raises(UnreadableFile, match="columns"):
        files.inspect(path)


def test_a_gzip_file_that_unpacks_beyond_reason_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_UNPACKED", 1 << 20)
    path = tmp_path / "people.csv.gz"
    buffer = io.BytesIO()
    with gzip.open(buffer, "wb") as file:
        file.write((HEAD + "Ana,Ruiz,617-555-0101\n").encode())
        file.write(b"\n" * (32 << 20))
    path.write_bytes(buffer.getvalue())
    with pytest.raises(UnreadableFile, match="unpacks to more than"):
        files.inspect(path)


def test_a_damaged_gzip_file_is_refused_with_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "people.csv.gz"
    data = bytearray(gzip.compress((HEAD + "Ana,Ruiz,617-555-0101\n" * 5_000).encode()))
    data[20:60] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(UnreadableFile):
        files.inspect(path)


def test_a_bundle_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bundle.json"
    entry = {"resource": {"resourceType": "Patient", "id": "p"}}
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": [entry] * 100}))
    inspection = files.inspect(path)
    assert len(list(files.pieces(inspection))) == 1
    monkeypatch.setattr(files, "MAX_BUNDLE", 1_000)
    with pytest.raises(UnreadableFile, match="NDJSON"):
        list(files.pieces(inspection))
