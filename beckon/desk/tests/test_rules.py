"""The fourteen dispositions, one row each, at every attempt; overrides; what is missing. No database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.consent.law.hours import Place, hours_at
from beckon.desk.outcomes.defaults import DEFAULTS, OUTREACH_OVERRIDES
from beckon.desk.rules import (
    EXHAUSTED,
    NEXT_MONTH,
    UNREACHABLE,
    AboutNumber,
    AboutPerson,
    Again,
    DetailNo,
    Details,
    Effects,
    InvalidBehaviour,
    TaskFacts,
    Text,
    behaviour_json,
    behaviour_of,
    outcome_of,
)
from beckon.desk.timing import CallbackNo, Moment, hours_to_try, month_later, next_try, resolve_callback

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
PLACE = Place(frozenset({"NY"}), frozenset({"America/New_York"}))
BEHAVIOUR = {d.code: d.behaviour for d in DEFAULTS}
GIVEN = {
    "DONE": Details(appointment_id=1),
    "RECONFIRMED": Details(appointment_id=1),
    "CBACK": Details(callback=Moment(on=date(2026, 11, 18), clock=time(16, 30))),
}
CALLED_AGAIN = {"NOANS", "LVM", "UNAVLBL", "HUNG_UP", "WNUM", "DCONN"}


def task(**changes: object) -> TaskFacts:
    """A task in New York with two numbers, the first of which is tried."""
    given = {"place": PLACE, "zone": NEW_YORK, "number_id": 1, "numbers": (1, 2)}
    return TaskFacts(**(given | changes))


def effects(code: str, facts: TaskFacts, details: Details | None = None) -> Effects:
    """What a default disposition does."""
    found = outcome_of(facts, BEHAVIOUR[code], details or GIVEN.get(code, Details()), NOW)
    assert isinstance(found, Effects), found
    return found


def test_there_are_the_fourteen_of_the_design_each_with_its_own_key() -> None:
    assert [d.code for d in DEFAULTS] == [
        "DONE",
        "RECONFIRMED",
        "NOANS",
        "LVM",
        "CBACK",
        "UNAVLBL",
        "HUNG_UP",
        "WNUM",
        "DCONN",
        "LOST",
        "DNC",
        "DUPLICATE",
        "DECEASED",
        "NOT_NOW",
    ]
    assert len({d.hotkey for d in DEFAULTS}) == 14


@pytest.mark.parametrize(
    ("code", "leave", "goal", "person", "number", "text", "answered"),
    [
        ("DONE", "goal_met", True, "", "", "confirmation", True),
        ("RECONFIRMED", "reconfirmed", False, "", "", "", True),
        ("NOANS", "", False, "", "", "", False),
        ("LVM", "", False, "", "", "", False),
        ("CBACK", "", False, "", "", "", True),
        ("UNAVLBL", "", False, "", "", "", True),
        ("HUNG_UP", "", False, "", "", "", True),
        ("WNUM", "", False, "", "wrong", "", True),
        ("DCONN", "", False, "", "dead", "", False),
        ("LOST", "lost", False, "", "", "", True),
        ("DNC", "opted_out", False, "opts_out", "", "", True),
        ("DUPLICATE", "duplicate", False, "duplicate", "", "", False),
        ("DECEASED", "deceased", False, "deceased", "", "", True),
        ("NOT_NOW", "", False, "", "", "practice_details", True),
    ],
)
def test_each_default_does_what_the_table_says(code, leave, goal, person, number, text, answered) -> None:
    found = effects(code, task())
    assert (found.leave, found.goal, found.person, found.number, found.text, found.answered) == (
        leave,
        goal,
        AboutPerson(person),
        AboutNumber(number),
        Text(text),
        answered,
    )


@pytest.mark.parametrize("code", sorted(BEHAVIOUR))
@pytest.mark.parametrize("attempts", range(5))
def test_at_every_attempt_a_task_is_either_due_or_closed_and_counts_up_to_five(code, attempts) -> None:
    found = effects(code, task(attempts=attempts))
    assert found.attempts == attempts + 1
    assert bool(found.closed_reason) != (found.due_at is not None)
    if code in CALLED_AGAIN and attempts < 4:
        assert found.due_at >= NOW + timedelta(days=7)
        assert found.due_at.astimezone(NEW_YORK).hour not in found.tried_hours
        assert hours_at(PLACE, found.due_at).is_open
    if code in CALLED_AGAIN and attempts == 4:
        assert found.closed_reason == EXHAUSTED


@pytest.mark.parametrize("code", sorted(BEHAVIOUR))
def test_a_sixth_attempt_is_refused_but_a_call_the_person_asked_for_never_counts(code) -> None:
    assert outcome_of(task(attempts=5), BEHAVIOUR[code], GIVEN.get(code, Details()), NOW) == DetailNo.ATTEMPTS_USED
    found = effects(code, task(attempts=5, is_callback=True))
    assert (found.attempts, found.counted) == (5, False)
    if code in CALLED_AGAIN:
        assert found.closed_reason == EXHAUSTED
    if code == "CBACK":
        assert found.callback_at is not None


def test_what_is_missing_is_named() -> None:
    for code, reason in (
        ("DONE", DetailNo.NO_APPOINTMENT),
        ("RECONFIRMED", DetailNo.NO_EXISTING_VISIT),
        ("CBACK", CallbackNo.MISSING),
    ):
        assert outcome_of(task(), BEHAVIOUR[code], Details(), NOW) == reason


def test_a_wrong_number_goes_on_to_the_next_and_the_last_one_leaves_as_unreachable() -> None:
    found = effects("WNUM", task())
    assert (found.next_number_id, found.closed_reason) == (2, "")
    for code in ("WNUM", "DCONN"):
        found = effects(code, task(numbers=(1,)))
        assert (found.closed_reason, found.leave, found.due_at) == (UNREACHABLE, UNREACHABLE, None)


def test_a_callback_is_for_whoever_promised_it_unless_it_is_anybodys() -> None:
    mine = effects("CBACK", task())
    assert mine.callback_at == datetime(2026, 11, 18, 21, 30, tzinfo=UTC)
    assert mine.is_callback_mine
    details = Details(callback=GIVEN["CBACK"].callback, callback_for_me=False)
    assert not effects("CBACK", task(), details).is_callback_mine


def test_the_hour_a_household_names_is_kept_and_anybodys() -> None:
    found = effects("UNAVLBL", task(), Details(callback=Moment(clock=time(18, 0))))
    assert found.callback_at == datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
    assert not found.is_callback_mine
    assert effects("UNAVLBL", task()).callback_at is None


def test_not_now_goes_back_to_the_journey_or_waits_a_month_of_its_own() -> None:
    assert effects("NOT_NOW", task(is_in_campaign=True)).closed_reason == NEXT_MONTH
    alone = effects("NOT_NOW", task())
    assert alone.due_at.astimezone(NEW_YORK).date() == date(2026, 12, 16)
    assert alone.next_month


def test_outreach_rests_a_voicemail_until_next_month() -> None:
    stored = behaviour_json(BEHAVIOUR["LVM"])
    changed = behaviour_of(stored, OUTREACH_OVERRIDES["LVM"])
    assert changed.again is Again.NEXT_MONTH
    assert behaviour_of(stored) == BEHAVIOUR["LVM"]


@pytest.mark.parametrize("code", sorted(BEHAVIOUR))
def test_a_behaviour_survives_being_stored(code) -> None:
    assert behaviour_of(behaviour_json(BEHAVIOUR[code])) == BEHAVIOUR[code]


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"again": "tomorrow"}, "again"),
        ({"colour": "red"}, "colour"),
        ({"leave": "x"}, "either"),
        ({"goal": True}, "goal"),
        ({"number": "dead"}, "another number"),
        ({"person": "deceased"}, "leaves"),
        ({"again": "callback"}, "callback"),
        ({"text": "confirmation"}, "appointment"),
        ({"goal": "yes"}, "goal"),
        ({"win_back_after_days": -1}, "ten years"),
    ],
)
def test_a_playbook_cannot_ask_for_nonsense(changes, about) -> None:
    with pytest.raises(InvalidBehaviour, match=about):
        behaviour_of(behaviour_json(BEHAVIOUR["NOANS"]), changes)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (Moment(on=date(2026, 11, 15)), CallbackNo.PAST),
        (Moment(at=NOW - timedelta(minutes=1)), CallbackNo.PAST),
        (Moment(on=date(2027, 6, 1), clock=time(10)), CallbackNo.TOO_FAR),
        (Moment(on=date(2026, 11, 17), clock=time(23, 0)), CallbackNo.OUTSIDE_HOURS),
        (Moment(), CallbackNo.MISSING),
        (Moment(on=date(2026, 11, 17), clock=time(10, 15)), datetime(2026, 11, 17, 15, 15, tzinfo=UTC)),
        (Moment(clock=time(9, 0)), datetime(2026, 11, 17, 14, 0, tzinfo=UTC)),
        (Moment(clock=time(11, 0)), datetime(2026, 11, 16, 16, 0, tzinfo=UTC)),
        (Moment(on=date(2026, 11, 17)), datetime(2026, 11, 17, 14, 0, tzinfo=UTC)),
    ],
)
def test_a_callback_is_lawful_ahead_and_on_the_persons_clock(moment, expected) -> None:
    assert resolve_callback(moment, now=NOW, place=PLACE, zone=NEW_YORK) == expected


def test_hours_vary_over_the_parts_of_the_day() -> None:
    tried: list[int] = []
    for _ in range(5):
        tried.append(hours_to_try(tried)[0])
    assert tried == [9, 12, 16, 10, 13]
    assert hours_to_try([9], preferred=17)[0] == 17


def test_next_month_keeps_the_day_or_takes_the_last_one() -> None:
    assert month_later(datetime(2027, 1, 31, 17, tzinfo=UTC), NEW_YORK).date() == date(2027, 2, 28)
    assert month_later(datetime(2026, 12, 5, 17, tzinfo=UTC), NEW_YORK).date() == date(2027, 1, 5)


STATES = {"NY": "America/New_York", "CA": "America/Los_Angeles", "TX": "America/Chicago", "HI": "Pacific/Honolulu"}


@given(st.sampled_from(sorted(STATES)), st.integers(0, 500 * 24), st.sets(st.integers(8, 20), max_size=12))
def test_the_next_try_is_lawful_and_at_an_hour_not_tried(state, hours, tried) -> None:
    place, zone = Place(frozenset({state}), frozenset({STATES[state]})), ZoneInfo(STATES[state])
    start = NOW + timedelta(hours=hours)
    at = next_try(not_before=start, tried=tried, place=place, zone=zone)
    assert start <= at < start + timedelta(days=36)
    assert hours_at(place, at).is_open
    untried_lawful = set(range(10, 17)) - tried
    if untried_lawful:
        assert at.astimezone(zone).hour not in tried


CODES = st.lists(st.tuples(st.sampled_from(sorted(BEHAVIOUR)), st.integers(0, 40)), max_size=25)


@given(CODES, st.integers(1, 5))
def test_any_sequence_of_outcomes_ends_and_never_tries_twice_a_week_nor_more_than_the_limit(codes, limit) -> None:
    facts, now, last = task(max_attempts=limit), NOW, None
    for code, delay in codes:
        details = GIVEN.get(code, Details())
        if code == "CBACK":
            details = Details(callback=Moment(on=(now + timedelta(days=1)).astimezone(NEW_YORK).date()))
        found = outcome_of(facts, BEHAVIOUR[code], details, now)
        if isinstance(found, CallbackNo):
            continue
        assert isinstance(found, Effects), (found, code)
        assert found.attempts <= limit
        assert last is None or facts.is_callback or now - last >= timedelta(days=7)
        if found.closed_reason:
            return
        assert found.due_at > now
        last = now
        now = found.due_at + timedelta(hours=delay)
        facts = task(
            max_attempts=limit,
            attempts=found.attempts,
            tried_hours=found.tried_hours,
            is_callback=found.callback_at is not None,
            number_id=found.next_number_id,
        )
