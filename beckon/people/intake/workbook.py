"""How large a spreadsheet really is, found out before anything opens it: the reader underneath lays a sheet out
densely, so that one far cell in a file of two kilobytes would take all memory. No Django, no database.

Source of the parts of a workbook: ECMA-376, part 1, 18.3 (worksheets) and part 2 (the ZIP container).
"""

import os
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from beckon.people.errors import UnreadableFile

MAX_COLUMNS = 2_000
MAX_CELLS = 50_000_000
"""Rows times columns of a sheet, empty ones included."""
MAX_UNPACKED = 1 << 30
"""Bytes of all parts of a workbook together, unpacked."""
SPARSE_CELLS, CELLS_PER_FILLED = 8_000_000, 50
"""A sheet above the first may have this many times as many cells as are filled; a stray far cell is above."""
PROBE_MEMORY, PROBE_SECONDS = 2 << 30, 120
_MODERN = (".xlsx", ".xlsm", ".xlam")
_BLOCK = 1 << 18
_ADVICE = "delete the empty rows and columns around the table (or copy the table into a new sheet) and save it again"


def check_size(path: Path) -> None:
    """Raises UnreadableFile, saying where and what to do, for a spreadsheet too large to be opened."""
    about = path.stat()
    _check(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=16)
def _check(path: Path, size: int, changed: int) -> None:
    del size, changed  # they only tell one content of the path from another
    if path.suffix.lower() in _MODERN:
        _check_parts(path)
    else:
        _probe(path)


def _check_parts(path: Path) -> None:
    left = MAX_UNPACKED
    try:
        with ZipFile(path) as archive, path.open("rb") as file:
            for part in archive.infolist():
                left -= _check_part(file, part, left)
    except (BadZipFile, zlib.error, struct.error, ValueError, EOFError) as error:
        raise UnreadableFile(f"the spreadsheet is damaged: {type(error).__name__}") from error


def _check_part(file: IO[bytes], part: ZipInfo, left: int) -> int:
    """Reads one part through; returns its real size, which is not what the archive says it is."""
    extent, parser, is_xml = _Extent(part.filename), expat.ParserCreate(), True
    parser.StartElementHandler = extent.start
    parser.EndElementHandler = extent.end
    parser.StartDoctypeDeclHandler = extent.refuse_doctype
    size, tail = 0, b""
    for block in _unpacked(file, part):
        size += len(block)
        if size > left:
            raise UnreadableFile(
                f"the spreadsheet holds more than {MAX_UNPACKED >> 20} MB when unpacked (at {part.filename}): "
                "save the table as CSV and import that"
            )
        try:
            if is_xml:
                parser.Parse(block)
        except expat.ExpatError:
            is_xml = False
        if not is_xml and b"sheetData" in tail + block:
            raise UnreadableFile(f"the spreadsheet is damaged at {part.filename}: open it and save it again")
        tail = block[-16:]
    extent.check()
    return size


def _unpacked(file: IO[bytes], part: ZipInfo) -> Iterator[bytes]:
    """The part's bytes in blocks, as far as the packed ones go, whatever size the archive states."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
        raise UnreadableFile(f"{part.filename} is locked or packed in an unknown way: save it without a password")
    file.seek(part.header_offset + 26)
    name, extra = struct.unpack("<HH", file.read(4))
    file.seek(name + extra, os.SEEK_CUR)
    packed, unpacker = part.compress_size, zlib.decompressobj(-15)
    while packed > 0:
        raw = file.read(min(_BLOCK, packed))
        if not raw:
            raise EOFError
        packed -= len(raw)
        if part.compress_type == ZIP_STORED:
            yield raw
            continue
        while raw and not unpacker.eof:
            yield unpacker.decompress(raw, _BLOCK)
            raw = unpacker.unconsumed_tail


class _Extent:
    """The furthest row and column with a cell, seen as the XML of a sheet goes by."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._inside = False
        self._row = self._column = 0
        self._first_row = 0
        self._last_row = self._last_column = self._filled = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        if name == "c" and self._inside:
            self._cell(attributes.get("r", ""))
        elif name == "row" and self._inside:
            row = attributes.get("r", "")
            self._row, self._column = int(row) if row.isascii() and row.isdigit() else self._row + 1, 0
        elif name == "sheetData":
            self._inside = True

    def end(self, name: str) -> None:
        """An element ends."""
        if name.endswith("sheetData"):
            self._inside = False

    def refuse_doctype(self, *_: object) -> None:
        """No workbook has one; they serve to blow a file up."""
        raise UnreadableFile(f"the spreadsheet is damaged at {self._part}: open it and save it again")

    def _cell(self, at: str) -> None:
        letters = at.rstrip("0123456789")
        if letters:
            self._column = 0
            for letter in letters.upper()[:8]:
                self._column = self._column * 26 + ord(letter) - 64
        else:
            self._column += 1
        row = int(at[len(letters) :] or 0) or self._row
        self._filled += 1
        self._first_row = min(self._first_row or row, row)
        self._last_row, self._last_column = max(self._last_row, row), max(self._last_column, self._column)

    def check(self) -> None:
        """Raises UnreadableFile when the sheet is too large."""
        rows, columns = self._last_row - self._first_row + 1, self._last_column
        cells = rows * columns
        if columns > MAX_COLUMNS:
            trouble = f"reaches column {columns:,}; {MAX_COLUMNS:,} are read"
        elif cells > MAX_CELLS:
            trouble = f"spans {rows:,} rows and {columns:,} columns, more than {MAX_CELLS:,} cells"
        elif cells > SPARSE_CELLS and cells > CELLS_PER_FILLED * self._filled:
            trouble = f"spans {rows:,} rows and {columns:,} columns, but only {self._filled:,} cells are filled"
        else:
            return
        raise UnreadableFile(f"the sheet in {self._part} {trouble}: {_ADVICE}")


def _probe(path: Path) -> None:
    """Open an older or other format (XLS, XLSB, ODS) in a process of its own first, whose memory is limited."""
    command = [sys.executable, "-m", "beckon.people.intake.workbook", str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        raise UnreadableFile("the spreadsheet takes too long to open: save it as XLSX or CSV") from None
    if done.returncode:
        raise UnreadableFile(
            "the spreadsheet is damaged or too large to be opened: "
            "delete the empty rows and columns around the table and save it as XLSX or CSV"
        )


def main() -> None:
    """Open the file that is named as the only argument with limited memory; ends with 0 when that went well."""
    resource.setrlimit(resource.RLIMIT_AS, (PROBE_MEMORY, PROBE_MEMORY))
    from beckon.people.intake.spreadsheet import open_sheet

    sheet = open_sheet(Path(sys.argv[1]))
    if sheet.height * sheet.width > MAX_CELLS or sheet.width > MAX_COLUMNS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
