"""Who may open which page, and the one door to it: `page`, `signed_in`, `operator` and `public`.

Nothing here knows a page; the test of tests/architecture/test_urls.py walks every address as every role.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve
from django_htmx.middleware import HtmxDetails

from beckon.core import actors
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now
from beckon.core.models import Membership, Organization, Role, User
from beckon.core.tenancy import org_scope
from beckon.web.middleware import is_poll

EVERYONE = frozenset(Role)
SEES_PEOPLE = EVERYONE - {Role.ANALYST}
"""Sees names, numbers and histories. The analyst sees figures only."""
CHANGES_PEOPLE = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.SUPERVISOR, Role.AGENT, Role.SCHEDULER})
RUNS_CAMPAIGNS = frozenset({Role.ADMINISTRATOR, Role.MANAGER})
SEES_CAMPAIGNS = RUNS_CAMPAIGNS | {Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR}
WORKS_DESK = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.SUPERVISOR, Role.AGENT, Role.SCHEDULER})
LEADS_FLOOR = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.SUPERVISOR})
SEES_FIGURES = LEADS_FLOOR | {Role.ANALYST, Role.AUDITOR}
SETS_UP = frozenset({Role.ADMINISTRATOR})
SEES_SETTINGS = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.AUDITOR})
AUDITS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


class PageRequest(HttpRequest):
    """A request that has passed the door. `organization`, `membership`, `role` and `now` only behind `page`."""

    user: User
    htmx: HtmxDetails
    organization: Organization
    membership: Membership
    role: Role
    actor: Actor
    now: datetime


@dataclass(frozen=True)
class Access:
    """What an address asks for: `public`, `signed-in`, `operator` or `organization` with one of `roles`."""

    kind: str
    roles: frozenset[Role] = field(default=frozenset())


View = Callable[..., HttpResponseBase]


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    """The log-in, and back here afterwards; 401 for a part of a page, which then reloads the whole page."""
    if is_poll(request) or request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path())


def _marked(enter: View, access: Access) -> View:
    # Functions may carry what they like; mypy knows of none. The walker of all addresses and docs/pages.md read it.
    enter.access = access  # type: ignore[attr-defined]
    return enter


def access_of(path: str) -> Access:
    """What the address of a page of ours asks for; raises Resolver404 for no address."""
    found: Access = resolve(path).func.access  # type: ignore[attr-defined]
    return found


def page(roles: frozenset[Role]) -> Callable[[View], View]:
    """Let members of the practice `slug` with one of `roles` in, inside its scope: one transaction, rendering included.

    The view is called without `slug`. Who is no member gets 404, as for a practice that does not exist; who is one
    with another role gets 403; who is not signed in goes to the log-in and comes back.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_log_in(request)
            asked = cast(PageRequest, request)
            membership = (
                Membership.objects.select_related("organization")
                .filter(user_id=asked.user.pk, organization__slug=slug, ended_at=None)
                .first()
            )
            if membership is None:
                raise Http404
            if Role(membership.role) not in roles:
                raise PermissionDenied
            asked.membership, asked.role = membership, Role(membership.role)
            asked.organization = membership.organization
            asked.actor = actors.user(asked.user.pk)
            with org_scope(membership.organization):
                asked.now = domain_now(membership.organization)
                return view(asked, *args, **kwargs)

        return _marked(enter, Access("organization", roles))

    return decorate


def signed_in(view: View) -> View:
    """Let anybody in who is signed in; no practice is open."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        asked = cast(PageRequest, request)
        asked.actor = actors.user(asked.user.pk)
        return view(asked, *args, **kwargs)

    return _marked(enter, Access("signed-in"))


def operator(view: View) -> View:
    """Let in who runs the installation (`User.is_operator`); no practice is open. Others get 403."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        asked = cast(PageRequest, request)
        if not asked.user.is_operator:
            raise PermissionDenied
        asked.actor = actors.user(asked.user.pk)
        return view(asked, *args, **kwargs)

    return _marked(enter, Access("operator"))


def public(view: View) -> View:
    """Let everybody in: patients' links, vendors' callbacks. The view proves by a token what it shows."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return _marked(enter, Access("public"))


def record_look(request: PageRequest, action: str, object_kind: str, object_ids: list[int], **detail: Any) -> None:
    """Put on record that somebody saw these rows (design, invariant 9): one entry per list shown, with its ids.

    A part that refreshes itself is not a new look: call this for what a person asked for.
    """
    record_audit(
        action=action,
        object_kind=object_kind,
        object_ids=object_ids,
        by=request.actor,
        now=request.now,
        detail=detail or None,
    )
