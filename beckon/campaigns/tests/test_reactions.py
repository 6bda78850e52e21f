"""What replies, calls, bookings and failures do to an enrollment. No database."""

from datetime import timedelta
from typing import Any

import pytest

from beckon.campaigns.journey.values import Effects, Snapshot
from beckon.campaigns.playbooks.reading import read_library
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reactions import Happening, react, undo
from beckon.campaigns.reasons import LeaveReason
from beckon.campaigns.rules import advance
from beckon.campaigns.tests.builders import BYE, CALL, MOBILE, NOW, SEND, WEEK, after, playbook, snapshot

OUTREACH = read_library("community-outreach")
REACTIVATION = read_library("reactivation")
SOON = NOW + timedelta(hours=1)


def calling(**more: Any) -> Snapshot:
    """An enrollment with an open call task."""
    return snapshot("call", waiting_for="task", due_at=NOW + timedelta(days=60), **more)


def said(meaning: str, where: Snapshot, book: Playbook = OUTREACH, channel: str = "sms") -> Effects:
    done = react(where, book, Happening("message.received", {"meaning": meaning, "channel": channel}), SOON)
    assert done is not None
    return done


def disposed(code: str, where: Snapshot, book: Playbook = OUTREACH, **more: Any) -> Effects:
    data = {"code": code, "step": "call", "round": 0, "attempts": 1, "closed": False, "task_id": 8} | more
    done = react(where, book, Happening("call.disposed", data), SOON)
    assert done is not None
    return done


@pytest.mark.parametrize(
    ("meaning", "step", "left"),
    [
        ("yes", "details", None),
        ("reschedule", "details", None),
        ("later", "next_month", None),
        ("no", "second_week", LeaveReason.DECLINED),
        ("stop", "second_week", LeaveReason.OPTED_OUT),
        ("question", "second_week", None),
        ("wrong_person", "second_week", None),
        ("other", "second_week", None),
    ],
)
def test_a_reply_moves_the_person_as_the_playbook_says(meaning: str, step: str, left: LeaveReason | None) -> None:
    done = said(meaning, snapshot("second_week", waiting_for="time", due_at=NOW + timedelta(days=7)))
    assert (done.step, done.left) == (step, left)
    assert (done.due_at is None) == (left is not None)
    if step != "second_week":
        assert (done.due_at, done.waiting_for, done.withdraw) == (SOON, "", True)


def test_a_question_holds_the_journey_for_two_days_and_never_shortens_a_longer_wait() -> None:
    short = said("question", snapshot("week", waiting_for="time", due_at=NOW + timedelta(hours=3)))
    long = said("question", snapshot("week", waiting_for="time", due_at=NOW + timedelta(days=9)))
    assert short.due_at == SOON + timedelta(days=2)
    assert long.due_at == NOW + timedelta(days=9)


def test_yes_by_text_captures_the_mobile_and_the_details_that_follow_meet_the_goal_of_outreach() -> None:
    yes = said("yes", snapshot("second_week", waiting_for="time"))
    sent = advance(after(yes), MOBILE, OUTREACH, SOON)
    assert [m.template for m in sent.messages] == ["details"]
    assert sent.messages[0].purpose == "reply"
    assert sent.goal_met_at == SOON
    assert [t.script for t in sent.tasks] == ["outreach-answer"]
    assert sent.tasks[0].callback_at is not None


def test_a_booking_by_anyone_ends_it_and_meets_the_second_goal_of_outreach_and_the_goal_of_reactivation() -> None:
    booked = Happening("appointment.booked", {"enrollment_id": None})
    outreach, reactivation = react(calling(), OUTREACH, booked, SOON), react(calling(), REACTIVATION, booked, SOON)
    assert outreach is not None
    assert reactivation is not None
    assert (outreach.left, outreach.second_goal_met_at, outreach.goal_met_at) == (LeaveReason.BOOKED, SOON, None)
    assert (reactivation.left, reactivation.goal_met_at) == (LeaveReason.BOOKED, SOON)


@pytest.mark.parametrize(
    ("code", "data", "left"),
    [
        ("DONE", {"closed": True, "leave": "goal_met", "goal": True}, LeaveReason.BOOKED),
        ("RECONFIRMED", {"closed": True, "leave": "reconfirmed"}, LeaveReason.RECONFIRMED),
        ("LOST", {"closed": True, "leave": "lost"}, LeaveReason.LOST),
        ("DNC", {"closed": True, "leave": "opted_out"}, LeaveReason.OPTED_OUT),
        ("DUPLICATE", {"closed": True, "leave": "duplicate"}, LeaveReason.DUPLICATE),
        ("DECEASED", {"closed": True, "leave": "deceased"}, LeaveReason.DECEASED),
        ("WNUM", {"closed": True, "leave": "unreachable", "closed_reason": "unreachable"}, LeaveReason.UNREACHABLE),
        ("OWN", {"closed": True, "leave": "moved_abroad"}, LeaveReason.INELIGIBLE),
        ("NOANS", {"closed": False}, None),
    ],
)
def test_a_disposition_that_leaves_is_kept_with_its_reason(
    code: str, data: dict[str, Any], left: LeaveReason | None
) -> None:
    done = disposed(code, calling(), **data)
    assert done.left == left
    assert done.memory["disposition"] == code


def test_reconfirmed_is_no_win() -> None:
    done = disposed("RECONFIRMED", calling(), REACTIVATION, closed=True, leave="reconfirmed")
    assert (done.goal_met_at, done.second_goal_met_at) == (None, None)


def test_not_now_waits_a_month_and_comes_back_with_that_months_wording_and_the_attempts_that_are_left() -> None:
    done = disposed("NOT_NOW", calling(), closed=True, closed_reason="next_month", next_month=True, attempts=2)
    assert (done.step, done.due_at) == ("next_month", SOON)
    rest = advance(after(done), MOBILE, OUTREACH, SOON)
    assert rest.due_at is not None
    assert rest.due_at.date().isoformat() == "2026-12-17"  # ten o'clock of the 16th has passed
    text = advance(after(rest), MOBILE, OUTREACH, rest.due_at)
    assert [m.template for m in text.messages] == ["month-1"]
    assert text.due_at is not None
    call = advance(after(text), MOBILE, OUTREACH, text.due_at)
    assert [(t.max_attempts, t.round) for t in call.tasks] == [(3, 1)]


def test_a_voicemail_left_comes_back_next_week_where_the_playbook_has_no_word_for_next_month() -> None:
    book = playbook(CALL, BYE)
    done = disposed("LVM", calling(), book, closed=True, closed_reason="next_month", next_month=True, attempts=1)
    assert (done.step, done.round, done.due_at) == ("call", 1, SOON + timedelta(days=7))
    again = advance(after(done), MOBILE, book, SOON + timedelta(days=7))
    assert again.tasks[0].max_attempts == 4


def test_five_calls_without_an_answer_go_on_to_the_step_after_the_call() -> None:
    done = disposed("NOANS", calling(), closed=True, closed_reason="exhausted", attempts=5)
    assert done.step == "settle"
    assert advance(after(done), MOBILE, OUTREACH, SOON).left == LeaveReason.EXHAUSTED


def test_a_captured_mobile_with_the_details_meets_the_goal_and_next_month_still_comes() -> None:
    done = disposed(
        "NOT_NOW", calling(), closed=True, closed_reason="next_month", next_month=True, captured_mobile=True
    )
    assert (done.goal_met_at, done.left, done.step) == (SOON, None, "next_month")


def test_a_task_closed_from_outside_moves_only_the_enrollment_that_waits_for_it() -> None:
    closed = Happening("task.closed", {"step": "call", "round": 0, "reason": "exhausted"})
    moved = react(calling(), OUTREACH, closed, SOON)
    assert moved is not None
    assert moved.step == "settle"
    assert react(snapshot("second_week", waiting_for="time"), OUTREACH, closed, SOON) is None
    assert react(calling(round=1), OUTREACH, closed, SOON) is None


def test_an_undone_disposition_puts_everything_back() -> None:
    before = calling(memory={"visits": {"call": 1}, "attempts": 1})
    done = disposed("DONE", before, REACTIVATION, closed=True, leave="goal_met", goal=True)
    back = undo(after(done, left="booked"), 8, SOON)
    assert back is not None
    assert (back.step, back.waiting_for, back.due_at, back.left) == ("call", "task", before.due_at, None)
    assert (back.memory, back.goal_met_at) == (before.memory, None)
    assert undo(after(done), 9, SOON) is None
    assert undo(before, 8, SOON) is None


def test_a_message_that_failed_takes_the_other_way_only_while_nothing_else_has_happened() -> None:
    book = playbook({**SEND, "failed": "call"}, WEEK, {**CALL, "next": "bye"}, BYE)
    sent = after(advance(snapshot("send"), MOBILE, book, NOW))
    failed = Happening("message.failed", {"step": "send", "reason": "landline", "channel": "sms"})
    moved = react(sent, book, failed, SOON)
    assert moved is not None
    assert (moved.step, moved.due_at) == ("call", SOON)
    stays = react(calling(memory={"sent": "send"}), book, failed, SOON)
    assert stays is not None
    assert (stays.step, stays.waiting_for) == ("call", "task")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("person.deceased", LeaveReason.DECEASED),
        ("person.merged", LeaveReason.DUPLICATE),
        ("person.retired", LeaveReason.RETIRED),
        ("consent.opted_out", LeaveReason.OPTED_OUT),
        ("stopped", LeaveReason.STOPPED),
        ("campaign.ended", LeaveReason.CAMPAIGN_ENDED),
    ],
)
def test_who_is_gone_leaves_at_once_and_what_was_queued_is_withdrawn(kind: str, reason: LeaveReason) -> None:
    done = react(calling(), OUTREACH, Happening(kind), SOON)
    assert done is not None
    assert (done.left, done.due_at, done.withdraw) == (reason, None, True)


@pytest.mark.parametrize(
    ("data", "book", "leaves"),
    [
        ({"channel": "all", "purpose": "all"}, OUTREACH, True),
        ({"channel": "sms", "purpose": "all"}, OUTREACH, True),
        ({"channel": "email", "purpose": "all"}, OUTREACH, False),
        ({"channel": "sms", "purpose": "telemarketing"}, OUTREACH, True),
        ({"channel": "sms", "purpose": "telemarketing"}, REACTIVATION, False),
    ],
)
def test_a_stop_ends_the_journeys_it_is_about_and_is_noted_in_the_others(
    data: dict[str, Any], book: Playbook, leaves: bool
) -> None:
    done = react(calling(), book, Happening("consent.opted_out", data), SOON)
    assert done is not None
    assert (done.left is not None) == leaves


def test_a_wait_until_a_reply_goes_on_at_once_when_one_comes() -> None:
    wait = {"id": "wait", "kind": "wait", "days": 3, "until": "reply", "on_event": "call"}
    book = playbook(wait, BYE, {**CALL, "next": "bye"})
    waiting = after(advance(snapshot("wait"), MOBILE, book, NOW))
    assert waiting.waiting_for == "event:reply"
    assert said("other", waiting, book).step == "call"
    assert advance(waiting, MOBILE, book, waiting.due_at or NOW).left == LeaveReason.EXHAUSTED


def test_an_event_nobody_reacts_to_changes_nothing() -> None:
    assert react(calling(), OUTREACH, Happening("appointment.kept"), SOON) is None
