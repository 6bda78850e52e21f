"""What the views about one person begin with."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from beckon.people.models import Person
from beckon.web.access import CHANGES_PEOPLE, LEADS_FLOOR, PageRequest, record_look
from beckon.web.people.profile import Profile, profile_of

TABS = ("person", "person-consent", "person-contact", "person-campaigns", "person-record")


def open_profile(request: PageRequest, pk: int, part: str) -> Profile:
    """The person, and the look on record, whatever the browser says of itself. Raises 404."""
    try:
        profile = profile_of(pk, now=request.now)
    except Person.DoesNotExist as error:
        raise Http404 from error
    record_look(request, "person.viewed", "person", [profile.person.pk], part=part)
    return profile


def survivor_page(request: PageRequest, profile: Profile, pk: int, name: str) -> HttpResponse | None:
    """To the page of whom this record was merged into, saying so; None where it stands for itself."""
    if profile.person.pk == pk:
        return None
    messages.info(request, _("That record was merged into this one."))
    return HttpResponseRedirect(reverse(name, args=[request.organization.slug, profile.person.pk]))


def show(request: PageRequest, template: str, profile: Profile, tab: str, **context: Any) -> HttpResponse:
    """A page of the person with its head and tabs."""
    return render(
        request,
        template,
        {
            "profile": profile,
            "person": profile.person,
            "tab": tab,
            "may_change": request.role in CHANGES_PEOPLE,
            "may_merge": request.role in LEADS_FLOOR,
            "now": request.now,
            **context,
        },
    )


def back_to(request: PageRequest, name: str, pk: int) -> HttpResponseRedirect:
    """Redirect to one of the person's pages."""
    return HttpResponseRedirect(reverse(name, args=[request.organization.slug, pk]))
