"""Days and weeks are cut at midnight where the practice is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.reports.periods import InvalidWeek, days, iso_week, week_before, week_name


def test_a_week_starts_on_monday_midnight_in_new_york() -> None:
    week = iso_week("2026-W47", "America/New_York")
    assert week.start == datetime(2026, 11, 16, 5, tzinfo=UTC)
    assert (week.first_day, week.last_day) == (date(2026, 11, 16), date(2026, 11, 22))


def test_a_day_with_the_clock_change_has_25_hours() -> None:
    day = days(date(2026, 11, 1), 1, "America/New_York")
    assert day.end.astimezone(UTC) - day.start.astimezone(UTC) == timedelta(hours=25)


@pytest.mark.parametrize("text", ["2026-W54", "2026-W00", "W47", "2026-47", "", "2025-W53"])
def test_what_is_no_week_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidWeek, match="2026-W47"):
        iso_week(text, "UTC")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["America/New_York", "Pacific/Honolulu", "UTC"]))
def test_every_day_lies_in_its_own_week_and_weeks_meet_without_gap(day: date, zone: str) -> None:
    week = iso_week(week_name(day), zone)
    assert week.first_day <= day <= week.last_day
    assert week_before(week).end == week.start
