"""`beckon desk next` and `beckon desk dispose`: what they print and what they record."""

import argparse
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from beckon.core.actors import Actor, user
from beckon.core.events.models import Event
from beckon.core.models import Membership, Role, User
from beckon.desk.models import Call, CallTask
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.ops.commands.calls import desk_dispose, desk_next

EMAIL = "dana@example.org"


@pytest.fixture
def dana(org: Any) -> Actor:
    """A member of the organization who calls."""
    member = User.objects.create(email=EMAIL, name="Dana")
    Membership.objects.create(user=member, organization=org, role=Role.AGENT)
    return user(member.pk)


def run(command: ModuleType, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(["--org", "test", "--agent", EMAIL, *words]))
    return code


def test_next_lists_the_agents_own_promises_of_the_hour_by_id_below_the_card(
    dana: Actor, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = make_tasks(now, [make_person(now, n) for n in range(4)])
    for task, minutes, whose in zip(tasks[1:], (30, 40, 90), (dana.key, "sim:lee", dana.key), strict=True):
        at = now + timedelta(minutes=minutes)
        CallTask.objects.filter(pk=task.pk).update(due_at=at, is_ready=False, callback_at=at, callback_for=whose)
    assert run(desk_next, "--queue", "calls") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"task {tasks[0].pk} ")
    mine = tasks[1]
    assert lines[-1] == f"promised: 10:30 EST  task {mine.pk}  person {mine.person_id}"
    assert sum(line.startswith("promised") for line in lines) == 1


@pytest.fixture
def task(dana: Actor, now: datetime) -> CallTask:
    """A call that Dana was served."""
    made = make_tasks(now, [make_person(now, 1)])[0]
    run(desk_next, "--queue", "calls")
    return made


def dispose(task: CallTask, *words: str) -> int:
    return run(desk_dispose, "--task", str(task.pk), *words)


@pytest.mark.parametrize(
    ("at", "hour", "minute", "day"), [("15:30", 15, 30, 16), ("2026-11-18T16:15", 16, 15, 18), ("2026-11-19", 0, 0, 19)]
)
def test_a_call_back_takes_an_hour_a_day_or_both(
    task: CallTask, dana: Actor, at: str, hour: int, minute: int, day: int
) -> None:
    assert dispose(task, "CBACK", "--at", at) == 0
    task.refresh_from_db()
    assert task.callback_at is not None
    there = task.callback_at.astimezone(ZoneInfo("America/New_York"))
    assert there.day == day
    assert (there.hour, there.minute) == (hour, minute) or (hour == 0 and 8 <= there.hour <= 20)
    assert task.callback_for == dana.key


def test_a_call_back_may_be_left_to_anyone(task: CallTask) -> None:
    assert dispose(task, "CBACK", "--at", "15:30", "--anyone") == 0
    task.refresh_from_db()
    assert task.callback_at is not None
    assert task.callback_for == ""


def test_a_visit_they_have_already_and_their_other_record_are_recorded(task: CallTask, now: datetime) -> None:
    with pytest.raises(desk_dispose.NotTaken, match="existing visit required"):
        dispose(task, "RECONFIRMED")
    assert dispose(task, "RECONFIRMED", "--visit", "2026-11-20T09:00") == 0
    assert Event.objects.get(kind="call.disposed").data["existing_visit_at"] == "2026-11-20T09:00:00-05:00"
    run(desk_dispose, "--undo")
    twin = make_person(now, 2)
    with pytest.raises(desk_dispose.NotTaken, match="no other person"):
        dispose(task, "DUPLICATE", "--other", str(task.person_id))
    assert dispose(task, "DUPLICATE", "--other", str(twin.pk)) == 0
    assert Event.objects.get(kind="person.duplicate_reported").data == {"other": twin.pk}


@pytest.mark.parametrize(("words", "text"), [([], ""), (["--may-text"], "practice_details"), (["--no-text"], "")])
def test_details_are_agreed_only_where_the_agent_says_so(task: CallTask, words: list[str], text: str) -> None:
    assert dispose(task, "NOT_NOW", *words) == 0
    assert Event.objects.get(kind="call.disposed").data["text"] == text


def test_times_that_say_too_little_or_nothing_are_refused(task: CallTask) -> None:
    with pytest.raises(desk_dispose.NotTaken, match="its day and its hour"):
        dispose(task, "DONE", "--at", "15:30")
    for words in (
        ("CBACK", "--at", "soon"),
        ("RECONFIRMED", "--visit", "15:30"),
        ("NOT_NOW", "--may-text", "--no-text"),
    ):
        with pytest.raises(SystemExit):
            dispose(task, *words)
    assert not Call.objects.exists()
