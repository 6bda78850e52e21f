"""The weekly report as a PDF in both languages, and to whom it leaves by itself."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beckon.core.audit.actions import record_audit
from beckon.core.models import OrganizationKind
from beckon.reports import schedules
from beckon.reports.periods import InvalidWeek, days, iso_week, week_name
from beckon.reports.weekly.content import gather
from beckon.reports.weekly.pdf import render as render_pdf
from beckon.web.access import RUNS_CAMPAIGNS, SEES_FIGURES, PageRequest, page
from beckon.web.campaigns.queries import names_of
from beckon.web.reports import presenters
from beckon.web.reports.forms import ScheduleForm
from beckon.web.spoken import hour_name

WEEKS = 12
LANGUAGES = ("en", "es")


@page(SEES_FIGURES)
def weekly(request: PageRequest) -> HttpResponse:
    """The last weeks' reports; the schedules, and a form for one more."""
    may_change = request.role in RUNS_CAMPAIGNS
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = ScheduleForm(
        request.POST or None, initial={"weekday": 0, "hour": 7, "language": request.organization.language}
    )
    if request.method == "POST" and form.is_valid():
        schedules.save_schedule(**form.cleaned_data, by=request.actor, now=request.now)
        messages.success(request, _("Scheduled. The next report leaves by itself."))
        return redirect("reports_weekly", request.organization.slug)
    zone = request.organization.time_zone
    today = request.now.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    found = schedules.list_schedules()
    names = names_of(schedule.by for schedule in found)
    shown = {
        "tab": "weekly",
        "weeks": [
            (week_name(first), days(first, 7, zone), first == monday)
            for first in (monday - timedelta(days=7 * back) for back in range(WEEKS))
        ],
        "schedules": [(one, presenters.weekday_name(one.weekday), hour_name(one.hour), names[one.by]) for one in found],
        "deliveries": schedules.list_deliveries(),
        "form": form,
        "may_change": may_change,
        "leaves": request.organization.kind == OrganizationKind.LIVE,
    }
    return render(request, "reports/weekly.html", shown)


@page(SEES_FIGURES)
def pdf(request: PageRequest, week: str, language: str) -> HttpResponse:
    """One week's two pages."""
    if language not in LANGUAGES:
        raise Http404
    try:
        period = iso_week(week, request.organization.time_zone)
    except InvalidWeek as error:
        raise Http404 from error
    made = render_pdf(gather(period, now=request.now, language=language))
    record_audit(
        action="report.exported",
        object_kind="report",
        object_ids=[],
        by=request.actor,
        now=request.now,
        detail={"what": "weekly", "week": week, "language": language},
    )
    name = f"beckon-{request.organization.slug}-{week}-{language}.pdf"
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@page(RUNS_CAMPAIGNS)
@require_POST
def end(request: PageRequest, pk: int) -> HttpResponse:
    """Nothing leaves by this schedule any more."""
    if schedules.end_schedule(pk, by=request.actor, now=request.now):
        messages.success(request, _("The schedule is ended."))
    else:
        messages.warning(request, _("That schedule had ended already."))
    return redirect("reports_weekly", request.organization.slug)
