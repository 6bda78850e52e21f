"""Outcomes of calls: what each does, in words; an administrator may change the practice's copy."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from beckon.desk.models import Disposition
from beckon.desk.outcomes.defaults import DEFAULTS
from beckon.desk.outcomes.dispositions import install_default_dispositions, save_disposition
from beckon.desk.rules import Again, InvalidBehaviour, behaviour_json
from beckon.web.access import SEES_SETTINGS, SETS_UP, PageRequest, page
from beckon.web.administration import queries
from beckon.web.administration.forms import DispositionForm
from beckon.web.administration.presenters import behaviour_sentences
from beckon.web.spoken import language, said

_DEFAULT = {default.code: default for default in DEFAULTS}


@page(SEES_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def dispositions(request: PageRequest) -> HttpResponse:
    """All outcomes with their keys. A POST loads the defaults into a practice that has none."""
    may_change = request.role in SETS_UP
    if request.method == "POST":
        if not may_change:
            return HttpResponse(status=403)
        install_default_dispositions(by=request.actor, now=request.now)
        return redirect("settings_dispositions", request.organization.slug)
    rows = [_shown(row) for row in queries.stored_dispositions()]
    return render(request, "administration/dispositions.html", {"rows": rows, "may_change": may_change})


def _shown(row: Disposition) -> dict[str, Any]:
    default = _DEFAULT.get(row.code)
    return {
        "code": row.code,
        "label": row.label_es if language().startswith("es") else row.label,
        "hotkey": row.hotkey,
        "sentences": behaviour_sentences(row.behaviour),
        "is_active": row.is_active,
        "is_own": default is None or row.behaviour != behaviour_json(default.behaviour),
    }


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def disposition(request: PageRequest, code: str) -> HttpResponse:
    """Name, key, when to call again."""
    row = next((row for row in queries.stored_dispositions() if row.code == code), None)
    if row is None:
        raise Http404
    stands = {"label": row.label, "label_es": row.label_es, "hotkey": row.hotkey} | row.behaviour
    form = DispositionForm(request.POST or None, initial=stands)
    if form.is_bound and form.is_valid() and _save(request, row, form):
        messages.success(request, gettext("Saved. It is on record."))
        return redirect("settings_dispositions", request.organization.slug)
    found = {"form": form, "row": _shown(row)}
    return render(request, "administration/disposition.html", found, status=400 if form.errors else 200)


def _save(request: PageRequest, row: Disposition, form: DispositionForm) -> bool:
    given = form.cleaned_data
    taken = [
        other for other in queries.stored_dispositions() if other.hotkey == given["hotkey"] and other.code != row.code
    ]
    if taken:
        form.add_error("hotkey", gettext("This key is %s's.") % taken[0].code)
        return False
    behaviour = dict(row.behaviour) | {
        "again": given["again"] or Again.NEVER.value,
        "win_back_after_days": given["win_back_after_days"] or 0,
    }
    names = {name: given[name] for name in ("label", "label_es", "hotkey")}
    try:
        save_disposition(code=row.code, **names, behaviour=behaviour, by=request.actor, now=request.now)
    except InvalidBehaviour as error:
        form.add_error("again", said(error.words))
        return False
    return True
