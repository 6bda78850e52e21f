"""One piece of a file to normalised tables on disk: what a worker process does. No Django, no database."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from operator import attrgetter
from pathlib import Path

from beckon.people.intake.dialect import Dialect
from beckon.people.intake.fhir import read_resources
from beckon.people.intake.files import Inspection, Kind, Piece
from beckon.people.intake.formulas import guarded, may_hold_guards, unguarded
from beckon.people.intake.records import TOO_LONG, Block, parse_block, parse_values
from beckon.people.normal.columns import ColumnReader
from beckon.people.normal.fields import PersonRow, Problem, RawRow
from beckon.people.normal.mapping import Column
from beckon.people.normal.rows import Outcome, Rejected, RowReader
from beckon.people.normal.staged import staged

ABOVE_HEADER = "stands above the header line"
HEADER_AGAIN = "the header line again"
_NULS = str.maketrans("", "", "\x00")


@dataclass(frozen=True)
class Task:
    """Everything a worker must know of a file; sent to it once."""

    kind: Kind
    dialect: Dialect
    header: list[str]
    header_line: int
    columns: list[Column]
    today: date
    zone: tzinfo
    folder: Path


@dataclass
class Tally:
    """Counts of one or more pieces. Every row read is usable or rejected."""

    rows: int = 0
    rejected: int = 0
    points_rejected: int = 0
    reject_reasons: Counter[str] = field(default_factory=Counter)
    problem_reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Take in another tally."""
        self.rows += other.rows
        self.rejected += other.rejected
        self.points_rejected += other.points_rejected
        self.reject_reasons += other.reject_reasons
        self.problem_reasons += other.problem_reasons


def task_of(inspection: Inspection, today: date, zone: tzinfo, folder: Path) -> Task:
    """The task for the file that was inspected; `today` in the organization's `zone`; results go to `folder`."""
    i = inspection
    return Task(i.kind, i.dialect, i.header, i.header_line, i.columns, today, zone, folder)


class BlockReader:
    """Turns pieces into files `rows-N.tsv`, `rejects-N`, `problems-N.csv` in the task's folder."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._reader = RowReader(task.columns, task.today, task.zone)
        self._columns = ColumnReader(self._reader)
        self._has_header = task.header_line > 0
        self._has_nuls = self._has_guards = False

    def process(self, number: int, piece: Piece) -> Tally:
        """Read one piece and write its files; returns its counts."""
        self._has_nuls = not isinstance(piece, Block) or "\x00" in piece.text
        self._has_guards = not isinstance(piece, Block) or may_hold_guards(piece.text)
        tally, lines = Tally(), list[str]()
        rejects, problems = list[tuple[Rejected, str]](), list[Problem]()
        for raw in self._read_plain(piece, tally, lines):
            if isinstance(raw, tuple):
                outcome, source = Outcome(Rejected(raw[0], [raw[1]], raw[2])), raw[1]
            elif raw.line == self._task.header_line and self._has_header:
                continue
            else:
                outcome, source = self._read(raw), raw.source
            tally.rows += 1
            tally.points_rejected += outcome.points_rejected
            problems += outcome.problems
            if isinstance(outcome.row, PersonRow):
                lines.append(staged(outcome.row))
            else:
                tally.rejected += 1
                tally.reject_reasons[outcome.row.reason] += 1
                rejects.append((outcome.row, source))
        tally.problem_reasons.update(f"{p.column}: {p.reason}" for p in problems)
        self._write(number, lines, rejects, problems)
        return tally

    def _read_plain(self, piece: Piece, tally: Tally, lines: list[str]) -> Iterable[RawRow | tuple[int, str, str]]:
        """Reads the plain rows of a piece at once; the rows that must be read one by one are given back, in order."""
        if self._has_nuls or self._has_guards or not isinstance(piece, Block) or piece.too_long:
            return self._rows(piece)
        if not self._columns.suits or self._task.kind is not Kind.TEXT:
            return self._rows(piece)
        width, header, header_line = self._reader.width, self._task.header, self._task.header_line
        numbers, rows, one_by_one = list[int](), list[list[str]](), list[RawRow]()
        for line, values in parse_values(piece, self._task.dialect, width):
            if len(values) == width and line > header_line and values != header:
                numbers.append(line)
                rows.append(values)
            else:
                one_by_one.append(RawRow(line, values))
        if rows:
            plain = self._columns.read(numbers, rows)
            lines += plain.lines
            tally.rows += len(plain.lines)
            one_by_one += [RawRow(numbers[place], rows[place]) for place in plain.others]
            one_by_one.sort(key=attrgetter("line"))
        return one_by_one

    def _rows(self, piece: Piece) -> Iterator[RawRow | tuple[int, str, str]]:
        if isinstance(piece, Block):
            if piece.too_long:
                return iter([(piece.first_line, piece.text, TOO_LONG)])
            if self._task.kind in (Kind.FHIR, Kind.BUNDLE):
                return read_resources(piece.text, piece.first_line)
            return iter(parse_block(piece, self._task.dialect, self._reader.width))
        return iter(piece)

    def _read(self, raw: RawRow) -> Outcome:
        if self._has_guards and not raw.source:
            raw = RawRow(raw.line, [unguarded(value) for value in raw.values])
        if self._has_header and raw.line < self._task.header_line:
            return Outcome(Rejected(raw.line, raw.values, ABOVE_HEADER))
        if self._has_header and raw.values == self._task.header:
            return Outcome(Rejected(raw.line, raw.values, HEADER_AGAIN))
        if self._has_nuls:
            raw = RawRow(raw.line, [value.translate(_NULS) for value in raw.values], raw.source)
        return self._reader.read(raw)

    def _write(
        self,
        number: int,
        lines: list[str],
        rejects: list[tuple[Rejected, str]],
        problems: list[Problem],
    ) -> None:
        folder = self._task.folder
        (folder / f"rows-{number:06d}.tsv").write_text(_lines(lines), encoding="utf-8", newline="\n")
        if problems:
            with (folder / f"problems-{number:06d}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows((p.line, guarded(p.column), guarded(p.value), p.reason) for p in problems)
        if not rejects:
            return
        with (folder / f"rejects-{number:06d}").open("w", encoding="utf-8", newline="") as file:
            if self._task.kind in (Kind.FHIR, Kind.BUNDLE):
                file.writelines(_wrapped(row, source) for row, source in rejects)
                return
            width = self._reader.width
            csv.writer(file).writerows(
                _report_row([guarded(value) for value in row.values], row, width) for row, _ in rejects
            )


def _report_row(values: list[str], row: Rejected, width: int) -> list[str]:
    return [*values[:width], *[""] * (width - len(values)), str(row.line), row.reason, *values[width:]]


def rejects_header(columns: list[Column], header: list[str], line_column: str, reason_column: str) -> list[str]:
    """The header line of the rejects file: the original one, then the two columns it adds."""
    return [*(header or [column.header for column in columns]), line_column, reason_column]


def _wrapped(row: Rejected, source: str) -> str:
    try:
        resource = json.loads(source)
    except (ValueError, RecursionError):
        resource = source
    return json.dumps({"line": row.line, "reason": row.reason, "resource": resource}) + "\n"


def _lines(texts: list[str]) -> str:
    return "\n".join([*texts, ""])
