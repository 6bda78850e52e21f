"""XLSX (and XLS, ODS) sheets as rows of texts, by python-calamine. The first sheet with cells in it is read."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from beckon.people.errors import UnreadableFile
from beckon.people.intake.workbook import check_size
from beckon.people.normal.fields import RawRow

BLOCK_ROWS = 5_000


def is_spreadsheet(path: Path, head: bytes) -> bool:
    """True for an Office or OpenDocument container, by its first bytes and its name."""
    if head.startswith(b"PK\x03\x04"):
        return path.suffix.lower() != ".zip"
    return head.startswith(b"\xd0\xcf\x11\xe0") and path.suffix.lower() in (".xls", "")


def read_sheet(path: Path) -> Iterator[list[RawRow]]:
    """Blocks of rows; a row's line is its number in the sheet. Raises UnreadableFile, also for one too large."""
    check_size(path)
    sheet = open_sheet(path)
    start = sheet.start or (0, 0)
    block: list[RawRow] = []
    for number, cells in enumerate(sheet.iter_rows(), start=start[0] + 1):
        values = [_text(cell) for cell in cells]
        if any(values):
            block.append(RawRow(number, values))
        if len(block) >= BLOCK_ROWS:
            yield block
            block = []
    if block:
        yield block


def open_sheet(path: Path) -> Any:
    """The first sheet with cells in it, of whatever size. Raises UnreadableFile."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:  # pragma: no cover - a broken installation
        raise UnreadableFile("spreadsheets cannot be read here: python-calamine is missing") from error
    try:
        return _first_sheet(CalamineWorkbook.from_path(str(path)))
    except CalamineError as error:
        raise UnreadableFile(f"the spreadsheet cannot be read: {error}") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # how the library underneath gives up on a damaged file
            raise UnreadableFile("the spreadsheet is damaged") from error
        raise


def _first_sheet(book: Any) -> Any:
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height and sheet.width:
            return sheet
    raise UnreadableFile("the spreadsheet is empty")


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if (cell.hour or cell.minute) else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int | timedelta) else ""
