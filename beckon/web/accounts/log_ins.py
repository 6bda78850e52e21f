"""Log-ins and wrong passwords on record, in every practice of the user (45 CFR 164.308(a)(5)(ii)(C))."""

from beckon.core import actors
from beckon.core.actors import SYSTEM, Actor
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now
from beckon.core.models import Membership, User
from beckon.core.tenancy import org_scope

MOST_PRACTICES = 200
"""One short transaction each."""


def record_log_in(user: User, *, how: str) -> None:
    """An entry in each practice whose data this log-in opens."""
    record_everywhere(user.pk, "user.logged_in", {"how": how}, actors.user(user.pk))


def record_wrong_password(email: str) -> None:
    """An entry where the account exists; nothing is told to whoever typed."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None:
        record_everywhere(user.pk, "user.log_in_refused", {"why": "wrong_password"}, SYSTEM)


def record_everywhere(user_id: int, action: str, detail: dict[str, str], by: Actor) -> None:
    """An entry about a user in each of their practices, by each practice's clock."""
    rows = Membership.objects.select_related("organization").filter(user_id=user_id, ended_at=None)
    for row in rows.order_by("pk")[:MOST_PRACTICES]:
        with org_scope(row.organization):
            now = domain_now(row.organization)
            record_audit(action=action, object_kind="user", object_ids=[user_id], by=by, now=now, detail=detail)
