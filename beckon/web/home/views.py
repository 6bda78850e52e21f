"""The first page: which practice, and in it, today."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from beckon.web.access import EVERYONE, PageRequest, page, signed_in
from beckon.web.home.queries import practices_of


@signed_in
def start(request: PageRequest) -> HttpResponse:
    """Straight into the practice of who has one; a list for who has several; what to do for who has none."""
    practices = practices_of(request.user)
    if len(practices) == 1:
        return HttpResponseRedirect(f"/o/{practices[0].organization.slug}/")
    return render(request, "home/practices.html", {"practices": practices})


@page(EVERYONE)
def today(request: PageRequest) -> HttpResponse:
    """What runs, what goes wrong and why, and what to do next, by role."""
    return render(request, "home/today.html", {})
