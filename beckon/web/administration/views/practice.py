"""The settings' first page; the organization and its locations."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beckon.core.staff.practice import change_organization
from beckon.scheduling.locations import Place, save_location
from beckon.web.access import SEES_SETTINGS, SETS_UP, PageRequest, page
from beckon.web.administration import queries
from beckon.web.administration.forms import Location, Practice


@page(SEES_SETTINGS)
@require_safe
def overview(request: PageRequest) -> HttpResponse:
    """What can be set, and how it stands."""
    states = queries.sender_states(request.now)
    found = {
        "staff": queries.staff(),
        "paused": [state for state in states if state.sender.paused_reason],
        "senders": states,
        "places": queries.locations(),
        "lists": queries.suppression_lists(),
    }
    return render(request, "administration/overview.html", found)


@page(SEES_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: PageRequest) -> HttpResponse:
    """Name, language and time zone; locations, clinicians and visit types."""
    may_change = request.role in SETS_UP
    row = request.organization
    stands = {"name": row.name, "language": row.language, "time_zone": row.time_zone}
    form = Practice(request.POST if request.method == "POST" and may_change else None, initial=stands)
    if form.is_bound and form.is_valid():
        if change_organization(**form.cleaned_data, by=request.actor, now=request.now):
            messages.success(request, gettext("Saved. It is on record."))
        return redirect("settings_practice", row.slug)
    found = {
        "form": form,
        "may_change": may_change,
        "places": queries.locations(),
        "clinicians": queries.clinicians(),
        "visit_types": queries.visit_types(),
    }
    return render(request, "administration/practice.html", found, status=_status(request, form.errors, may_change))


def _status(request: PageRequest, errors: object, may_change: bool) -> int:
    if request.method == "POST" and not may_change:
        return 403
    return 400 if errors else 200


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def location(request: PageRequest, location_id: int | None = None) -> HttpResponse:
    """Add a location, or change one."""
    row = queries.location_by_id(location_id) if location_id is not None else None
    if location_id is not None and row is None:
        raise Http404
    stands = {"is_active": True, "time_zone": request.organization.time_zone}
    if row is not None:
        stands = {name: getattr(row, name) for name in Location.base_fields}
    form = Location(request.POST or None, initial=stands)
    if form.is_bound and form.is_valid():
        place = Place(**form.cleaned_data)
        if save_location(place, location_id=location_id, by=request.actor, now=request.now) is not None:
            messages.success(request, gettext("Saved. It is on record."))
            return redirect("settings_practice", request.organization.slug)
        form.add_error("name", gettext("Another location has this name."))
    found = {"form": form, "location": row}
    return render(request, "administration/location.html", found, status=400 if form.errors else 200)
