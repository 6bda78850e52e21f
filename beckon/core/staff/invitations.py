"""Invitations: a signed link, good for some days and once, on which a new member of staff sets name and password.

There is no table of them: whoever was invited is a member whose password field holds, unusable, when the newest link
was made and a random part. The link carries a digest of that field, so a newer link or a password ends older ones.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare, salted_hmac

from beckon.core import actors
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now, wall_now
from beckon.core.models import Membership, Organization, Role, User
from beckon.core.staff.actions import NotChanged, StaffNo, add_member
from beckon.core.staff.joining import Asked, ask_to_join, must_be_asked
from beckon.core.tenancy import current_organization, org_scope

_SALT = "beckon.staff.invitation"


class LinkNo(StrEnum):
    """Why a link opens nothing. EXPIRED: too old. OVER: used, replaced by a newer one, taken back, or made up."""

    EXPIRED = "expired"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Invited:
    """A member now. `token`: what the link carries; "" for who has a password already and needs no link."""

    user_id: int
    email: str
    name: str
    role: Role
    token: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an open link is for."""

    membership_id: int
    organization: Organization
    email: str
    name: str
    role: Role


def invite(*, email: str, role: Role, name: str = "", by: Actor, now: datetime) -> Invited | Asked | NotChanged:
    """Make somebody new a member of the organization one is in, with a token for their link; who has an account
    already is asked to join."""
    known = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if known is not None and must_be_asked(known):
        return ask_to_join(known, role, by=by, now=now)
    answer = add_member(email=email, role=role, name=name, by=by, now=now)
    if isinstance(answer, NotChanged):
        return answer
    user = User.objects.get(pk=answer.user_id)
    return Invited(user.pk, user.email, user.name, role, _fresh_token(user, by=by, now=now))


def invite_again(*, user_id: int, by: Actor, now: datetime) -> Invited | NotChanged:
    """A new token for a member who has no password yet; the links they had open nothing any more."""
    row = _open_membership(user_id)
    if row is None:
        return NotChanged(StaffNo.NO_MEMBER)
    token = _fresh_token(row.user, by=by, now=now)
    return Invited(row.user_id, row.user.email, row.user.name, Role(row.role), token)


def invited_at(user: User) -> datetime | None:
    """When the newest link of somebody without a password was made (wall clock); None for everybody else."""
    return link_made_at(user.password)


def link_made_at(password_field: str) -> datetime | None:
    """The same from the stored field alone."""
    stamp, dot, _random = password_field.removeprefix(UNUSABLE_PASSWORD_PREFIX).partition(".")
    if not password_field.startswith(UNUSABLE_PASSWORD_PREFIX) or not dot or not stamp.isdigit():
        return None
    return datetime.fromtimestamp(int(stamp), UTC)


def read_link(token: str, *, days: int) -> Invitation | LinkNo:
    """What the link is for, while it is open. Outside any scope."""
    try:
        membership_id, digest = signing.loads(token, salt=_SALT, max_age=timedelta(days=days))
    except signing.SignatureExpired:
        return LinkNo.EXPIRED
    except (signing.BadSignature, ValueError, TypeError):
        return LinkNo.OVER
    row = Membership.objects.select_related("user", "organization").filter(pk=membership_id, ended_at=None).first()
    if row is None or not row.user.is_active or not constant_time_compare(digest, _digest(row.user)):
        return LinkNo.OVER
    return Invitation(row.pk, row.organization, row.user.email, row.user.name, Role(row.role))


def accept(token: str, *, name: str, password: str, days: int) -> User | LinkNo | NotChanged:
    """Set name and password of the invited person; the link is used up. Two at once: one wins. Outside any scope."""
    invitation = read_link(token, days=days)
    if isinstance(invitation, LinkNo):
        return invitation
    with org_scope(invitation.organization):
        user = User.objects.select_for_update().get(email=invitation.email)
        again = read_link(token, days=days)
        if isinstance(again, LinkNo):
            return again
        user.name = name.strip()
        try:
            validate_password(password, user)
        except ValidationError as error:
            return NotChanged(StaffNo.WEAK_PASSWORD, tuple(error.messages))
        user.set_password(password)
        user.save(update_fields=["name", "password"])
        record_audit(
            action="user.invitation_accepted",
            object_kind="user",
            object_ids=[user.pk],
            by=actors.user(user.pk),
            now=domain_now(invitation.organization),
        )
    return user


def _fresh_token(user: User, *, by: Actor, now: datetime) -> str:
    if user.has_usable_password():
        return ""
    row = _open_membership(user.pk)
    assert row is not None
    user.password = f"{UNUSABLE_PASSWORD_PREFIX}{int(wall_now().timestamp())}.{secrets.token_urlsafe(30)}"
    user.save(update_fields=["password"])
    record_audit(action="user.invited", object_kind="user", object_ids=[user.pk], by=by, now=now)
    return signing.dumps([row.pk, _digest(user)], salt=_SALT, compress=True)


def _open_membership(user_id: int) -> Membership | None:
    rows = Membership.objects.filter(organization=current_organization(), ended_at=None, user_id=user_id)
    return rows.select_related("user").first()


def _digest(user: User) -> str:
    return salted_hmac(_SALT, f"{user.pk}:{user.password}", algorithm="sha256").hexdigest()[:32]
