"""Playbooks: the library, one with its journey, a copy, and the edits of a copy's wording, scripts and steps."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from beckon.campaigns.errors import PlaybookError, PlaybookProblem
from beckon.campaigns.models import PlaybookVersion
from beckon.campaigns.playbooks.editing import copy_playbook, save_edit
from beckon.campaigns.playbooks.installing import sign_off_playbook
from beckon.campaigns.playbooks.reading import library_keys
from beckon.web.access import RUNS_CAMPAIGNS, SEES_CAMPAIGNS, PageRequest, page
from beckon.web.campaigns.journey import journey_of
from beckon.web.campaigns.words import CHANNELS, HIPAA, TCPA, word
from beckon.web.playbooks import edits, queries
from beckon.web.playbooks.forms import CopyForm, SignForm, TextForm, as_text
from beckon.web.playbooks.previews import preview
from beckon.web.playbooks.step_forms import form_of

LANGUAGES = ("en", "es")
PARTS = ("subject", "body", "back")


@page(SEES_CAMPAIGNS)
def library(request: PageRequest) -> HttpResponse:
    """What there is, and what each is for."""
    context = {"playbooks": queries.newest_versions(), "may_change": request.role in RUNS_CAMPAIGNS}
    return render(request, "playbooks/library.html", context)


@page(SEES_CAMPAIGNS)
def playbook(request: PageRequest, key: str) -> HttpResponse:
    """One playbook: purpose, rules, the drawing of its journey, its wording; an older version with ?version=N."""
    versions = _versions(key)
    asked = request.GET.get("version", "")
    version = next((row for row in versions if str(row.version) == asked), versions[0])
    return _playbook_page(request, versions, version)


def _playbook_page(
    request: PageRequest, versions: list[PlaybookVersion], version: PlaybookVersion, **more: Any
) -> HttpResponse:
    found = queries.playbook_of(version)
    is_own = version.key not in library_keys()
    may_change = request.role in RUNS_CAMPAIGNS
    context = {
        "version": version,
        "versions": versions,
        "playbook": found,
        "journey": journey_of(found),
        "hipaa": word(HIPAA, found.hipaa_class),
        "tcpa": word(TCPA, found.tcpa_class),
        "wordings": [(name, word(CHANNELS, one.channel)) for name, one in found.templates.items()],
        "is_own": is_own,
        "is_newest": version.pk == versions[0].pk,
        "may_change": may_change,
        "may_edit": may_change and is_own and version.pk == versions[0].pk,
        "kinds": tuple(edits.NEW_STEPS),
        "copy_form": CopyForm(initial={"title_en": found.title.en, "title_es": found.title.es}),
        "sign_form": SignForm(initial={"name": request.user.name}),
        **more,
    }
    return render(request, "playbooks/playbook.html", context)


@page(RUNS_CAMPAIGNS)
@require_POST
def copy(request: PageRequest, key: str) -> HttpResponse:
    """Make a copy of one's own to edit."""
    versions = _versions(key)
    form = CopyForm(request.POST)
    if not form.is_valid():
        return _playbook_page(request, versions, versions[0], copy_form=form)
    title = {"en": form.cleaned_data["title_en"], "es": form.cleaned_data["title_es"]}
    try:
        made = copy_playbook(versions[0], key=form.key(), title=title, by=request.actor, now=request.now)
    except PlaybookError as error:
        return _playbook_page(request, versions, versions[0], copy_form=form, problems=error.problems)
    told = gettext("The copy is yours to edit. It needs a signature before a campaign can run on it.")
    messages.success(request, told)
    return _to(request, made.key)


@page(RUNS_CAMPAIGNS)
@require_POST
def sign(request: PageRequest, key: str) -> HttpResponse:
    """Sign the newest version off under a name."""
    versions = _versions(key)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _playbook_page(request, versions, versions[0], sign_form=form)
    sign_off_playbook(versions[0], form.cleaned_data["name"], by=request.actor, now=request.now)
    messages.success(request, gettext("Signed off."))
    return _to(request, key)


@page(SEES_CAMPAIGNS)
def wording(request: PageRequest, key: str, name: str) -> HttpResponse:
    """A wording in both languages side by side, as it will arrive; POST saves it in a playbook of one's own."""
    version = _versions(key)[0]
    described = version.definition.get("templates", {}).get(name)
    if described is None:
        raise Http404
    words = {language: {part: described[language].get(part, "") for part in PARTS} for language in LANGUAGES}
    problems: tuple[PlaybookProblem, ...] = ()
    if request.method == "POST":
        words = _typed_words(request)
        saved = _save(request, version, edits.with_wording(version.definition, name, words))
        if isinstance(saved, PlaybookVersion):
            return _to(request, key)
        problems = saved
    context = _wording_context(request, version, name, described["channel"], words)
    return render(request, "playbooks/wording.html", {**context, "problems": problems})


@page(SEES_CAMPAIGNS)
@require_POST
def check_wording(request: PageRequest, key: str, name: str) -> HttpResponse:
    """The preview of what is being typed."""
    version = _versions(key)[0]
    described = version.definition.get("templates", {}).get(name)
    if described is None:
        raise Http404
    context = _wording_context(request, version, name, described["channel"], _typed_words(request))
    return render(request, "playbooks/wording_preview.html", context)


@page(SEES_CAMPAIGNS)
def script(request: PageRequest, key: str, name: str) -> HttpResponse:
    """A script in both languages; POST saves it in a playbook of one's own."""
    version = _versions(key)[0]
    texts = version.definition.get("scripts", {}).get(name)
    if texts is None:
        raise Http404
    problems: tuple[PlaybookProblem, ...] = ()
    if request.method == "POST":
        texts = {language: _lines(request.POST.get(language, "")) for language in LANGUAGES}
        saved = _save(request, version, edits.with_script(version.definition, name, texts))
        if isinstance(saved, PlaybookVersion):
            return _to(request, key)
        problems = saved
    sides = [(language, texts.get(language, "")) for language in LANGUAGES]
    context = {"version": version, "name": name, "sides": sides, "problems": problems, **_rights(request, version)}
    return render(request, "playbooks/script.html", context)


@page(RUNS_CAMPAIGNS)
def step(request: PageRequest, key: str, step_id: str) -> HttpResponse:
    """The fields of one step; POST saves them."""
    version = _own(key)
    described = next((one for one in version.definition["steps"] if one["id"] == step_id), None)
    if described is None:
        raise Http404
    form = form_of(version.definition, described, request.POST if request.method == "POST" else None)
    problems: tuple[PlaybookProblem, ...] = ()
    if request.method == "POST" and form is not None and form.is_valid():
        changed = edits.with_step(version.definition, step_id, form.changes())  # type: ignore[attr-defined]
        saved = _save(request, version, edits.tidied(changed))
        if isinstance(saved, PlaybookVersion):
            return _to(request, key)
        problems = saved
    context = {"version": version, "step": described, "form": form, "problems": problems}
    return render(request, "playbooks/step.html", context)


@page(RUNS_CAMPAIGNS)
@require_POST
def arrange(request: PageRequest, key: str) -> HttpResponse:
    """Move a step up or down, take it out, or put a new one below; what would break the journey is refused."""
    version = _own(key)
    verb, _, step_id = request.POST.get("act", "").partition(":")
    target = step_id
    try:
        match verb:
            case "up" | "down":
                changed = edits.moved(version.definition, step_id, -1 if verb == "up" else 1)
            case "remove":
                changed = edits.without_step(version.definition, step_id)
            case "add":
                changed, target = edits.with_step_after(version.definition, step_id, request.POST.get("kind", ""))
            case _:
                return _to(request, key)
    except KeyError as error:
        raise Http404 from error
    saved = _save(request, version, edits.tidied(changed))
    if not isinstance(saved, PlaybookVersion):
        return _playbook_page(request, _versions(key), version, problems=saved)
    if verb == "add":
        return HttpResponseRedirect(reverse("playbook_step", args=[request.organization.slug, key, target]))
    return _to(request, key)


@page(SEES_CAMPAIGNS)
def text(request: PageRequest, key: str) -> HttpResponse:
    """The whole playbook as YAML, for everything the forms do not cover; POST saves it."""
    version = _versions(key)[0]
    rights = _rights(request, version)
    problems: tuple[PlaybookProblem, ...] = ()
    form = TextForm(initial={"text": as_text(version.definition)})
    if request.method == "POST" and rights["may_edit"]:
        form = TextForm(request.POST)
        if form.is_valid():
            saved = _save(request, version, form.cleaned_data["text"])
            if isinstance(saved, PlaybookVersion):
                return _to(request, key)
            problems = saved
    return render(request, "playbooks/text.html", {"version": version, "form": form, "problems": problems, **rights})


def _save(
    request: PageRequest, version: PlaybookVersion, definition: dict[str, Any]
) -> PlaybookVersion | tuple[PlaybookProblem, ...]:
    if request.role not in RUNS_CAMPAIGNS:
        raise PermissionDenied
    try:
        saved = save_edit(version, definition, by=request.actor, now=request.now)
    except PlaybookError as error:
        return error.problems
    messages.success(request, gettext("Saved as version %(n)d.") % {"n": saved.version})
    return saved


def _versions(key: str) -> list[PlaybookVersion]:
    found = queries.versions_of(key)
    if not found:
        raise Http404
    return found


def _own(key: str) -> PlaybookVersion:
    if key in library_keys():
        raise Http404
    return _versions(key)[0]


def _rights(request: PageRequest, version: PlaybookVersion) -> dict[str, bool]:
    return {"may_edit": request.role in RUNS_CAMPAIGNS and version.key not in library_keys()}


def _lines(given: str) -> str:
    return given.replace("\r\n", "\n").strip()


def _typed_words(request: PageRequest) -> dict[str, dict[str, str]]:
    return {
        language: {part: _lines(request.POST.get(f"{language}_{part}", "")) for part in PARTS} for language in LANGUAGES
    }


def _wording_context(
    request: PageRequest, version: PlaybookVersion, name: str, channel: str, words: dict[str, dict[str, str]]
) -> dict[str, Any]:
    sides = [
        {"language": language, "words": words[language], "preview": preview(name, channel, language, words[language])}
        for language in LANGUAGES
    ]
    return {"version": version, "name": name, "channel": channel, "sides": sides, **_rights(request, version)}


def _to(request: PageRequest, key: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("playbook", args=[request.organization.slug, key]))
