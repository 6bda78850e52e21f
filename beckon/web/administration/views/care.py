"""Clinicians with their hours, and kinds of visits: added, changed, retired."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from beckon.scheduling.catalogue import NotSaved, Saved, save_clinician, save_visit_type
from beckon.web.access import SETS_UP, PageRequest, page
from beckon.web.administration import queries
from beckon.web.administration.care_forms import ClinicianForm, VisitTypeForm, clinician_stands, visit_stands


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def clinician(request: PageRequest, clinician_id: int | None = None) -> HttpResponse:
    """Add a clinician, change or retire one."""
    row = queries.clinician_by_id(clinician_id) if clinician_id is not None else None
    if clinician_id is not None and row is None:
        raise Http404
    places = queries.locations()
    stands = clinician_stands(row) if row else {"is_active": True, "languages": ["en"]}
    form = ClinicianForm(request.POST or None, initial=stands, places=places)
    if form.is_bound and form.is_valid():
        answer = save_clinician(form.offered(), clinician_id=clinician_id, by=request.actor, now=request.now)
        if isinstance(answer, Saved):
            _tell(request, answer)
            return redirect("settings_practice", request.organization.slug)
        form.add_error("location_id", gettext("Choose a location."))
    found = {"form": form, "row": row, "has_places": bool(places)}
    return render(request, "administration/clinician.html", found, status=400 if form.errors else 200)


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def visit_type(request: PageRequest, visit_type_id: int | None = None) -> HttpResponse:
    """Add a kind of visit, change or retire one."""
    row = queries.visit_type_by_id(visit_type_id) if visit_type_id is not None else None
    if visit_type_id is not None and row is None:
        raise Http404
    stands = visit_stands(row) if row else {"is_active": True, "for_new_patients": True}
    form = VisitTypeForm(request.POST or None, initial=stands)
    if form.is_bound and form.is_valid():
        answer = save_visit_type(form.offered(), visit_type_id=visit_type_id, by=request.actor, now=request.now)
        if not isinstance(answer, NotSaved):
            _tell(request, answer)
            return redirect("settings_practice", request.organization.slug)
        form.add_error("name", gettext("Another visit type has this name."))
    found = {"form": form, "row": row}
    return render(request, "administration/visit_type.html", found, status=400 if form.errors else 200)


def _tell(request: PageRequest, saved: Saved) -> None:
    """That it is saved, and which visits the change leaves as they are."""
    messages.success(request, gettext("Saved. It is on record."))
    if saved.outside:
        said = ngettext(
            "%d booked visit lies outside of these hours. It stands until it is moved with the patient.",
            "%d booked visits lie outside of these hours. They stand until they are moved with the patients.",
            saved.outside,
        )
        messages.warning(request, said % saved.outside)
    elif saved.booked:
        said = ngettext("%d booked visit stands as it is.", "%d booked visits stand as they are.", saved.booked)
        messages.info(request, said % saved.booked)
