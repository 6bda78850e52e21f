"""Members of staff: roles given and ended, each on record; one administrator always stays."""

from datetime import datetime
from typing import Any

import pytest

from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Membership, Role, User
from beckon.core.staff.actions import Ended, Membered, NotChanged, PasswordSet, StaffNo
from beckon.core.staff.actions import add_member as _add
from beckon.core.staff.actions import end_membership as _end
from beckon.core.staff.actions import set_password as _set
from beckon.core.staff.queries import find_member, list_members

DANA = "Dana@Example.org"


def add(email: str, role: Role, now: datetime) -> Membered | NotChanged:
    return _add(email=email, role=role, by=SYSTEM, now=now)


def told(action: str) -> list[dict[str, Any] | None]:
    return [entry.detail for entry in AuditEntry.objects.filter(action=action).order_by("pk")]


def test_a_newcomer_becomes_a_user_who_cannot_log_in_yet(org: Any, now: datetime) -> None:
    answer = add(DANA, Role.AGENT, now)
    member = find_member("dana@example.org ")
    assert isinstance(answer, Membered)
    assert (answer.is_new_user, answer.was) == (True, None)
    assert member is not None
    assert (member.role, member.can_log_in, member.may_call) == (Role.AGENT, False, True)
    assert told("user.role_given") == [{"role": "agent", "was": ""}]


def test_another_role_ends_the_one_before_and_the_same_again_changes_nothing(org: Any, now: datetime) -> None:
    add(DANA, Role.AGENT, now)
    again, promoted = add(DANA, Role.AGENT, now), add(DANA, Role.ANALYST, now)
    assert isinstance(again, Membered)
    assert again.was is Role.AGENT
    assert isinstance(promoted, Membered)
    assert promoted.was is Role.AGENT
    assert [m.role for m in list_members()] == [Role.ANALYST]
    assert not list_members()[0].may_call
    assert {m.role for m in list_members(with_ended=True)} == {Role.ANALYST, Role.AGENT}
    assert told("user.role_given") == [{"role": "agent", "was": ""}, {"role": "analyst", "was": "agent"}]


def test_who_leaves_stays_a_user_and_may_come_back(org: Any, now: datetime) -> None:
    add(DANA, Role.AGENT, now)
    ended = _end(email=DANA, by=SYSTEM, now=now)
    assert isinstance(ended, Ended)
    assert find_member(DANA) is None
    assert User.objects.filter(pk=ended.user_id, is_active=True).exists()
    assert _end(email=DANA, by=SYSTEM, now=now) == NotChanged(StaffNo.NO_MEMBER)
    assert told("user.membership_ended") == [{"was": "agent"}]
    assert isinstance(add(DANA, Role.AGENT, now), Membered)


def test_the_last_administrator_can_neither_leave_nor_take_another_role(org: Any, now: datetime) -> None:
    Membership.objects.filter(organization=org).delete()
    add(DANA, Role.ADMINISTRATOR, now)
    assert _end(email=DANA, by=SYSTEM, now=now) == NotChanged(StaffNo.LAST_ADMINISTRATOR)
    assert add(DANA, Role.AGENT, now) == NotChanged(StaffNo.LAST_ADMINISTRATOR)
    add("lee@example.org", Role.ADMINISTRATOR, now)
    assert isinstance(_end(email=DANA, by=SYSTEM, now=now), Ended)


@pytest.mark.parametrize("email", ["", "dana", "dana@", "a b@example.org"])
def test_what_is_no_address_makes_no_user(org: Any, now: datetime, email: str) -> None:
    before = User.objects.count()
    assert add(email, Role.AGENT, now) == NotChanged(StaffNo.BAD_EMAIL)
    assert User.objects.count() == before


def test_a_weak_password_is_refused_with_its_reasons_and_a_good_one_is_nowhere_on_record(
    org: Any, now: datetime
) -> None:
    add(DANA, Role.AGENT, now)
    weak = _set(email=DANA, password="dana", by=SYSTEM, now=now)
    assert isinstance(weak, NotChanged)
    assert weak.reason is StaffNo.WEAK_PASSWORD
    assert weak.details
    good = "nine tall herons"
    assert isinstance(_set(email=DANA, password=good, by=SYSTEM, now=now), PasswordSet)
    assert User.objects.get(email="dana@example.org").check_password(good)
    assert told("user.password_set") == [{}]


def test_a_password_is_set_for_members_only(org: Any, now: datetime) -> None:
    User.objects.create_user("stranger@example.org")
    answer = _set(email="stranger@example.org", password="nine tall herons", by=SYSTEM, now=now)
    assert answer == NotChanged(StaffNo.NO_MEMBER)
