"""Where imports come from, and the columns remembered of each."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beckon.web.access import SEES_SETTINGS, PageRequest, page
from beckon.web.administration import queries
from beckon.web.administration.presenters import ORIGIN_NAMES


@page(SEES_SETTINGS)
@require_safe
def sources(request: PageRequest) -> HttpResponse:
    """Every source with its mapping and its last import."""
    rows = [
        {"state": state, "origin": ORIGIN_NAMES[state.source.origin], "mapping": sorted(_pairs(state.source.mapping))}
        for state in queries.import_sources()
    ]
    return render(request, "administration/sources.html", {"rows": rows})


def _pairs(mapping: object) -> list[tuple[str, str]]:
    if not isinstance(mapping, dict):
        return []
    return [(str(column), str(field)) for column, field in mapping.items()]
