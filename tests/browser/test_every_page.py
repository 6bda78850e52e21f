"""Every main page in a real browser: no finding of axe, no complaint of the console, nothing that runs off the side."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]
PAGES = {
    "manager": ("", "inbox/", "people/", "people/{person}/", "people/{person}/consent/", "people/{person}/contact/",
                "people/{person}/campaigns/", "people/{person}/record/", "people/{person}/merge/", "import/",
                "segments/", "segments/new/", "playbooks/", "playbooks/community-outreach/",
                "playbooks/community-outreach/wording/text-2/", "campaigns/", "campaigns/new/",
                "campaigns/{campaign}/", "campaigns/{campaign}/results/", "campaigns/{campaign}/left-out/",
                "campaigns/{campaign}/changes/", "campaigns/{campaign}/stop/", "campaigns/{campaign}/who/?kind=in",
                "campaigns/{campaign}/why/{person}/", "reports/", "reports/weekly/", "floor/"),
    "agent": ("", "desk/", "inbox/", "people/", "people/{person}/"),
    "administrator": ("", "audit/", "settings/", "settings/practice/", "settings/practice/locations/new/",
                      "settings/users/", "settings/users/invite/", "settings/senders/", "settings/wording/",
                      "settings/dispositions/", "settings/dispositions/CBACK/", "settings/hours/",
                      "settings/suppression/", "settings/sources/", "/health/", "/account/", "/accounts/2fa/"),
    "analyst": ("", "reports/", "campaigns/", "campaigns/{campaign}/", "segments/"),
    "auditor": ("", "audit/", "people/", "settings/"),
    "supervisor": ("", "floor/", "desk/", "reports/"),
    "scheduler": ("", "desk/"),
    "": ("/accounts/login/", "/accounts/password/reset/", "/gallery/", "/help/", "/help/tour/"),
}  # fmt: skip
LOOKS = [(1280, "light", "en"), (390, "dark", "es")]


@pytest.fixture
def person(site: Any, inside: Any) -> int:
    """Somebody the site's campaign has taken in."""
    from beckon.campaigns.models import Enrollment

    with inside():
        return int(Enrollment.objects.filter(campaign_id=site.campaign_id).order_by("pk")[0].person_id)


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_whole(
    visit: Visit, site: Any, person: int, role: str, width: int, theme: str, language: str
) -> None:
    visitor = visit(role, width=width, theme=theme, language=language)
    wrong = []
    for path in PAGES[role]:
        status = visitor.open(path.format(person=person, campaign=site.campaign_id))
        if status != 200:
            wrong.append(f"{path}: {status}")
            continue
        visitor.page.wait_for_timeout(150)
        visitor.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        wrong += [f"{path}: {finding}" for finding in visitor.findings()]
        if visitor.sideways() > 0:
            wrong.append(f"{path}: {visitor.sideways()} px too wide at {width}")
    assert wrong == []
