"""Answers to read: the list, one conversation, answering, settling."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beckon.consent.verdict import Refused
from beckon.messaging.models import Message
from beckon.messaging.values import AlreadyThere, NotQueued
from beckon.web.access import CHANGES_PEOPLE, SEES_PEOPLE, PageRequest, page, record_look
from beckon.web.desk.queries import name_of, staff_names
from beckon.web.inbox import actions, queries
from beckon.web.inbox.forms import AnswerForm
from beckon.web.inbox.queries import COUNT_UP_TO, PAGE, Conversation
from beckon.web.people.words import MEANINGS, why, word

TABS = ("open", "done", "all")


@page(SEES_PEOPLE)
@require_safe
def inbox(request: PageRequest) -> HttpResponse:
    """What people wrote that somebody has to read, newest first."""
    return render(request, "inbox/inbox.html", _list(request))


def _list(request: PageRequest) -> dict[str, Any]:
    wanted = request.GET.get("show", "open")
    wanted = wanted if wanted in TABS else "open"
    found = queries.answers(request.now, wanted=wanted, until=_until(request.GET.get("until", "")))
    shown = found[:PAGE]
    seen = [a.person_id for a in shown if a.person_id]
    if seen:
        record_look(request, "person.listed", "person", seen)
    names = staff_names()
    return {
        "answers": [
            (a, word(MEANINGS, a.meaning), name_of(a.settled_by, names) if a.settled_by else "") for a in shown
        ],
        "wanted": wanted,
        "older": shown[-1].at.isoformat() if len(found) > PAGE else "",
        "chosen": None,
    }


def _until(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


@page(SEES_PEOPLE)
@require_safe
def conversation(request: PageRequest, message_id: int) -> HttpResponse:
    """One answer in its conversation."""
    return _conversation(request, _found(request, message_id), AnswerForm(initial={"form_id": secrets.token_hex(12)}))


def _found(request: PageRequest, message_id: int) -> Conversation:
    found = queries.conversation(message_id, request.now)
    if found is None:
        raise Http404
    return found


def _conversation(request: PageRequest, found: Conversation, form: AnswerForm, status: int = 200) -> HttpResponse:
    if found.person is not None:
        record_look(request, "person.viewed", "person", [found.person.pk])
    reason = queries.reason_of(found.verdict)
    more = {
        "talk": found,
        "form": form,
        "meaning": word(MEANINGS, found.message.meaning),
        "gate": why(reason) if reason else "",
        "is_refused": isinstance(found.verdict, Refused),
        "may_write": request.role in CHANGES_PEOPLE,
        "chosen": found.message.pk,
    }
    return render(request, "inbox/inbox.html", _list(request) | more, status=status)


@page(CHANGES_PEOPLE)
@require_POST
def answer(request: PageRequest, message_id: int) -> HttpResponse:
    """Text them back and settle it."""
    found, form = _found(request, message_id), AnswerForm(request.POST)
    if found.person is None or found.message.sender_id is None:
        raise Http404
    if not form.is_valid():
        return _conversation(request, found, form, status=422)
    data = form.cleaned_data
    keys = {t.key for t in found.templates}
    result = actions.answer(
        found.message,
        body=data["body"].strip(),
        template_key=data["template"] if data["template"] in keys else "",
        form_id=data["form_id"],
        is_again=data["again"],
        by=request.actor,
        now=request.now,
    )
    match result:
        case NotQueued(reason=reason):
            messages.error(request, gettext("Not sent: %(why)s") % {"why": why(reason)})
        case AlreadyThere():
            messages.info(request, gettext("This was answered already; nothing was sent twice."))
        case _:
            messages.success(request, gettext("The answer is on its way, and this is off the list."))
    return redirect("inbox", request.organization.slug)


@page(CHANGES_PEOPLE)
@require_POST
def settle(request: PageRequest, message_id: int) -> HttpResponse:
    """Done, or put back."""
    message: Message = _found(request, message_id).message
    if request.POST.get("what") == "reopen":
        actions.reopen(message, by=request.actor, now=request.now)
        messages.info(request, gettext("Back on the list."))
        return redirect("inbox_one", request.organization.slug, message_id)
    if actions.settle(message, by=request.actor, now=request.now):
        messages.success(request, gettext("Done: off the list."))
    return redirect("inbox", request.organization.slug)


@page(SEES_PEOPLE)
@require_safe
def count(request: PageRequest) -> HttpResponse:
    """How many answers wait, for the menu."""
    waiting = queries.count_open(request.now)
    text = f"{COUNT_UP_TO - 1}+" if waiting >= COUNT_UP_TO else str(waiting)
    return render(request, "inbox/parts/count.html", {"waiting": waiting, "text": text})
