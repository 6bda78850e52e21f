"""Templates and scripts: versions, sign-off; templates are edited here, with what is wrong found as they are saved."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beckon.consent.facts import Channel
from beckon.messaging.models import Template
from beckon.messaging.wording.authoring import NotSaved, save_template, sign_off
from beckon.messaging.wording.checks import Wording, check_wording, measure_wording
from beckon.messaging.wording.variables import VARIABLES
from beckon.web.access import RUNS_CAMPAIGNS, SEES_SETTINGS, PageRequest, page
from beckon.web.administration import queries
from beckon.web.administration.forms import SignOff, TemplateWords
from beckon.web.administration.presenters import CHANNEL_NAMES
from beckon.web.spoken import said


@page(SEES_SETTINGS)
@require_safe
def wording(request: PageRequest) -> HttpResponse:
    """The newest version of every template and script."""
    templates = [(row, CHANNEL_NAMES.get(row.channel, row.channel)) for row in queries.templates()]
    scripts = [(row, "") for row in queries.scripts()]
    return render(request, "administration/wording.html", {"templates": templates, "scripts": scripts})


@page(SEES_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: PageRequest, template_id: int) -> HttpResponse:
    """A template's words and versions; saving makes a draft, or a new version of a signed-off one."""
    versions = queries.template_versions(template_id)
    if not versions:
        raise Http404
    newest, may_change = versions[0], request.role in RUNS_CAMPAIGNS
    if request.method == "POST" and not may_change:
        return HttpResponse(status=403)
    stands = {"subject": newest.subject, "body": newest.body, "back": newest.back}
    form = TemplateWords(request.POST or None, initial=stands, channel=newest.channel)
    if form.is_bound and form.is_valid():
        answer = save_template(_wording(newest, form.cleaned_data), by=request.actor, now=request.now)
        if not isinstance(answer, NotSaved):
            messages.success(request, gettext("Saved as version %d.") % answer.template.version)
            return redirect("settings_template", request.organization.slug, answer.template.pk)
        for finding in answer.errors:
            form.add_error(
                finding.part, gettext("line %(line)d: %(said)s") % {"line": finding.line, "said": said(finding.words)}
            )
    found = {
        "versions": versions,
        "newest": newest,
        "channel": CHANNEL_NAMES.get(newest.channel, newest.channel),
        "form": form,
        "may_change": may_change,
        "warnings": [f for f in check_wording(_wording(newest, stands)) if not f.is_error],
        "length": measure_wording(_wording(newest, stands)) if newest.channel == "sms" else None,
        "sign_form": SignOff(initial={"name": request.user.name}),
        "variables": VARIABLES,
    }
    return render(request, "administration/template.html", found, status=400 if form.errors else 200)


def _wording(row: Template, words: dict[str, str]) -> Wording:
    return Wording(
        key=row.key,
        channel=Channel(row.channel),
        language=row.language,
        body=words["body"].replace("\r\n", "\n"),
        subject=words.get("subject", row.subject),
        back=words.get("back", row.back).replace("\r\n", "\n"),
    )


@page(RUNS_CAMPAIGNS)
@require_POST
def sign(request: PageRequest, template_id: int) -> HttpResponse:
    """Fix the newest version for good under a name."""
    versions = queries.template_versions(template_id)
    form = SignOff(request.POST)
    if not versions:
        raise Http404
    if not form.is_valid():
        messages.error(request, gettext("A template is signed off under a name. Give yours."))
    elif sign_off(versions[0], form.cleaned_data["name"], by=request.actor, now=request.now):
        messages.success(request, gettext("Signed off. These words will not change any more."))
    else:
        messages.info(request, gettext("It was signed off before."))
    return redirect("settings_template", request.organization.slug, template_id)


@page(SEES_SETTINGS)
@require_safe
def script(request: PageRequest, script_id: int) -> HttpResponse:
    """What agents read, with its versions. It is changed with its playbook."""
    versions = queries.script_versions(script_id)
    if not versions:
        raise Http404
    return render(request, "administration/script.html", {"versions": versions, "newest": versions[0]})
