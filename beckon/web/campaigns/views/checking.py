"""Step 4: what would happen, what it costs and needs, the rehearsal, and the launch."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beckon.campaigns import drafts, life
from beckon.campaigns.models import Campaign
from beckon.campaigns.planning.preview import preview
from beckon.web.access import RUNS_CAMPAIGNS, PageRequest, page, record_look
from beckon.web.campaigns import presenters, queries, words
from beckon.web.campaigns.forms import ConfirmForm
from beckon.web.campaigns.rehearsing import ask_for_rehearsal
from beckon.web.spoken import language

SAMPLE = 600
"""People whose way is foreseen for the page; more are scaled up."""
SHOWN = 200


@page(RUNS_CAMPAIGNS)
def check(request: PageRequest, pk: int) -> HttpResponse:
    """The frame at once; the forecast follows by itself, or by a link where scripts are off."""
    draft = queries.find_campaign(pk, draft=True)
    shown = _frame(draft)
    if "full" in request.GET:
        shown |= _forecast(request, draft)
    return render(request, "campaigns/step_check.html", shown)


def _frame(draft: Campaign) -> dict[str, object]:
    book = life.playbook_of(draft.playbook)
    senders = queries.senders_by_channel(book.channels())
    return {
        "draft": draft,
        "stages": presenters.stages(4),
        "lines": presenters.condition_lines(draft.segment_definition),
        "playbook": book.title.in_language(language()),
        "senders": [
            (words.word(words.CHANNELS, channel), next((s for s in found if s.pk == draft.senders.get(channel)), None))
            for channel, found in senders.items()
        ],
        "rehearsal": presenters.rehearsal_of(draft),
    }


@page(RUNS_CAMPAIGNS)
def forecast(request: PageRequest, pk: int) -> HttpResponse:
    """Who gets what when, who is left out, cost, return, needs, refusals, and the button."""
    draft = queries.find_campaign(pk, draft=True)
    return render(request, "campaigns/forecast_part.html", {"draft": draft} | _forecast(request, draft))


def _forecast(request: PageRequest, draft: Campaign, form: ConfirmForm | None = None) -> dict[str, object]:
    draft = drafts.cost_draft(draft, now=request.now)
    refusals = presenters.against(life.launch_refusals(draft, now=request.now))
    foreseen = preview(draft, now=request.now, sample=SAMPLE)
    return {
        "forecast": presenters.forecast_of(foreseen),
        "money": draft.economics,
        "needs": queries.needs_of(draft, now=request.now),
        "messages_by_channel": [
            (words.word(words.CHANNELS, channel), cents) for channel, cents in draft.economics["message_cents"].items()
        ],
        "is_over_budget": _is_over_budget(draft),
        "refusals": refusals,
        "is_refused": any(not each.may_be_accepted for each in refusals),
        "confirm": form or _confirm_form(draft, refusals),
    }


def _is_over_budget(draft: Campaign) -> bool:
    budget = draft.economics.get("budget_cents")
    return budget is not None and int(draft.economics.get("cost_cents", 0)) > int(budget)


def _confirm_form(draft: Campaign, refusals: list[presenters.Against], data: object = None) -> ConfirmForm:
    return ConfirmForm(
        data,
        initial={"digest": presenters.digest_of(draft.economics)},
        shortages=[each.reason for each in refusals if each.may_be_accepted],
        is_over_budget=_is_over_budget(draft),
    )


@page(RUNS_CAMPAIGNS)
@require_POST
def launch(request: PageRequest, pk: int) -> HttpResponse:
    """Confirm and launch, or show again what stands against it."""
    draft = drafts.cost_draft(queries.find_campaign(pk, draft=True), now=request.now)
    refusals = presenters.against(life.launch_refusals(draft, now=request.now))
    form = _confirm_form(draft, refusals, request.POST)
    if not form.is_valid() or form.cleaned_data["digest"] != presenters.digest_of(draft.economics):
        if form.is_valid():
            messages.warning(request, _("The figures have changed since you read them. Read them again, then launch."))
            form = _confirm_form(draft, refusals)
        return render(request, "campaigns/step_check.html", _frame(draft) | _forecast(request, draft, form))
    draft = life.confirm(draft, accepts=form.accepted(), by=request.actor, now=request.now)
    answer = life.launch(draft, by=request.actor, now=request.now)
    if isinstance(answer, life.NotLaunched):
        messages.error(request, _("The campaign was not launched. What stands against it is listed below."))
        return redirect("campaign_check", request.organization.slug, pk)
    messages.success(request, _("“%(name)s” is launched.") % {"name": draft.name})
    return redirect("campaign", request.organization.slug, pk)


@page(RUNS_CAMPAIGNS)
def left_out(request: PageRequest, pk: int) -> HttpResponse:
    """The people of a draft who would not come in for one reason."""
    draft, reason = queries.find_campaign(pk, draft=True), request.GET.get("reason", "")
    foreseen = preview(draft, now=request.now, sample=SAMPLE, weeks=1 if not draft.ends_at else 14)
    ids = [person for person, why in foreseen.excluded_people if why == reason]
    found = queries.named(ids[:SHOWN])
    record_look(request, "person.viewed", "person", [each.person_id for each in found], list="campaign.left_out")
    shown = {"draft": draft, "people": found, "more": max(0, len(ids) - SHOWN), "reason": words.reason(reason)}
    return render(request, "campaigns/left_out.html", shown)


@page(RUNS_CAMPAIGNS)
@require_POST
def rehearse(request: PageRequest, pk: int) -> HttpResponse:
    """Have a worker rehearse the draft."""
    draft = drafts.cost_draft(queries.find_campaign(pk, draft=True), now=request.now)
    ask_for_rehearsal(draft, now=request.now)
    if request.htmx:
        return _rehearsal(request, pk)
    messages.info(request, _("The rehearsal was asked for. Its result will stand on this page."))
    return redirect("campaign_check", request.organization.slug, pk)


@page(RUNS_CAMPAIGNS)
def rehearsal(request: PageRequest, pk: int) -> HttpResponse:
    """How far the rehearsal has come, and what it found."""
    return _rehearsal(request, pk)


def _rehearsal(request: PageRequest, pk: int) -> HttpResponse:
    draft = queries.find_campaign(pk, draft=True)
    shown = {"draft": draft, "rehearsal": presenters.rehearsal_of(draft)}
    return render(request, "campaigns/rehearsal_part.html", shown)
