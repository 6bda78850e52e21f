"""The campaign at work: its journey with counts, results, who is out and why, changes; pausing, stopping, its pace."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from beckon.campaigns import drafts, life
from beckon.campaigns.errors import WrongStatus
from beckon.campaigns.models import Campaign
from beckon.web.access import RUNS_CAMPAIGNS, SEES_CAMPAIGNS, SEES_PEOPLE, PageRequest, page
from beckon.web.campaigns import presenters, queries, words
from beckon.web.campaigns.forms import VolumeForm
from beckon.web.campaigns.journey import journey_of
from beckon.web.campaigns.results import funnel_steps, reasons_of, results_shown
from beckon.web.spoken import language


def _frame(request: PageRequest, found: Campaign, tab: str) -> dict[str, Any]:
    status = queries.status_of(found, request.now)
    may_change = request.role in RUNS_CAMPAIGNS and found.status in ("running", "paused")
    return {
        "campaign": found,
        "playbook": life.playbook_of(found.playbook).title.in_language(language()),
        "status": status,
        "status_word": words.word(words.STATUSES, status),
        "status_tone": words.STATUS_TONES[status],
        "tab": tab,
        "may_change": may_change,
        "may_run": request.role in RUNS_CAMPAIGNS,
        "sees_people": request.role in SEES_PEOPLE,
        "is_live": found.status in ("running", "paused"),
    }


def _later(request: PageRequest, found: Campaign, tab: str, what: str) -> HttpResponse | None:
    """The frame alone where the figures take long to count: they follow by themselves. None where they are at hand."""
    if request.htmx or "full" in request.GET or queries.is_at_hand(found, what):
        return None
    return render(request, "campaigns/later.html", _frame(request, found, tab))


def _render(request: PageRequest, name: str, shown: dict[str, Any]) -> HttpResponse:
    return render(request, f"campaigns/{name}_part.html" if request.htmx else f"campaigns/{name}.html", shown)


@page(SEES_CAMPAIGNS)
def campaign(request: PageRequest, pk: int) -> HttpResponse:
    """Where its people stand. A draft opens where it was left."""
    found = queries.find_campaign(pk)
    if found.status == "draft":
        if request.role in RUNS_CAMPAIGNS:
            return redirect("campaign_check", request.organization.slug, pk)
        return redirect("campaigns", request.organization.slug)
    if later := _later(request, found, "journey", "live"):
        return later
    live = queries.live_figures(found, request.now)
    shown = _frame(request, found, "journey") | {
        "funnel": funnel_steps(live.funnel),
        "figures": live.funnel,
        "as_of": live.as_of,
        "journey": journey_of(life.playbook_of(found.playbook), standing=live.funnel.steps, counters=live.counters),
        "goal": life.playbook_of(found.playbook).goal.name.in_language(language()),
    }
    return _render(request, "live", shown)


@page(SEES_CAMPAIGNS)
def results(request: PageRequest, pk: int) -> HttpResponse:
    """Answers, messages by channel and outcome, wordings under test, cost against budget and forecast."""
    found = queries.find_campaign(pk, draft=False)
    if later := _later(request, found, "results", "results"):
        return later
    return _render(request, "results", _frame(request, found, "results") | results_shown(found))


@page(SEES_CAMPAIGNS)
def gone(request: PageRequest, pk: int) -> HttpResponse:
    """Who never came in and who left, by reason."""
    found = queries.find_campaign(pk, draft=False)
    if later := _later(request, found, "gone", "live"):
        return later
    live = queries.live_figures(found, request.now)
    shown = _frame(request, found, "gone") | {
        "excluded": reasons_of(live.funnel.excluded),
        "left": reasons_of(live.funnel.left),
        "figures": live.funnel,
    }
    return _render(request, "gone", shown)


@page(SEES_CAMPAIGNS)
def changes(request: PageRequest, pk: int) -> HttpResponse:
    """How it is set up, its pace, and everything anybody changed."""
    found = queries.find_campaign(pk, draft=False)
    senders = queries.senders_by_channel(found.senders)
    shown = _frame(request, found, "changes") | {
        "log": [
            (line, words.word(words.ACTIONS, line.action), presenters.change_words(line.action, line.detail))
            for line in queries.changes_of(pk)
        ],
        "lines": presenters.condition_lines(found.segment_definition),
        "hipaa": words.word(words.HIPAA, found.hipaa_class),
        "tcpa": words.word(words.TCPA, found.tcpa_class),
        "senders": [
            (words.word(words.CHANNELS, channel), next((s for s in each if s.pk == found.senders[channel]), None))
            for channel, each in senders.items()
        ],
        "form": VolumeForm(initial={"daily_volume": found.daily_volume}),
    }
    return render(request, "campaigns/changes.html", shown)


@page(RUNS_CAMPAIGNS)
@require_POST
def pause(request: PageRequest, pk: int) -> HttpResponse:
    """Nobody moves until it is resumed."""
    found = queries.find_campaign(pk, draft=False)
    try:
        life.pause(found, by=request.actor, now=request.now)
        messages.success(
            request, _("The campaign is paused. Nobody moves on; messages that were already on their way still go.")
        )
    except WrongStatus:
        messages.warning(request, _("The campaign was not running, so nothing was changed."))
    return redirect("campaign", request.organization.slug, pk)


@page(RUNS_CAMPAIGNS)
@require_POST
def resume(request: PageRequest, pk: int) -> HttpResponse:
    """Go on where it was."""
    found = queries.find_campaign(pk, draft=False)
    try:
        life.resume(found, by=request.actor, now=request.now)
        messages.success(request, _("The campaign goes on. Who became due meanwhile is due now."))
    except WrongStatus:
        messages.warning(request, _("The campaign was not paused, so nothing was changed."))
    return redirect("campaign", request.organization.slug, pk)


@page(RUNS_CAMPAIGNS)
def stop(request: PageRequest, pk: int) -> HttpResponse:
    """Say what it means, ask, then end it for everybody."""
    found = queries.find_campaign(pk, draft=False)
    if request.method != "POST":
        return render(
            request, "campaigns/stop.html", _frame(request, found, "stop") | {"still_in": queries.still_in(pk)}
        )
    try:
        number = life.stop(found, by=request.actor, now=request.now)
    except WrongStatus:
        messages.warning(request, _("The campaign was over already, so nothing was changed."))
    else:
        said = ngettext("Stopped; %(n)d person left it.", "Stopped; %(n)d people left it.", number) % {"n": number}
        messages.success(request, said)
    return redirect("campaign", request.organization.slug, pk)


@page(RUNS_CAMPAIGNS)
@require_POST
def pace(request: PageRequest, pk: int) -> HttpResponse:
    """Another number of people a day."""
    found, form = queries.find_campaign(pk, draft=False), VolumeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("People a day: give a whole number from 1 to 100,000. Nothing was changed."))
    else:
        try:
            drafts.change_volume(found, form.cleaned_data["daily_volume"], by=request.actor, now=request.now)
            messages.success(request, _("From now on %(n)d people a day.") % {"n": form.cleaned_data["daily_volume"]})
        except WrongStatus:
            messages.warning(request, _("The campaign is over, so nothing was changed."))
    return redirect("campaign_changes", request.organization.slug, pk)
