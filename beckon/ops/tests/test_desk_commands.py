"""`beckon desk next` and `beckon desk dispose`: what they print and what they record."""

import argparse
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from beckon.core.actors import Actor, user
from beckon.core.models import Membership, Role, User
from beckon.desk.models import CallTask
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.ops.commands.calls import desk_next

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
