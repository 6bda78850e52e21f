"""What the first page asks of the shared tables."""

from beckon.core.models import Membership, User


def practices_of(user: User) -> list[Membership]:
    """The open memberships of a user with their practices, by name."""
    found = Membership.objects.select_related("organization").filter(user_id=user.pk, ended_at=None)
    return list(found.order_by("organization__name"))
