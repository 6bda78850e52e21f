"""What the shell of every page shows: where one is, what else there is, which practice is open."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from beckon.core.models import Membership, OrganizationKind
from beckon.web.navigation import entries_for
from beckon.web.sandbox.speeds import SPEEDS


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, practices to switch to, the sandbox banner, theme and idle time. Two small queries at most."""
    user = getattr(request, "user", None)
    found: dict[str, Any] = {
        "theme": request.COOKIES.get("theme", "auto"),
        "idle_minutes": settings.IDLE_MINUTES,
        "organization": getattr(request, "organization", None),
        "role": getattr(request, "role", None),
    }
    if user is None or not user.is_authenticated or getattr(request, "htmx", False):
        return found
    memberships = list(
        Membership.objects.select_related("organization")
        .filter(user_id=user.pk, ended_at=None)
        .order_by("organization__name")[:200]
    )
    organization = found["organization"]
    found |= {
        "memberships": memberships,
        "navigation": entries_for(found["role"], organization.slug, request.path) if organization else (),
        "speeds": SPEEDS,
        "is_sandbox": bool(organization) and organization.kind != OrganizationKind.LIVE,
    }
    return found
