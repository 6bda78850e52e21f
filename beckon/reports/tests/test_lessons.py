"""Lessons are said only where the numbers carry them."""

from dataclasses import replace

from beckon.reports.figures import Activity, AttemptRow, ChannelFigures, HourCell, VisitFigures
from beckon.reports.weekly.lessons import differs, lessons
from beckon.reports.weekly.wording import WORDS

NOTHING = Activity((), {}, 0, 0, 0, (), (), (), VisitFigures(0, 0, 0, 0, 0), 0, 0, 0)


def hours(morning: tuple[int, int], evening: tuple[int, int]) -> tuple[HourCell, ...]:
    return (HourCell(0, 9, morning[1], morning[0]), HourCell(0, 17, evening[1], evening[0]))


def test_a_quiet_week_teaches_nothing_and_says_so() -> None:
    assert lessons(NOTHING, "en") == ["Too little was done this week to learn from."]


def test_a_clear_difference_between_parts_of_the_day_is_told_with_its_numbers() -> None:
    busy = replace(NOTHING, dials=400, hours=hours((20, 200), (60, 200)))
    assert lessons(busy, "en")[0] == (
        "Calls after four were answered more often than before noon: 60 of 200 against 20 of 200."
    )


def test_chance_is_not_sold_as_a_lesson() -> None:
    busy = replace(NOTHING, dials=400, hours=hours((38, 200), (42, 200)))
    assert "No part of the day" in lessons(busy, "en")[0]


def test_few_dials_say_nothing_about_the_hour() -> None:
    assert not differs(0, 30, 30, 30)


def test_many_opt_outs_and_failures_are_pointed_out() -> None:
    week = replace(
        NOTHING,
        opt_outs=5,
        channels=(ChannelFigures("sms", 200, 150, 50, 0, 100),),
        attempts=(AttemptRow(1, 10, 2, 1),),
    )
    said = " ".join(lessons(week, "en"))
    assert "5 people opted out, 3.3 %" in said
    assert "50 of 200 messages by text did not arrive" in said


def test_both_languages_have_every_word() -> None:
    assert WORDS["en"].keys() == WORDS["es"].keys()
    assert all(word for words in WORDS.values() for word in words.values())
