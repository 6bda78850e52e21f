"""A sandbox that lives by itself: how far each step goes, and what mornings are."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from beckon.lab.sample.living import LONGEST_STEP, morning_after, next_step

NEW_YORK = ZoneInfo("America/New_York")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


def test_the_morning_after_a_sunday_evening_is_monday_at_eight() -> None:
    assert morning_after(at(22, 22), NEW_YORK) == at(23, 8)


def test_the_morning_after_a_friday_noon_is_monday_at_eight() -> None:
    assert morning_after(at(20, 12), NEW_YORK) == at(23, 8)


def test_before_eight_on_a_working_day_the_morning_is_the_same_days() -> None:
    assert morning_after(at(23, 3), NEW_YORK) == at(23, 8)


def test_a_minute_a_second_moves_two_minutes_in_two_seconds() -> None:
    assert next_step(at(23, 9), 60, 2.0, NEW_YORK) == (at(23, 9), timedelta(minutes=2))


@pytest.mark.parametrize(("speed", "elapsed"), [(60, 0.5), (0, 100.0)])
def test_less_than_a_minute_is_no_step(speed: int, elapsed: float) -> None:
    assert next_step(at(23, 9), speed, elapsed, NEW_YORK) is None


def test_a_laptop_that_slept_does_not_skip_a_day() -> None:
    assert next_step(at(23, 9), 3600, 8 * 3600.0, NEW_YORK) == (at(23, 9), LONGEST_STEP)


def test_nights_are_passed_over() -> None:
    found = next_step(at(23, 21), 60, 2.0, NEW_YORK)
    assert found is not None
    assert found[0] == at(24, 8)
