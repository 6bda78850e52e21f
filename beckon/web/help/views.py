"""The help: a tour and a page per role, in the language of the page. Nobody's data; anybody may read it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from beckon.web.access import public
from beckon.web.help.chapters import CHAPTERS, read_chapter


def _language() -> str:
    return "es" if (get_language() or "").startswith("es") else "en"


@public
def contents(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    chapters = [read_chapter(name, _language()) for name in CHAPTERS]
    return render(request, "help/contents.html", {"chapters": chapters})


@public
def chapter(request: HttpRequest, name: str) -> HttpResponse:
    """One page of it."""
    if name not in CHAPTERS:
        raise Http404
    chapters = [read_chapter(one, _language()) for one in CHAPTERS]
    shown = next(one for one in chapters if one.name == name)
    return render(request, "help/chapter.html", {"chapter": shown, "chapters": chapters})
