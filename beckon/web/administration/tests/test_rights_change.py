"""Another role, or none any more: what was held at the desk is given back, open sessions end, and nothing else does."""

from datetime import datetime

import pytest
from django.test import Client

from beckon.core.models import Organization, Role, User
from beckon.desk.models import CallTask, TaskStatus
from beckon.web.accounts.tests.staff import is_signed_in, log_in, member, signed_in
from beckon.web.desk.tests.pages import DESK, people_to_call

USERS = "/o/test/settings/users/"


@pytest.fixture
def boss(org: Organization) -> Client:
    return signed_in(member(Role.ADMINISTRATOR))


@pytest.fixture
def agent(boss: Client, now: datetime) -> User:
    """Has one person in hand and has promised another a call."""
    user = member(Role.AGENT)
    promised = people_to_call(now, 2)[1]
    CallTask.objects.filter(pk=promised.pk).update(
        callback_for=f"user:{user.pk}", callback_at="2026-12-01T15:00:00Z", due_at="2026-12-01T15:00:00Z"
    )
    log_in(user.email).post(DESK + "next/")
    assert CallTask.objects.filter(leased_by=f"user:{user.pk}").count() == 1
    return user


def held_by(user: User) -> int:
    """People in hand and promises."""
    key = f"user:{user.pk}"
    return CallTask.objects.filter(leased_by=key).count() + CallTask.objects.filter(callback_for=key).count()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.SCHEDULER])
def test_a_role_that_makes_no_calls_holds_nobody(boss: Client, agent: User, role: Role) -> None:
    boss.post(f"{USERS}{agent.pk}/", {"role": role.value})
    assert held_by(agent) == 0
    assert not CallTask.objects.filter(status=TaskStatus.LEASED).exists()


def test_a_role_that_calls_keeps_its_promises(boss: Client, agent: User) -> None:
    boss.post(f"{USERS}{agent.pk}/", {"role": Role.SUPERVISOR.value})
    assert held_by(agent) == 2


def test_who_leaves_holds_nobody(boss: Client, agent: User) -> None:
    boss.post(f"{USERS}{agent.pk}/end/")
    assert held_by(agent) == 0


@pytest.mark.parametrize(("address", "said"), [("", {"role": "supervisor"}), ("end/", {})])
def test_open_sessions_end_with_the_rights_they_were_opened_with(
    boss: Client, agent: User, address: str, said: dict[str, str]
) -> None:
    browsers, other = [log_in(agent.email), log_in(agent.email)], log_in(member(Role.MANAGER).email)
    boss.post(f"{USERS}{agent.pk}/{address}", said)
    assert [is_signed_in(b) for b in (*browsers, other, boss)] == [False, False, True, True]


def test_the_same_role_again_ends_nothing(boss: Client, agent: User) -> None:
    browser = log_in(agent.email)
    boss.post(f"{USERS}{agent.pk}/", {"role": Role.AGENT.value})
    assert is_signed_in(browser)
    assert held_by(agent) == 2
