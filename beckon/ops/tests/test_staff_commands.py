"""`beckon users ...`: roles, passwords from standard input, and what becomes of an agent's promises."""

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from beckon.core.actors import user
from beckon.core.models import User
from beckon.core.staff.queries import find_member
from beckon.desk.models import CallTask
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.ops.commands.calls import desk_callbacks, desk_next
from beckon.ops.commands.calls.desk_next import NoAgent
from beckon.ops.commands.staff import users_add, users_end, users_list, users_password
from beckon.ops.commands.staff.users_add import StaffRefused
from beckon.ops.tests.running import run

DANA, LEE = "dana@example.org", "lee@example.org"


def add(email: str, role: str = "agent") -> None:
    run(users_add, email, "--role", role, "--name", email.split("@")[0].title())


def promise(now: datetime, *people: tuple[int, str, int]) -> list[CallTask]:
    """Tasks with a callback: person number, e-mail of who promised it, minutes from now."""
    tasks = make_tasks(now, [make_person(now, n) for n, _, _ in people])
    for task, (_, email, minutes) in zip(tasks, people, strict=True):
        at, whose = now + timedelta(minutes=minutes), user(User.objects.get(email=email).pk).key
        CallTask.objects.filter(pk=task.pk).update(due_at=at, is_ready=False, callback_at=at, callback_for=whose)
    return tasks


def test_a_user_is_added_gets_a_password_and_is_listed(
    org: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(DANA)
    assert "no password yet" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("nine tall herons\nsecond line\n"))
    assert run(users_password, DANA) == 0
    assert "herons" not in capsys.readouterr().out
    assert User.objects.get(email=DANA).check_password("nine tall herons")
    run(users_list, "--json")
    listed = [m for m in json.loads(capsys.readouterr().out) if m["email"] == DANA]
    assert [(m["role"], m["name"], m["can_log_in"]) for m in listed] == [("agent", "Dana", True)]


def test_what_is_refused_says_why_and_changes_nothing(org: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StaffRefused, match="not an e-mail"):
        run(users_add, "dana", "--role", "agent")
    with pytest.raises(StaffRefused, match="nobody with this e-mail"):
        run(users_end, DANA)
    add(DANA)
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(StaffRefused, match="12"):
        run(users_password, DANA)
    assert not User.objects.get(email=DANA).has_usable_password()


def test_an_agent_who_leaves_hands_on_promises_and_whom_they_hold(
    org: Any, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    add(DANA)
    add(LEE)
    held, promised = make_tasks(now, [make_person(now, 1)])[0], promise(now, (2, DANA, 30))[0]
    run(desk_next, "--as", DANA, "--queue", "calls")
    assert CallTask.objects.get(pk=held.pk).leased_by
    capsys.readouterr()
    assert run(users_end, DANA, "--callbacks-to", LEE) == 0
    assert "given back: 1; callbacks handed to lee@example.org: 1" in capsys.readouterr().out
    assert find_member(DANA) is None
    assert CallTask.objects.get(pk=held.pk).leased_by == ""
    assert CallTask.objects.get(pk=promised.pk).callback_for == user(User.objects.get(email=LEE).pk).key
    with pytest.raises(NoAgent, match="users add"):
        run(desk_next, "--as", DANA)


def test_only_roles_that_call_are_served(org: Any) -> None:
    add(DANA, "analyst")
    with pytest.raises(NoAgent, match="analyst"):
        run(desk_next, "--as", DANA)


def test_callbacks_are_listed_by_agent_and_handed_on(
    org: Any, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    add(DANA)
    add(LEE)
    late, soon, lees = promise(now, (1, DANA, -20), (2, DANA, 90), (3, LEE, 60))
    capsys.readouterr()
    run(desk_callbacks, "--json")
    everyone = json.loads(capsys.readouterr().out)
    assert [(c["task"], c["promised_by"], c["overdue"]) for c in everyone] == [
        (late.pk, DANA, True),
        (lees.pk, LEE, False),
        (soon.pk, DANA, False),
    ]
    run(desk_callbacks, "--as", LEE, "--hours", "2")
    line = capsys.readouterr().out.strip()
    assert line.endswith(f"task {lees.pk}  person {lees.person_id}  {LEE}")
    run(desk_callbacks, "--as", DANA, "--to", "anyone")
    assert set(CallTask.objects.filter(pk__in=[late.pk, soon.pk]).values_list("callback_for", flat=True)) == {""}
    with pytest.raises(desk_callbacks.NothingToHandOver):
        run(desk_callbacks, "--to", LEE)
