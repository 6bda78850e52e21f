"""Sending a file, looking at its columns, and trying it: nothing is imported here."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from beckon.core.clock import wall_now
from beckon.people.errors import ImportRefused, UnclearColumns, UnreadableFile
from beckon.people.importing.running import prepare_import
from beckon.people.intake.files import file_digest
from beckon.people.models import Origin
from beckon.people.tasks import defer_import
from beckon.web.access import RUNS_CAMPAIGNS, PageRequest, page
from beckon.web.importing import drafts
from beckon.web.importing.drafts import Draft
from beckon.web.importing.forms import ImportForm, warnings
from beckon.web.importing.looking import columns_of, look_at
from beckon.web.importing.presenters import size_words, state_of
from beckon.web.importing.queries import earlier_of, find_source, history, sources
from beckon.web.importing.refusals import told
from beckon.web.importing.uploads import FIELD, LARGEST, ReceivedFile, receiving


@page(RUNS_CAMPAIGNS)
@require_GET
def imports(request: PageRequest) -> HttpResponse:
    """Where a file is dropped, what lies unfinished, and the history of imports."""
    return _imports_page(request, "")


def _imports_page(request: PageRequest, error: str, status: int = 200) -> HttpResponse:
    before = request.GET.get("before", "")
    rows, has_more = history(before=int(before) if before.isdecimal() and len(before) < 19 else None)
    schema = request.organization.schema_name
    waiting = drafts.all_drafts(schema, request.actor.key) if not before else []
    context = {
        "rows": [(row, state_of(row)) for row in rows],
        "next_before": rows[-1].pk if has_more else None,
        "drafts": [(draft, size_words(draft.size)) for draft in waiting],
        "error": error,
        "largest": size_words(LARGEST),
        "is_first": not before,
    }
    return render(request, "importing/imports.html", context, status=status)


@page(RUNS_CAMPAIGNS)
@require_POST
def _take_in(request: PageRequest) -> HttpResponse:
    schema = request.organization.schema_name
    drafts.sweep(schema)
    file = request.FILES.get(FIELD)
    if request.META.get("beckon.too_large"):
        return _imports_page(request, _("The file is larger than %(most)s.") % {"most": size_words(LARGEST)}, 422)
    if not isinstance(file, ReceivedFile):
        return _imports_page(request, _("Choose a file first."), 422)
    try:
        draft = _drafted(request, file)
    except UnreadableFile as refusal:
        drafts.remove(schema, file.token)
        return _imports_page(request, f"{file.path.name}: {told(str(refusal))}", 422)
    return HttpResponseRedirect(reverse("import-draft", args=[request.organization.slug, draft.token]))


import_send = receiving(_take_in)
"""The file comes as a stream, before the practice's scope is opened."""


def _drafted(request: PageRequest, file: ReceivedFile) -> Draft:
    name = drafts.source_name_of(file.path.name)
    source = find_source(name)
    remembered = dict(source.mapping) if source else {}
    found, has_names = look_at(file.path, remembered)
    draft = Draft(
        token=file.token,
        file_name=file.path.name,
        size=file.size or 0,
        sha256=file_digest(file.path),
        by=request.actor.key,
        at=wall_now().isoformat(),
        source=name,
        kind=found.kind.value,
        encoding=found.encoding,
        delimiter=found.dialect.delimiter,
        header_line=found.header_line,
        columns=columns_of(found, has_names=has_names),
        is_remembered=bool(remembered),
        chosen={"origin": source.origin, "vendor": source.vendor} if source else {},
    )
    drafts.save(request.organization.schema_name, draft)
    return draft


@page(RUNS_CAMPAIGNS)
@require_http_methods(["GET", "POST"])
def import_draft(request: PageRequest, token: str) -> HttpResponse:
    """The columns with samples and what each means, where the list comes from, and what it permits."""
    draft = _own(request, token)
    schema = request.organization.schema_name
    if "remember" in request.POST:
        return _remembered(request, draft)
    form = ImportForm(draft, request.POST or None)
    if form.is_bound and form.is_valid():
        draft.chosen, draft.source = form.as_said(), form.cleaned_data["source"]
        drafts.save(schema, draft)
        refusal = _try(request, draft, form)
        if refusal is None:
            return HttpResponseRedirect(reverse("import-run", args=[request.organization.slug, draft.import_id]))
        form.add_error(None, refusal)
    return render(request, "importing/draft.html", _draft_context(draft, form), status=422 if form.errors else 200)


def _try(request: PageRequest, draft: Draft, form: ImportForm) -> str | None:
    """Record a trial run and have it done; what speaks against it, if anything."""
    schema = request.organization.schema_name
    try:
        draft.import_id = prepare_import(
            request.organization,
            drafts.file_of(schema, draft),
            source_name=draft.source,
            options=form.options(dry_run=True),
            by=request.actor,
            now=request.now,
        )
    except (ImportRefused, UnreadableFile, UnclearColumns) as refusal:
        return told(str(refusal))
    drafts.save(schema, draft)
    defer_import(request.organization, draft.import_id, by=request.actor)
    return None


def _draft_context(draft: Draft, form: ImportForm) -> dict[str, object]:
    meanings = {c.header: str(form[f"c{place}"].value()) for place, c in enumerate(draft.columns)}
    return {
        "draft": draft,
        "form": form,
        "columns": [(column, form[f"c{place}"]) for place, column in enumerate(draft.columns)],
        "consents": [form[name] for name in form.fields if name.startswith("consent_")],
        "warnings": warnings(draft.columns, origin=str(form["origin"].value() or Origin.OWN), meanings=meanings),
        "size": size_words(draft.size),
        "earlier": earlier_of(draft.sha256),
        "sources": sources(),
    }


def _remembered(request: PageRequest, draft: Draft) -> HttpResponse:
    """Guess again with what was remembered for the source that is named now."""
    name = request.POST.get("source", "").strip()[:100]
    source = find_source(name)
    here = reverse("import-draft", args=[request.organization.slug, draft.token])
    if source is None or not source.mapping:
        messages.info(request, _("Nothing is remembered for a source of that name."))
        return HttpResponseRedirect(here)
    found, has_names = look_at(drafts.file_of(request.organization.schema_name, draft), dict(source.mapping))
    draft.columns, draft.source, draft.is_remembered = columns_of(found, has_names=has_names), name, True
    draft.chosen = {"origin": source.origin, "vendor": source.vendor}
    drafts.save(request.organization.schema_name, draft)
    messages.success(request, _("The columns have the meaning they had for that source."))
    return HttpResponseRedirect(here)


@page(RUNS_CAMPAIGNS)
@require_POST
def import_forget(request: PageRequest, token: str) -> HttpResponse:
    """Throw an unfinished file away."""
    draft = _own(request, token)
    drafts.remove(request.organization.schema_name, draft.token)
    messages.success(request, _("The file is thrown away."))
    return HttpResponseRedirect(reverse("imports", args=[request.organization.slug]))


def _own(request: PageRequest, token: str) -> Draft:
    """The draft, for who sent it. Raises 404 for anybody else."""
    draft = drafts.load(request.organization.schema_name, token)
    if draft is None or draft.by != request.actor.key:
        raise Http404
    return draft
