"""All campaigns, by what they do now."""

from django.http import HttpResponse
from django.shortcuts import render

from beckon.web.access import RUNS_CAMPAIGNS, SEES_CAMPAIGNS, PageRequest, page
from beckon.web.campaigns import queries

GROUPS = ("running", "scheduled", "paused", "draft", "ended")


@page(SEES_CAMPAIGNS)
def campaigns(request: PageRequest) -> HttpResponse:
    """Running, scheduled, paused, drafts and ended ones."""
    rows = queries.list_campaigns(request.now)
    grouped = {
        group: [row for row in rows if (row.status if row.status in GROUPS else "ended") == group] for group in GROUPS
    }
    shown = {
        "groups": [(group, found) for group, found in grouped.items() if found],
        "is_empty": not rows,
        "may_run": request.role in RUNS_CAMPAIGNS,
    }
    template = "campaigns/list_part.html" if request.htmx else "campaigns/list.html"
    return render(request, template, shown)
