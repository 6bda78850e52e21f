"""Every piece the pages are made of, in every state, on one page. No data of anybody."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from beckon.web.access import public
from beckon.web.gallery.forms import SampleForm

AT = datetime(2026, 11, 17, 15, 5, tzinfo=UTC)


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """The gallery page."""
    wrong = SampleForm({"name": "", "email": "nobody"})
    return render(request, "gallery/gallery.html", {"at": AT, "form": SampleForm(), "wrong": wrong})
