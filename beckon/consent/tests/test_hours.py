"""Legal hours against a second reading of the raw table, over every state, zone and change of the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beckon.consent.law.hours import UNKNOWN_PLACE, Place, caps_of, consent_of, hours_at, open_intervals
from beckon.consent.tests.oracle import (
    CLOCK_CHANGES,
    PLACES,
    STATE_ZONES,
    is_legal,
    is_open_everywhere,
    utc,
)

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
ZONES = sorted({zone for zones in STATE_ZONES.values() for zone in zones})
QUARTER = timedelta(minutes=15)
# Windows open and close on the hour: its first and its last minute tell.
MINUTES = (0, 59)
OTHER_DAYS = (
    date(2026, 10, 16),  # Friday; Pennsylvania changes on Sunday the 18th
    date(2026, 2, 17),  # Mardi Gras
    date(2026, 7, 24),  # Pioneer Day
    date(2026, 11, 26),  # Thanksgiving
    date(2027, 12, 31),  # New Year's Day 2028, observed
)

places = st.builds(
    Place,
    st.frozensets(st.sampled_from(PLACES), max_size=4),
    st.frozensets(st.sampled_from(ZONES), max_size=3),
)
known_places = places.filter(lambda place: place.states)
instants = st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC))


def zones_of(place: Place) -> frozenset[str]:
    """The zones of a place, those of its states where it names none."""
    return place.zones or frozenset(zone for state in place.states for zone in STATE_ZONES[state])


@pytest.mark.parametrize("state", PLACES)
def test_every_state_keeps_its_hours_around_every_change_of_the_clocks(state: str) -> None:
    place = Place(frozenset({state}))
    for first in (*(day - timedelta(days=1) for day in CLOCK_CHANGES), *OTHER_DAYS):
        for hours in range(72):
            for minute in MINUTES:
                at = utc(first) + timedelta(hours=hours, minutes=minute)
                assert hours_at(place, at).is_open == is_legal(place.states, place.zones, at), at


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_keeps_federal_hours_around_every_change_of_the_clocks(zone: str) -> None:
    place = Place(frozenset({"NY"}), frozenset({zone}))
    for change in CLOCK_CHANGES:
        for hours in range(72):
            for minute in MINUTES:
                at = utc(change - timedelta(days=1)) + timedelta(hours=hours, minutes=minute)
                assert hours_at(place, at).is_open == is_legal(place.states, place.zones, at), at


def test_an_unknown_place_opens_when_every_state_is_open_in_every_zone_at_once() -> None:
    at, opened = START, 0
    while at < END:
        is_open = hours_at(UNKNOWN_PLACE, at).is_open
        assert is_open == is_open_everywhere(at), at
        opened += is_open
        at += timedelta(minutes=30)
    assert opened > 2 * 230 * 4  # it is not closed for good: most working days have two hours or more


def test_the_narrowest_window_of_a_winter_and_of_a_summer_week() -> None:
    def week(first: date) -> list[str]:
        spans = open_intervals(UNKNOWN_PLACE, utc(first), utc(first) + timedelta(days=7))
        return [f"{opens:%a %H}-{closes:%H}" for opens, closes in spans]

    assert week(date(2026, 12, 7)) == [
        "Mon 20-23",
        "Tue 20-23",
        "Wed 20-23",
        "Thu 20-23",
        "Fri 20-23",
        "Sat 20-22",
    ]
    assert week(date(2027, 6, 21)) == ["Mon 20-22", "Tue 20-22", "Wed 20-22", "Thu 20-22", "Fri 20-22", "Sat 20-21"]
    # Thanksgiving is shut; so is 2027-07-05, the day after Independence Day fell on a Sunday.
    assert [span[:3] for span in week(date(2026, 11, 23))] == ["Mon", "Tue", "Wed", "Fri", "Sat"]
    assert [span[:3] for span in week(date(2027, 7, 5))] == ["Tue", "Wed", "Thu", "Fri", "Sat"]


@settings(max_examples=300, deadline=None)
@given(places, instants, st.booleans())
def test_any_place_at_any_time_agrees_with_the_raw_table(place: Place, at: datetime, is_recorded: bool) -> None:
    answer = hours_at(place, at, is_recorded=is_recorded)
    assert answer.is_open == is_legal(place.states, place.zones, at, is_recorded)


@settings(max_examples=150, deadline=None)
@given(known_places, instants, st.booleans())
def test_not_before_is_itself_legal_and_nothing_earlier_is(place: Place, at: datetime, is_recorded: bool) -> None:
    answer = hours_at(place, at, is_recorded=is_recorded)
    if answer.is_open:
        assert answer.opens_at is None
        return
    until = answer.opens_at or at + timedelta(days=9)
    assert until > at
    if answer.opens_at is not None:
        assert is_legal(place.states, place.zones, until, is_recorded)
        assert hours_at(place, until, is_recorded=is_recorded).is_open
    step = max(QUARTER, (until - at) / 300)
    while at < until:
        assert not is_legal(place.states, place.zones, at, is_recorded), at
        at += step
    assert not is_legal(place.states, place.zones, until - timedelta(seconds=1), is_recorded)


@settings(max_examples=300, deadline=None)
@given(known_places, known_places, instants, st.booleans())
def test_a_further_state_or_zone_never_widens(one: Place, other: Place, at: datetime, is_recorded: bool) -> None:
    both = Place(one.states | other.states, zones_of(one) | zones_of(other))
    if hours_at(both, at, is_recorded=is_recorded).is_open:
        assert hours_at(one, at, is_recorded=is_recorded).is_open
        assert hours_at(other, at, is_recorded=is_recorded).is_open


@settings(max_examples=200, deadline=None)
@given(instants, st.booleans(), st.sampled_from(PLACES))
def test_an_unknown_place_is_never_wider_than_any_state(at: datetime, is_recorded: bool, state: str) -> None:
    in_the_states = state not in ("AS", "GU", "MP", "PR", "VI")
    if in_the_states and hours_at(UNKNOWN_PLACE, at, is_recorded=is_recorded).is_open:
        assert hours_at(Place(frozenset({state})), at, is_recorded=is_recorded).is_open


@settings(max_examples=200, deadline=None)
@given(places, instants)
def test_rules_for_recorded_messages_only_narrow(place: Place, at: datetime) -> None:
    if hours_at(place, at, is_recorded=True).is_open:
        assert hours_at(place, at).is_open


@settings(max_examples=50, deadline=None)
@given(places, instants)
def test_the_spans_of_a_day_are_exactly_the_open_instants(place: Place, at: datetime) -> None:
    start = at.replace(minute=0, second=0, microsecond=0)
    spans = open_intervals(place, start, start + timedelta(days=2))
    for quarter in range(192):
        probe = start + quarter * QUARTER
        assert any(opens <= probe < closes for opens, closes in spans) == hours_at(place, probe).is_open


def test_a_state_or_zone_that_does_not_exist_counts_as_unknown() -> None:
    at = utc(date(2026, 12, 9), 16)  # open in New York, not yet in Honolulu
    assert hours_at(Place(frozenset({"NY"})), at).is_open
    assert not hours_at(Place(frozenset({"NY", "AE"})), at).is_open
    assert hours_at(Place(frozenset({"NY"}), frozenset({"Mars/Olympus"})), at).is_open
    assert not hours_at(Place(frozenset({"XX"})), at).is_open
    assert not hours_at(Place(frozenset(), frozenset({"Mars/Olympus"})), at).is_open


@pytest.mark.parametrize(
    ("states", "at", "rule"),
    [
        ({"KY"}, utc(date(2026, 12, 9), 14, 30), "KY KRS 367.46955(16)"),
        ({"FL", "UT"}, utc(date(2026, 12, 6), 18), "UT Utah Code"),
        ({"AL", "NY"}, utc(date(2026, 12, 25), 18), "AL Ala. Admin. Code"),
        ({"NY"}, utc(date(2026, 12, 9), 4), "US 47 CFR 64.1200(c)(1)"),
        ({"CA", "MS"}, utc(date(2026, 12, 10), 2, 30), "MS Miss. Code"),
    ],
)
def test_a_no_names_the_state_and_the_citation(states: set[str], at: datetime, rule: str) -> None:
    assert hours_at(Place(frozenset(states)), at).rule.startswith(rule)


def test_mississippi_is_read_on_central_time_wherever_the_person_is() -> None:
    place = Place(frozenset({"MS"}), frozenset({"America/Los_Angeles"}))
    assert hours_at(place, utc(date(2026, 12, 9), 16)).is_open  # 8:00 in Los Angeles, 10:00 in Jackson
    assert not hours_at(place, utc(date(2026, 12, 10), 2)).is_open  # 18:00 there, 20:00 in Jackson


def test_places_whose_hours_never_meet_are_never_open() -> None:
    answer = hours_at(Place(frozenset({"RI", "GU"})), utc(date(2026, 12, 9), 16))
    assert (answer.is_open, answer.opens_at) == (False, None)
    assert "RI" in answer.rule


def test_caps_and_consent_follow_the_state() -> None:
    today = date(2026, 11, 16)
    florida = Place(frozenset({"FL", "NY"}))
    assert [(cap.count, cap.hours) for cap in caps_of(florida, today)] == [(3, 24)]
    assert caps_of(Place(frozenset({"NY"})), today) == ()
    assert [(cap.count, cap.hours) for cap in caps_of(Place(frozenset({"ME"})), today, is_recorded=True)] == [(1, 8)]
    assert [(cap.count, cap.hours) for cap in caps_of(UNKNOWN_PLACE, today)] == [(3, 24)]
    needs = {
        (state, channel): consent_of(Place(frozenset({state})), channel, today)
        for state in ("CT", "FL", "NY")
        for channel in ("sms", "voice")
    }
    assert {key for key, row in needs.items() if row} == {("CT", "sms"), ("CT", "voice"), ("FL", "sms")}
