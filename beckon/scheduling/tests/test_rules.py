"""Opening hours across daylight saving, overlaps, and that what is offered can be booked."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from beckon.scheduling.rules import (
    Calendar,
    ClinicianHours,
    NotBooked,
    Wish,
    blocks_of_day,
    days_touched,
    free_slots,
    is_within_hours,
    may_book,
    overlaps,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCTOR = ClinicianHours(1, 1, "America/New_York", {d: [["09:00", "12:00"]] for d in ("mon", "fri")})


def test_office_hours_keep_their_local_time_when_the_clocks_change() -> None:
    before = blocks_of_day(DOCTOR, date(2026, 3, 6))
    after = blocks_of_day(DOCTOR, date(2026, 3, 9))
    assert before[0][0] == datetime(2026, 3, 6, 14, tzinfo=UTC)
    assert after[0][0] == datetime(2026, 3, 9, 13, tzinfo=UTC)


def test_a_block_over_the_lost_hour_is_an_hour_shorter_and_over_the_doubled_hour_longer() -> None:
    night = ClinicianHours(1, 1, "America/New_York", {"sun": [["01:00", "04:00"]]})
    ((opens, closes),) = blocks_of_day(night, date(2026, 3, 8))
    assert closes - opens == timedelta(hours=2)
    ((opens, closes),) = blocks_of_day(night, date(2026, 11, 1))
    assert closes - opens == timedelta(hours=4)


def test_touching_visits_do_not_overlap_and_meeting_ones_do() -> None:
    at = NOW + timedelta(days=1)
    taken = [(at, at + timedelta(minutes=30))]
    assert not overlaps(taken, (at + timedelta(minutes=30), at + timedelta(minutes=60)))
    assert not overlaps(taken, (at - timedelta(minutes=30), at))
    assert overlaps(taken, (at + timedelta(minutes=29), at + timedelta(minutes=60)))
    assert overlaps(taken, (at - timedelta(hours=1), at + timedelta(hours=1)))


def test_a_visit_past_midnight_touches_two_days() -> None:
    start = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)
    assert days_touched("America/New_York", start, start + timedelta(hours=1)) == [date(2026, 3, 2), date(2026, 3, 3)]
    assert days_touched("America/New_York", start, start + timedelta(minutes=30)) == [date(2026, 3, 2)]


def test_every_refusal_has_its_own_reason() -> None:
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    fine = Wish(7, at, at + timedelta(minutes=30), DOCTOR)
    assert may_book(fine, Calendar(), NOW) is None
    other = ClinicianHours(2, 2, DOCTOR.zone, DOCTOR.hours)
    for change, reason in (
        ({"is_person_there": False}, NotBooked.PERSON_GONE),
        ({"clinician": None}, NotBooked.CLINICIAN_UNKNOWN),
        ({"clinician": ClinicianHours(1, 1, DOCTOR.zone, DOCTOR.hours, is_active=False)}, NotBooked.CLINICIAN_CLOSED),
        ({"is_visit_type_known": False}, NotBooked.VISIT_TYPE_UNKNOWN),
        ({"is_open_to_person": False}, NotBooked.NOT_FOR_NEW_PATIENTS),
        ({"location_id": 9}, NotBooked.OTHER_LOCATION),
        ({"starts_at": NOW - timedelta(hours=1)}, NotBooked.IN_THE_PAST),
        ({"ends_at": at + timedelta(hours=3)}, NotBooked.OUTSIDE_HOURS),
    ):
        assert may_book(Wish(**(vars(fine) | change)), Calendar(), NOW) == reason, change
    calendar = Calendar()
    calendar.add(1, 8, (at, at + timedelta(minutes=15)))
    assert may_book(fine, calendar, NOW) == NotBooked.SLOT_TAKEN
    calendar = Calendar()
    calendar.add(2, 7, (at, at + timedelta(minutes=15)))
    assert may_book(fine, calendar, NOW) == NotBooked.PERSON_BUSY
    assert may_book(Wish(**(vars(fine) | {"clinician": other, "person_id": 8})), calendar, NOW) == NotBooked.SLOT_TAKEN


ZONES = st.sampled_from(["America/New_York", "America/Chicago", "America/Phoenix", "Pacific/Honolulu"])
CLOCK = st.integers(0, 95).map(lambda q: f"{q // 4:02}:{q % 4 * 15:02}")
HOURS = st.dictionaries(
    st.sampled_from(["mon", "tue", "wed", "sat", "sun"]), st.lists(st.tuples(CLOCK, CLOCK), max_size=2), max_size=5
)
STARTS = st.integers(0, 270 * 24 * 60).map(lambda m: datetime(2026, 2, 20, tzinfo=UTC) + timedelta(minutes=m))


@given(ZONES, HOURS, STARTS, st.integers(5, 120), st.lists(st.tuples(st.integers(0, 7000), st.integers(5, 90))))
def test_what_is_offered_can_be_booked_and_never_meets_a_visit(zone, hours, start, minutes, visits) -> None:
    doctor = ClinicianHours(1, 1, zone, hours)
    calendar = Calendar()
    for offset, length in visits:
        at = start + timedelta(minutes=offset)
        span = (at, at + timedelta(minutes=length))
        if not overlaps(calendar.clinicians.get(1, ()), span):
            calendar.add(1, 99, span)
    previous = None
    for slot in free_slots([doctor], calendar.clinicians, minutes, start, start + timedelta(days=5)):
        assert start <= slot.starts_at < start + timedelta(days=5)
        assert slot.ends_at - slot.starts_at == timedelta(minutes=minutes)
        assert is_within_hours(doctor, (slot.starts_at, slot.ends_at))
        wish = Wish(1, slot.starts_at, slot.ends_at, doctor)
        assert may_book(wish, calendar, start - timedelta(minutes=1)) is None
        assert previous is None or previous <= slot.starts_at
        assert slot.starts_at.astimezone(ZoneInfo(zone)).strftime("%a").lower() in hours
        previous = slot.starts_at
