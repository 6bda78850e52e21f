"""Hours and caps: the practice's own policy, and beside it the law."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beckon.consent.actions import change_policy
from beckon.consent.law.table import hours_table
from beckon.consent.policies.fields import FIELDS, FieldKind, PolicyField, Problem, check_together, read_value
from beckon.consent.policies.reading import stored_policy
from beckon.web.access import SEES_SETTINGS, SETS_UP, PageRequest, page
from beckon.web.administration.presenters import CHANNEL_NAMES, law_row
from beckon.web.people.words import PURPOSES
from beckon.web.spoken import said


@page(SEES_SETTINGS)
@require_safe
def hours(request: PageRequest) -> HttpResponse:
    """The policy in words and the table of legal hours with its citations."""
    table, stored = hours_table(), stored_policy()
    found = {
        "policy": [(_words(field), _shown(field, stored.values[field.name])) for field in FIELDS],
        "version": stored.version,
        "is_own": stored.is_own,
        "law_version": table.version,
        "federal": law_row(table.federal),
        "rows": [law_row(row) for row in table.rows],
        "recorded": [law_row(row) for row in table.recorded],
        "may_change": request.role in SETS_UP,
    }
    return render(request, "administration/hours.html", found)


@page(SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PageRequest) -> HttpResponse:
    """Change the policy; one change is one version."""
    stored = stored_policy()
    stands = {field.name: _text(stored.values[field.name]) for field in FIELDS}
    form = _form(request.POST if request.method == "POST" else None, stands)
    if form.is_bound and form.is_valid():
        changes = _changes(form, dict(stored.values))
        if changes:
            policy = change_policy(changes, by=request.actor, now=request.now)
            messages.success(
                request, gettext("Saved as version %s of the policy. It holds from now on.") % policy.version
            )
        if not form.errors:
            return redirect("settings_hours", request.organization.slug)
    return render(request, "administration/policy.html", {"form": form}, status=400 if form.errors else 200)


def _changes(form: forms.Form, stored: dict[str, object]) -> dict[str, Any]:
    """What differs; errors go to the form, and then nothing does."""
    read = {field.name: read_value(field.name, str(form.cleaned_data[field.name])) for field in FIELDS}
    problems = [value for value in read.values() if isinstance(value, Problem)]
    if not problems:
        problems = check_together(read)
    for problem in problems:
        form.add_error(problem.field, _capital(said(problem.words)))
    return {} if problems else {name: value for name, value in read.items() if stored[name] != value}


def _form(data: Any, stands: dict[str, str]) -> forms.Form:
    form = forms.Form(data, initial=stands)
    for field in FIELDS:
        form.fields[field.name] = _field(field)
    return form


def _field(field: PolicyField) -> forms.Field:
    label = _words(field)
    match field.kind:
        case FieldKind.NUMBER:
            return forms.IntegerField(label=label, min_value=field.low, max_value=field.high)
        case FieldKind.YES_NO:
            return forms.ChoiceField(label=label, choices=[("yes", gettext("Yes")), ("no", gettext("No"))])
        case FieldKind.CHOICE:
            return forms.ChoiceField(label=label, choices=[(c, _choice(c)) for c in field.choices])
        case FieldKind.CONSENT:
            return forms.CharField(label=label, required=False, help_text="sms.wireless.informational=written")


def _words(field: PolicyField) -> str:
    return _capital(said(field.words))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _choice(value: str) -> str:
    return str(CHANNEL_NAMES.get(value) or PURPOSES.get(value, value))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}={basis}" for key, basis in value.items())
    return str(value)


def _shown(field: PolicyField, value: object) -> str:
    match field.kind:
        case FieldKind.YES_NO:
            return gettext("Yes") if value else gettext("No")
        case FieldKind.CHOICE:
            return _choice(str(value))
        case FieldKind.CONSENT:
            return _text(value) or gettext("as the law table says")
        case FieldKind.NUMBER:
            return str(value)
