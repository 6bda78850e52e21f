"""Invitations: a link that holds for some days, once, and not after it was replaced or taken back."""

from datetime import datetime

import pytest
from django.core import signing

from beckon.core.actors import COMMAND_LINE
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role, User
from beckon.core.staff.actions import NotChanged, StaffNo, end_membership
from beckon.core.staff.invitations import (
    Invitation,
    Invited,
    LinkNo,
    accept,
    invite,
    invite_again,
    invited_at,
    read_link,
)

GOOD = "four unrelated quiet lamps"


def invited(now: datetime, email: str = "new@example.org") -> Invited:
    answer = invite(email=email, role=Role.AGENT, name="New Person", by=COMMAND_LINE, now=now)
    assert isinstance(answer, Invited)
    return answer


def test_the_link_sets_name_and_password_once(org: Organization, now: datetime) -> None:
    token = invited(now).token
    read = read_link(token, days=7)
    assert isinstance(read, Invitation)
    assert (read.email, read.role, read.organization) == ("new@example.org", Role.AGENT, org)
    user = accept(token, name="Dana Reyes", password=GOOD, days=7)
    assert isinstance(user, User)
    assert user.check_password(GOOD)
    assert read_link(token, days=7) is LinkNo.OVER
    assert accept(token, name="Thief", password=GOOD + "!", days=7) is LinkNo.OVER
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "user.role_given",
        "user.invited",
        "user.invitation_accepted",
    ]


def test_a_newer_link_ends_the_older_one(org: Organization, now: datetime) -> None:
    first = invited(now)
    second = invite_again(user_id=first.user_id, by=COMMAND_LINE, now=now)
    assert isinstance(second, Invited)
    assert read_link(first.token, days=7) is LinkNo.OVER
    assert isinstance(read_link(second.token, days=7), Invitation)


def test_an_invitation_that_was_taken_back_opens_nothing(org: Organization, now: datetime) -> None:
    token = invited(now).token
    invite(email="boss@example.org", role=Role.ADMINISTRATOR, by=COMMAND_LINE, now=now)
    end_membership(email="new@example.org", by=COMMAND_LINE, now=now)
    assert read_link(token, days=7) is LinkNo.OVER
    gone = User.objects.get(email="new@example.org").pk
    assert invite_again(user_id=gone, by=COMMAND_LINE, now=now) == NotChanged(StaffNo.NO_MEMBER)


def test_an_old_link_says_that_it_is_old(org: Organization, now: datetime) -> None:
    assert read_link(invited(now).token, days=0) is LinkNo.EXPIRED


@pytest.mark.parametrize(
    "token",
    ["", "x", "a:b:c", signing.dumps([1, "x"]), signing.dumps({"a": 1}, salt="beckon.staff.invitation")],
    ids=["empty", "short", "unsigned", "signed for something else", "signed with something else inside"],
)
def test_a_made_up_link_opens_nothing(org: Organization, token: str) -> None:
    assert read_link(token, days=7) is LinkNo.OVER


def test_a_weak_password_is_refused_and_the_link_stays(org: Organization, now: datetime) -> None:
    token = invited(now).token
    answer = accept(token, name="Dana", password="password1234", days=7)
    assert isinstance(answer, NotChanged)
    assert answer.reason is StaffNo.WEAK_PASSWORD
    assert isinstance(read_link(token, days=7), Invitation)


def test_it_is_known_when_the_newest_link_was_made(org: Organization, now: datetime) -> None:
    user = User.objects.get(pk=invited(now).user_id)
    assert invited_at(user) is not None
    assert not user.has_usable_password()
