"""Booking in a call: open times by clinician, place and day; a time is booked or moved by one click."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beckon.desk.models import CallTask
from beckon.scheduling.actions import Booked, Move, NewAppointment, Refused, book, reschedule
from beckon.scheduling.models import VisitType
from beckon.scheduling.queries import open_slots
from beckon.scheduling.rules import Slot
from beckon.web.access import WORKS_DESK, PageRequest, page
from beckon.web.desk import words
from beckon.web.desk.forms import BookingForm
from beckon.web.desk.presenters import day_words
from beckon.web.desk.queries import Facets, background_person, facets, task_in_hand, task_of, visit_booked_in_call

DAYS_SHOWN = 14
LONG_WAIT = timedelta(days=14)
"""Visits booked further ahead are missed more often (mission, S5)."""
LOOK_AHEAD = timedelta(days=120)
MOST_SHOWN = 160


@dataclass(frozen=True)
class Offer:
    """A time with one clinician."""

    slot: Slot
    clinician: str
    location: str


@dataclass(frozen=True)
class OpenDay:
    """A day with its times, earliest first, each with whoever is free then. `is_far`: more than two weeks ahead."""

    name: str
    zone: str
    times: tuple[tuple[datetime, tuple[Offer, ...]], ...]
    is_far: bool

    @property
    def count(self) -> int:
        """How many visits could be booked on it."""
        return sum(len(offers) for _, offers in self.times)


@page(WORKS_DESK)
@require_safe
def times(request: PageRequest) -> HttpResponse:
    """Open times, or the visit that was booked in this call."""
    form = BookingForm(request.GET)
    task = _task(request, form)
    if task is None:
        return HttpResponseBadRequest()
    booked = visit_booked_in_call(task.person_id, request.actor, request.now)
    if booked is not None and "change" not in request.GET:
        return render(request, "desk/parts/booking.html", {"booked": booked, "task": task})
    return render(request, "desk/parts/booking.html", _panel(request, form, task, moving=booked.pk if booked else None))


@page(WORKS_DESK)
@require_POST
def take(request: PageRequest) -> HttpResponse:
    """Book the time that was clicked, or move the visit booked in this call to it. Clicked twice, it is one visit."""
    form = BookingForm(request.POST)
    task = _task(request, form)
    if task is None:
        return HttpResponseBadRequest()
    if form.cleaned_data["slot"] is None:
        return render(
            request, "desk/parts/booking.html", _panel(request, form, task, problem=gettext("Choose a time."))
        )
    if not form.cleaned_data["party"]:
        why = gettext("First make sure that you speak with the right person, or with somebody who may book for them.")
        return render(request, "desk/parts/booking.html", _panel(request, form, task, problem=why))
    answer = _book(request, form.cleaned_data, task)
    if isinstance(answer, Refused):
        why = str(words.NOT_BOOKED.get(answer.reason, answer.reason))
        return render(request, "desk/parts/booking.html", _panel(request, form, task, problem=why))
    booked = visit_booked_in_call(task.person_id, request.actor, request.now)
    return render(request, "desk/parts/booking.html", {"booked": booked, "task": task, "is_new": True})


def _task(request: PageRequest, form: BookingForm) -> CallTask | None:
    """The call this is about; None where the form names none. Raises PermissionDenied for a call of somebody else."""
    if not form.is_valid() or task_of(form.cleaned_data["task"]) is None:
        return None
    task = task_in_hand(form.cleaned_data["task"], request.actor)
    if task is None:
        raise PermissionDenied
    return task


def _book(request: PageRequest, data: dict[str, Any], task: CallTask) -> Booked | Refused:
    starts_at, clinician_id = data["slot"]
    standing = visit_booked_in_call(task.person_id, request.actor, request.now)
    if standing is not None:
        move = Move(standing.pk, starts_at, clinician_id=clinician_id)
        return reschedule([move], by=request.actor, now=request.now)[0]
    person = background_person(task.person_id)
    wish = NewAppointment(
        person_id=task.person_id,
        clinician_id=clinician_id,
        visit_type_id=_visit_type(facets(), data["visit_type"], person.last_encounter_at is None),
        starts_at=starts_at,
        is_first_visit=person.last_encounter_at is None,
        campaign_id=task.campaign_id,
        enrollment_id=task.enrollment_id,
        task_id=task.pk,
    )
    return book([wish], by=request.actor, now=request.now)[0]


def _visit_type(known: Facets, asked: int | None, is_new: bool) -> int:
    """The kind asked for, else the first that suits: new patients come for a first visit."""
    ids = [v.pk for v in known.visit_types]
    if asked in ids:
        return int(asked or 0)
    suits = [v.pk for v in known.visit_types if v.for_new_patients is is_new]
    return (suits or ids or [0])[0]


def _panel(
    request: PageRequest, form: BookingForm, task: CallTask, *, problem: str = "", moving: int | None = None
) -> dict[str, Any]:
    data, known = form.cleaned_data, facets()
    is_new = background_person(task.person_id).last_encounter_at is None
    visit_type = _visit_type(known, data.get("visit_type"), is_new)
    filters: dict[str, Any] = {
        "visit_type_id": visit_type or None,
        "clinician_ids": [data["clinician"]] if data.get("clinician") else None,
        "location_ids": [data["location"]] if data.get("location") else None,
    }
    start = _start(request, data.get("day"))
    slots = open_slots(start=start, end=start + timedelta(days=DAYS_SHOWN), limit=MOST_SHOWN, **filters)
    later = None if slots else open_slots(start=start, end=start + LOOK_AHEAD, limit=1, **filters)
    return {
        "task": task,
        "facets": known,
        "chosen": data | {"visit_type": visit_type},
        "days": _by_day(slots, known, request.now),
        "is_cut": len(slots) == MOST_SHOWN,
        "next_open": later[0] if later else None,
        "why_none": _why_none(known) if not slots else "",
        "problem": problem,
        "moving": moving,
        "is_new_patient": is_new,
        "has_several_places": len(known.locations) > 1,
    }


def _start(request: PageRequest, day: Any) -> datetime:
    zone = ZoneInfo(request.organization.time_zone)
    start = datetime.combine(day, time(), zone) if day else request.now
    return max(start, request.now + timedelta(minutes=30))


def _by_day(slots: list[Slot], known: Facets, now: datetime) -> list[OpenDay]:
    names = {c.pk: c.name for c in known.clinicians}
    places = {place.pk: place.name for place in known.locations}

    def offer(slot: Slot) -> Offer:
        return Offer(slot, names.get(slot.clinician_id, ""), places.get(slot.location_id, ""))

    found = []
    for _, group in groupby(slots, key=lambda s: s.starts_at.astimezone(ZoneInfo(s.zone)).date()):
        mine = list(group)
        first = mine[0]
        times = tuple((at, tuple(map(offer, same))) for at, same in groupby(mine, key=lambda s: s.starts_at))
        is_far = first.starts_at > now + LONG_WAIT
        found.append(OpenDay(day_words(first.starts_at, first.zone), first.zone, times, is_far))
    return found


def _why_none(known: Facets) -> str:
    types: list[VisitType] = list(known.visit_types)
    if not types:
        return gettext("No kind of visit is offered. An administrator adds them in the settings.")
    if not known.clinicians:
        return gettext("No clinician is open to outreach. An administrator opens them in the settings.")
    return gettext("Every time that is open to us in these two weeks is taken.")
