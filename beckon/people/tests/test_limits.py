"""Files made to take all memory or all time: each ends in a clear error or in rejected rows."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from beckon.people.errors import UnreadableFile
from beckon.people.intake import files, workbook

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
