"""Asking somebody who has an account already to join: an administrator cannot add them, they accept or decline.

Whom nobody knows yet gets a link instead, on which they set a password: beckon.core.staff.invitations.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from beckon.core import actors
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now, wall_now
from beckon.core.models import Invitation, InvitationOutcome, Membership, Role, User
from beckon.core.staff.actions import NotChanged, add_member
from beckon.core.tenancy import current_organization, org_scope


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody was asked to join; they are no member yet."""

    invitation_id: int
    user_id: int
    email: str
    role: Role


def must_be_asked(user: User) -> bool:
    """True for who is no member of the organization one is in, and has a password or works for another one."""
    theirs = Membership.objects.filter(user_id=user.pk, ended_at=None)
    if theirs.filter(organization=current_organization()).exists():
        return False
    return user.has_usable_password() or theirs.exists()


def ask_to_join(user: User, role: Role, *, by: Actor, now: datetime) -> Asked:
    """Ask, or ask again: an older open invitation is taken back."""
    Invitation.objects.filter(user=user, organization=current_organization(), ended_at=None).update(
        ended_at=wall_now(), outcome=InvitationOutcome.TAKEN_BACK
    )
    row = Invitation.objects.create(
        user=user, organization=current_organization(), role=role, by=by.key, made_at=wall_now()
    )
    _audit("user.asked_to_join", row, by, now)
    return Asked(row.pk, user.pk, user.email, role)


def take_back(invitation_id: int, *, by: Actor, now: datetime) -> bool:
    """Take an open invitation to the organization one is in back; False where there is none."""
    row = Invitation.objects.filter(pk=invitation_id, organization=current_organization(), ended_at=None).first()
    if row is None or not _end(row, InvitationOutcome.TAKEN_BACK):
        return False
    _audit("user.invitation_taken_back", row, by, now)
    return True


def answer(invitation_id: int, user: User, *, accepts: bool, days: int) -> Invitation | None:
    """The person's own answer; None where the invitation is not theirs, answered, taken back or older than `days`.

    Outside any scope. Twice at once: one answer counts.
    """
    row = open_invitations_to(user, days=days).get(invitation_id)
    if row is None:
        return None
    outcome = InvitationOutcome.ACCEPTED if accepts else InvitationOutcome.DECLINED
    by = actors.user(user.pk)
    with org_scope(row.organization):
        now = domain_now(row.organization)
        if not _end(row, outcome):
            return None
        _audit(f"user.invitation_{outcome.value}", row, by, now)
        if accepts and isinstance(add_member(email=user.email, role=Role(row.role), by=by, now=now), NotChanged):
            return None
    return row


def open_invitations_to(user: User, *, days: int) -> dict[int, Invitation]:
    """What somebody may answer, the newest first."""
    rows = _open(days).filter(user_id=user.pk).select_related("organization").order_by("-pk")
    return {row.pk: row for row in rows[:50]}


def open_invitations(*, days: int) -> list[Invitation]:
    """Who has been asked to join the organization one is in and has not answered, by e-mail."""
    rows = _open(days).filter(organization=current_organization()).select_related("user")
    return list(rows.order_by("user__email"))


def _open(days: int) -> QuerySet[Invitation]:
    return Invitation.objects.filter(ended_at=None, made_at__gt=wall_now() - timedelta(days=days))


def _end(row: Invitation, outcome: InvitationOutcome) -> bool:
    mine = Invitation.objects.filter(pk=row.pk, ended_at=None)
    return mine.update(ended_at=wall_now(), outcome=outcome) == 1


def _audit(action: str, row: Invitation, by: Actor, now: datetime) -> None:
    detail = {"role": row.role}
    record_audit(action=action, object_kind="user", object_ids=[row.user_id], by=by, now=now, detail=detail)
