"""Suppression lists: what is in force, uploading one, looking a number up."""

import io

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beckon.consent.models import SuppressionKind
from beckon.consent.suppression import STRANGERS, SuppressionCounts, address_of, import_suppression_list
from beckon.web.access import SEES_SETTINGS, SETS_UP, PageRequest, page, record_look
from beckon.web.administration import queries
from beckon.web.administration.forms import MOST_BYTES, LookUp, SuppressionUpload
from beckon.web.administration.presenters import CHANNEL_NAMES, KIND_NAMES
from beckon.web.middleware import takes_files


@page(SEES_SETTINGS)
@require_safe
def suppression(request: PageRequest) -> HttpResponse:
    """Every list with its size; with `value`, the lists a phone or e-mail stands on."""
    form = LookUp(request.GET if request.GET.get("value") else None)
    sought = address_of(form.data.get("value", "")) if form.is_bound else None
    on = queries.lists_with(sought) if sought else []
    if sought:
        record_look(request, "suppression.looked_up", "suppression_list", [row.pk for row in on])
    found = {
        "rows": [
            {
                "state": state,
                "kind": KIND_NAMES[SuppressionKind(state.list.kind)],
                "channel": CHANNEL_NAMES[state.list.channel],
            }
            for state in queries.suppression_lists()
        ],
        "form": form,
        "sought": sought,
        "on": on,
        "strangers": STRANGERS,
        "many": queries.MANY,
        "may_change": request.role in SETS_UP,
    }
    return render(request, "administration/suppression.html", found)


@page(SETS_UP)
@takes_files(MOST_BYTES + 1_000_000)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PageRequest) -> HttpResponse:
    """Put a file's phones and e-mails on a list, at once."""
    form = SuppressionUpload(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            counts = _import(request, form)
        except ValueError:
            form.add_error("name", gettext("There is a list of this name with another reason or reach."))
        else:
            messages.success(request, _told(counts))
            return redirect("settings_suppression", request.organization.slug)
    found = {"form": form}
    return render(request, "administration/upload_suppression.html", found, status=400 if form.errors else 200)


def _import(request: PageRequest, form: SuppressionUpload) -> SuppressionCounts:
    given = form.cleaned_data
    lines = io.TextIOWrapper(given["file"], encoding="utf-8-sig", errors="replace")
    return import_suppression_list(
        lines,
        name=given["name"].strip(),
        kind=SuppressionKind(given["kind"]),
        channel=given["channel"],
        replace=given["replace"],
        by=request.actor,
        now=request.now,
    )


def _told(counts: SuppressionCounts) -> str:
    return gettext(
        "%(rows)s rows: %(added)s added, %(already)s on the list before, %(rejected)s without phone or e-mail, "
        "%(removed)s taken off. It holds from now on."
    ) % {
        "rows": f"{counts.rows:,}",
        "added": f"{counts.added:,}",
        "already": f"{counts.already:,}",
        "rejected": f"{counts.rejected:,}",
        "removed": f"{counts.removed:,}",
    }
