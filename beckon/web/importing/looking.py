"""Looks at a file that was sent: its kind, its columns with samples and what each seems to mean."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from beckon.people.errors import UnclearColumns
from beckon.people.intake.encoding import detect_encoding, read_text
from beckon.people.intake.files import Inspection, Kind, inspect
from beckon.people.intake.formulas import unguarded
from beckon.people.intake.spreadsheet import is_spreadsheet, read_sheet
from beckon.people.normal.fields import Field
from beckon.web.importing.drafts import ColumnLook

SAMPLES, LONGEST = 3, 60
_LINES = 20
_NOBODY: dict[str, str] = {}


def look_at(path: Path, remembered: Mapping[str, str]) -> tuple[Inspection, bool]:
    """The file as understood, and whether a column of names was found. Raises UnreadableFile."""
    try:
        return inspect(path, _NOBODY, remembered), True
    except UnclearColumns:
        # The page tells. The first column passes for one of names until somebody has chosen.
        firsts = dict.fromkeys(("Column 1", *_first_cells(path)), Field.FAMILY_NAME.value)
        return inspect(path, _NOBODY, {**remembered, **firsts}), False


def columns_of(inspection: Inspection, *, has_names: bool) -> list[ColumnLook]:
    """The columns with their first different values. FHIR has none to choose."""
    if inspection.kind in (Kind.FHIR, Kind.BUNDLE):
        return []
    return [
        ColumnLook(
            column.header,
            (column.field if has_names or column.field is not Field.FAMILY_NAME else Field.IGNORE).value,
            _samples(inspection, column.index),
        )
        for column in inspection.columns
    ]


def _samples(inspection: Inspection, index: int) -> list[str]:
    values = (row[index].strip() for row in inspection.sample if index < len(row))
    different = dict.fromkeys(value[:LONGEST] for value in values if value)
    return list(islice(different, SAMPLES))


def _first_cells(path: Path) -> list[str]:
    """The first cell of each of the first rows: one of them heads the table."""
    with path.open("rb") as file:
        head = file.read(4096)
    if is_spreadsheet(path, head):
        rows = [row.values for block in islice(read_sheet(path), 1) for row in block[:_LINES]]
        return [unguarded(row[0]).strip() for row in rows if row and row[0].strip()]
    text = next(read_text(path, detect_encoding(path)), "")
    firsts = []
    for line in text.lstrip("\ufeff").split("\n")[:_LINES]:
        for mark in ",;\t|\x1f^~:":
            firsts.append(line.split(mark)[0].strip().strip("\"'"))
    return list(dict.fromkeys(filter(None, firsts)))
