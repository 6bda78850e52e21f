"""Senders and their carriers: how they are doing, limits, setting a paused one going again."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beckon.channels.senders import change_sender
from beckon.messaging.actions import resume_sender
from beckon.web.access import SEES_SETTINGS, SETS_UP, PageRequest, page
from beckon.web.administration import queries
from beckon.web.administration.forms import SenderLimits
from beckon.web.administration.presenters import CARRIER_NAMES, CHANNEL_NAMES, sender_badge


@page(SEES_SETTINGS)
@require_safe
def senders(request: PageRequest) -> HttpResponse:
    """Every sender with its state, rate and what waits."""
    rows = [
        {
            "state": state,
            "badge": sender_badge(state.sender.is_active, state.sender.paused_reason),
            "channel": CHANNEL_NAMES[state.sender.channel],
            "carrier": CARRIER_NAMES.get(state.sender.carrier, state.sender.carrier),
        }
        for state in queries.sender_states(request.now)
    ]
    found = {"rows": rows, "may_change": request.role in SETS_UP, "many": queries.MANY}
    template = "administration/parts/senders.html" if request.htmx else "administration/senders.html"
    return render(request, template, found)


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def sender(request: PageRequest, sender_id: int) -> HttpResponse:
    """Rate, daily cap, on or off."""
    row = queries.sender_by_id(sender_id)
    if row is None:
        raise Http404
    stands = {name: getattr(row, name) for name in SenderLimits.base_fields}
    form = SenderLimits(request.POST or None, initial=stands)
    if form.is_bound and form.is_valid():
        if change_sender(sender_id, **form.cleaned_data, by=request.actor, now=request.now):
            messages.success(request, gettext("Saved. It is on record."))
        return redirect("settings_senders", request.organization.slug)
    hook = settings.BASE_URL + reverse("hook", args=[request.organization.pk, row.pk])
    found = {
        "form": form,
        "sender": row,
        "channel": CHANNEL_NAMES[row.channel],
        "carrier": CARRIER_NAMES.get(row.carrier, row.carrier),
        "hook": hook,
    }
    return render(request, "administration/sender.html", found, status=400 if form.errors else 200)


@page(SETS_UP)
@require_POST
def resume(request: PageRequest, sender_id: int) -> HttpResponse:
    """Set a paused sender going again, after the cause was mended."""
    if queries.sender_by_id(sender_id) is None:
        raise Http404
    if resume_sender(sender_id, by=request.actor, now=request.now):
        messages.success(request, gettext("It sends again."))
    else:
        messages.info(request, gettext("It was not paused."))
    return redirect("settings_senders", request.organization.slug)
