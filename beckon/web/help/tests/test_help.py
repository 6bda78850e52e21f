"""The help is whole: every chapter in both languages, every picture there, every link to somewhere."""

import re

import pytest
from django.test import Client

from beckon.web.assets import FRONTEND
from beckon.web.help.chapters import CHAPTERS, FOLDER, read_chapter

PICTURES = FRONTEND.parent / "static/web/help"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", CHAPTERS)
def test_every_chapter_is_there_with_its_pictures(name: str, language: str) -> None:
    chapter = read_chapter(name, language)
    assert chapter.title
    assert chapter.lead
    source = (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")
    missing = [
        picture for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", source) if not (PICTURES / picture).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_both_languages_have_the_same_sections(name: str) -> None:
    heads = [(FOLDER / language / f"{name}.md").read_text(encoding="utf-8").count("\n## ") for language in ("en", "es")]
    assert heads[0] == heads[1]


def test_anybody_may_read_it_in_their_language(db: None) -> None:
    client = Client()
    assert "A ten-minute tour" in client.get("/help/tour/").content.decode()
    client.cookies["django_language"] = "es"
    assert "Un recorrido de diez minutos" in client.get("/help/tour/").content.decode()


def test_a_chapter_that_is_not_there_is_not_found(db: None) -> None:
    assert Client().get("/help/nothing/").status_code == 404
