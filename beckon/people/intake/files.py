"""Looks at a file before it is imported: its kind, encoding, dialect, header and columns. Then cuts it into blocks."""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path

from beckon.people.errors import UnreadableFile
from beckon.people.intake.dialect import Dialect, detect_dialect
from beckon.people.intake.encoding import detect_encoding, open_bytes, read_text
from beckon.people.intake.fhir import fhir_columns, read_bundle
from beckon.people.intake.formulas import unguarded
from beckon.people.intake.records import MAX_LINE, Block, cut_blocks, parse_block
from beckon.people.intake.spreadsheet import is_spreadsheet, read_sheet
from beckon.people.intake.workbook import MAX_COLUMNS
from beckon.people.normal import mapping
from beckon.people.normal.fields import RawRow
from beckon.people.normal.mapping import Column

_HEADER_WITHIN = 15
_SAMPLE_ROWS = 3_000
MAX_BUNDLE = 64 << 20
"""Characters of a Bundle, which is read as a whole; NDJSON has no limit."""
Piece = Block | list[RawRow]
"""What one worker takes at a time."""


class Kind(StrEnum):
    """What a file is."""

    TEXT = "text"
    SHEET = "sheet"
    FHIR = "fhir"
    BUNDLE = "bundle"


@dataclass(frozen=True)
class Inspection:
    """A file as understood. `header` is the raw header row, empty where there is none; `header_line` 0 then."""

    path: Path
    kind: Kind
    encoding: str
    dialect: Dialect
    header: list[str]
    header_line: int
    columns: list[Column]
    sample: list[list[str]] = field(repr=False, default_factory=list)

    @property
    def headers(self) -> list[str]:
        """Headers as shown, one per column."""
        return [column.header for column in self.columns]


def inspect(
    path: Path, given: Mapping[str, str] | None = None, remembered: Mapping[str, str] | None = None
) -> Inspection:
    """Understand a file. `remembered` (from earlier files of the source) gives way to `given`, both to no guess.

    Raises UnreadableFile or UnclearColumns; both say what to do.
    """
    with open_bytes(path) as file:
        try:
            head = file.read(4096)
        except (EOFError, zlib.error, OSError) as error:
            raise UnreadableFile(f"the file cannot be unpacked: {error}") from error
    if is_spreadsheet(path, head):
        rows = _first_rows(read_sheet(path))
        found = Inspection(path, Kind.SHEET, "", Dialect(",", ""), [], 0, [])
        return _with_columns(found, rows, given or {}, remembered or {})
    encoding = detect_encoding(path)
    text = _sample_text(path, encoding)
    if text.lstrip().startswith("{"):
        kind = Kind.BUNDLE if _is_bundle(text) else Kind.FHIR
        return Inspection(path, kind, encoding, Dialect("\t", ""), [], 0, fhir_columns())
    if text.lstrip().startswith(("[", "<")) and "," not in text.split("\n")[0]:
        raise UnreadableFile("this looks like JSON or XML, not like a table")
    if len(text) >= MAX_LINE - 1 and "\n" not in text:  # a line end may be held back
        raise UnreadableFile(
            f"the first line has more than a million characters: no table of people has (limit: {MAX_LINE:,}); "
            "export the list again, with one person per line"
        )
    dialect = detect_dialect(text)
    width = _commonest_width(text, dialect)
    rows = list(islice(parse_block(Block(1, text), dialect, width), _SAMPLE_ROWS))
    found = Inspection(path, Kind.TEXT, encoding, dialect, [], 0, [])
    return _with_columns(found, rows, given or {}, remembered or {})


def pieces(inspection: Inspection) -> Iterator[Piece]:
    """The file in pieces for the workers, in order; memory stays at one piece."""
    match inspection.kind:
        case Kind.SHEET:
            yield from read_sheet(inspection.path)
        case Kind.BUNDLE:
            text = _whole_bundle(inspection)
            try:
                yield Block(1, "\n".join(read_bundle(text)))
            except (ValueError, RecursionError) as error:
                raise UnreadableFile(f"the file is not valid JSON: {error}") from error
        case Kind.FHIR:
            yield from cut_blocks(read_text(inspection.path, inspection.encoding), inspection.dialect)
        case Kind.TEXT:
            yield from cut_blocks(read_text(inspection.path, inspection.encoding), inspection.dialect)


def _whole_bundle(inspection: Inspection) -> str:
    texts, length = list[str](), 0
    for text in read_text(inspection.path, inspection.encoding):
        texts.append(text)
        length += len(text)
        if length > MAX_BUNDLE:
            raise UnreadableFile(
                f"a FHIR Bundle of more than {MAX_BUNDLE >> 20} MB is not read as a whole: "
                "export the patients as NDJSON (one resource per line), as a bulk export does"
            )
    return "".join(texts)


def file_digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sample_text(path: Path, encoding: str) -> str:
    """The first block, cut at a line end where it has one."""
    text = next(read_text(path, encoding), "").removeprefix("\ufeff")
    if not text.strip("\0 \t\n"):
        raise UnreadableFile("the file is empty")
    return text[: text.rfind("\n") + 1] or text if len(text) > 500_000 else text


def _is_bundle(text: str) -> bool:
    first = text.lstrip().split("\n")[0]
    try:
        return bool(json.loads(first).get("resourceType") == "Bundle")
    except (ValueError, AttributeError, RecursionError):
        return '"Bundle"' in text[:400]


def _commonest_width(text: str, dialect: Dialect) -> int:
    lines = [line for line in text.split("\n")[:50] if line.strip()]
    widths = [len(dialect.parse(line)) for line in lines]
    return max(set(widths), key=lambda width: (widths.count(width), width)) if widths else 1


def _first_rows(blocks: Iterator[list[RawRow]]) -> list[RawRow]:
    rows: list[RawRow] = []
    for block in blocks:
        rows += block
        if len(rows) >= _SAMPLE_ROWS:
            break
    return rows


def _with_columns(
    found: Inspection, rows: list[RawRow], given: Mapping[str, str], remembered: Mapping[str, str]
) -> Inspection:
    if not rows:
        raise UnreadableFile("the file holds no rows")
    rows = [RawRow(row.line, list(map(unguarded, row.values))) for row in rows]
    place = _find_header(rows)
    header = rows[place] if place is not None else RawRow(0, [])
    data = [row.values for row in (rows[place + 1 :] if place is not None else rows)]
    width = len(header.values) or max(len(values) for values in data[:200])
    if width > MAX_COLUMNS:
        raise UnreadableFile(
            f"the table has {width:,} columns; up to {MAX_COLUMNS:,} are read: leave out what is not needed"
        )
    headers = mapping.unique_headers(header.values or [""] * width)
    serials = found.kind is Kind.SHEET
    columns = mapping.guess(headers, data, serials=serials)
    columns = mapping.apply_mapping(columns, remembered, strict=False)
    columns = mapping.apply_mapping(columns, given)
    mapping.require_names(columns)
    return Inspection(
        found.path, found.kind, found.encoding, found.dialect, header.values, header.line, columns, data[:_SAMPLE_ROWS]
    )


def _find_header(rows: list[RawRow]) -> int | None:
    """Which of the first rows heads the table: the one with most known headers; None when none does."""
    best, most = None, 1
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        known = sum(mapping.field_of_header(cell) is not None for cell in row.values if cell.strip())
        if known > most and mapping.looks_like_header(row.values):
            best, most = place, known
    if best is None and mapping.looks_like_header(rows[0].values):
        return 0
    return best
