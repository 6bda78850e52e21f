"""The first page: which practice, and in it today, by role; the floor; what a scheduler settles."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from beckon.core.models import Role
from beckon.desk.actions import hand_over_callbacks, release
from beckon.reports.periods import Period
from beckon.scheduling.actions import Refused, VisitOutcome, record_outcomes
from beckon.scheduling.models import AppointmentStatus
from beckon.web.access import (
    EVERYONE,
    LEADS_FLOOR,
    RUNS_CAMPAIGNS,
    SEES_FIGURES,
    PageRequest,
    page,
    record_look,
    signed_in,
)
from beckon.web.desk import words
from beckon.web.desk.queries import name_of, staff_names
from beckon.web.desk.status import status_of
from beckon.web.home import queries
from beckon.web.home.floor import agent_named, colleagues, floor
from beckon.web.home.presenters import Week, matters, steps_of, week_of

SETTLES_VISITS = LEADS_FLOOR | {Role.SCHEDULER}
SEEN_FOR = 8 * 3600
"""Seconds for which somebody a supervisor has seen on the floor is no new look."""
KEPT_FOR = 60
"""Seconds for which the week's figures are kept: they are sums over everything."""


@signed_in
def start(request: PageRequest) -> HttpResponse:
    """Straight into the practice of who has one; a list for who has several; what to do for who has none."""
    practices = queries.practices_of(request.user)
    if len(practices) == 1:
        return HttpResponseRedirect(f"/o/{practices[0].organization.slug}/")
    return render(request, "home/practices.html", {"practices": practices})


@page(EVERYONE)
@require_safe
def today(request: PageRequest) -> HttpResponse:
    """What runs, what goes wrong and why, and what to do next, by role."""
    template, gather = _TODAY[request.role]
    return render(request, template, gather(request))


def _manager(request: PageRequest) -> dict[str, Any]:
    running, room, found = queries.running_campaigns(), queries.room_ahead(request.now), queries.set_up()
    return {
        "running": running,
        "matters": matters(request.now, running, room),
        "room": room,
        "drafts": queries.drafts(),
        "steps": () if found.is_complete else steps_of(found),
    }


def _agent(request: PageRequest) -> dict[str, Any]:
    return {"status": status_of(request.actor, request.now)}


def _supervisor(request: PageRequest) -> dict[str, Any]:
    found = floor(request.now)
    held = {h.person_id for a in found.agents for h in a.held}
    record_look(request, "person.listed", "person", sorted(held))
    cache.set(_seen_key(request), held, SEEN_FOR)
    return {"floor": found, "colleagues": colleagues()}


def _floor_again(request: PageRequest) -> dict[str, Any]:
    """The floor as it refreshes itself: no new look at who stood there before, one at who has come since."""
    found = floor(request.now)
    held = {h.person_id for a in found.agents for h in a.held}
    before: set[int] = cache.get(_seen_key(request)) or set()
    if held - before:
        record_look(request, "person.listed", "person", sorted(held - before))
        cache.set(_seen_key(request), held | before, SEEN_FOR)
    return {"floor": found, "colleagues": colleagues()}


def _seen_key(request: PageRequest) -> str:
    return f"floor-seen:{request.organization.schema_name}:{request.user.pk}"


def _scheduler(request: PageRequest) -> dict[str, Any]:
    coming = queries.coming_visits(request.now, request.now + timedelta(days=7))
    open_ones = queries.unsettled_visits(request.now)
    shown = [v.appointment.person_id for v in (*coming, *open_ones)]
    if shown:
        record_look(request, "person.listed", "person", shown)
    zone = ZoneInfo(request.organization.time_zone)
    today_ends = request.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "today": [v for v in coming if v.appointment.starts_at < today_ends],
        "later": [v for v in coming if v.appointment.starts_at >= today_ends],
        "unconfirmed": [v for v in coming if v.confirmation in ("", "failed", "dropped")],
        "open_ones": open_ones,
        "confirmations": words.MESSAGE_STATUSES,
    }


def _analyst(request: PageRequest) -> dict[str, Any]:
    return {"running": queries.running_campaigns()}


def _auditor(request: PageRequest) -> dict[str, Any]:
    names = staff_names()
    changes = queries.consent_changes(request.now - timedelta(days=7))
    if changes:
        record_look(request, "person.listed", "person", [e.person_id for e in changes if e.person_id])
    return {
        "entries": [(entry, name_of(entry.actor, names)) for entry in queries.latest_entries()],
        "changes": [(event, name_of(event.actor, names)) for event in changes],
        "chain": queries.chain_state(),
    }


_TODAY: dict[Role, tuple[str, Callable[[PageRequest], dict[str, Any]]]] = {
    Role.ADMINISTRATOR: ("home/manager.html", _manager),
    Role.MANAGER: ("home/manager.html", _manager),
    Role.SUPERVISOR: ("home/floor.html", _supervisor),
    Role.AGENT: ("home/agent.html", _agent),
    Role.SCHEDULER: ("home/scheduler.html", _scheduler),
    Role.ANALYST: ("home/analyst.html", _analyst),
    Role.AUDITOR: ("home/auditor.html", _auditor),
}


@page(SEES_FIGURES)
@require_safe
def week(request: PageRequest) -> HttpResponse:
    """This week so far against the same span of last week. Figures only, kept for a minute."""
    this = _this_week(request.now, request.organization.time_zone)
    key = f"home.week.{request.organization.schema_name}.{this.end:%Y%m%d%H}"
    found: Week | None = cache.get(key)
    if found is None:
        span = timedelta(days=7)
        found = week_of(this, Period(this.start - span, this.end - span, this.zone))
        cache.set(key, found, KEPT_FOR)
    return render(request, "home/parts/week.html", {"week": found})


def _this_week(now: datetime, zone: str) -> Period:
    local = now.astimezone(ZoneInfo(zone))
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(monday, now + timedelta(minutes=1), zone)


@page(RUNS_CAMPAIGNS)
@require_safe
def matters_part(request: PageRequest) -> HttpResponse:
    """What runs and what goes wrong, for the part that refreshes itself."""
    return render(request, "home/parts/running.html", _manager(request))


@page(LEADS_FLOOR)
@require_safe
def the_floor(request: PageRequest) -> HttpResponse:
    """The floor as a page of its own, and its part that refreshes itself."""
    if request.htmx:
        return render(request, "home/parts/floor.html", _floor_again(request))
    return render(request, "home/floor.html", _supervisor(request))


@page(LEADS_FLOOR)
@require_POST
def pass_on(request: PageRequest) -> HttpResponse:
    """Give back whom an absent agent holds, or hand their promised calls to another agent or to anyone."""
    agent = agent_named(request.POST.get("agent", ""))
    if agent is None:
        return HttpResponseBadRequest()
    if request.POST.get("what") == "held":
        count = release([agent], by=request.actor, now=request.now)
        text = ngettext("%(n)s person is back on the list.", "%(n)s people are back on the list.", count)
    else:
        to = agent_named(request.POST.get("to", ""))
        count = hand_over_callbacks(agent, to, by=request.actor, now=request.now)
        text = ngettext("%(n)s promised call is handed over.", "%(n)s promised calls are handed over.", count)
    messages.success(request, text % {"n": count})
    return redirect("floor", request.organization.slug)


@page(SETTLES_VISITS)
@require_POST
def settle(request: PageRequest, appointment_id: int) -> HttpResponse:
    """Say whether a visit was kept or missed."""
    outcomes = {"kept": AppointmentStatus.KEPT, "missed": AppointmentStatus.MISSED}
    outcome = outcomes.get(request.POST.get("outcome", ""))
    if outcome is None:
        return HttpResponseBadRequest()
    wish = VisitOutcome(appointment_id, outcome)  # type: ignore[arg-type]
    answer = record_outcomes([wish], by=request.actor, now=request.now)[0]
    if isinstance(answer, Refused):
        messages.error(request, str(words.NOT_BOOKED.get(answer.reason, answer.reason)))
    else:
        kept = outcome is AppointmentStatus.KEPT
        messages.success(request, gettext("Recorded as kept.") if kept else gettext("Recorded as missed."))
    return redirect("today", request.organization.slug)
