"""A lost second factor: who may take it off, who is told, where it is on record."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from beckon.core.audit.models import AuditEntry
from beckon.core.models import Membership, Organization, OrganizationKind, Role, User
from beckon.web.accounts.tests.staff import is_signed_in, log_in, member, signed_in

USERS = "/o/test/settings/users/"


def with_factors(user: User) -> User:
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x"})
    return user


def factors(user: User) -> int:
    return Authenticator.objects.filter(user=user).count()


def on_record() -> list[tuple[str, list[int]]]:
    return list(AuditEntry.objects.filter(action="user.factors_taken_off").values_list("actor", "object_ids"))


def test_an_administrator_takes_it_off_and_the_person_is_told(
    org: Organization, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    boss, agent = member(Role.ADMINISTRATOR), member(Role.AGENT)
    theirs = log_in(agent.email)
    with_factors(agent)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(boss).post(f"{USERS}{agent.pk}/factors/")
    assert factors(agent) == 0
    assert not is_signed_in(theirs)
    assert on_record() == [(f"user:{boss.pk}", [agent.pk])]
    assert [letter.to for letter in mailoutbox] == [[agent.email]]
    assert "Test practice" in mailoutbox[0].body


def test_not_ones_own_and_not_of_who_works_elsewhere(org: Organization, mailoutbox: list[Any]) -> None:
    boss, both, operator = member(Role.ADMINISTRATOR), member(Role.AGENT), member(Role.MANAGER)
    other = Organization.objects.create(slug="lake", schema_name="o_lake", name="L", kind=OrganizationKind.SANDBOX)
    Membership.objects.create(user=both, organization=other, role=Role.AGENT)
    User.objects.filter(pk=operator.pk).update(is_operator=True)
    for user in (boss, both, operator):
        with_factors(user)
        signed_in(boss).post(f"{USERS}{user.pk}/factors/")
        assert factors(user) == 2
    assert on_record() == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPERVISOR, Role.AGENT, Role.AUDITOR])
def test_nobody_but_an_administrator_of_theirs(org: Organization, role: Role) -> None:
    user = with_factors(member(Role.AGENT, email="other@example.org"))
    assert signed_in(member(role)).post(f"{USERS}{user.pk}/factors/").status_code == 403
    stranger = signed_in(User.objects.create_user("stranger@example.org", None))
    assert stranger.post(f"{USERS}{user.pk}/factors/").status_code == 404
    assert factors(user) == 2
