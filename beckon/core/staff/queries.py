"""Who works for the organization one is in, with which role, and who may call. Never writes."""

from dataclasses import dataclass
from datetime import datetime

from beckon.core.models import Membership, Role
from beckon.core.tenancy import current_organization

CALLING_ROLES = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.SUPERVISOR, Role.AGENT})
"""Roles whose holders may be served people to call. Analysts and auditors never are; schedulers take over later."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff of this organization. `ended_at` None: still here. `can_log_in`: has a password."""

    user_id: int
    email: str
    name: str
    role: Role
    since: datetime
    ended_at: datetime | None
    can_log_in: bool

    @property
    def may_call(self) -> bool:
        """True while the membership is open and the role is one that calls."""
        return self.ended_at is None and self.role in CALLING_ROLES


def list_members(*, with_ended: bool = False) -> list[Member]:
    """The members of the organization one is in, by e-mail; with those who have left where asked for."""
    rows = Membership.objects.filter(organization=current_organization()).select_related("user")
    if not with_ended:
        rows = rows.filter(ended_at=None)
    return [_member(row) for row in rows.order_by("user__email", "-since", "-pk")]


def find_member(email: str) -> Member | None:
    """The open membership of the user with this e-mail in the organization one is in; None for a stranger."""
    row = (
        Membership.objects.filter(
            organization=current_organization(), ended_at=None, user__email=email.strip().lower(), user__is_active=True
        )
        .select_related("user")
        .first()
    )
    return _member(row) if row is not None else None


def _member(row: Membership) -> Member:
    user = row.user
    can_log_in = user.is_active and user.has_usable_password()
    return Member(user.pk, user.email, user.name, Role(row.role), row.since, row.ended_at, can_log_in)
