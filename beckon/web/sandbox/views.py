"""The clock of a sandbox that lives by itself: seen on every page, its speed for who changes things to set."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from beckon.core.clock import set_speed
from beckon.core.models import ClockKind, Role
from beckon.web.access import EVERYONE, PageRequest, page
from beckon.web.sandbox.speeds import SPEEDS

SETS_SPEED = EVERYONE - {Role.AUDITOR, Role.ANALYST}
"""Texts leave and calls fall due by the clock. Auditors and analysts change nothing, not even in a sandbox."""


def _must_be_virtual(request: PageRequest) -> None:
    if request.organization.clock_kind != ClockKind.VIRTUAL:
        raise Http404


@page(EVERYONE)
def clock(request: PageRequest) -> HttpResponse:
    """The clock as it stands, for the part of the banner that refreshes itself."""
    _must_be_virtual(request)
    return render(request, "sandbox/clock.html", {"speeds": SPEEDS})


@page(SETS_SPEED)
@require_POST
def change_speed(request: PageRequest) -> HttpResponse:
    """Set the speed to one of SPEEDS; back to where one was, or the clock alone for htmx."""
    _must_be_virtual(request)
    known = {str(speed.seconds) for speed in SPEEDS}
    if request.POST.get("speed") in known:
        set_speed(request.organization, int(request.POST["speed"]))
    if request.htmx:
        return render(request, "sandbox/clock.html", {"speeds": SPEEDS})
    target = request.POST.get("next", "")
    return HttpResponseRedirect(target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/")
