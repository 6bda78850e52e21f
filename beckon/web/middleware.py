"""What holds for every request: automatic log-off, the second factor, no copies in browsers."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from beckon.core.clock import wall_now

Next = Callable[[HttpRequest], HttpResponse]
LAST_ACT = "beckon_last_act"
FREE_PATHS = ("/accounts/", "/static/", "/hooks/", "/u/", "/language/", "/theme/", "/help/", "/healthz")


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
                if is_poll(request) or request.headers.get("HX-Request"):
                    return HttpResponse(status=401)
                info(request, gettext("You were logged off because nothing happened for a while."))
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
            if not is_poll(request) and (idle > 20 or not last):
                request.session[LAST_ACT] = now.isoformat()
        return self.get_response(request)


class SecondFactorWhereNeeded:
    """Sends people to set up a second factor when a live practice of theirs asks for one and they have none."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from beckon.web.accounts.second_factor import is_missing  # allauth's models load after this module

        if (
            request.user.is_authenticated
            and not request.path.startswith(FREE_PATHS)
            and is_missing(request.user)
        ):
            if is_poll(request) or request.headers.get("HX-Request"):
                return HttpResponse(status=401)
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)


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
