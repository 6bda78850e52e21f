"""The audit record: who did and saw what; one entry; export; checking the chain."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beckon.core.audit.actions import record_audit
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization
from beckon.web.access import AUDITS, PageRequest, page
from beckon.web.audit import queries
from beckon.web.audit.checking import check_now
from beckon.web.audit.forms import AuditFilter
from beckon.web.audit.presenters import detail_lines, line_of

OBJECTS_A_PAGE = 500
COLUMNS = ("id", "at", "recorded_at", "actor", "action", "object_kind", "object_ids", "detail", "digest")


@page(AUDITS)
@require_safe
def audit(request: PageRequest) -> HttpResponse:
    """Newest first, with the filter and the state of the chain."""
    organization = request.organization
    form = AuditFilter(request.GET)
    wanted = form.wanted(organization.time_zone)
    found = queries.find_entries(wanted, queries.read_key(request.GET.get("before", "")))
    names = queries.names_of(found.entries)
    shown = {
        "form": form,
        "lines": [line_of(entry, names, organization.slug, request.role) for entry in found.entries],
        "found": found,
        "is_first": "before" not in request.GET,
        "chain": queries.chain_state(),
        "many_waiting": queries.MANY_WAITING,
        "is_filtered": wanted != queries.Filter(zone=organization.time_zone),
    }
    return render(request, "audit/audit.html", shown)


@page(AUDITS)
@require_safe
def entry(request: PageRequest, entry_id: int) -> HttpResponse:
    """One entry with everything it says."""
    row = queries.entry_by_id(entry_id)
    if row is None:
        raise Http404
    objects = Paginator(row.object_ids, OBJECTS_A_PAGE).get_page(request.GET.get("page"))
    names = queries.names_of([row])
    part = AuditEntry(actor=row.actor, action=row.action, object_kind=row.object_kind, object_ids=list(objects))
    shown = {
        "entry": row,
        "line": line_of(part, names, request.organization.slug, request.role, most=OBJECTS_A_PAGE),
        "objects": objects,
        "detail": detail_lines(row.detail),
    }
    return render(request, "audit/entry.html", shown)


@page(AUDITS)
@require_safe
def export(request: PageRequest) -> HttpResponseBase:
    """The filter as CSV, however many entries; the export itself is on record."""
    form = AuditFilter(request.GET)
    wanted = form.wanted(request.organization.time_zone)
    told = {name: value for name, value in request.GET.items() if name in form.fields and value}
    record_audit(
        action="audit.exported", object_kind="audit", object_ids=[], by=request.actor, now=request.now, detail=told
    )
    answer = StreamingHttpResponse(_rows(request.organization, wanted), content_type="text/csv; charset=utf-8")
    name = f"audit-{request.organization.slug}-{request.now:%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _rows(organization: Organization, wanted: queries.Filter) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for count, row in enumerate(queries.walk(organization, wanted), start=1):
        writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
        if count % 1_000 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: object) -> object:
    """As text; what a spreadsheet would run as a formula is disarmed."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


@page(AUDITS)
@require_POST
def verify(request: PageRequest) -> HttpResponse:
    """Check the whole chain; where it is long, a worker does."""
    state = check_now(by=request.actor)
    if state is None:
        messages.info(request, gettext("A worker checks the chain. The result will stand here in some minutes."))
    elif state.broken:
        messages.error(request, gettext("The chain is broken: see below."))
    else:
        messages.success(request, gettext("The chain is whole."))
    return redirect("audit", request.organization.slug)
