"""One import: what would happen or happened, watching it, stopping it, going on, taking it back, its reports."""

from typing import cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from beckon.people.actions import reopen_import, withdraw_import
from beckon.people.errors import ImportRefused, UnclearColumns, UnreadableFile
from beckon.people.importing.folders import folder_of
from beckon.people.importing.options import ImportOptions
from beckon.people.importing.running import cancel_import, prepare_import
from beckon.people.importing.undoing import undo_import
from beckon.people.models import Import, ImportStatus
from beckon.people.tasks import defer_import, defer_undo
from beckon.web.access import RUNS_CAMPAIGNS, PageRequest, page, record_look
from beckon.web.importing import drafts
from beckon.web.importing.presenters import STAGES, figures_of, reasons_of, state_of
from beckon.web.importing.queries import find_import, job_state, newer_than
from beckon.web.importing.reasons import in_words
from beckon.web.importing.refusals import told

AT_ONCE = 5_000
"""People an import touched up to which it is taken back while one waits; more are a job."""
REPORTS = ("rejects", "problems")
_MAY_UNDO = (ImportStatus.DONE, ImportStatus.CANCELLED, ImportStatus.FAILED)


@page(RUNS_CAMPAIGNS)
@require_GET
def import_run(request: PageRequest, pk: int) -> HttpResponse:
    """The import as it stands; the part that refreshes itself where htmx asks."""
    row = _import(pk)
    jobs = job_state(request.organization, pk)
    is_trial = bool(row.options.get("dry_run"))
    schema = request.organization.schema_name
    draft = drafts.draft_of_import(schema, pk) if is_trial else None
    may_undo = not is_trial and row.status in _MAY_UNDO and not jobs.open_job
    context = {
        "row": row,
        "state": state_of(row),
        "stage": STAGES.get(row.stage, row.stage),
        "figures": figures_of(row),
        "to_merge": row.created + row.updated,
        "is_trial": is_trial,
        "is_moving": row.status in (ImportStatus.READY, ImportStatus.RUNNING) or bool(jobs.open_job),
        "jobs": jobs,
        "draft": draft if draft and draft.by == request.actor.key else None,
        "newer": newer_than(row) if may_undo else None,
        "may_undo": may_undo,
        "may_resume": row.status in (ImportStatus.CANCELLED, ImportStatus.FAILED) and bool(row.stored_path),
        "error": told(row.error) if row.error else "",
        "has_reports": row.status in (*_MAY_UNDO, ImportStatus.UNDONE) and row.rows > 0,
    }
    return render(request, "importing/_live.html" if request.htmx else "importing/run.html", context)


@page(RUNS_CAMPAIGNS)
@require_GET
def import_reasons(request: PageRequest, pk: int) -> HttpResponse:
    """Why rows and values were refused, with examples; read from the reports after the page stands."""
    row = _import(pk)
    reasons = reasons_of(folder_of(request.organization.schema_name, pk))
    language = get_language() or "en"
    for one in (*reasons.rows, *reasons.values):
        one.reason = in_words(one.reason, language)
    return render(request, "importing/_reasons.html", {"row": row, "reasons": reasons})


@page(RUNS_CAMPAIGNS)
@require_POST
def import_start(request: PageRequest, pk: int) -> HttpResponse:
    """Import what was tried, told the same; the file that was sent goes."""
    tried = _import(pk)
    schema = request.organization.schema_name
    draft = drafts.draft_of_import(schema, pk)
    if draft is None or draft.by != request.actor.key:
        messages.error(request, _("The file is no longer here. Send it again."))
        return HttpResponseRedirect(reverse("imports", args=[request.organization.slug]))
    options = ImportOptions(**(tried.options | {"dry_run": False}))
    try:
        import_id = prepare_import(
            request.organization,
            drafts.file_of(schema, draft),
            source_name=tried.source.name,
            options=options,
            by=request.actor,
            now=request.now,
        )
    except (ImportRefused, UnreadableFile, UnclearColumns) as refusal:
        messages.error(request, told(str(refusal)))
        return _back(request, pk)
    defer_import(request.organization, import_id, by=request.actor)
    drafts.remove(schema, draft.token)
    return _back(request, import_id)


@page(RUNS_CAMPAIGNS)
@require_POST
def import_cancel(request: PageRequest, pk: int) -> HttpResponse:
    """Stop an import: at once where none has begun it, else at the end of the part it is writing."""
    _import(pk)
    if withdraw_import(pk, now=request.now):
        messages.success(request, _("The import is stopped; nothing was imported."))
    else:
        cancel_import(request.organization, pk)
        messages.success(request, _("The import stops at the end of the part it is writing."))
    return _back(request, pk)


@page(RUNS_CAMPAIGNS)
@require_POST
def import_resume(request: PageRequest, pk: int) -> HttpResponse:
    """Go on with an import that was stopped or failed."""
    _import(pk)
    if reopen_import(pk):
        defer_import(request.organization, pk, by=request.actor)
        messages.success(request, _("The import goes on where it was."))
    else:
        messages.error(request, _("This import cannot go on. Send the file again."))
    return _back(request, pk)


@page(RUNS_CAMPAIGNS)
@require_POST
def import_undo(request: PageRequest, pk: int) -> HttpResponse:
    """Take an import back: who came with it leaves the list, what it changed is put back."""
    row = _import(pk)
    if newer_than(row) is not None:
        messages.error(request, _("A newer import of the same source has to be taken back first."))
        return _back(request, pk)
    if row.created + row.updated + row.retired > AT_ONCE:
        defer_undo(request.organization, pk, by=request.actor)
        return _back(request, pk)
    try:
        undone = undo_import(request.organization, pk, by=request.actor, now=request.now)
    except ImportRefused:
        messages.error(request, _("There is nothing to take back."))
        return _back(request, pk)
    text = _("Taken back: %(left)s people left the list, %(restored)s are as they were before.")
    messages.success(request, text % {"left": undone.retired, "restored": undone.restored})
    return _back(request, pk)


@page(RUNS_CAMPAIGNS)
@require_GET
def import_report(request: PageRequest, pk: int, report: str) -> HttpResponse:
    """One of the two reports as a file. Each download is on record."""
    row = _import(pk)
    folder = folder_of(request.organization.schema_name, row.pk)
    paths = [folder.problems] if report == "problems" else [folder.rejects(is_fhir) for is_fhir in (False, True)]
    path = next((p for p in paths if p.exists()), None)
    if report not in REPORTS or path is None:
        raise Http404
    record_look(request, "import_report.downloaded", "import", [row.pk], report=report)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"import-{row.pk}-{path.name}")
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)  # a streaming one


def _import(pk: int) -> Import:
    row = find_import(pk)
    if row is None:
        raise Http404
    return row


def _back(request: PageRequest, pk: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("import-run", args=[request.organization.slug, pk]))
