"""Every parameter of every address with values nobody means: no page breaks over one. The names are read from the code.

Each address meets some of the values, by turns: the test stays short, and over all addresses each value has its turn.
"""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from beckon.core.models import Role, User
from beckon.core.tenancy import get_organization, org_scope
from beckon.web.addresses import addresses
from tests.architecture.site_world import path_of
from tests.architecture.test_urls import browser_of, site

__all__ = ["site"]
WEB = Path(__file__).resolve().parents[2] / "beckon" / "web"
VALUES = (
    "x" * 10_000,
    "9" * 30,
    "2147483648",
    "9223372036854775808",
    "-1",
    "\u00b2",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01T00:00",
    "nan",
    "1e400",
    "1,2,,x",
    "user:99999999999999999999|9999-12-31",
    '{"version":1,"where":{"all":[{"field":"family_name","op":"is","value":9}]}}',
)
HALF_A_CHARACTER = "%ED%A0%80"
"""A lone surrogate as a browser cannot send it."""
TURNS = 2
OF_ALLAUTH = (
    "email",
    "login",
    "password",
    "password1",
    "password2",
    "oldpassword",
    "code",
    "credential",
    "key",
    "next",
)
_READ = re.compile(r'(?:GET|POST)(?:\.get|\.getlist)?[(\[]\s*"(\w+)"')
_FIELD = re.compile(r"^    (\w+)(?:: [^=]+)? = forms\.\w+\(", re.MULTILINE)
_TYPED = re.compile(r'name="(\w+)"')


def names_of(area: str) -> list[str]:
    """The parameters that an area's views, forms and templates know."""
    found: set[str] = set()
    for path in sorted((WEB / area).rglob("*")):
        if "tests" not in path.parts and path.suffix in (".py", ".html"):
            text = path.read_text(encoding="utf-8")
            found |= (
                set(_TYPED.findall(text)) if path.suffix == ".html" else {*_READ.findall(text), *_FIELD.findall(text)}
            )
    return sorted(found - {"csrfmiddlewaretoken"})


def asked(browser: Client, path: str, sent: str) -> list[str]:
    """The methods that broke; whatever they changed is taken back."""
    broken = []
    for method in ("get", "post"):
        session = browser.cookies["sessionid"].value
        with transaction.atomic():
            if method == "get":
                answer = browser.get(f"{path}?{sent}")
            else:
                answer = browser.post(path, sent, content_type="application/x-www-form-urlencoded")
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            transaction.set_rollback(True)
        browser.cookies["sessionid"] = session
        broken += [f"{method} {path} {sent[-60:]}"] if answer.status_code >= 500 else []
    return broken


def test_no_page_breaks_over_a_strange_value(site: dict[Role, User]) -> None:
    browser = browser_of(site[Role.ADMINISTRATOR])
    with org_scope(get_organization("test")):
        paths = [path_of(address) for address in addresses()]
    values = [*map(quote, VALUES), HALF_A_CHARACTER]
    known: dict[str, list[str]] = {}
    broken: list[str] = []
    for turn, path in enumerate(paths):
        module = resolve(path).func.__module__
        area = module.split(".")[2] if module.startswith("beckon.web.") else ""
        names = known.setdefault(area, names_of(area) if area else list(OF_ALLAUTH))
        for step in range(TURNS):
            value = values[(turn * TURNS + step) % len(values)]
            broken += asked(browser, path, "&".join(f"{name}={value}" for name in names))
    assert broken == []


@pytest.mark.parametrize("value", ['{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":"\\uDFFFx"}'])
def test_json_that_would_become_no_text_is_refused(site: dict[Role, User], value: str) -> None:
    browser = browser_of(site[Role.ADMINISTRATOR])
    for path in ("/o/test/segments/build/", "/o/test/segments/count/", "/accounts/2fa/webauthn/add/"):
        assert browser.post(path, {"definition": value, "credential": value}).status_code == 400


@pytest.mark.parametrize("version", ["x", "\u00b2", "9" * 30, "-1", "1e400"])
def test_a_builder_whose_version_is_none_goes_on_as_new(site: dict[Role, User], version: str) -> None:
    browser = browser_of(site[Role.ADMINISTRATOR])
    assert browser.post("/o/test/segments/build/", {"version": version}).status_code == 200
