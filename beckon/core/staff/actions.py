"""Members of staff: taking somebody in with a role, ending a membership, setting a password. Each is on record.

Memberships and passwords live on the wall clock, like sessions; `now` is the organization's time, for the audit record.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.models import Membership, Role, User
from beckon.core.staff.sessions import end_sessions
from beckon.core.tenancy import current_organization


class StaffNo(StrEnum):
    """Why nothing was changed."""

    BAD_EMAIL = "bad_email"
    USER_SWITCHED_OFF = "user_switched_off"
    NO_MEMBER = "no_member"
    LAST_ADMINISTRATOR = "last_administrator"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - a reason, not a secret


@dataclass(frozen=True, slots=True)
class NotChanged:
    """Nothing was changed, and why. `details`: what is wrong with a password, in sentences."""

    reason: StaffNo
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membered:
    """The user has this role now. `was`: the role before, None for a newcomer; `is_new_user`: to the installation."""

    user_id: int
    role: Role
    was: Role | None
    is_new_user: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The user is no member any more."""

    user_id: int
    was: Role


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """The user logs in with it from now on; open sessions end."""

    user_id: int


def add_member(*, email: str, role: Role, name: str = "", by: Actor, now: datetime) -> Membered | NotChanged:
    """Make the user a member of the organization one is in, or give a member another role.

    A new user cannot log in until a password is set. The role they had ends and stays on record, and so do their open
    sessions and, where the new role makes no calls, what they hold at the desk. The same role again changes nothing.
    The last administrator keeps that role.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return NotChanged(StaffNo.BAD_EMAIL)
    user = User.objects.select_for_update().filter(email=email).first()
    is_new = user is None
    if user is None:
        user = User.objects.create_user(email, None, name=name.strip())
    elif not user.is_active:
        return NotChanged(StaffNo.USER_SWITCHED_OFF)
    standing = _standing(user.pk)
    was = Role(standing.role) if standing else None
    if standing is not None and was is not role:
        if _is_last_administrator(standing):
            return NotChanged(StaffNo.LAST_ADMINISTRATOR)
        _end(standing)
    if was is not role:
        Membership.objects.create(user=user, organization=current_organization(), role=role)
        _audit("user.role_given", user.pk, {"role": role.value, "was": was.value if was else ""}, by, now)
        if was is not None:
            _rights_changed(user.pk, role, by, now)
    return Membered(user.pk, role, was, is_new)


def end_membership(*, email: str, by: Actor, now: datetime) -> Ended | NotChanged:
    """The user is no member of the organization one is in from now on; the user and what they did stay.

    Their open sessions end. People in hand at the desk are given back and promised callbacks are anyone's, unless
    `desk.actions.leave_desk` has passed them on before.
    """
    row = Membership.objects.filter(
        organization=current_organization(), ended_at=None, user__email=email.strip().lower()
    ).first()
    standing = _standing(row.user_id) if row is not None else None
    if standing is None:
        return NotChanged(StaffNo.NO_MEMBER)
    if _is_last_administrator(standing):
        return NotChanged(StaffNo.LAST_ADMINISTRATOR)
    _end(standing)
    _audit("user.membership_ended", standing.user_id, {"was": standing.role}, by, now)
    _rights_changed(standing.user_id, None, by, now)
    return Ended(standing.user_id, Role(standing.role))


def set_password(*, email: str, password: str, by: Actor, now: datetime) -> PasswordSet | NotChanged:
    """Set a member's password, if it is good enough (settings.AUTH_PASSWORD_VALIDATORS, 12 characters at least).

    For the operator of the installation: a password holds in every organization the user works for, so a page of one
    organization must send a reset link instead. The password is nowhere on record.
    """
    user = User.objects.filter(
        email=email.strip().lower(),
        is_active=True,
        memberships__organization=current_organization(),
        memberships__ended_at=None,
    ).first()
    if user is None:
        return NotChanged(StaffNo.NO_MEMBER)
    try:
        validate_password(password, user)
    except ValidationError as error:
        return NotChanged(StaffNo.WEAK_PASSWORD, tuple(error.messages))
    user.set_password(password)
    user.save(update_fields=["password"])
    _audit("user.password_set", user.pk, {}, by, now)
    return PasswordSet(user.pk)


def _standing(user_id: int) -> Membership | None:
    """The user's open membership here, locked together with everybody's, in id order: two administrators who end each
    other at once wait here, so that one stays."""
    rows = Membership.objects.filter(organization=current_organization(), ended_at=None)
    locked = list(rows.order_by("pk").select_for_update())
    return next((row for row in locked if row.user_id == user_id), None)


def _is_last_administrator(row: Membership) -> bool:
    others = Membership.objects.filter(
        organization=current_organization(), ended_at=None, role=Role.ADMINISTRATOR, user__is_active=True
    ).exclude(pk=row.pk)
    return row.role == Role.ADMINISTRATOR and not others.exists()


def _end(row: Membership) -> None:
    Membership.objects.filter(pk=row.pk).update(ended_at=wall_now())


def _rights_changed(user_id: int, role: Role | None, by: Actor, now: datetime) -> None:
    """Tell whom it concerns, and have the user log in anew: an open session must not outlive the rights it was opened
    with (OWASP Session Management Cheat Sheet: renew after any change of privilege)."""
    event = NewEvent("member.role_changed", None, user_id, {"role": role.value if role else ""})
    record_events([event], by=by, now=now)
    end_sessions(user_id)


def _audit(action: str, user_id: int, detail: dict[str, Any], by: Actor, now: datetime) -> None:
    record_audit(action=action, object_kind="user", object_ids=[user_id], by=by, now=now, detail=detail)
