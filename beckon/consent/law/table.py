"""Reads and checks the dated table of legal hours, law/hours.yaml. Knows no people and decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from beckon.core.wording.words import Words

SOURCE = Path(__file__).with_name("hours.yaml")
STATE_COUNT = 51  # the fifty states and DC
CONSENT_KINDS = frozenset({"express", "written"})
PHONE_CHANNELS = frozenset({"sms", "voicemail", "voice"})
SOURCES = frozenset({"VA", "STA", "STB", "STC", "DC"})
LONGEST_CAP = 168
"""Hours. The gate looks no further back at contacts than a week; so far no state does, either."""
_ROW_KEYS = frozenset(
    {"state", "from", "weekdays", "saturday", "sunday", "zone", "holidays", "also"}
    | {"cap", "consent", "consent_for", "cite", "agreement", "verified", "note"}
)

Window = tuple[int, int] | None  # minutes after local midnight, half open; None is "no contact that day"


class HoursTableError(ValueError):
    """The data file breaks its own rules; the message names the row."""


@dataclass(frozen=True)
class Cap:
    """At most `count` contacts in any `hours` hours."""

    count: int
    hours: int


@dataclass(frozen=True)
class Row:
    """One state's rule from a day on. `windows`: weekdays, Saturday, Sunday; `zone`: read by that clock."""

    state: str
    start: date
    windows: tuple[Window, Window, Window]
    cite: str
    zone: str | None = None
    holidays: tuple[str, ...] = ()
    also: frozenset[tuple[int, int]] = frozenset()
    cap: Cap | None = None
    consent: str | None = None
    consent_for: frozenset[str] = PHONE_CHANNELS
    agreement: tuple[str, ...] = ()
    is_verified: bool = True
    note: Words | None = None
    is_extra: bool = False  # of the `recorded` list: on top of the state's own row

    def window_on_weekday(self, weekday: int) -> Window:
        """The window of a weekday (Monday 0), holidays aside."""
        return self.windows[max(0, weekday - 4)]


@dataclass(frozen=True, eq=False)
class HoursTable:
    """The whole table. Rows are sorted by state, then start; `zones` covers the territories too."""

    version: str
    federal: Row
    rows: tuple[Row, ...]
    recorded: tuple[Row, ...]
    zones: Mapping[str, frozenset[str]]
    states: frozenset[str]

    def rules_for(self, states: frozenset[str], *, is_recorded: bool) -> tuple[Row, ...]:
        """All rows, of any date, that bind contacts to these states. The federal row comes first."""
        listed = self.rows + self.recorded if is_recorded else self.rows
        return (self.federal, *(row for row in listed if row.state in states))


@cache
def hours_table(path: Path = SOURCE) -> HoursTable:
    """The checked table from `path`. Raises HoursTableError."""
    return read_table(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_table(data: dict[str, Any]) -> HoursTable:
    """A checked table from parsed YAML. Raises HoursTableError naming what is wrong."""
    if len(data["zones"]) != STATE_COUNT or "DC" not in data["zones"]:
        raise HoursTableError("zones must list the fifty states and DC, no more and no less")
    places = {**data["zones"], **data["territories"]}
    zones = {state: _zones(state, names) for state, names in places.items()}
    return HoursTable(
        version=str(data["version"]),
        federal=_row({"state": "US", "agreement": ["VA"], **data["federal"]}),
        rows=_rows(data["rows"], zones),
        recorded=_rows(data["recorded"], zones, is_extra=True),
        zones=zones,
        states=frozenset(data["zones"]),
    )


def _zones(state: str, names: list[str]) -> frozenset[str]:
    for name in names:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise HoursTableError(f"{state}: no such zone {name}") from error
    if not names:
        raise HoursTableError(f"{state}: needs a zone")
    return frozenset(names)


def _rows(
    items: list[dict[str, Any]], zones: Mapping[str, frozenset[str]], *, is_extra: bool = False
) -> tuple[Row, ...]:
    rows = sorted((_row(item, is_extra=is_extra) for item in items), key=lambda row: (row.state, row.start))
    unknown = [row.state for row in rows if row.state not in zones]
    if unknown:
        raise HoursTableError(f"no such state: {unknown}")
    keys = [(row.state, row.start) for row in rows]
    if len(set(keys)) != len(keys):
        raise HoursTableError("two rows of one state start on the same day")
    return tuple(rows)


def _row(item: dict[str, Any], *, is_extra: bool = False) -> Row:
    state = str(item.get("state"))
    extra = item.keys() - _ROW_KEYS
    if extra:
        raise HoursTableError(f"{state}: unknown key {sorted(extra)}")
    if not item.get("cite"):
        raise HoursTableError(f"{state}: a row without a citation")
    agreement = tuple(item.get("agreement") or ())
    if not agreement or not SOURCES.issuperset(agreement):
        raise HoursTableError(f"{state}: agreement must name known sources")
    consent = item.get("consent")
    if consent is not None and consent not in CONSENT_KINDS:
        raise HoursTableError(f"{state}: no such consent {consent}")
    consent_for = frozenset(item.get("consent_for") or PHONE_CHANNELS)
    if not consent_for <= PHONE_CHANNELS:
        raise HoursTableError(f"{state}: consent_for names phone channels only")
    zone = item.get("zone")
    if zone is not None:
        _zones(state, [zone])
    days = tuple(_window(state, item.get(day)) for day in ("weekdays", "saturday", "sunday"))
    return Row(
        state=state,
        start=item.get("from") or date.min,
        windows=(days[0], days[1], days[2]),
        cite=item["cite"],
        zone=zone,
        holidays=tuple(item.get("holidays") or ()),
        also=frozenset(_day(state, day) for day in item.get("also") or ()),
        cap=_cap(state, item.get("cap")),
        consent=consent,
        consent_for=consent_for,
        agreement=agreement,
        is_verified=bool(item.get("verified", True)),
        note=Words(**item["note"]) if "note" in item else None,
        is_extra=is_extra,
    )


def _window(state: str, text: Any) -> Window:
    if text == "none":
        return None
    first, dash, last = str(text).partition("-")
    if not (dash and first.isdigit() and last.isdigit() and 8 <= int(first) < int(last) <= 21):
        raise HoursTableError(f"{state}: hours must be whole, like 9-20, inside 8-21, or none; not {text!r}")
    return int(first) * 60, int(last) * 60


def _day(state: str, text: Any) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{text}")
    except ValueError as error:
        raise HoursTableError(f"{state}: a day is MM-DD, not {text!r}") from error
    return day.month, day.day


def _cap(state: str, item: dict[str, int] | None) -> Cap | None:
    if item is None:
        return None
    if set(item) != {"count", "hours"} or min(item.values()) < 1 or item["hours"] > LONGEST_CAP:
        raise HoursTableError(f"{state}: a cap is a count and hours, both positive, and of a week at most")
    return Cap(count=item["count"], hours=item["hours"])
