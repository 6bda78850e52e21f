"""When a visit fits: opening hours across daylight saving, overlaps, refusals. Pure; no database, no clock."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from heapq import merge
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_VISIT = timedelta(hours=12)

Span = tuple[datetime, datetime]
WeeklyHours = Mapping[str, Sequence[Sequence[str]]]


class NotBooked(StrEnum):
    """Why a visit could not be booked, moved, cancelled or settled. Stored and shown: values are never renamed."""

    CLINICIAN_UNKNOWN = "clinician_unknown"
    CLINICIAN_CLOSED = "clinician_not_open_to_us"
    VISIT_TYPE_UNKNOWN = "visit_type_unknown"
    NOT_FOR_NEW_PATIENTS = "visit_type_not_for_new_patients"
    OTHER_LOCATION = "clinician_not_at_location"
    IN_THE_PAST = "in_the_past"
    OUTSIDE_HOURS = "outside_hours"
    SLOT_TAKEN = "slot_taken"
    PERSON_BUSY = "person_has_another_visit_then"
    PERSON_GONE = "person_unknown_merged_or_deceased"
    APPOINTMENT_UNKNOWN = "appointment_unknown"
    NOT_BOOKED_ANY_MORE = "appointment_not_booked_any_more"
    NOT_YET = "visit_has_not_begun"


@dataclass(frozen=True)
class ClinicianHours:
    """A clinician's week: `hours` {"mon": [["09:00", "12:00"], ...]} in `zone` (IANA name)."""

    clinician_id: int
    location_id: int
    zone: str
    hours: WeeklyHours
    is_active: bool = True


@dataclass(frozen=True)
class Wish:
    """A visit as asked for. Aware datetimes."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    clinician: ClinicianHours | None
    location_id: int | None = None
    is_visit_type_known: bool = True
    is_open_to_person: bool = True
    is_person_there: bool = True
    ignores_hours: bool = False


@dataclass
class Calendar:
    """Spans already taken, per clinician and per person; grows while a batch is decided."""

    clinicians: dict[int, list[Span]] = field(default_factory=dict)
    people: dict[int, list[Span]] = field(default_factory=dict)

    def add(self, clinician_id: int, person_id: int, span: Span) -> None:
        """Take a span of a clinician and of a person."""
        insort(self.clinicians.setdefault(clinician_id, []), span)
        insort(self.people.setdefault(person_id, []), span)

    def remove(self, clinician_id: int, person_id: int, span: Span) -> None:
        """Give a span back, as a moved visit does. One that is not there is no error."""
        for taken in (self.clinicians.get(clinician_id, []), self.people.get(person_id, [])):
            if span in taken:
                taken.remove(span)


def overlaps(taken: Sequence[Span], span: Span) -> bool:
    """True if `span` meets one of the sorted, disjoint `taken` spans. Half open: touching is no overlap."""
    index = bisect_left(taken, (span[1],))
    return index > 0 and taken[index - 1][1] > span[0]


def may_book(wish: Wish, calendar: Calendar, now: datetime) -> NotBooked | None:
    """The first reason why not, or None. The calendar must hold every span that could meet the wish."""
    reason = _unfit(wish, now)
    if reason is not None or wish.clinician is None:
        return reason
    span = (wish.starts_at, wish.ends_at)
    if overlaps(calendar.clinicians.get(wish.clinician.clinician_id, ()), span):
        return NotBooked.SLOT_TAKEN
    if overlaps(calendar.people.get(wish.person_id, ()), span):
        return NotBooked.PERSON_BUSY
    if not wish.ignores_hours and not is_within_hours(wish.clinician, span):
        return NotBooked.OUTSIDE_HOURS
    return None


def _unfit(wish: Wish, now: datetime) -> NotBooked | None:
    clinician = wish.clinician
    checks = (
        (not wish.is_person_there, NotBooked.PERSON_GONE),
        (clinician is None, NotBooked.CLINICIAN_UNKNOWN),
        (clinician is not None and not clinician.is_active, NotBooked.CLINICIAN_CLOSED),
        (not wish.is_visit_type_known, NotBooked.VISIT_TYPE_UNKNOWN),
        (not wish.is_open_to_person, NotBooked.NOT_FOR_NEW_PATIENTS),
        (clinician is not None and wish.location_id not in (None, clinician.location_id), NotBooked.OTHER_LOCATION),
        (wish.starts_at <= now, NotBooked.IN_THE_PAST),
    )
    return next((reason for is_so, reason in checks if is_so), None)


def is_within_hours(clinician: ClinicianHours, span: Span) -> bool:
    """True if the whole span lies in one opening block of the clinician's day."""
    day = span[0].astimezone(ZoneInfo(clinician.zone)).date()
    return any(
        opens <= span[0] and span[1] <= closes
        for around in (day - timedelta(days=1), day)
        for opens, closes in blocks_of_day(clinician, around)
    )


def blocks_of_day(clinician: ClinicianHours, day: date) -> list[Span]:
    """Opening blocks of a local day, as UTC instants, in order; those that touch or overlap are one block.

    A block that daylight saving swallows is absent.
    """
    zone = ZoneInfo(clinician.zone)
    spans = [
        (_instant(day, opens, zone), _instant(day, closes, zone))
        for opens, closes in clinician.hours.get(WEEKDAYS[day.weekday()], ())
    ]
    blocks: list[Span] = []
    for opens, closes in sorted(span for span in spans if span[0] < span[1]):
        if blocks and opens <= blocks[-1][1]:
            blocks[-1] = (blocks[-1][0], max(blocks[-1][1], closes))
        else:
            blocks.append((opens, closes))
    return blocks


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def days_touched(zone: str, starts_at: datetime, ends_at: datetime) -> list[date]:
    """Local days a visit lies in: one, or two when it passes midnight."""
    local = ZoneInfo(zone)
    first = starts_at.astimezone(local).date()
    last = (ends_at - timedelta(microseconds=1)).astimezone(local).date()
    return [first] if first == last else [first, last]


@dataclass(frozen=True)
class Slot:
    """Time that could be booked. Instants are UTC; show them in `zone`."""

    starts_at: datetime
    ends_at: datetime
    clinician_id: int
    location_id: int
    zone: str


def free_slots(
    clinicians: Iterable[ClinicianHours],
    taken: Mapping[int, Sequence[Span]],
    minutes: int,
    start: datetime,
    end: datetime,
) -> Iterator[Slot]:
    """Every slot of `minutes` that starts in [start, end), earliest first, lazily; ties by clinician id.

    Slots follow each other from the opening of a block; a booked visit moves the grid to its end.
    """
    length = timedelta(minutes=minutes)
    return merge(
        *(_slots_of(c, taken.get(c.clinician_id, ()), length, start, end) for c in clinicians if c.is_active),
        key=lambda slot: (slot.starts_at, slot.clinician_id),
    )


def _slots_of(
    clinician: ClinicianHours, taken: Sequence[Span], length: timedelta, start: datetime, end: datetime
) -> Iterator[Slot]:
    zone = ZoneInfo(clinician.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for opens, closes in blocks_of_day(clinician, day):
            for at in _starts(opens, closes, taken, length):
                if start <= at < end:
                    yield Slot(at, at + length, clinician.clinician_id, clinician.location_id, clinician.zone)
        day += timedelta(days=1)


def _starts(opens: datetime, closes: datetime, taken: Sequence[Span], length: timedelta) -> Iterator[datetime]:
    at = opens
    while at + length <= closes:
        index = bisect_left(taken, (at + length,))
        if index and taken[index - 1][1] > at:
            at = taken[index - 1][1]
            continue
        yield at
        at += length


def week_of(at: datetime, zone: str) -> date:
    """The Monday of the local week of an instant."""
    day = at.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())
