"""What holds for every request: automatic log-off, the second factor, no copies in browsers, failures in the log."""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import info
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
)
from django.urls import reverse
from django.utils.translation import gettext

from beckon.core.clock import wall_now

log = logging.getLogger("beckon.web")
Next = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]
LAST_ACT = "beckon_last_act"
BEGAN = "beckon_began"
_NO_TEXT = re.compile(r"\x00|\\u0000|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
FREE_PATHS = ("/accounts/", "/static/", "/hooks/", "/u/", "/language/", "/theme/", "/help/", "/healthz")


def is_poll(request: HttpRequest) -> bool:
    """True for the requests of parts that refresh themselves: nobody clicked."""
    return request.headers.get("X-Beckon-Poll") == "1"


class NoNul:
    """Answers 400 to a NUL in an address, a cookie or a form, whatever field it stands in: no database of ours stores
    one, nobody types one, and each place that took one would have to say so by itself. So it does to JSON's escapes
    for one and for half a character, which become text that cannot be stored or sent once the JSON is read.

    Views without Django's check of forms (vendors' callbacks) read their bodies themselves.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or _has_nul(request.COOKIES.items()) or _has_nul(_pairs(request.GET)):
            return _no_nul()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: object, kwargs: object) -> HttpResponse | None:
        """The form, read once the view is known: what files it takes depends on that."""
        return None if request.method != "POST" or getattr(view, "csrf_exempt", False) else refuse_nul(request)


def refuse_nul(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a form that holds a NUL; None for every other. Reads the form."""
    return _no_nul() if _has_nul(_pairs(request.POST)) else None


def _pairs(given: QueryDict) -> Iterator[tuple[str, str]]:
    return ((name, str(value)) for name, values in given.lists() for value in values)


def _has_nul(pairs: Iterable[tuple[str, str]]) -> bool:
    return any(_NO_TEXT.search(name) or _NO_TEXT.search(value) for name, value in pairs)


def _no_nul() -> HttpResponse:
    return HttpResponseBadRequest("400: a NUL character", content_type="text/plain")


class AutomaticLogOff:
    """Ends a session after BECKON_IDLE_MINUTES without a click or key (45 CFR 164.312(a)(2)(iii)), and after
    SESSION_HOURS in any case (NIST SP 800-63B, 4.2.3: reauthentication once in 12 hours, whatever the person does).

    Parts that refresh themselves do not count as acts, and get 401 once the session has ended.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.path.startswith("/static/"):
            now, session = wall_now(), request.session
            session.setdefault(BEGAN, now.isoformat())
            idle, whole = _seconds_since(session.get(LAST_ACT), now), _seconds_since(session[BEGAN], now)
            if whole > settings.SESSION_HOURS * 3600:
                return _logged_off(
                    request, gettext("You were logged off at the end of the day. Log in again to go on.")
                )
            if idle > settings.IDLE_MINUTES * 60:
                return _logged_off(request, gettext("You were logged off because nothing happened for a while."))
            if not is_poll(request) and (idle > 20 or LAST_ACT not in session):
                session[LAST_ACT] = now.isoformat()
        return self.get_response(request)


def _seconds_since(moment: str | None, now: datetime) -> float:
    return (now - datetime.fromisoformat(moment)).total_seconds() if moment else 0.0


def _logged_off(request: HttpRequest, why: str) -> HttpResponse:
    logout(request)
    if is_poll(request) or request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    info(request, why)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


class SecondFactorWhereNeeded:
    """Sends people to set up a second factor when a live practice of theirs asks for one and they have none."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from beckon.web.accounts.second_factor import is_missing  # allauth's models load after this module

        if request.user.is_authenticated and not request.path.startswith(FREE_PATHS) and is_missing(request.user):
            if is_poll(request) or request.headers.get("HX-Request"):
                return HttpResponse(status=401)
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)


def takes_files(most: int) -> Callable[[View], View]:
    """Let a page take files of up to `most` bytes together, from who is signed in. Every other page takes none."""

    def mark(view: View) -> View:
        view.takes_files = most  # type: ignore[attr-defined]
        return view

    return mark


class OnlyAskedFor(TemporaryFileUploadHandler):
    """Takes no file that its page does not ask for. A form is read, files and all, before the view and its door are
    reached: so strangers could fill the disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Refuse, or begin a file."""
        request = self.request
        match = request.resolver_match if request else None
        self._left = getattr(match.func, "takes_files", 0) if match else 0
        if request is None or not self._left or not request.user.is_authenticated:
            raise StopUpload(connection_reset=True)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write, up to the limit."""
        self._left -= len(raw_data)
        if self._left < 0:
            self.file.close()
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


class NothingKeptByBrowsers:
    """Pages of signed-in people are not kept by browsers and proxies (a shared computer, the back button)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        if request.method == "POST" and request.path == reverse("account_logout"):
            response["Clear-Site-Data"] = '"storage"'  # what the desk keeps of an unsent outcome
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


def tell_failure(sender: object, request: HttpRequest | None = None, **more: object) -> None:
    """One line in the log for a page that failed: its route, the kind of error and where it was raised. Neither the
    error's words nor the address: both may hold a person's data or a link's token."""
    kind, _error, trace = sys.exc_info()
    match = request.resolver_match if request is not None else None
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-6:]]
    route, name = match.route if match else "", kind.__name__ if kind else ""
    log.error("page failed route=%s error=%s at=%s", route, name, " > ".join(frames))
