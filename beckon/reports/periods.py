"""Spans of time that figures are counted over, cut at midnight where the practice is."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from beckon.core.errors import BeckonError

_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")


class InvalidWeek(BeckonError):
    """A week is written like 2026-W47 (ISO 8601)."""


@dataclass(frozen=True)
class Period:
    """From `start` (included) to `end` (not included), both aware, in the zone named."""

    start: datetime
    end: datetime
    zone: str

    @property
    def first_day(self) -> date:
        """The first calendar day, where the practice is."""
        return self.start.astimezone(ZoneInfo(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The last calendar day that belongs to the period."""
        return (self.end.astimezone(ZoneInfo(self.zone)) - timedelta(microseconds=1)).date()


def days(first: date, count: int, zone: str) -> Period:
    """`count` calendar days from `first`, midnight to midnight in `zone` (a day may have 23 or 25 hours)."""
    place = ZoneInfo(zone)
    start = datetime.combine(first, time(), place)
    return Period(start, datetime.combine(first + timedelta(days=count), time(), place), zone)


def iso_week(text: str, zone: str) -> Period:
    """The seven days of an ISO week such as 2026-W47. Raises InvalidWeek."""
    match = _WEEK.match(text.strip())
    try:
        if not match:
            raise ValueError(text)
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError as error:
        raise InvalidWeek(f"{text!r} is not a week; write it like 2026-W47") from error
    return days(monday, 7, zone)


def week_name(day: date) -> str:
    """The ISO week a day lies in: 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_before(period: Period) -> Period:
    """The seven days before the period's first day."""
    return days(period.first_day - timedelta(days=7), 7, period.zone)
