"""When to call again: next week at an hour not tried yet, next month, at the time the person named. Pure.

Hours are the person's local hours and always lawful ones (consent.law). Days between attempts: mission, L4.
"""

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from beckon.consent.law.hours import Place, hours_at

HOURS_BY_PART_OF_DAY: tuple[tuple[int, ...], ...] = ((9, 10, 8, 11), (12, 13), (16, 17, 18, 15, 14, 19), (20, 21))
"""Early morning, lunch, from 16:00 (mission R3), the rest: which hours of each part are tried first."""
LONGEST_CALLBACK = timedelta(days=92)
_DAYS_SEARCHED = 35
_DEFAULT_ZONE = "America/Chicago"


class CallbackNo(StrEnum):
    """Why a callback cannot be promised for that time."""

    MISSING = "callback_needs_a_date_or_a_time"
    PAST = "callback_is_in_the_past"
    TOO_FAR = "callback_is_too_far_ahead"
    OUTSIDE_HOURS = "callback_outside_legal_hours"


@dataclass(frozen=True, slots=True)
class Moment:
    """A callback as the person named it: an instant, or a local date, a local time, or both."""

    at: datetime | None = None
    on: date | None = None
    clock: time | None = None

    @property
    def is_empty(self) -> bool:
        """True when nothing was named."""
        return self.at is None and self.on is None and self.clock is None


NOTHING_NAMED = Moment()


def zone_of(place: Place, own: str = "") -> ZoneInfo:
    """The zone whose clock is shown and learned from: the person's own, else the first the place may be in."""
    if own:
        return ZoneInfo(own)
    return ZoneInfo(min(place.zones) if place.zones else _DEFAULT_ZONE)


def local_hour(at: datetime, zone: ZoneInfo) -> int:
    """The hour, 0 to 23, on the person's clock."""
    return at.astimezone(zone).hour


def hours_to_try(tried: Collection[int], preferred: int | None = None) -> list[int]:
    """Untried hours, best first: the one the person likes, then parts of the day with the fewest tries."""
    tries = {part: sum(hour in tried for hour in part) for part in HOURS_BY_PART_OF_DAY}
    parts = sorted(HOURS_BY_PART_OF_DAY, key=lambda part: tries[part] if part[0] != 20 else 99)
    hours = [hour for part in parts for hour in part if hour not in tried]
    if preferred is not None and preferred not in tried:
        hours = [preferred, *(hour for hour in hours if hour != preferred)]
    return hours


def next_try(
    *, not_before: datetime, tried: Collection[int], place: Place, zone: ZoneInfo, preferred: int | None = None
) -> datetime:
    """The first lawful start of an untried local hour on or after `not_before`, in the order of `hours_to_try`.

    Within one day the best hour wins over the earliest. When every lawful hour was tried, tried ones do again;
    when no hour is lawful in 35 days, `not_before` itself, and the gate decides then.
    """
    for hours in (hours_to_try(tried, preferred), hours_to_try((), preferred)):
        found = next((at for at in _lawful(not_before, hours, place, zone)), None)
        if found is not None:
            return found
    return not_before


def _lawful(not_before: datetime, hours: list[int], place: Place, zone: ZoneInfo) -> Iterator[datetime]:
    day = not_before.astimezone(zone).date()
    for offset in range(_DAYS_SEARCHED):
        for hour in hours:
            at = datetime.combine(day + timedelta(days=offset), time(hour), zone).astimezone(UTC)
            if at >= not_before and hours_at(place, at).is_open:
                yield at


def month_later(at: datetime, zone: ZoneInfo) -> datetime:
    """The start of the same local day of next month (the last one where there is no such day)."""
    local = at.astimezone(zone)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    day = date(year, month, min(local.day, monthrange(year, month)[1]))
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def resolve_callback(
    moment: Moment, *, now: datetime, place: Place, zone: ZoneInfo, tried: Collection[int] = ()
) -> datetime | CallbackNo:
    """The instant a callback is due. A date alone: a lawful hour of that day, untried if there is one. A time
    alone: its next lawful occurrence. An exact time outside the legal hours is refused, never moved silently.
    """
    at = _resolved(moment, now, place, zone, tried)
    if isinstance(at, CallbackNo):
        return at
    if at <= now:
        return CallbackNo.PAST
    if at > now + LONGEST_CALLBACK:
        return CallbackNo.TOO_FAR
    return at if hours_at(place, at).is_open else CallbackNo.OUTSIDE_HOURS


def _resolved(
    moment: Moment, now: datetime, place: Place, zone: ZoneInfo, tried: Collection[int]
) -> datetime | CallbackNo:
    if moment.at is not None:
        return moment.at
    today = now.astimezone(zone).date()
    if moment.on is not None and moment.clock is not None:
        return datetime.combine(moment.on, moment.clock, zone).astimezone(UTC)
    if moment.on is not None:
        return _on_day(moment.on, today, now, place, zone, tried)
    if moment.clock is None:
        return CallbackNo.MISSING
    times = (datetime.combine(today + timedelta(days=n), moment.clock, zone).astimezone(UTC) for n in range(8))
    ahead = [at for at in times if at > now]
    return next((at for at in ahead if hours_at(place, at).is_open), ahead[0])


def _on_day(
    day: date, today: date, now: datetime, place: Place, zone: ZoneInfo, tried: Collection[int]
) -> datetime | CallbackNo:
    if day < today:
        return CallbackNo.PAST
    start = max(datetime.combine(day, time(0), zone).astimezone(UTC), now + timedelta(minutes=1))
    at = next_try(not_before=start, tried=tried, place=place, zone=zone)
    return at if at.astimezone(zone).date() == day else CallbackNo.OUTSIDE_HOURS
