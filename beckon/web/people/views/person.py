"""One person: everything that happened, what stands in the record, and the marks that hold for good."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from beckon.campaigns.queries import why
from beckon.consent.actions import record_do_not_contact
from beckon.people.actions import mark_deceased, set_preferences
from beckon.people.queries import household_of, likely_duplicates, lines_of
from beckon.web.access import CHANGES_PEOPLE, SEES_PEOPLE, PageRequest, page
from beckon.web.people import lines, presenters
from beckon.web.people.forms import EvidenceForm, PreferencesForm
from beckon.web.people.outlook import coming
from beckon.web.people.profile import Profile
from beckon.web.people.queries import (
    actor_names,
    appointments_of,
    disposition_labels,
    imports_of,
    looks_at,
    names_of,
)
from beckon.web.people.timeline import GROUPS, PAGE, happenings
from beckon.web.people.views.shared import back_to, open_profile, show, survivor_page
from beckon.web.people.words import ORIGINS, word
from beckon.web.spoken import language


@page(SEES_PEOPLE)
@require_GET
def person(request: PageRequest, pk: int) -> HttpResponse:
    """The overview: what may be done now, the timeline, and the facts beside it. htmx gets more of the timeline."""
    profile = open_profile(request, pk, "overview")
    timeline = _timeline(request, profile)
    if request.htmx:
        return render(request, "people/_timeline.html", {"person": profile.person, "profile": profile, **timeline})
    moved = survivor_page(request, profile, pk, "person")
    if moved:
        return moved
    household = lines_of(household_of(profile.person.pk)[:20])
    return show(
        request,
        "people/person.html",
        profile,
        "person",
        household=household,
        standings=why(profile.person.pk, now=request.now, language=language()),
        upcoming=presenters.next_lines(coming(profile.everyone, now=request.now)[:6]),
        duplicates=len(likely_duplicates(profile.person.pk)),
        **timeline,
    )


def _timeline(request: PageRequest, profile: Profile) -> dict[str, object]:
    group = request.GET.get("kind", "")
    group = group if group in GROUPS else ""
    skip = request.GET.get("skip", "0")
    start = min(int(skip), 5_000) if skip.isdecimal() and len(skip) < 6 else 0
    numbers = [p.number_id for p in profile.active_points]
    found, has_more = happenings(profile.everyone, numbers, group=group, skip=start, now=request.now)
    names = actor_names(presenters.actors_of(found))
    return {
        "items": presenters.items(found, names),
        "groups": GROUPS,
        "group": group,
        "next_skip": start + PAGE if has_more else None,
        "is_continued": start > 0,
    }


@page(SEES_PEOPLE)
@require_GET
def person_campaigns(request: PageRequest, pk: int) -> HttpResponse:
    """Campaigns and where the person stands in each and why, what would happen next, and the visits."""
    profile = open_profile(request, pk, "campaigns")
    return survivor_page(request, profile, pk, "person-campaigns") or show(
        request,
        "people/campaigns.html",
        profile,
        "person-campaigns",
        standings=lines.standings(why(profile.person.pk, now=request.now, language=language()), disposition_labels()),
        upcoming=presenters.next_lines(coming(profile.everyone, now=request.now)),
        appointments=lines.visits(appointments_of(profile.everyone)),
    )


@page(SEES_PEOPLE)
@require_GET
def person_record(request: PageRequest, pk: int) -> HttpResponse:
    """Where the record comes from, what it was merged with, who looked at it, and the marks that hold for good."""
    profile = open_profile(request, pk, "record")
    looks = looks_at(profile.everyone)
    names = actor_names(look.actor for look in looks)
    return survivor_page(request, profile, pk, "person-record") or show(
        request,
        "people/record.html",
        profile,
        "person-record",
        looks=[lines.look_line(look, names) for look in looks],
        origin=word(ORIGINS, profile.person.origin),
        merged=names_of(profile.card.merged_from),
        duplicates=lines_of(likely_duplicates(profile.person.pk)),
        first_import=imports_of([profile.person.first_import_id]).get(profile.person.first_import_id or 0),
        form=EvidenceForm(),
        preferences=PreferencesForm(
            initial={
                "language": profile.person.language,
                "channel": profile.person.preferred_channel,
                "hour": profile.person.preferred_hour,
            }
        ),
    )


@page(CHANGES_PEOPLE)
@require_POST
def person_do_not_contact(request: PageRequest, pk: int) -> HttpResponse:
    """Never contact the person again, by anyone, over anything; the evidence goes into the ledger."""
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what was said, and where it is kept. Nothing was changed."))
        return back_to(request, "person-record", pk)
    profile = open_profile(request, pk, "do-not-contact")
    record_do_not_contact(
        [profile.person.pk], evidence=form.cleaned_data["evidence"], by=request.actor, now=request.now
    )
    messages.success(request, _("Nobody will contact this person again."))
    return back_to(request, "person", profile.person.pk)


@page(CHANGES_PEOPLE)
@require_POST
def person_deceased(request: PageRequest, pk: int) -> HttpResponse:
    """Record that the person has died: everything planned for them ends."""
    profile = open_profile(request, pk, "deceased")
    if mark_deceased([profile.person.pk], by=request.actor, now=request.now):
        messages.success(request, _("Recorded. Everything that was planned for this person has ended."))
    else:
        messages.info(request, _("This was on record already."))
    return back_to(request, "person", profile.person.pk)


@page(CHANGES_PEOPLE)
@require_POST
def person_preferences(request: PageRequest, pk: int) -> HttpResponse:
    """What the person asked for: language, channel, hour."""
    profile = open_profile(request, pk, "preferences")
    form = PreferencesForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        set_preferences(
            profile.person.pk,
            language=given["language"],
            channel=given["channel"],
            hour=given["hour"],
            clears_hour=given["hour"] is None,
            by=request.actor,
            now=request.now,
        )
        messages.success(request, _("The preferences are recorded."))
    else:
        messages.error(request, _("That could not be understood. Nothing was changed."))
    return back_to(request, "person-record", profile.person.pk)
