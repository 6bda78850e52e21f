"""The law read a second way: straight from the raw file, one minute at a time. Slow on purpose; tests only."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import yaml

RAW: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "law/hours.yaml").read_text())
STATE_ZONES: dict[str, list[str]] = RAW["zones"] | RAW["territories"]
STATES = sorted(RAW["zones"])
PLACES = sorted(STATE_ZONES)
DAYS = ("weekdays",) * 5 + ("saturday", "sunday")
CLOCK_CHANGES = (date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7))


@cache
def rows_on(state: str, on: date, is_recorded: bool) -> tuple[dict[str, Any], ...]:
    """The raw rows of a state in force on a day."""
    found = []
    for listed in (RAW["rows"], RAW["recorded"] if is_recorded else []):
        begun = [row for row in listed if row["state"] == state and row.get("from", date.min) <= on]
        if begun:
            found.append(max(begun, key=lambda row: row.get("from", date.min)))
    return tuple(found)


@cache
def is_holiday(row_calendars: tuple[str, ...], also: tuple[str, ...], on: date) -> bool:
    """True on a day the row calls a holiday."""
    names = [None if name == "US" else name for name in row_calendars]
    return any(on in holidays.country_holidays("US", subdiv=name) for name in names) or f"{on:%m-%d}" in also


def row_allows(row: dict[str, Any], local: datetime) -> bool:
    """True where this row lets a contact through at this local time."""
    hours = row[DAYS[local.weekday()]]
    if hours == "none" or is_holiday(tuple(row.get("holidays", ())), tuple(row.get("also", ())), local.date()):
        return False
    first, last = (int(part) for part in str(hours).split("-"))
    return first <= local.hour < last


def is_legal(states: frozenset[str], zones: frozenset[str], at: datetime, is_recorded: bool = False) -> bool:
    """True where every rule of every state allows it on every clock the person may live by."""
    if not states:
        states = frozenset(STATES)
    clocks = zones or frozenset(zone for state in states for zone in STATE_ZONES[state])
    for zone in clocks:
        local = at.astimezone(ZoneInfo(zone))
        if not row_allows(RAW["federal"], local):
            return False
        for state in states:
            for row in rows_on(state, local.date(), is_recorded):
                clock = row.get("zone")
                own = at.astimezone(ZoneInfo(clock)) if clock else local
                if not row_allows(row, own):
                    return False
    return True


def is_open_everywhere(at: datetime) -> bool:
    """The narrowest window in words: Mon-Fri 10-18, Sat 10-17, no Sunday, no holiday, from Honolulu to New York."""
    west, east = at.astimezone(ZoneInfo("Pacific/Honolulu")), at.astimezone(ZoneInfo("America/New_York"))
    calendars = ("US", "AL", "LA", "RI", "UT")
    if east.weekday() == 6 or is_holiday(calendars, ("11-01",), east.date()):
        return False
    return west.date() == east.date() and west.hour >= 10 and east.hour < (17 if east.weekday() == 5 else 18)


def utc(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """An instant."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
