"""Finding people: search as one types, the list with its filters, and the exact count that follows it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from beckon.people.queries import lines_of, search_people
from beckon.segments.queries import count
from beckon.web.access import SEES_PEOPLE, PageRequest, page, record_look
from beckon.web.people.filters import FilterForm, definition_or_none
from beckon.web.people.queries import page_of

LEAST_LETTERS = 2


@page(SEES_PEOPLE)
@require_GET
def people(request: PageRequest) -> HttpResponse:
    """Everybody, or who fits the search or the filters; a part of the page only where htmx asks."""
    text = request.GET.get("q", "").strip()[:200]
    context = _found(request, text) if len(text) >= LEAST_LETTERS else _listed(request)
    context |= {"q": text, "too_short": 0 < len(text) < LEAST_LETTERS}
    template = "people/_found.html" if request.htmx else "people/people.html"
    if not request.htmx and "form" not in context:
        context["form"] = FilterForm(request.GET)
    return render(request, template, context)


@page(SEES_PEOPLE)
@require_GET
def people_count(request: PageRequest) -> HttpResponse:
    """The exact number of people the filters describe; asked for after the page stands."""
    definition = definition_or_none(FilterForm(request.GET))
    exact = count(definition, now=request.now) if definition else None
    return render(request, "people/_count.html", {"count": exact})


def _found(request: PageRequest, text: str) -> dict[str, Any]:
    found = search_people(text)
    lines = lines_of([one.person_id for one in found])
    record_look(request, "person.searched", "person", [line.person.pk for line in lines])
    return {"lines": lines, "searched": True}


def _listed(request: PageRequest) -> dict[str, Any]:
    form = FilterForm(request.GET)
    definition = definition_or_none(form)
    if definition is None:
        return {"form": form, "lines": [], "broken": True}
    after = request.GET.get("after", "")
    found = page_of(definition, now=request.now, after=int(after) if after.isdecimal() and len(after) < 19 else None)
    lines = lines_of(found.ids)
    record_look(request, "people.listed", "person", found.ids)
    return {
        "form": form,
        "lines": lines,
        "after": found.after,
        "is_later": bool(after),
        "total": found.total,
        "is_exact": found.is_exact,
    }
