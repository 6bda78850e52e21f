"""Imports in words: their state, their figures, and why rows and values were refused."""

import csv
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beckon.people.importing.folders import ImportFolder, owner_only
from beckon.people.models import Import, ImportStatus

STATES: dict[str, tuple[str | Promise, str]] = {
    "ready": (_("Waits"), "info"),
    "running": (_("Running"), "info"),
    "done": (_("Done"), "good"),
    "cancelled": (_("Stopped"), "warn"),
    "failed": (_("Failed"), "bad"),
    "undone": (_("Taken back"), "calm"),
}
STAGES: dict[str, str | Promise] = {
    "": _("Getting ready"),
    "reading": _("Reading rows"),
    "comparing": _("Comparing with people who are known"),
    "merging": _("Writing people"),
    "done": _("Done"),
}
MOST_LINES, SHOWN, EXAMPLES = 200_000, 12, 3
_DIFFERS = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
_SUMMARY = "summary.json"
csv.field_size_limit(1 << 24)


@dataclass(frozen=True)
class StateLine:
    """An import's state in words."""

    word: str | Promise
    tone: str


def state_of(row: Import) -> StateLine:
    """The state; a trial run that is done is no import."""
    word, tone = STATES[row.status]
    if row.options.get("dry_run") and row.status == ImportStatus.DONE:
        return StateLine(_("Tried"), "info")
    return StateLine(word, tone)


def size_words(size: int) -> str:
    """Bytes as kB, MB or GB."""
    if size >= 1 << 30:
        return f"{size / (1 << 30):,.0f} GB"
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3)):,} kB"


@dataclass
class Reason:
    """Why rows or values were refused, how often, and some examples. `column` is empty for whole rows."""

    column: str
    reason: str
    count: int
    examples: list[str] = field(default_factory=list)


@dataclass
class Reasons:
    """The commonest reasons of an import. `is_cut`: only the first MOST_LINES of a report were read."""

    rows: list[Reason]
    values: list[Reason]
    is_cut: bool


def reasons_of(folder: ImportFolder) -> Reasons:
    """Read from the two reports, and kept beside them, since they do not change."""
    kept = folder.path / _SUMMARY
    if kept.exists():
        data = json.loads(kept.read_text())
        return Reasons([Reason(**r) for r in data["rows"]], [Reason(**r) for r in data["values"]], data["is_cut"])
    rows, cut_rows = _summed(folder.rejects(is_fhir=False), reason=-1, column=None, example=-2)
    values, cut_values = _summed(folder.problems, reason=3, column=1, example=2)
    found = Reasons(rows, values, cut_rows or cut_values)
    if folder.problems.exists():
        with owner_only():
            kept.write_text(json.dumps(asdict(found)))
    return found


def _summed(path: Path, *, reason: int, column: int | None, example: int) -> tuple[list[Reason], bool]:
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], tuple[str, list[str]]] = {}
    if not path.exists():
        return [], False
    lines = 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        for row in islice(rows, MOST_LINES):
            lines += 1
            if len(row) < 2:
                continue
            text = row[reason]
            key = (row[column] if column is not None else "", _DIFFERS.sub("…", text))
            counts[key] += 1
            _text, examples = first.setdefault(key, (text, []))
            if len(examples) < EXAMPLES and row[example] and row[example] not in examples:
                examples.append(row[example][:60])
    found = [
        Reason(name, first[name, plain][0] if n == 1 else plain, n, first[name, plain][1])
        for (name, plain), n in counts.most_common(SHOWN)
    ]
    return found, lines == MOST_LINES


def figures_of(row: Import) -> Sequence[tuple[str | Promise, int, str | Promise, str]]:
    """The five counts every row of the file ends in, with what each means and its tone."""
    tried = bool(row.options.get("dry_run"))
    return (
        (_("New people"), row.created, _("would be added") if tried else _("were added"), "good"),
        (_("Changed"), row.updated, _("known, with something new"), "info"),
        (_("Same"), row.unchanged, _("known, nothing new"), "calm"),
        (_("Duplicates"), row.duplicates, _("twice in the file; joined to the first"), "calm"),
        (
            _("Refused"),
            row.rejected,
            _("rows that are no person who can be reached"),
            "bad" if row.rejected else "calm",
        ),
    )
