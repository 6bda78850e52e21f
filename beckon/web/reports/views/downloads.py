"""Reports as files: streamed, on record, and safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import translation

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.people.intake.formulas import guarded
from beckon.reports import behind
from beckon.web.access import SEES_FIGURES, PageRequest, page
from beckon.web.campaigns.queries import names_of
from beckon.web.reports.asking import Asked
from beckon.web.reports.figures import figures_of
from beckon.web.reports.presenters import csv_rows
from beckon.web.reports.views.report import SEES, asked_of, what_of
from beckon.web.spoken import language

PART = 5_000
"""People that are read, put on record and sent off at once."""


def lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Rows as CSV text, a line at a time, formulas guarded; a byte order mark first, for spreadsheets."""
    room = io.StringIO()
    writer = csv.writer(room)
    yield "\ufeff"
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        yield room.getvalue()
        room.seek(0)
        room.truncate()


def _file(rows: Iterable[Iterable[str]], name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


@page(SEES_FIGURES)
def figures_csv(request: PageRequest) -> HttpResponse:
    """Every figure of the page."""
    asked, shown = asked_of(request)
    found = figures_of(asked, shown["campaigns"], now=request.now)
    names = names_of(day.agent for day in found.agents)
    _record(request, asked, "figures")
    rows = list(csv_rows(found, names, language()))
    name = f"beckon-{request.organization.slug}-{asked.period.first_day}-{asked.period.last_day}.csv"
    return _file(rows, name)  # type: ignore[return-value]


@page(SEES)
def people_csv(request: PageRequest) -> HttpResponse:
    """The rows behind a figure, all of them, read part by part while they leave."""
    asked, _shown = asked_of(request)
    kind, value = request.GET.get("kind", ""), request.GET.get("value", "")
    if kind not in behind.KINDS:
        raise Http404
    _record(request, asked, kind, value)
    rows = _people(request.organization, request.actor, request.now, asked, kind, value, language())
    name = f"beckon-{request.organization.slug}-{kind}-{asked.period.first_day}-{asked.period.last_day}.csv"
    return _file(rows, name)  # type: ignore[return-value]


def _people(
    organization: Organization, by: Actor, now: datetime, asked: Asked, kind: str, value: str, language: str
) -> Iterator[list[str]]:
    """Part by part in short scopes of its own: the request's is closed when this runs, and the reader may be slow.
    Who is in a part is on record before it leaves, also where the reader hangs up."""
    yield ["Person", "Given name", "Family name", "When (UTC)", "What"]
    after: int | None = 0
    while after is not None:
        with org_scope(organization), translation.override(language):
            rows = behind.behind(
                kind,
                value,
                asked.period,
                campaign_id=asked.campaign_id,
                location_id=asked.location_id,
                after=after,
                limit=PART,
            )
            lines = [_line(kind, row) for row in rows]
            if rows:
                ids = sorted({row.person_id for row in rows})
                told = {"list": f"report.{kind}", "file": True}
                record_audit(action="people.listed", object_kind="person", object_ids=ids, by=by, now=now, detail=told)
        yield from lines
        after = rows[-1].key if len(rows) == PART else None


def _line(kind: str, row: behind.Row) -> list[str]:
    at = f"{row.at:%Y-%m-%d %H:%M}" if row.at else ""
    return [str(row.person_id), row.given_name, row.family_name, at, what_of(kind, row.what)]


def _record(request: PageRequest, asked: Asked, what: str, value: str = "") -> None:
    record_audit(
        action="report.exported",
        object_kind="report",
        object_ids=[],
        by=request.actor,
        now=request.now,
        detail={"what": what, "value": value, **asked.parts},
    )
