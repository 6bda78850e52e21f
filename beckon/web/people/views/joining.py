"""Merging two records of one person: pick, compare side by side, confirm; and taking a merge apart again."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from beckon.people.errors import MergeRefused
from beckon.people.joining import merge_people, unmerge_people
from beckon.people.models import Person
from beckon.people.queries import likely_duplicates, lines_of, search_people
from beckon.web.access import LEADS_FLOOR, PageRequest, page, record_look
from beckon.web.people.lines import compared
from beckon.web.people.profile import Profile, profile_of
from beckon.web.people.views.shared import back_to, open_profile, show, survivor_page


@page(LEADS_FLOOR)
@require_http_methods(["GET", "POST"])
def person_merge(request: PageRequest, pk: int) -> HttpResponse:
    """Choose the other record; with one chosen, see both side by side and confirm."""
    profile = open_profile(request, pk, "merge")
    moved = survivor_page(request, profile, pk, "person-merge")
    if moved:
        return moved
    other = _other(request, profile)
    if request.method == "POST" and other is not None:
        return _merge(request, profile, other)
    text = request.GET.get("q", "").strip()[:200]
    found = [one.person_id for one in search_people(text)] if len(text) > 1 else likely_duplicates(profile.person.pk)
    candidates = [line for line in lines_of(found) if line.person.pk != profile.person.pk]
    record_look(request, "people.listed", "person", [line.person.pk for line in candidates])
    return show(
        request,
        "people/merge.html",
        profile,
        "person-record",
        other=other,
        rows=compared(profile, other) if other else [],
        candidates=candidates,
        q=text,
    )


def _other(request: PageRequest, profile: Profile) -> Profile | None:
    chosen = (request.POST if request.method == "POST" else request.GET).get("other", "")
    if not chosen.isdecimal() or len(chosen) > 18:
        return None
    try:
        found = profile_of(int(chosen), now=request.now)
    except Person.DoesNotExist:
        return None
    if found.person.pk == profile.person.pk:
        return None
    record_look(request, "person.viewed", "person", [found.person.pk], part="merge")
    return found


def _merge(request: PageRequest, profile: Profile, other: Profile) -> HttpResponse:
    try:
        merge_people(profile.person.pk, other.person.pk, by=request.actor, now=request.now)
    except MergeRefused as refusal:
        messages.error(request, _("Not merged: %(why)s") % {"why": refusal})
        return back_to(request, "person-merge", profile.person.pk)
    messages.success(request, _("Both records are one now. You can take the merge back under Record."))
    return back_to(request, "person", profile.person.pk)


@page(LEADS_FLOOR)
@require_POST
def person_unmerge(request: PageRequest, pk: int, other: int) -> HttpResponse:
    """Take a merge back: the other record stands for itself again."""
    profile = open_profile(request, pk, "unmerge")
    if other not in profile.card.merged_from:
        messages.error(request, _("That record is not merged into this one."))
        return back_to(request, "person-record", profile.person.pk)
    unmerge_people(other, by=request.actor, now=request.now)
    messages.success(request, _("The records stand apart again. Values that were filled in from the other one stayed."))
    return HttpResponseRedirect(reverse("person", args=[request.organization.slug, other]))
