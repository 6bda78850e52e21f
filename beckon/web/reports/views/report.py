"""The report page, and the people behind each of its figures."""

import re
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from beckon.campaigns.models import Campaign
from beckon.reports import behind
from beckon.web.access import SEES_FIGURES, SEES_PEOPLE, PageRequest, page, record_look
from beckon.web.campaigns import words
from beckon.web.campaigns.queries import names_of
from beckon.web.campaigns.words import word
from beckon.web.desk.queries import staff_names
from beckon.web.reports import presenters
from beckon.web.reports.asking import SPANS, Asked, campaigns_to_choose, locations_to_choose, read_asked
from beckon.web.reports.figures import figures_of, has_figures
from beckon.web.spoken import hour_name, language

PAGE = 50
MOST_AGENT_DAYS = 100
"""Lines of agents' days shown; two hundred agents make two hundred a day, and the file has them all."""
SEES = SEES_FIGURES & SEES_PEOPLE


def asked_of(request: PageRequest) -> tuple[Asked, dict[str, Any]]:
    """What the address asks for, and what the filter above the report shows."""
    campaigns, locations = campaigns_to_choose(), locations_to_choose()
    asked = read_asked(request.GET.dict(), campaigns, locations, now=request.now, zone=request.organization.time_zone)
    parts = asked.parts
    shown = {
        "asked": asked,
        "campaigns": campaigns,
        "locations": locations,
        "parts": urlencode(parts),
        "spans": [
            (span, name, urlencode({**{k: v for k, v in parts.items() if k not in ("from", "to")}, "span": span}))
            for span, name in SPANS.items()
            if span != "custom"
        ],
        "sees_people": request.role in SEES_PEOPLE,
        "tab": "report",
    }
    return asked, shown


@page(SEES_FIGURES)
def report(request: PageRequest) -> HttpResponse:
    """The figures of a span of time; of a large practice they follow by themselves."""
    asked, shown = asked_of(request)
    if request.htmx or "full" in request.GET or has_figures(asked):
        shown |= _report(request, asked, shown["campaigns"])
    template = "reports/report_part.html" if request.htmx else "reports/report.html"
    return render(request, template, shown)


def _report(request: PageRequest, asked: Asked, campaigns: list[Campaign]) -> dict[str, Any]:
    found = figures_of(asked, campaigns, now=request.now)
    activity = found.activity
    agents = presenters.agent_rows(found.agents, names_of(day.agent for day in found.agents))
    return {
        "found": found,
        "is_quiet": not (activity.messages or activity.dials or activity.visits.booked or activity.visits.kept),
        "headlines": presenters.headlines(activity),
        "money": presenters.money(activity),
        "stages": presenters.stages(found.cohort),
        "campaign_heads": presenters.campaign_heads(),
        "campaign_rows": presenters.campaign_rows(found.campaigns),
        "channels": presenters.channels(activity),
        "replies": presenters.replies(activity),
        "dispositions": presenters.dispositions(activity, language()),
        "attempts": presenters.attempts(activity),
        "hours": [hour_name(hour) for hour in presenters.hours_of(activity.hours)],
        "heat": presenters.heat_rows(activity.hours),
        "agents": agents[:MOST_AGENT_DAYS],
        "agents_cut": MOST_AGENT_DAYS if len(agents) > MOST_AGENT_DAYS else 0,
    }


@page(SEES)
def people(request: PageRequest) -> HttpResponse:
    """The rows behind a figure, by key."""
    asked, shown = asked_of(request)
    kind, value, after = request.GET.get("kind", ""), request.GET.get("value", ""), request.GET.get("after", "0")
    if kind not in behind.KINDS or not re.fullmatch(r"[0-9]{1,18}", after):
        raise Http404
    rows = behind.behind(
        kind,
        value,
        asked.period,
        campaign_id=asked.campaign_id,
        location_id=asked.location_id,
        after=int(after),
        limit=PAGE + 1,
    )
    listed = rows[:PAGE]
    record_look(request, "person.viewed", "person", [row.person_id for row in listed], list=f"report.{kind}")
    shown |= {
        "title": title_of(kind, value),
        "rows": [(row, what_of(kind, row.what)) for row in listed],
        "has_what": kind in _TOLD,
        "has_time": not kind.startswith("cohort"),
        "after": after,
        "next": listed[-1].key if len(rows) > PAGE else None,
        "kind": kind,
        "value": value,
    }
    return render(request, "reports/people.html", shown)


_TOLD = frozenset({"dials", "answered", "hour", "attempt", "attempt_answered", "attempt_booked", "agent", "failed",
                   "booked", "opt_outs"})  # fmt: skip


def what_of(kind: str, code: str) -> str:
    """A row's code in words."""
    if kind == "failed":
        return words.reason(code) if code else ""
    if kind == "booked":
        return str(word(presenters.VISITS, code))
    if kind == "opt_outs":
        return _("everything") if code == "all" else str(word(words.CHANNELS, code))
    return code


def title_of(kind: str, value: str) -> str:
    """What a list shows."""
    channel, attempt = word(words.CHANNELS, value), value or ""
    weekday, _sep, hour = value.partition("-")
    at = f"{presenters.weekday_name(int(weekday))}, {hour_name(int(hour))}" if _is_hour(kind, value) else ""
    agent, _sep, day = value.partition("|")
    titles = {
        "sent": _("%(channel)s: sent") % {"channel": channel if value else _("Messages")},
        "delivered": _("%(channel)s: delivered") % {"channel": channel},
        "failed": _("%(channel)s: did not arrive") % {"channel": channel},
        "pending": _("%(channel)s: no receipt yet") % {"channel": channel},
        "reply": _("Answered “%(meaning)s”") % {"meaning": word(words.MEANINGS, value)},
        "opt_outs": _("Opted out"),
        "goals": _("Goals met"),
        "dials": _("Calls made"),
        "answered": _("Calls answered"),
        "disposition": _("Calls that ended with %(code)s") % {"code": value},
        "hour": _("Calls on %(at)s") % {"at": at},
        "attempt": _("Calls: attempt %(n)s") % {"n": attempt},
        "attempt_answered": _("Answered: attempt %(n)s") % {"n": attempt},
        "attempt_booked": _("Booked: attempt %(n)s") % {"n": attempt},
        "agent": _("Calls of %(agent)s on %(day)s")
        % {"agent": staff_names().get(agent, agent) if kind == "agent" else "", "day": day},
        "booked": _("Visits booked"),
        "kept": _("Visits kept"),
        "missed": _("Visits missed"),
        "cancelled": _("Visits cancelled"),
        "cohort_enrolled": _("Enrolled in this time"),
        "cohort_contacted": _("Enrolled in this time, contacted since"),
        "cohort_answered": _("Enrolled in this time, answered since"),
        "cohort_goal": _("Enrolled in this time, goal met since"),
        "cohort_booked": _("Enrolled in this time, booked since"),
        "cohort_kept": _("Enrolled in this time, visit kept since"),
    }
    return titles[kind]


def _is_hour(kind: str, value: str) -> bool:
    weekday, _sep, hour = value.partition("-")
    return kind == "hour" and weekday in set("0123456") and hour.isdecimal() and len(hour) < 3 and int(hour) < 24
