"""Dates in the usual written forms, and a spreadsheet's day numbers. Pure: the present day is an argument."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero",
            "feb february febrero",
            "mar march marzo",
            "apr april abr abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug august ago agosto",
            "sep sept september septiembre setiembre set",
            "oct october octubre",
            "nov november noviembre",
            "dec december dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMERIC = re.compile(r"^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})$")
_COMPACT = re.compile(r"^(\d{8})(?:\d{4,6})?$")
_DAY_NAME = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[-/. ]*(?:de )?([a-z]{3,10})\.?,?[-/. ]*(?:de )?(\d{2,4})$")
_NAME_DAY = re.compile(r"^([a-z]{3,10})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?,?[-/. ]+(\d{2,4})$")
_YEAR_NAME_DAY = re.compile(r"^(\d{4})[-/. ]([a-z]{3,10})[-/. ](\d{1,2})$")
_TIME = re.compile(
    r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:z|utc|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_CLOCK = re.compile(r"[T ](\d{1,2}):(\d{2})(?::\d{2})?\s*(?:([ap])\.?m\.?)?\s*$", re.IGNORECASE)
_SERIAL = re.compile(r"^\d{1,5}(?:\.\d+)?$")
_EPOCH = date(1899, 12, 30)

NOT_A_DATE = "not a date"
NO_SUCH_DAY = "there is no such day"
FUTURE = "lies in the future"
TOO_OLD = "more than 120 years ago"


@dataclass(frozen=True)
class DateStyle:
    """How a column writes its dates: day before month, and whether bare numbers are a spreadsheet's days."""

    day_first: bool = False
    serials: bool = False


def read_date(text: str, style: DateStyle, today: date) -> date | str:
    """The date in `text` (a time behind it is dropped), or the reason why there is none.

    A two-digit year means the last hundred years up to `today`'s year. Where only one order of day and month is
    possible that one is taken, else the column's.
    """
    text = text.strip()
    if len(text) > 10:
        text = _TIME.sub("", text).lower()
    if style.serials and _SERIAL.match(text) and 1 <= float(text) < 60_000:
        return _EPOCH + timedelta(days=int(float(text)))
    parts = _numeric(text, style) or _named(text)
    if parts is None:
        return NOT_A_DATE
    year, month, day, short = parts
    if short:
        year += 2000 if 2000 + year <= today.year else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return NO_SUCH_DAY


def read_birth_date(text: str, style: DateStyle, today: date) -> date | str:
    """As `read_date`; a birth date lies neither in the future nor more than 120 years back."""
    found = read_date(text, style, today)
    if isinstance(found, str):
        return found
    if found > today:
        return FUTURE
    return TOO_OLD if found.year < today.year - 120 else found


def read_moment(text: str, style: DateStyle, today: date) -> datetime | date | str:
    """A date with its time where one is written (naive unless the text names its offset), else as `read_date`."""
    text = text.strip()
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else read_date(text, style, today)
    except ValueError:
        day = read_date(text, style, today)
    clock = _CLOCK.search(text)
    if isinstance(day, str) or clock is None:
        return day
    hour, minute = int(clock.group(1)), int(clock.group(2))
    if clock.group(3):
        hour = hour % 12 + (12 if clock.group(3).lower() == "p" else 0)
    return datetime.combine(day, time(hour, minute)) if hour < 24 and minute < 60 and (hour or minute) else day


def is_day_first(values: Iterable[str]) -> bool:
    """True when the column's unambiguous dates put the day before the month."""
    day, month = 0, 0
    for value in values:
        text = value.strip()
        found = _NUMERIC.match(_TIME.sub("", text) if len(text) > 10 else text) if text[:1].isdigit() else None
        if found and len(found.group(1)) <= 2:
            first, second = int(found.group(1)), int(found.group(2))
            day += 12 < first <= 31 and second <= 12
            month += 12 < second <= 31 and first <= 12
    return day > month


def _numeric(text: str, style: DateStyle) -> tuple[int, int, int, bool] | None:
    compact = _COMPACT.match(text)
    if compact:
        digits = compact.group(1)
        if 1850 < int(digits[:4]) < 2200:
            return int(digits[:4]), int(digits[4:6]), int(digits[6:]), False
        return int(digits[4:]), int(digits[:2]), int(digits[2:4]), False
    found = _NUMERIC.match(text)
    if not found:
        return None
    first, second, third = found.groups()
    if len(first) == 4:
        return int(first), int(second), int(third), False
    if len(first) > 2 or len(third) not in (2, 4):
        return None
    a, b = int(first), int(second)
    day_first = (style.day_first and b <= 12) or (a > 12 >= b)
    month, day = (b, a) if day_first else (a, b)
    if style.day_first and b > 12 >= a:
        month, day = a, b
    return int(third), month, day, len(third) == 2


def _named(text: str) -> tuple[int, int, int, bool] | None:
    for pattern, order in ((_DAY_NAME, (3, 2, 1)), (_NAME_DAY, (3, 1, 2)), (_YEAR_NAME_DAY, (1, 2, 3))):
        found = pattern.match(text)
        month = MONTHS.get(found.group(order[1])) if found else None
        if found and month:
            year = found.group(order[0])
            return int(year), month, int(found.group(order[2])), len(year) == 2
    return None
