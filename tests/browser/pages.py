"""A visitor of the site in a real browser, who hears every complaint of the console and asks axe about each page."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

AXE = Path(__file__).parents[2] / "beckon/web/frontend/node_modules/axe-core/axe.min.js"
_ASK = """axe.run({resultTypes: ["violations"]}).then(found => JSON.stringify(found.violations.map(
  one => one.id + ": " + one.nodes.slice(0, 3).map(node => node.target.join(" ")).join(" | "))))"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


class Visitor:
    """A page with the words a story needs."""

    def __init__(self, page: Page, url: str, slug: str) -> None:
        self.page, self.url, self.slug = page, url, slug
        self.complaints: list[str] = []
        self.expects_trouble = False
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(f"script: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text}")

    def _note(self, text: str) -> None:
        if not self.expects_trouble:
            self.complaints.append(text[:300])

    def log_in(self, email: str, password: str) -> None:
        self.page.goto(self.url + "/accounts/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)

    def open(self, path: str) -> int:
        """Go to a path of the practice (or, starting with /, of the site); returns the status."""
        target = path if path.startswith("/") else f"/o/{self.slug}/{path}"
        answer = self.page.goto(self.url + target)
        assert answer is not None
        return answer.status

    def findings(self) -> list[str]:
        """What axe finds on the page as it stands; asked through the debugger, so the content policy stays strict."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": _axe()})
        answer: Any = session.send(
            "Runtime.evaluate", {"expression": _ASK, "awaitPromise": True, "returnByValue": True}
        )
        session.detach()
        return [str(one) for one in json.loads(answer["result"]["value"])]

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return int(wide)
