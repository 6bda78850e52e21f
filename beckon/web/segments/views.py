"""Segments: the list, the builder with its live count, one segment with its versions, and why a person is in or out."""

import json
import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from beckon.segments import queries as segments
from beckon.segments.actions import archive_segment, save_segment
from beckon.segments.conditions import Definition, parse_definition, parse_text, to_json
from beckon.segments.errors import InvalidCondition, SegmentChanged
from beckon.segments.explain import lines_of
from beckon.segments.models import Segment
from beckon.web.access import RUNS_CAMPAIGNS, SEES_CAMPAIGNS, SEES_PEOPLE, PageRequest, page, record_look
from beckon.web.segments import queries
from beckon.web.segments.draft import Draft, apply, from_raw, mended, new_clause, placed, read_form, to_raw
from beckon.web.segments.presenters import Problems, language, shown
from beckon.web.spoken import said


@page(SEES_CAMPAIGNS)
def segment_list(request: PageRequest) -> HttpResponse:
    """Every saved segment with what it says."""
    rows = [(row, lines_of(parse_definition(row.definition), language())[:6]) for row in segments.list_segments()]
    return render(request, "segments/list.html", {"rows": rows, "may_change": request.role in RUNS_CAMPAIGNS})


@page(SEES_CAMPAIGNS)
def segment(request: PageRequest, segment_id: int) -> HttpResponse:
    """One segment: what it says, how many, a few of them, its versions."""
    row = _found(segment_id)
    definition = parse_definition(row.definition)
    context = {
        "segment": row,
        "lines": lines_of(definition, language()),
        "versions": segments.versions_of(row),
        "may_change": request.role in RUNS_CAMPAIGNS,
        **_result(request, definition),
    }
    return render(request, "segments/segment.html", context)


@page(RUNS_CAMPAIGNS)
def new(request: PageRequest) -> HttpResponse:
    """The builder with one clause to begin with."""
    draft = placed(Draft(joiner="all", parts=[new_clause("last_encounter")]))
    draft.parts[0].operator, draft.parts[0].values = "more_than_ago", ["365"]
    return _builder(request, draft, name="", version=0)


@page(RUNS_CAMPAIGNS)
def edit(request: PageRequest, segment_id: int) -> HttpResponse:
    """The builder with a saved segment."""
    row = _found(segment_id)
    return _builder(request, from_raw(row.definition), name=row.name, version=row.version)


@page(RUNS_CAMPAIGNS)
@require_POST
def build(request: PageRequest) -> HttpResponse:
    """What the builder shows after a change: the whole of it, or for a typed value (part=result) the result alone."""
    draft = mended(apply(read_form(request.POST), request.POST.get("act", "")))
    version = _version(request)
    return _builder(request, draft, name=request.POST.get("name", ""), version=version)


def _version(request: PageRequest) -> int:
    """The version that the builder began with; 0 for a new segment, and for what is no number."""
    said = request.POST.get("version", "")
    return int(said) if re.fullmatch("[0-9]{1,9}", said) else 0


@page(SEES_CAMPAIGNS)
@require_POST
def exact_count(request: PageRequest) -> HttpResponse:
    """The exact number of people a condition describes, where "10,000+" was shown first."""
    try:
        definition = parse_text(request.POST.get("definition", ""))
    except InvalidCondition:
        return HttpResponse(status=400)
    if request.role not in SEES_PEOPLE and not queries.is_saved(definition):
        raise PermissionDenied  # who counts what they like finds out about one person, name by name
    found = segments.count(definition, now=request.now)
    return render(request, "segments/exact.html", {"count": found.value})


@page(RUNS_CAMPAIGNS)
@require_POST
def save(request: PageRequest) -> HttpResponse:
    """Save under its name; what is wrong is said in the builder, and nothing typed is lost."""
    act = request.POST.get("act", "")
    draft = mended(apply(read_form(request.POST), act))
    name, version = request.POST.get("name", "").strip()[:100], _version(request)
    definition, _ = _checked(draft)
    if act or not name or definition is None:
        missing = "" if name or act else gettext("Give the segment a name.")
        return _builder(request, draft, name=name, version=version, mistake=missing)
    existing = segments.find_segment(name)
    if existing is not None and existing.archived_at is None and not version:
        taken = gettext("There is a segment of this name. Choose another name, or edit that one.")
        return _builder(request, draft, name=name, version=version, mistake=taken)
    try:
        row = save_segment(
            name=name, definition=definition, by=request.actor, now=request.now, expected_version=version or None
        )
    except SegmentChanged:
        told = gettext("Somebody else has changed this segment meanwhile. Save under another name, or open it again.")
        return _builder(request, draft, name=name, version=version, mistake=told)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(reverse("segment", args=[request.organization.slug, row.pk]))


@page(RUNS_CAMPAIGNS)
@require_POST
def archive(request: PageRequest, segment_id: int) -> HttpResponse:
    """Take a segment out of use."""
    archive_segment(name=_found(segment_id).name, by=request.actor, now=request.now)
    messages.success(request, gettext("The segment is out of use; its versions are kept."))
    return HttpResponseRedirect(reverse("segments", args=[request.organization.slug]))


@page(SEES_CAMPAIGNS & SEES_PEOPLE)
def why(request: PageRequest, segment_id: int, person_id: int) -> HttpResponse:
    """Why one person is in or out, line by line."""
    row = _found(segment_id)
    name = queries.person_named(person_id)
    if name is None:
        raise Http404
    found = segments.explain(parse_definition(row.definition), [person_id], now=request.now)[0]
    record_look(request, "person.explained", "person", [person_id], segment=row.pk)
    context = {
        "segment": row,
        "person_name": name,
        "person_id": person_id,
        "inside": found.inside,
        "barrier": found.barrier_words(language()),
        "steps": found.steps(language()),
    }
    return render(request, "segments/why.html", context)


def _found(segment_id: int) -> Segment:
    row = queries.segment_numbered(segment_id)
    if row is None:
        raise Http404
    return row


def _checked(draft: Draft) -> tuple[Definition | None, Problems]:
    places: dict[str, str] = {}
    problems = Problems()
    try:
        return parse_definition({"version": 1, "where": to_raw(draft, places=places)}), problems
    except InvalidCondition as error:
        for problem in error.problems:
            path = problem.path
            while path and path not in places:
                path = path.rpartition(".")[0]
            problems.add(places.get(path, draft.place), said(problem.words))
        return None, problems


def _builder(request: PageRequest, draft: Draft, *, name: str, version: int, mistake: str = "") -> HttpResponse:
    definition, problems = _checked(draft)
    context: dict[str, Any] = {
        "node": shown(draft, problems),
        "name": name,
        "version": version,
        "mistake": mistake,
        "has_problems": definition is None,
    }
    if definition is not None:
        context |= {"lines": lines_of(definition, language()), **_result(request, definition)}
    if request.htmx:
        part = "segments/result.html" if request.POST.get("part") == "result" else "segments/builder.html"
        return render(request, part, context)
    return render(request, "segments/edit.html", context)


def _result(request: PageRequest, definition: Definition) -> dict[str, Any]:
    count = queries.first_count(definition, request.now)
    context: dict[str, Any] = {"count": count, "definition": json.dumps(to_json(definition))}
    if request.role in SEES_PEOPLE:
        context["sample"] = queries.sampled(definition, request.now, is_large=not count.exact)
        record_look(request, "segment.sampled", "person", [person.id for person in context["sample"]])
    return context
