"""What holds for every request: automatic log-off, the second factor, no copies in browsers."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from beckon.core.clock import wall_now
from beckon.core.models import Membership, OrganizationKind, Role, User

Next = Callable[[HttpRequest], HttpResponse]
LAST_ACT = "beckon_last_act"
FREE_PATHS = ("/accounts/", "/static/", "/hooks/", "/u/", "/language/", "/theme/", "/help/")


def is_poll(request: HttpRequest) -> bool:
    """True for the requests of parts that refresh themselves: nobody clicked."""
    return request.headers.get("X-Beckon-Poll") == "1"


class AutomaticLogOff:
    """Ends a session after BECKON_IDLE_MINUTES without a click or key (45 CFR 164.312(a)(2)(iii)).

    Parts that refresh themselves do not count as acts, and get 401 once the session has ended.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.path.startswith("/static/"):
            now = wall_now()
            last = request.session.get(LAST_ACT)
            idle = (now - datetime.fromisoformat(last)).total_seconds() if last else 0.0
            if idle > settings.IDLE_MINUTES * 60:
                logout(request)
                info(request, gettext("You were logged off because nothing happened for a while."))
                if is_poll(request) or request.headers.get("HX-Request"):
                    return HttpResponse(status=401)
                return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")
            if not is_poll(request) and (idle > 20 or not last):
                request.session[LAST_ACT] = now.isoformat()
        return self.get_response(request)


class SecondFactorWhereNeeded:
    """Sends people to set up a second factor when a live practice of theirs asks for one and they have none."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.REQUIRE_SECOND_FACTOR
            and request.user.is_authenticated
            and not request.path.startswith(FREE_PATHS)
            and needs_second_factor(request)
        ):
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)


def needs_second_factor(request: HttpRequest) -> bool:
    """True when the user sees people's data in a live practice and has neither authenticator app nor passkey."""
    from allauth.mfa.models import Authenticator  # allauth's models load after this module is named in settings

    if request.session.get("beckon_second_factor_seen"):
        return False
    factors = Authenticator.objects.filter(user_id=request.user.pk).exclude(type="recovery_codes")
    if factors.exists():
        request.session["beckon_second_factor_seen"] = True
        return False
    return (
        Membership.objects.filter(
            user=cast(User, request.user), ended_at=None, organization__kind=OrganizationKind.LIVE
        )
        .exclude(role=Role.ANALYST)
        .exists()
    )


class NothingKeptByBrowsers:
    """Pages of signed-in people are not kept by browsers and proxies (a shared computer, the back button)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
