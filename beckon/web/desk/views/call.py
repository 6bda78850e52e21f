"""The desk: the next call, what came of it, taking it back. Each act is one action of the desk."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beckon.core.audit.actions import record_audit
from beckon.core.clock import wall_now
from beckon.core.staff.queries import CALLING_ROLES
from beckon.desk.actions import dispose, extend_lease, release, take_next, undo_last
from beckon.desk.outcomes.undoing import UNDO_WITHIN
from beckon.desk.queries import last_call_of, lists_in_use
from beckon.desk.serving.claiming import LEASE
from beckon.desk.values import NotDisposed, NotUndone, Served
from beckon.web.access import WORKS_DESK, PageRequest, page
from beckon.web.desk import words
from beckon.web.desk.forms import OutcomeForm
from beckon.web.desk.presenters import call_page
from beckon.web.desk.queries import (
    background,
    ends_all_contact,
    may_have_dialled,
    recorded_call,
    tell_last_call,
    visit_booked_in_call,
)
from beckon.web.desk.status import status_of
from beckon.web.desk.tickets import was_served

HOLD_PASSED_OVER = timedelta(hours=1)


@page(WORKS_DESK)
@require_safe
def desk(request: PageRequest) -> HttpResponse:
    """Whoever is in hand, ready to be called; else the button for the next call and why there is nobody."""
    return _desk(request)


def _desk(request: PageRequest, form: OutcomeForm | None = None, status: int = 200) -> HttpResponse:
    held = take_next(request.actor, [], limit=0, by=request.actor, now=request.now)
    shown = _chosen(held, form.data.get("task") if form else request.GET.get("task"))
    found: dict[str, Any] = {
        "status": status_of(request.actor, request.now),
        "lists": lists_in_use(),
        "list_chosen": request.session.get("desk_list", ""),
        "may_call": request.role in CALLING_ROLES,
        "last": _last(request),
        "is_empty": "empty" in request.GET,
        "form": form,
    }
    if shown is not None:
        known = background(shown.person_id, shown.task_id, request.now)
        found |= {
            "call": call_page(shown, known, request.now),
            "held": [s for s in held if s is not shown],
            "booked": visit_booked_in_call(shown.person_id, request.actor, request.now),
        }
    return render(request, "desk/desk.html", found, status=status)


def _chosen(held: list[Served], task: str | None) -> Served | None:
    named = next((s for s in held if str(s.task_id) == task), None)
    return named or (held[-1] if held else None)


def _last(request: PageRequest) -> Any:
    call = last_call_of(request.actor, since=request.now - UNDO_WITHIN)
    return tell_last_call(call) if call is not None else None


@page(WORKS_DESK)
@require_POST
def serve_next(request: PageRequest) -> HttpResponse:
    """Take the next person off the lists; a second click finds the same person."""
    return redirect(_serve(request))


def _serve(request: PageRequest) -> str:
    if request.role not in CALLING_ROLES:
        raise PermissionDenied
    lists = lists_in_use()
    wanted = request.POST.get("list", request.session.get("desk_list", ""))
    chosen = [each.pk for each in lists if str(each.pk) == wanted]
    request.session["desk_list"] = wanted if chosen else ""
    served = take_next(
        request.actor, chosen or [each.pk for each in lists], by=request.actor, now=request.now, wall_now=wall_now()
    )
    address = reverse("desk", args=[request.organization.slug])
    return address if served else f"{address}?empty=1"


@page(WORKS_DESK)
@require_POST
def record(request: PageRequest) -> HttpResponse:
    """Record what came of a call. The same form sent twice, from wherever, is one call."""
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    data = form.cleaned_data
    if not was_served(data["form_id"], data["task"], request.actor):
        raise PermissionDenied
    if data["number"] and not may_have_dialled(data["task"], data["number"]):
        raise PermissionDenied
    if not data["sure"] and ends_all_contact(data["code"]):
        form.add_error("sure", gettext("Say that you are sure: nobody contacts this person again."))
        return _refused(request, form)
    answer = dispose([form.outcome(request.actor, request.now)], by=request.actor, now=request.now)[0]
    if isinstance(answer, NotDisposed):
        field = words.FIELD_OF_REFUSAL.get(answer.reason)
        form.add_error(field, str(words.REFUSED.get(answer.reason, answer.reason)))
        return _refused(request, form)
    if data["party"] and answer.is_new:
        _record_party(request, answer.call_id)
    said = _said(request, data, is_new=answer.is_new, moved_on=answer.task_moved_on)
    wants_next = "then" in request.POST and request.POST["then"] == "next" and answer.is_new
    url = _serve(request) if wants_next and request.role in CALLING_ROLES else reverse("desk", args=[_slug(request)])
    return _answered(request, url, said)


def _slug(request: PageRequest) -> str:
    return request.organization.slug


def _record_party(request: PageRequest, call_id: int) -> None:
    """That the agent made sure whom they speak with, before anything was disclosed (mission, K9)."""
    record_audit(action="call.right_party", object_kind="call", object_ids=[call_id], by=request.actor, now=request.now)


def _said(request: PageRequest, data: dict[str, Any], *, is_new: bool, moved_on: bool) -> tuple[str, str]:
    """What has to be told beside the last call that the page shows anyway: level and sentence."""
    if not is_new:
        before = recorded_call(data["form_id"])
        if before is not None and before.disposition != data["code"]:
            return "warning", gettext(
                "This call was recorded before, with another outcome, and that stands. Undo it first."
            )
        return "info", gettext("This call was recorded before. Nothing was recorded twice.")
    if moved_on:
        return "warning", gettext(
            "The call is recorded. Somebody else had settled this person meanwhile; what they settled stays as it is."
        )
    return "", ""


def _answered(request: PageRequest, url: str, said: tuple[str, str]) -> HttpResponse:
    level, text = said
    if text:
        {"warning": messages.warning, "info": messages.info}[level](request, text)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"url": url})
    return redirect(url)


def _refused(request: PageRequest, form: OutcomeForm) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        errors = {name or "code": [str(e) for e in found] for name, found in form.errors.items()}
        return JsonResponse({"errors": errors})
    return _desk(request, form, status=422)


@page(WORKS_DESK)
@require_POST
def undo(request: PageRequest) -> HttpResponse:
    """Take the last outcome back; the person is the agent's again."""
    undone = undo_last(request.actor, by=request.actor, now=request.now)
    address = reverse("desk", args=[_slug(request)])
    if isinstance(undone, NotUndone):
        messages.warning(request, str(words.NOT_UNDONE[undone.reason]))
        return redirect(address)
    told = [gettext("Taken back.")]
    if undone.appointment_id:
        told.append(gettext("The visit that was booked still stands; cancel it if it is not meant."))
    if undone.texts_already_gone:
        told.append(gettext("Its text has left already."))
    if undone.still_opted_out:
        told.append(gettext("An earlier opt-out of the person or of a number still stands."))
    messages.success(request, " ".join(told))
    return redirect(f"{address}?task={undone.task_id}" if undone.task_id else address)


@page(WORKS_DESK)
@require_POST
def give_back(request: PageRequest) -> HttpResponse:
    """Give back whom one holds without a call; they are served again after an hour, to anyone."""
    count = release([request.actor], by=request.actor, now=request.now, hold=HOLD_PASSED_OVER)
    if count:
        messages.info(request, gettext("Given back. Nothing was recorded; somebody is served this person in an hour."))
    return redirect("desk", _slug(request))


@page(WORKS_DESK)
@require_POST
def keep(request: PageRequest, task_id: int) -> HttpResponse:
    """The call lasts: keep the person while the page is open and its agent is signed in."""
    extend_lease(request.actor, task_id, until=wall_now() + LEASE)
    return HttpResponse(status=204)
