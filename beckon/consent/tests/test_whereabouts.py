"""A time zone in a file may narrow legal hours, never widen them; the person's own word stands alone. No database."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from beckon.consent.law.hours import Place, hours_at
from beckon.consent.law.table import hours_table
from beckon.consent.whereabouts import place_of
from beckon.people.places.tables import area_code_table, time_zone_of, zip_table

EASTERN, PACIFIC = "America/New_York", "America/Los_Angeles"
ZIPS = st.sampled_from(sorted(zip_table())[::97]) | st.just("") | st.just("99999")
STATES = st.sampled_from(sorted(hours_table().states)) | st.sampled_from(["", "PR", "ON"])
NUMBERS = st.sampled_from(sorted(area_code_table())).map("+1{}5550123".format) | st.sampled_from(["", "+442079460123"])
ZONES = st.sampled_from(
    [EASTERN, PACIFIC, "America/Chicago", "Pacific/Honolulu", "America/Puerto_Rico", "Europe/London", "Mars/Olympus"]
)
TIMES = st.integers(0, 4 * 24 * 730).map(
    lambda quarter: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
)


@given(state=STATES, zip_code=ZIPS, zone=ZONES, number=NUMBERS, at=TIMES)
@example(
    state="NY", zip_code="10001", zone=PACIFIC, number="+12125550123", at=datetime(2026, 11, 17, 2, 30, tzinfo=UTC)
)
@example(state="", zip_code="", zone=PACIFIC, number="", at=datetime(2026, 11, 17, 2, 30, tzinfo=UTC))
def test_a_zone_in_a_file_never_opens_an_hour_that_zip_and_area_code_close(
    state: str, zip_code: str, zone: str, number: str, at: datetime
) -> None:
    known_without, source = time_zone_of("", zip_code, state, number)
    without = place_of(state, zip_code, known_without, source, number)
    with_it = place_of(state, zip_code, zone, "explicit", number)
    if hours_at(with_it, at).is_open:
        assert hours_at(without, at).is_open


@given(state=STATES, zip_code=ZIPS, zone=ZONES, number=NUMBERS)
def test_a_zone_in_a_file_takes_no_state_and_no_zone_away(state: str, zip_code: str, zone: str, number: str) -> None:
    without = place_of(state, zip_code, *time_zone_of("", zip_code, state, number), number)
    with_it = place_of(state, zip_code, zone, "explicit", number)
    assert with_it.states == without.states
    assert with_it.zones >= without.zones | {zone}


def test_what_the_person_said_stands_alone_and_the_states_still_count() -> None:
    assert place_of("NY", "10001", PACIFIC, "stated", "+14155550123") == Place(
        frozenset({"NY", "CA"}), frozenset({PACIFIC})
    )
    late_in_new_york = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)
    assert hours_at(place_of("", "", PACIFIC, "stated", "+14155550123"), late_in_new_york).is_open
    assert not hours_at(place_of("NY", "10001", PACIFIC, "explicit", "+12125550123"), late_in_new_york).is_open
