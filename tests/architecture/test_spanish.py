"""No page in Spanish says something of ours in English: every address is opened in both languages and read."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client

from beckon.campaigns.models import Campaign, Enrollment
from beckon.core.models import Role, User
from beckon.core.tenancy import get_organization, org_scope
from beckon.people.models import Number
from beckon.web.addresses import addresses
from beckon.web.campaigns.tests.scene import running, set_scene
from tests.architecture.site_world import NOW, make_members, make_world, path_of

SPOKEN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-confirm")
SILENT = frozenset({"script", "style", "code", "textarea", "svg", "pre"})
"""What is no sentence of ours: codes, and what people write."""
VOID = frozenset({"br", "img", "input", "meta", "link", "hr", "source", "path", "use", "wbr"})
ENGLISH = re.compile(
    r"\b(the|of|is|are|to|and|not|was|were|with|for|this|that|who|nobody|by|from|it|they|what|will|be|been|has|have"
    r"|its|their|there|please|give|an|when|you|your|or|on|at)\b",
    re.IGNORECASE,
)
"""Words that an English sentence can hardly do without and a Spanish one has not."""
POSTAL = ("line1", "line2", "city", "state", "postal_code")
CODE = re.compile(r"[a-z]+(_[a-z]+)+|[a-z]+(\.[a-z_]+)+")
"""A name of ours that has slipped out: first_week, person.listed."""
NOT_OURS = (
    re.compile(r".*@example\.(org|com).*"),
    re.compile(r"[A-Z]{2}|example\.org"),
    re.compile(r"\S+/.*|[\w-]+\.(csv|pdf|py)"),  # names of wordings, files, zones
    re.compile(r"Come back.*|Test practice.*|Texts|Main Street|Everybody.*"),  # the world of this test
    re.compile(r".*(CFR|Code|Stat\.|MRS|Md\. Com\. Law|Act 47|LPSC General Order).*"),  # where a law stands
)


class Reader(HTMLParser):
    """What a page shows or reads out, text by text; what says that it is English is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, tag in SILENT or (tag != "html" and given.get("lang") == "en")))
        for name in SPOKEN_ATTRIBUTES:
            self._add(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        while any(tag == name for name, _ in self.open) and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        plain = " ".join(text.split())
        if plain and not any(silent for _, silent in self.open):
            self.texts.append(plain)


def english(html: str) -> Iterator[str]:
    """Texts of a page that are English sentences, or codes."""
    reader = Reader()
    reader.feed(html)
    for text in reader.texts:
        if any(known.fullmatch(text) for known in NOT_OURS):
            continue
        if len(ENGLISH.findall(text)) >= (1 if len(text.split()) < 6 else 2) or CODE.fullmatch(text):
            yield text


@pytest.fixture
def administrator(db: None) -> User:
    """In a practice with one of everything and a campaign under way."""
    practice = get_organization("test")
    with org_scope(practice):
        make_world()
        set_scene(NOW)
        Number.objects.filter(kind="postal").update(postal=dict.fromkeys(POSTAL, "1"))
        running(practice, NOW)
    return make_members(practice)[Role.ADMINISTRATOR]


def places() -> list[str]:
    """Every address, those of a campaign for the draft and for the running one, those of a person for two of them."""
    with org_scope(get_organization("test")):
        found = [path_of(address) for address in addresses()]
        draft, lived = Campaign.objects.order_by("pk").values_list("pk", flat=True)
        enrolled = Enrollment.objects.order_by("-pk").values_list("person_id", flat=True)[0]
    more = [re.sub(rf"/campaigns/{draft}/", f"/campaigns/{lived}/", path) for path in found]
    more += [re.sub(r"(/people|/why)/\d+/", rf"\1/{enrolled}/", path) for path in (*found, *more)]
    return sorted({*found, *more})


def test_no_page_in_spanish_speaks_english(administrator: User) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(administrator)
    browser.cookies["django_language"] = "es"
    wrong: dict[str, str] = {}
    read = 0
    for path in places():
        if "logout" in path:
            continue
        answer = browser.get(path)
        if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
            read += 1
            wrong |= {text: path for text in english(answer.content.decode()) if text not in wrong}
    assert read > 90
    assert wrong == {}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>The person has died.</p>", ["The person has died."]),
        ("<p>La persona ha fallecido.</p>", []),
        ("<p lang='en'>The person has died.</p>", []),
        ("<p title='Waits for an answer'>Espera</p>", ["Waits for an answer"]),
        ("<td>first_week</td>", ["first_week"]),
        ("<td>next <code>first_week</code></td>", []),
    ],
)
def test_english_is_recognised(html: str, found: list[str]) -> None:
    assert list(english(html)) == found
