"""Every main page in a real browser: no finding of axe, no complaint of the console, nothing that runs off the side."""

from collections.abc import Callable

import pytest

from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]
PAGES = {
    "manager": ("", "people/", "import/", "segments/", "segments/new/", "playbooks/", "playbooks/community-outreach/",
                "playbooks/community-outreach/wording/text-2/", "campaigns/", "reports/", "settings/"),
    "agent": ("", "desk/", "people/"),
    "administrator": ("audit/", "settings/", "/health/", "/account/"),
    "analyst": ("", "reports/", "campaigns/", "segments/"),
    "auditor": ("", "audit/", "people/"),
    "supervisor": ("", "desk/", "reports/"),
    "scheduler": ("",),
    "": ("/accounts/login/", "/accounts/password/reset/", "/gallery/", "/help/"),
}  # fmt: skip
LOOKS = [(1280, "light", "en"), (390, "dark", "es")]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_whole(visit: Visit, role: str, width: int, theme: str, language: str) -> None:
    visitor = visit(role, width=width, theme=theme, language=language)
    wrong = []
    for path in PAGES[role]:
        status = visitor.open(path)
        if status != 200:
            wrong.append(f"{path}: {status}")
            continue
        visitor.page.wait_for_timeout(150)
        wrong += [f"{path}: {finding}" for finding in visitor.findings()]
        if visitor.sideways() > 0:
            wrong.append(f"{path}: {visitor.sideways()} px too wide at {width}")
    assert wrong == []
