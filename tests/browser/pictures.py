"""`make pictures`: takes the help's pictures from a running `make demo`, so that they never go stale.

`python -m tests.browser.pictures [ADDRESS]`. One picture per page named in PICTURES, at 1280 by 800, light theme.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.pages import Visitor

FOLDER = Path(__file__).parents[2] / "beckon/web/static/web/help"
PICTURES = {
    "home": ("manager", ""),
    "campaign": ("manager", "campaigns/", "table a, .campaign a, main .panel a"),
    "segment": ("manager", "segments/new/"),
    "playbook": ("manager", "playbooks/community-outreach/"),
    "reports": ("manager", "reports/"),
    "person": ("manager", "people/", "main table tbody a, main .people a"),
    "desk": ("agent", "desk/", "[data-next], button[type=submit].btn-primary"),
}
"""name: role, path within the practice, and what to click there first"""


def take(address: str) -> None:
    """Take every picture. Raises what Playwright raises where a page is not as expected."""
    import django

    django.setup()
    from beckon.ops.sample_staff import PASSWORD  # needs Django's set-up

    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (role, path, *clicks) in PICTURES.items():
            context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
            context.add_cookies([{"name": "theme", "value": "light", "url": address}])
            page: Page = context.new_page()
            visitor = Visitor(page, address, "riverside")
            visitor.log_in(f"{role}@example.org", PASSWORD)
            visitor.open(path)
            for click in clicks:
                page.locator(click).first.click()
                page.wait_for_load_state()
            page.wait_for_timeout(700)
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
            print(name)  # noqa: T201
        browser.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beckon.settings")
    take(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
