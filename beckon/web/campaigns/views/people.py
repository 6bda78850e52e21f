"""The people behind a figure of a campaign, and why one of them stands where they stand."""

import re

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from beckon.campaigns import life
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.queries import why as why_of
from beckon.web.access import SEES_CAMPAIGNS, SEES_PEOPLE, PageRequest, page, record_look
from beckon.web.campaigns import queries, words
from beckon.web.campaigns.words import word
from beckon.web.people.lines import standings
from beckon.web.people.queries import disposition_labels
from beckon.web.spoken import language, said

SEES = SEES_CAMPAIGNS & SEES_PEOPLE


@page(SEES)
def who(request: PageRequest, pk: int) -> HttpResponse:
    """A page of the people, by key; each leads to the person and to why they stand there."""
    found, kind = queries.find_campaign(pk, draft=False), request.GET.get("kind", "enrolled")
    value, outcome = request.GET.get("value", ""), request.GET.get("outcome", "")
    after = request.GET.get("after", "0")
    if kind not in queries.KINDS or not re.fullmatch(r"[0-9]{1,18}", after):
        raise Http404
    rows = queries.people_behind(pk, kind, value, outcome, after=int(after), limit=queries.PAGE + 1)
    shown_rows, book = rows[: queries.PAGE], life.playbook_of(found.playbook)
    record_look(request, "person.viewed", "person", [row.person_id for row in shown_rows], list=f"campaign.{kind}")
    shown = {
        "campaign": found,
        "title": _title(book, kind, value, outcome),
        "people": [
            (row, said(book.title_of(row.step)), words.reason(row.reason) if row.reason else "") for row in shown_rows
        ],
        "kind": kind,
        "has_steps": kind not in ("step", "outcome", "excluded"),
        "has_reasons": kind not in ("left", "excluded") and any(row.reason for row in shown_rows),
        "after": after,
        "next": shown_rows[-1].key if len(rows) > queries.PAGE else None,
    }
    return render(request, "campaigns/who.html", shown)


def _title(book: Playbook, kind: str, value: str, outcome: str) -> str:
    titles = {
        "in": _("In the journey now"),
        "step": _("Standing at “%(step)s”") % {"step": said(book.title_of(value))},
        "left": _("Left: %(reason)s") % {"reason": word(words.LEFT, value)},
        "excluded": _("Not taken in: %(reason)s") % {"reason": words.reason(value)},
        "enrolled": _("Enrolled"),
        "goal": _("Goal met"),
        "second_goal": _("Second goal met"),
        "contacted": _("Contacted"),
        "answered": _("Answered"),
        "visit": _("Booked"),
        "kept": _("Visit kept"),
        "reply": _("Answered “%(meaning)s”") % {"meaning": word(words.MEANINGS, value)},
        "message": f"{word(words.CHANNELS, value)}: {word(words.MESSAGE_STATES, outcome)}",
        "outcome": f"{said(book.title_of(value))}: {word(words.OUTCOMES, outcome)}",
    }
    return titles[kind]


@page(SEES)
def why(request: PageRequest, pk: int, person_id: int) -> HttpResponse:
    """Why this person stands here: sentences, then every record of the trace."""
    found = queries.find_campaign(pk, draft=False)
    people = queries.named([person_id])
    if not people:
        raise Http404
    told = why_of(person_id, now=request.now, language=language())
    record_look(request, "person.viewed", "person", [person_id], page="campaign.why")
    standing = standings(told, disposition_labels())
    shown = {
        "campaign": found,
        "person": people[0],
        "told": [each for each in standing if each.campaign == found.name],
        "others": [each for each in standing if each.campaign != found.name],
    }
    return render(request, "campaigns/why.html", shown)
