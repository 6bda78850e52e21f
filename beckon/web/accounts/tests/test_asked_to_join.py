"""Somebody who has an account is asked to join another practice: they are no member before they accept."""

from typing import Any

import pytest
from django.test import Client

from beckon.core.audit.models import AuditEntry
from beckon.core.models import Invitation, Membership, Organization, OrganizationKind, Role, User
from beckon.web.accounts.tests.staff import PASSWORD, member, signed_in

USERS = "/o/test/settings/users/"


@pytest.fixture
def known(org: Organization) -> User:
    """Works for another practice."""
    user = User.objects.create_user("known@example.org", PASSWORD, name="Kim Known")
    other = Organization.objects.create(slug="lake", schema_name="o_lake", name="Lake", kind=OrganizationKind.SANDBOX)
    Membership.objects.create(user=user, organization=other, role=Role.AGENT)
    return user


@pytest.fixture
def boss(org: Organization) -> Client:
    return signed_in(member(Role.ADMINISTRATOR))


def ask(boss: Client, user: User, role: str = "manager") -> int:
    boss.post(USERS + "invite/", {"email": user.email.upper(), "role": role})
    return Invitation.objects.filter(user=user).latest("pk").pk


def is_member(user: User) -> bool:
    return Membership.objects.filter(user=user, organization__slug="test", ended_at=None).exists()


def answered(browser: Client, pk: int, what: str) -> str:
    return browser.post(f"/account/invitations/{pk}/", {"answer": what}, follow=True).content.decode()


def test_nobody_is_a_member_of_a_practice_they_did_not_accept(
    boss: Client, known: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        pk = ask(boss, known)
    assert not is_member(known)
    theirs = signed_in(known)
    assert theirs.get("/o/test/").status_code == 404
    page = boss.get(USERS).content.decode()
    assert "Asked to join" in page
    assert "Kim Known" not in page  # their name is another practice's to know
    assert "/accounts/invitation/" not in mailoutbox[0].body
    assert "http://testserver/account/" in mailoutbox[0].body

    assert "Test practice" in theirs.get("/account/").content.decode()
    assert "You are a member of Test practice now." in answered(theirs, pk, "accept")
    assert theirs.get("/o/test/").status_code == 200
    assert Membership.objects.get(user=known, organization__slug="test").role == Role.MANAGER
    said = set(AuditEntry.objects.filter(object_ids=[known.pk]).values_list("action", flat=True))
    assert {"user.asked_to_join", "user.invitation_accepted", "user.role_given"} <= said


def test_an_answer_counts_once_and_a_no_is_a_no(boss: Client, known: User) -> None:
    pk = ask(boss, known)
    theirs = signed_in(known)
    assert "Declined" in answered(theirs, pk, "decline")
    assert "over" in answered(theirs, pk, "accept")
    assert not is_member(known)


def test_nobody_answers_for_somebody_else(boss: Client, known: User) -> None:
    pk = ask(boss, known)
    other = member(Role.AGENT)
    answered(signed_in(other), pk, "accept")
    answered(boss, pk, "accept")
    assert Client().post(f"/account/invitations/{pk}/", {"answer": "accept"}).status_code == 302
    assert not is_member(known)
    assert Invitation.objects.get(pk=pk).ended_at is None


def test_what_is_taken_back_replaced_or_old_opens_nothing(boss: Client, known: User, settings: Any) -> None:
    first, theirs = ask(boss, known), signed_in(known)
    second = ask(boss, known, "agent")
    answered(theirs, first, "accept")
    assert boss.post(f"{USERS}invitations/{second}/take-back/").status_code == 302
    answered(theirs, second, "accept")
    third = ask(boss, known)
    Invitation.objects.filter(pk=third).update(made_at="2026-11-01T00:00:00Z")
    answered(theirs, third, "accept")
    assert not is_member(known)
    assert "Asked to join" not in boss.get(USERS).content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPERVISOR, Role.AGENT, Role.AUDITOR])
def test_only_an_administrator_asks_and_takes_back(boss: Client, known: User, role: Role) -> None:
    pk = ask(boss, known)
    browser = signed_in(member(role))
    assert browser.post(f"{USERS}invitations/{pk}/take-back/").status_code == 403
    assert browser.post(USERS + "invite/", {"email": known.email, "role": "agent"}).status_code == 403
    assert signed_in(known).post(f"{USERS}invitations/{pk}/take-back/").status_code == 404


def test_an_invitation_of_another_practice_is_not_ours_to_take_back(boss: Client, known: User) -> None:
    lake = Organization.objects.get(slug="lake")
    row = Invitation.objects.create(
        user=known, organization=lake, role="agent", by="user:1", made_at="2026-11-22T00:00:00Z"
    )
    assert boss.post(f"{USERS}invitations/{row.pk}/take-back/").status_code == 404
