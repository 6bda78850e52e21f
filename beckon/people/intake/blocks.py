"""One piece of a file to normalised tables on disk: what a worker process does. No Django, no database."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from hashlib import blake2b
from pathlib import Path
from zlib import adler32, crc32

from beckon.people.intake.dialect import Dialect
from beckon.people.intake.fhir import read_resources
from beckon.people.intake.files import Inspection, Kind, Piece
from beckon.people.intake.formulas import guarded, may_hold_guards, unguarded
from beckon.people.intake.records import TOO_LONG, Block, parse_block
from beckon.people.normal.fields import AT, PersonRow, Problem, RawRow
from beckon.people.normal.mapping import Column
from beckon.people.normal.rows import Outcome, Rejected, RowReader

ABOVE_HEADER = "stands above the header line"
HEADER_AGAIN = "the header line again"
_MATCH_KEY, _BIRTH_DATE, _ZIP = AT["match_key"], AT["birth_date"], AT["postal_code"]
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
    """Turns pieces into files `rows-N.tsv`, `points-N.tsv`, `rejects-N`, `problems-N.csv` in the task's folder."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._reader = RowReader(task.columns, task.today, task.zone)
        self._has_header = task.header_line > 0
        self._has_nuls = self._has_guards = False

    def process(self, number: int, piece: Piece) -> Tally:
        """Read one piece and write its files; returns its counts."""
        self._has_nuls = not isinstance(piece, Block) or "\x00" in piece.text
        self._has_guards = not isinstance(piece, Block) or may_hold_guards(piece.text)
        tally, lines, points = Tally(), list[str](), list[str]()
        rejects, problems = list[tuple[Rejected, str]](), list[Problem]()
        for raw in self._rows(piece):
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
                _add_person(outcome.row, lines, points)
            else:
                tally.rejected += 1
                tally.reject_reasons[outcome.row.reason] += 1
                rejects.append((outcome.row, source))
        tally.problem_reasons.update(f"{p.column}: {p.reason}" for p in problems)
        self._write(number, lines, points, rejects, problems)
        return tally

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
        points: list[str],
        rejects: list[tuple[Rejected, str]],
        problems: list[Problem],
    ) -> None:
        folder = self._task.folder
        (folder / f"rows-{number:06d}.tsv").write_text(_lines(lines), encoding="utf-8", newline="\n")
        (folder / f"points-{number:06d}.tsv").write_text(_lines(points), encoding="utf-8", newline="\n")
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


def _add_person(person: PersonRow, lines: list[str], points: list[str]) -> None:
    line, body = person.values[0], "\t".join(person.values[1:])
    texts = ["\t".join(point) for point in person.points]
    whole = (body + "\n".join(texts)).encode("utf-8", "replace")
    # The digest only has to notice that a row changed; a cryptographic hash of every row would cost more than it saves.
    lines.append(f"{line}\t{body}\t{crc32(whole):08x}{adler32(whole):08x}\t{_key(person)}")
    for place, text in enumerate(texts):
        points.append(f"{line}\t{place}\t{text}")


def _key(person: PersonRow) -> str:
    """96 bits of who the row is about, never shared by chance."""
    values, points = person
    who = [values[_MATCH_KEY], values[_BIRTH_DATE], values[_ZIP], *sorted([point[1] for point in points])]
    return "d" + blake2b("\x1f".join(who).encode("utf-8", "replace"), digest_size=12).hexdigest()
