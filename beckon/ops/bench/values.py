"""What the bench measures and what a measurement is. Targets come from the design, section 9; nothing is run here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from beckon.core.errors import BeckonError


class Verdict(StrEnum):
    """How a value stands to its target."""

    MET = "met"
    HALF = "half met"
    MISSED = "missed"


@dataclass(frozen=True)
class Measure:
    """One thing that is measured. `module` has `prepare(bench)`, which is not timed, and `measure(bench)`."""

    name: str
    unit: str
    target: float
    module: str
    what: str
    against: str
    is_time: bool = False
    """Lower is better."""

    def verdict(self, value: float) -> Verdict:
        """Half of a speed is half as much; half of a time is twice as long."""
        reached = self.target / value if self.is_time else value / self.target
        return Verdict.MET if reached >= 1 else Verdict.HALF if reached >= 0.5 else Verdict.MISSED


MEASURES: tuple[Measure, ...] = (
    Measure(
        "import", "rows/s", 30_000, "importing",
        "rows of a messy file, from the file to merged people and the report",
        "COPY of the rows it left behind into tables without indexes",
    ),
    Measure(
        "segment_count", "ms", 150, "segment_count", "median count of a five-condition segment",
        "median parallel scan that only counts the rows of the person table", is_time=True,
    ),
    Measure(
        "advance", "enrollments/s", 20_000, "advance",
        "enrollments due at one send step: gathered, decided, worded, recorded",
        "COPY of the messages and trace it wrote and one UPDATE of the enrollments, into tables without indexes",
    ),
    Measure(
        "send_http", "messages/s", 10_000, "send_http", "texts to a local HTTP vendor, a durable row each",
        "the carrier alone: same sink, same texts, as many in flight, no database",
    ),
    Measure(
        "send_smtp", "messages/s", 10_000, "send_smtp", "e-mails to a local mail server, a durable row each",
        "the carrier alone: same sink, same e-mails, as many in flight, no database",
    ),
    Measure(
        "next_call", "ms", 50, "next_call", "p95 from an agent's click to the next person shown, 200 agents",
        "p95 of a bare index look-up with FOR UPDATE SKIP LOCKED", is_time=True,
    ),
    Measure(
        "page", "ms", 100, "page", "p95 of the main pages, from the request to the last byte",
        "p95 of a page that asks the database nothing", is_time=True,
    ),
)  # fmt: skip


class UnknownMeasure(BeckonError):
    """There is no measure of this name."""


class BenchFailed(BeckonError):
    """A measurement could not be made, or what it did was wrong."""


def measures_named(names: str) -> list[Measure]:
    """Measures in the bench's order from a comma-separated list, all for "". Raises UnknownMeasure."""
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    known = {measure.name for measure in MEASURES}
    if wanted - known:
        missing = ", ".join(sorted(wanted - known))
        raise UnknownMeasure(f"there is no measure {missing}; there are: {', '.join(m.name for m in MEASURES)}")
    return [measure for measure in MEASURES if not wanted or measure.name in wanted]


@dataclass(frozen=True)
class Figures:
    """What a measure found: value and limit in the measure's unit, and remarks for people."""

    value: float
    limit: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """A measure's figures, and the greatest resident memory while it was timed, in MB."""

    measure: Measure
    figures: Figures
    peak_mb: float

    @property
    def verdict(self) -> Verdict:
        """How the value stands to the target."""
        return self.measure.verdict(self.figures.value)

    def as_json(self) -> dict[str, Any]:
        """The documented keys. For times a ratio is better the lower it is."""
        value, limit = self.figures.value, self.figures.limit
        return {
            "value": _rounded(value), "unit": self.measure.unit, "limit": _rounded(limit),
            "ratio": _rounded(value / limit), "target": self.measure.target, "peak_mb": round(self.peak_mb, 1),
        }  # fmt: skip


def _rounded(number: float) -> float:
    return round(number) if number >= 1000 else float(f"{number:.4g}")


@dataclass(frozen=True)
class Report:
    """A whole run. `failed`: why a measure has no result."""

    machine: Mapping[str, Any]
    results: Mapping[str, Result]
    failed: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """{"machine": {...}, "results": {NAME: {...}}}"""
        return {
            "machine": dict(self.machine),
            "results": {name: result.as_json() for name, result in self.results.items()},
        }
