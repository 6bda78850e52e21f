"""The stepper, table by table. No database."""

from datetime import timedelta
from typing import Any

import pytest

from beckon.campaigns.journey.values import Facts
from beckon.campaigns.reasons import LeaveReason
from beckon.campaigns.rules import advance
from beckon.campaigns.tests.builders import (
    BYE,
    CALL,
    LANDLINE,
    MOBILE,
    NOW,
    SEND,
    WEEK,
    after,
    consent,
    facts,
    playbook,
    point,
    snapshot,
)
from beckon.consent.facts import Mark


def test_a_send_step_queues_one_message_and_goes_on_to_the_wait() -> None:
    done = advance(snapshot("send"), MOBILE, playbook(SEND, WEEK, BYE), NOW)
    assert [(m.channel, m.template, m.contact_point_id, m.round) for m in done.messages] == [("sms", "hello", 1, 0)]
    assert (done.step, done.waiting_for, done.due_at, done.left) == ("week", "time", NOW + timedelta(days=7), None)
    assert [r.outcome for r in done.records] == ["sent"]


BY_LINE = {
    "id": "send",
    "kind": "send",
    "ways": [
        {"channel": "sms", "line": "mobile", "variants": "hello"},
        {"channel": "voicemail", "line": "landline", "variants": "drop"},
        {"channel": "sms", "line": "unknown", "variants": "other"},
    ],
}


@pytest.mark.parametrize(
    ("who", "sent"),
    [
        (MOBILE, ["hello"]),
        (facts(point(line="voip")), ["hello"]),
        (LANDLINE, ["drop"]),
        (facts(point(line="unknown")), ["other"]),
        (facts(point(line="landline"), point(number=2)), ["hello"]),
        (facts(point(is_dead=True), point(line="landline", number=2)), ["drop"]),
        (facts(), []),
        (facts(point(line="toll_free")), ["drop"]),
    ],
)
def test_the_line_type_decides_between_text_and_voicemail_drop(who: Facts, sent: list[str]) -> None:
    done = advance(snapshot("send"), who, playbook(BY_LINE, WEEK, BYE), NOW)
    assert [m.template for m in done.messages] == sent
    assert done.step == "week"


def test_outside_the_hours_the_message_waits_for_the_morning_at_the_same_step() -> None:
    night = NOW.replace(hour=4)
    done = advance(snapshot("send"), MOBILE, playbook(SEND, WEEK, BYE), night)
    assert not done.messages
    assert (done.step, done.waiting_for) == ("send", "")
    assert done.due_at is not None
    assert done.due_at > night
    assert [r.outcome for r in done.records] == ["later"]
    morning = advance(after(done), MOBILE, playbook(SEND, WEEK, BYE), done.due_at)
    assert [m.template for m in morning.messages] == ["hello"]


def test_a_refused_channel_falls_through_to_the_next_way_with_the_reason_kept() -> None:
    two_ways = {**SEND, "ways": [{"channel": "email", "variants": "hello"}, {"channel": "sms", "variants": "other"}]}
    done = advance(snapshot("send"), MOBILE, playbook(two_ways, WEEK, BYE), NOW)
    assert [m.template for m in done.messages] == ["other"]
    assert (done.records[0].outcome, done.records[0].reason) == ("refused", "no_contact_point")


def test_a_refusal_on_every_way_goes_where_the_playbook_says() -> None:
    steps = playbook({**SEND, "refused": "call"}, WEEK, BYE, {**CALL, "next": "bye"})
    done = advance(snapshot("send"), facts(point(), entries=[consent("sms", Mark.REVOKED)]), steps, NOW)
    assert not done.messages
    assert done.step == "call"
    assert [r.reason for r in done.records if r.outcome == "refused"] == ["opted_out"]


def test_variants_are_drawn_by_the_source_key_and_never_by_ids() -> None:
    tested = {**SEND, "ways": [{"channel": "sms", "variants": {"a": "hello", "b": "other"}}]}
    book = playbook(tested, WEEK, BYE)

    def drawn(key: str, enrollment: int) -> str:
        return advance(snapshot("send", key=key, enrollment_id=enrollment), MOBILE, book, NOW).messages[0].variant

    first = [drawn(f"MRN-{n}", n) for n in range(200)]
    assert first == [drawn(f"MRN-{n}", n + 9000) for n in range(200)]
    assert 70 < first.count("a") < 130


def test_each_return_to_a_step_takes_the_next_months_wording_and_the_last_one_repeats() -> None:
    monthly = {**SEND, "ways": [{"channel": "sms", "variants": {"a": ["month-1", "month-2"]}}], "next": "month"}
    book = playbook(
        monthly, {"id": "month", "kind": "wait", "months": 1, "next": "send"}, BYE, on={"reply_no": {"go": "bye"}}
    )
    where, now, sent = snapshot("send"), NOW, []
    for _ in range(6):
        done = advance(where, MOBILE, book, now)
        sent += [(m.template, m.round) for m in done.messages]
        assert done.due_at is not None
        where, now = after(done), done.due_at
    assert sent[:3] == [("month-1", 0), ("month-2", 1), ("month-2", 2)]


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (facts(point(), person={"is_deceased": True}), LeaveReason.DECEASED),
        (facts(point(), person={"is_merged": True}), LeaveReason.DUPLICATE),
        (facts(point(), person={"is_retired": True}), LeaveReason.RETIRED),
        (facts(point(), person={"is_do_not_contact": True}), LeaveReason.OPTED_OUT),
        (facts(point(), next_appointment_at=NOW + timedelta(days=28)), LeaveReason.HAS_APPOINTMENT),
    ],
)
def test_whoever_may_not_be_contacted_any_more_leaves_before_anything_is_sent(who: Facts, reason: LeaveReason) -> None:
    book = playbook(SEND, WEEK, BYE, entry={"segment": {"everyone": True}, "no_appointment_within_days": 28})
    done = advance(snapshot("send"), who, book, NOW)
    assert (done.left, done.due_at, done.messages, done.withdraw) == (reason, None, (), True)


@pytest.mark.parametrize("ahead", [-1, 29])
def test_an_appointment_past_or_beyond_four_weeks_does_not_end_the_campaign(ahead: int) -> None:
    book = playbook(SEND, WEEK, BYE, entry={"segment": {"everyone": True}, "no_appointment_within_days": 28})
    who = facts(point(), next_appointment_at=NOW + timedelta(days=ahead))
    assert advance(snapshot("send"), who, book, NOW).left is None


def test_a_call_step_opens_one_task_and_waits_for_it() -> None:
    done = advance(snapshot("call"), MOBILE, playbook(CALL, BYE), NOW)
    assert [(t.script, t.max_attempts, t.days_between, t.due_at) for t in done.tasks] == [("talk", 5, 7, NOW)]
    assert done.waiting_for == "task"
    again = advance(after(done), MOBILE, playbook(CALL, BYE), done.due_at or NOW)
    assert (again.left, again.tasks, again.withdraw) == (LeaveReason.EXHAUSTED, (), True)


@pytest.mark.parametrize(("made", "left"), [(0, 5), (3, 2), (4, 1)])
def test_a_later_call_step_has_only_the_attempts_that_are_left(made: int, left: int) -> None:
    done = advance(snapshot("call", memory={"attempts": made}), MOBILE, playbook(CALL, BYE), NOW)
    assert done.tasks[0].max_attempts == left


def test_without_attempts_left_nobody_is_called() -> None:
    done = advance(snapshot("call", memory={"attempts": 5}), MOBILE, playbook(CALL, BYE), NOW)
    assert (done.tasks, done.left) == ((), LeaveReason.EXHAUSTED)


def test_a_call_outside_the_hours_is_due_when_they_open() -> None:
    done = advance(snapshot("call"), MOBILE, playbook(CALL, BYE), NOW.replace(hour=4))
    assert done.tasks[0].due_at > NOW.replace(hour=4)


@pytest.mark.parametrize(
    ("when", "goes"),
    [
        ({"fact": "line", "is": "mobile"}, True),
        ({"fact": "line", "in": ["landline"]}, False),
        ({"fact": "never_seen", "is": True}, True),
        ({"fact": "attempts", "at_least": 1}, False),
        ({"not": {"fact": "language", "is": "es"}}, True),
        ({"all": [{"fact": "line", "is": "mobile"}, {"fact": "has_appointment", "is": True}]}, False),
        ({"any": [{"fact": "reply", "is": "yes"}, {"fact": "flags", "has": "answered"}]}, True),
        ({"fact": "days_since_encounter", "at_least": 1}, False),
        ({"fact": "last_appointment_outcome", "is": "missed"}, False),
    ],
)
def test_a_branch_takes_the_first_case_that_holds(when: dict[str, Any], goes: bool) -> None:
    fork = {"id": "fork", "kind": "branch", "cases": [{"when": when, "go": "yes"}]}
    book = playbook(fork, BYE, {"id": "yes", "kind": "exit", "reason": "declined"})
    done = advance(snapshot("fork", memory={"flags": ["answered"]}), MOBILE, book, NOW)
    assert done.left == (LeaveReason.DECLINED if goes else LeaveReason.EXHAUSTED)


@pytest.mark.parametrize(
    ("wait", "due"),
    [
        ({"days": 7}, "2026-11-23T15:00"),
        ({"hours": 2}, "2026-11-16T17:00"),
        ({"months": 1}, "2026-12-16T15:00"),
        ({"days": 1, "hour": 9}, "2026-11-18T14:00"),
        ({"hour": 11}, "2026-11-16T16:00"),
        ({"hour": 9}, "2026-11-17T14:00"),
        ({"weekdays": ["sat"], "hour": 9}, "2026-11-21T14:00"),
        ({"days": 2, "weekdays": ["tue"]}, "2026-11-24T05:00"),
    ],
)
def test_a_wait_ends_at_its_hour_and_weekday_where_the_person_is(wait: dict[str, Any], due: str) -> None:
    done = advance(snapshot("rest"), MOBILE, playbook({"id": "rest", "kind": "wait", **wait}, BYE), NOW)
    assert done.due_at is not None
    assert done.due_at.isoformat()[:16] == due


def test_a_wait_before_an_appointment_counts_back_from_it() -> None:
    rest = {"id": "rest", "kind": "wait", "appointment": {"days_before": 2}}
    who = MOBILE._replace(next_appointment_at=NOW + timedelta(days=10))
    assert advance(snapshot("rest"), who, playbook(rest, BYE), NOW).due_at == NOW + timedelta(days=8)


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    january = NOW.replace(year=2027, month=1, day=31)
    rest = snapshot("rest", enrolled_at=january)
    done = advance(rest, MOBILE, playbook({"id": "rest", "kind": "wait", "months": 1}, BYE), january)
    assert done.due_at == january.replace(month=2, day=28)


def test_a_goal_step_lets_go_of_those_who_met_it_and_passes_the_others_on() -> None:
    book = playbook(
        {"id": "settle", "kind": "goal"},
        BYE,
        goal={"name": {"en": "x", "es": "x"}, "flags": ["details_given"], "ends": False},
    )
    assert advance(snapshot("settle"), MOBILE, book, NOW).left == LeaveReason.EXHAUSTED
    met = advance(snapshot("settle", memory={"flags": ["details_given"]}), MOBILE, book, NOW)
    assert (met.left, met.goal_met_at) == (LeaveReason.GOAL_MET, NOW)


def test_a_goal_that_ends_the_journey_is_met_by_the_message_that_raises_its_flag() -> None:
    gives = {**SEND, "gives": ["details_given"]}
    book = playbook(gives, WEEK, BYE, goal={"name": {"en": "x", "es": "x"}, "flags": ["details_given"]})
    done = advance(snapshot("send"), MOBILE, book, NOW)
    assert (done.left, len(done.messages)) == (LeaveReason.GOAL_MET, 1)


def test_nobody_stays_longer_than_the_playbook_allows() -> None:
    book = playbook(SEND, WEEK, BYE, max_days=30)
    done = advance(snapshot("send", enrolled_at=NOW - timedelta(days=30)), MOBILE, book, NOW)
    assert (done.left, done.messages) == (LeaveReason.EXHAUSTED, ())


def test_a_step_that_a_new_version_dropped_begins_again_at_the_first() -> None:
    done = advance(snapshot("vanished"), MOBILE, playbook(SEND, WEEK, BYE), NOW)
    assert (done.step, len(done.messages)) == ("week", 1)
