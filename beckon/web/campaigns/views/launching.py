"""Steps 1 to 3 of a launch. Every step is saved as a draft; one may leave and come back, or go back, at any time."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beckon.campaigns import drafts
from beckon.campaigns.life import playbook_of
from beckon.campaigns.models import Campaign
from beckon.campaigns.playbooks.installing import sign_off_playbook, unsigned_wording
from beckon.web.access import RUNS_CAMPAIGNS, PageRequest, page
from beckon.web.campaigns import presenters, queries
from beckon.web.campaigns.forms import AudienceForm, PlanForm, PlaybookForm, plan_of
from beckon.web.campaigns.words import CHANNELS, reason, word

FAST = 10_000


@page(RUNS_CAMPAIGNS)
def new(request: PageRequest) -> HttpResponse:
    """Step 1 without a draft yet: choosing a playbook makes one."""
    versions = queries.latest_versions()
    form = PlaybookForm(request.POST or None, versions=versions, taken=queries.is_name_taken)
    if request.method == "POST" and form.is_valid():
        draft = drafts.start_draft(
            name=form.cleaned_data["name"],
            version=next(v for v in versions if v.pk == form.cleaned_data["playbook"]),
            agents=max(1, queries.callers()),
            starts_at=request.now,
            by=request.actor,
            now=request.now,
        )
        return redirect("campaign_audience", request.organization.slug, draft.pk)
    return _playbooks(request, form, versions, None)


@page(RUNS_CAMPAIGNS)
def playbook(request: PageRequest, pk: int) -> HttpResponse:
    """Step 1 of a draft."""
    draft, versions = queries.find_campaign(pk, draft=True), queries.latest_versions()
    if draft.playbook_id not in [version.pk for version in versions]:
        versions.append(draft.playbook)
    start = {"name": draft.name, "playbook": draft.playbook_id}
    form = PlaybookForm(
        request.POST or None, initial=start, versions=versions, taken=lambda name: queries.is_name_taken(name, pk)
    )
    if request.method == "POST" and form.is_valid():
        chosen = next(v for v in versions if v.pk == form.cleaned_data["playbook"])
        if form.cleaned_data["name"] != draft.name:
            draft = drafts.revise_draft(draft, {"name": form.cleaned_data["name"]}, by=request.actor, now=request.now)
        if chosen.pk != draft.playbook_id:
            drafts.change_playbook(draft, chosen, by=request.actor, now=request.now)
        return redirect("campaign_audience", request.organization.slug, pk)
    return _playbooks(request, form, versions, draft)


def _playbooks(request: PageRequest, form: PlaybookForm, versions: list[Any], draft: Campaign | None) -> HttpResponse:
    channels = {channel for version in versions for channel in playbook_of(version).channels()}
    senders, agents = queries.senders_by_channel(channels), queries.callers()
    shown = {
        "form": form,
        "cards": [presenters.card_of(version, senders, agents) for version in versions],
        "chosen": form["playbook"].value(),
        "draft": draft,
        "stages": presenters.stages(1, has_draft=draft is not None),
    }
    return render(request, "campaigns/step_playbook.html", shown)


@page(RUNS_CAMPAIGNS)
def audience(request: PageRequest, pk: int) -> HttpResponse:
    """Step 2: who."""
    draft, segments = queries.find_campaign(pk, draft=True), queries.segments_in_use()
    own = dict(playbook_of(draft.playbook).entry.segment)
    form = AudienceForm(
        request.POST or None, initial={"people": str(draft.segment_id or AudienceForm.OWN)}, segments=segments
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["people"]
        segment = next((s for s in segments if str(s.pk) == chosen), None)
        changes = {
            "segment_id": segment.pk if segment else None,
            "segment_definition": dict(segment.definition) if segment else own,
        }
        if changes != {"segment_id": draft.segment_id, "segment_definition": draft.segment_definition}:
            drafts.revise_draft(draft, changes, by=request.actor, now=request.now)
        return redirect("campaign_plan", request.organization.slug, pk)
    choices = [(AudienceForm.OWN, _("The playbook's own rule"), own)]
    choices += [(str(segment.pk), segment.name, segment.definition) for segment in segments]
    shown = {
        "form": form,
        "draft": draft,
        "choices": [(value, name, presenters.condition_lines(where)) for value, name, where in choices],
        "chosen": form["people"].value(),
        "stages": presenters.stages(2),
    }
    return render(request, "campaigns/step_people.html", shown)


@page(RUNS_CAMPAIGNS)
def reach(request: PageRequest, pk: int) -> HttpResponse:
    """How many people a choice of step 2 describes, and who of them may be contacted over each channel."""
    draft = queries.find_campaign(pk, draft=True)
    where = dict(playbook_of(draft.playbook).entry.segment)
    chosen = request.GET.get("people", "")
    if chosen.isdecimal() and len(chosen) < 19:
        where = next((dict(s.definition) for s in queries.segments_in_use() if s.pk == int(chosen)), where)
    found = queries.reach_of(where, playbook_of(draft.playbook), now=request.now)
    people = queries.count_people(where, now=request.now, limit=FAST)
    shown = {
        "draft": draft,
        "people": people,
        "looked_at": max((each.looked_at for each in found), default=0),
        "channels": [
            (word(CHANNELS, each.channel), each, [(reason(code), number) for code, number in each.reasons[:3]])
            for each in found
        ],
    }
    return render(request, "campaigns/reach_part.html", shown)


@page(RUNS_CAMPAIGNS)
def plan(request: PageRequest, pk: int) -> HttpResponse:
    """Step 3: when, how fast, from where, for how much, signed off by whom."""
    draft = queries.find_campaign(pk, draft=True)
    book, zone = playbook_of(draft.playbook), request.organization.time_zone
    senders = queries.senders_by_channel(book.channels())
    unsigned = unsigned_wording(book)
    is_signed = bool(draft.playbook.signed_off_by) and not unsigned
    form = PlanForm(
        request.POST or None,
        initial=plan_of(draft, zone),
        playbook=book,
        senders=senders,
        is_signed=is_signed,
        zone=zone,
    )
    if request.method == "POST" and form.is_valid():
        drafts.revise_draft(draft, form.changes(request.now), by=request.actor, now=request.now)
        if form.cleaned_data.get("signed_off_by"):
            sign_off_playbook(draft.playbook, form.cleaned_data["signed_off_by"], by=request.actor, now=request.now)
        return redirect("campaign_check", request.organization.slug, pk)
    shown = {
        "form": form,
        "draft": draft,
        "is_signed": is_signed,
        "wordings": presenters.wordings(book),
        "missing": [word(CHANNELS, channel) for channel, found in senders.items() if not found],
        "stages": presenters.stages(3),
    }
    return render(request, "campaigns/step_plan.html", shown)


@page(RUNS_CAMPAIGNS)
@require_POST
def discard(request: PageRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = queries.find_campaign(pk, draft=True)
    drafts.discard_draft(draft, by=request.actor, now=request.now)
    messages.success(request, _("The draft “%(name)s” was thrown away.") % {"name": draft.name})
    return redirect("campaigns", request.organization.slug)
