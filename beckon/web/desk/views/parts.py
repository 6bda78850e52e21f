"""Parts of the desk that are fetched by themselves: the status strip, why a list is empty, other records."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beckon.desk.queries import lists_in_use
from beckon.web.access import WORKS_DESK, PageRequest, page, record_look
from beckon.web.desk import words
from beckon.web.desk.queries import likely_others, search_others, why_none
from beckon.web.desk.status import status_of
from beckon.web.people.words import why


@page(WORKS_DESK)
@require_safe
def status(request: PageRequest) -> HttpResponse:
    """My day and my callbacks."""
    return render(request, "desk/parts/status.html", {"status": status_of(request.actor, request.now)})


@page(WORKS_DESK)
@require_safe
def promises(request: PageRequest) -> HttpResponse:
    """The calls I have promised."""
    return render(request, "desk/parts/promises.html", {"status": status_of(request.actor, request.now)})


@page(WORKS_DESK)
@require_safe
def lists(request: PageRequest) -> HttpResponse:
    """How many people wait for which reason, and until when."""
    chosen = request.session.get("desk_list", "")
    ids = [each.pk for each in lists_in_use() if chosen in ("", str(each.pk))]
    empty = why_none(ids, request.now)
    return render(
        request,
        "desk/parts/lists.html",
        {
            "empty": empty,
            "total": empty.open_now + empty.outside_hours + sum(empty.by_reason.values()),
            "waits": [(words.waits(reason), count) for reason, count in _largest(empty.by_reason)],
            "closed": [(why(reason), count) for reason, count in _largest(empty.closed_by_reason)],
        },
    )


def _largest(counts: object) -> list[tuple[str, int]]:
    assert isinstance(counts, dict)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


@page(WORKS_DESK)
@require_safe
def others(request: PageRequest, person_id: int) -> HttpResponse:
    """Records that may be of the same person: likely ones, or what the agent searches for."""
    text = request.GET.get("q", "").strip()
    found = search_others(text, person_id) if text else likely_others(person_id)
    if found:
        record_look(request, "person.listed", "person", [o.person_id for o in found])
    return render(request, "desk/parts/others.html", {"others": found, "text": text})
