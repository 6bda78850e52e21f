"""A call that comes in: find who calls, see what is on record, book, and record what came of it (mission, K11)."""

import secrets

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beckon.core.audit.actions import record_audit
from beckon.desk.actions import dispose
from beckon.desk.values import Disposed, NotDisposed
from beckon.scheduling.actions import NewAppointment, Refused, book
from beckon.web.access import WORKS_DESK, PageRequest, page, record_look
from beckon.web.desk import words
from beckon.web.desk.inbound import Caller, InboundForm, caller
from beckon.web.desk.queries import find_callers, living_person, recorded_call

LEAST_LETTERS = 2
FIELDS = {"appointment": "slot", "on": "on"}
"""Of the desk's form, where a refusal stands, to this one's; any other stands at the outcome."""


@page(WORKS_DESK)
@require_safe
def inbound(request: PageRequest) -> HttpResponse:
    """Find who calls: by number, name, birth date or record number."""
    text = request.GET.get("q", "").strip()[:200]
    found = find_callers(text) if len(text) >= LEAST_LETTERS else []
    if found:
        record_look(request, "person.listed", "person", [one.person_id for one in found])
    return render(request, "desk/inbound.html", {"q": text, "found": found, "asked": len(text) >= LEAST_LETTERS})


@page(WORKS_DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def inbound_call(request: PageRequest, person_id: int) -> HttpResponse:
    """Who calls, and the form for what came of it. The same form sent twice is one call."""
    person = living_person(person_id)
    if person is None:
        raise Http404
    known = caller(person, request.now)
    form = InboundForm(request.POST or None, caller=known, initial={"form_id": f"inbound:{secrets.token_hex(12)}"})
    if form.is_bound and form.is_valid():
        if recorded_call(form.cleaned_data["form_id"]) is not None:
            messages.info(request, gettext("This call was recorded before. Nothing was recorded twice."))
            return redirect("desk", request.organization.slug)
        if _record(request, known, form):
            messages.success(request, gettext("The call is recorded."))
            return redirect("desk", request.organization.slug)
    if request.method != "POST":
        record_look(request, "person.viewed", "person", [person_id], over="inbound")
    return render(
        request, "desk/inbound_call.html", {"caller": known, "form": form}, status=422 if form.errors else 200
    )


def _record(request: PageRequest, known: Caller, form: InboundForm) -> bool:
    """Book, then record the call: both or neither. False where one is refused; the form says why."""
    with transaction.atomic():
        visit = _booked(request, known, form)
        if form.errors:
            return False
        wish = form.outcome(known.person.pk, visit, request.actor, request.now)
        answer = dispose([wish], by=request.actor, now=request.now)[0]
        if isinstance(answer, NotDisposed):
            field = {"appointment": "slot", "on": "on"}.get(words.FIELD_OF_REFUSAL.get(answer.reason, ""), "code")
            form.add_error(
                field if field in form.fields else None, str(words.REFUSED.get(answer.reason, answer.reason))
            )
            transaction.set_rollback(True)
            return False
        _note_party(request, answer)
    return True


def _booked(request: PageRequest, known: Caller, form: InboundForm) -> int | None:
    chosen = form.chosen()
    if chosen is None or known.visit_type is None:
        return None
    wish = NewAppointment(
        person_id=known.person.pk,
        clinician_id=chosen[1],
        visit_type_id=known.visit_type.pk,
        starts_at=chosen[0],
        is_first_visit=known.person.last_encounter_at is None,
        campaign_id=known.task.campaign_id if known.task else None,
        enrollment_id=known.task.enrollment_id if known.task else None,
        task_id=known.task.pk if known.task else None,
    )
    answer = book([wish], by=request.actor, now=request.now)[0]
    if isinstance(answer, Refused):
        form.add_error("slot", str(words.NOT_BOOKED.get(answer.reason, answer.reason)))
        return None
    return answer.appointment_id


def _note_party(request: PageRequest, answer: Disposed) -> None:
    if answer.is_new:
        ids = [answer.call_id]
        record_audit(action="call.right_party", object_kind="call", object_ids=ids, by=request.actor, now=request.now)
