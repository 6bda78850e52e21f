"""A session that has ended: no open tab shows people's data any longer than its next refresh."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.callers import choose_list, make_agent, make_people, next_call, put_on_list
from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]
COMES_TO_THE_FRONT = "document.dispatchEvent(new Event('visibilitychange'))"
"""A tab that is looked at again asks for its living parts at once."""


def test_a_second_tab_of_somebody_logged_off_shows_the_log_in(visit: Visit, site: Any, inside: Any) -> None:
    with inside() as organization:
        make_agent(organization, "leaver@example.org", "Lea Leaver")
        put_on_list("Leaver", make_people(["Lou Leaver"], first_number=62))
    agent = visit("leaver@example.org")
    agent.open("desk/")
    choose_list(agent, "Leaver")
    assert next_call(agent) == "Lou Leaver"
    other = agent.page.context.new_page()
    answers: list[tuple[str, int]] = []
    other.on("response", lambda answer: answers.append((answer.url, answer.status)))
    other.goto(agent.page.url)
    expect(other.locator("#person-name")).to_have_text("Lou Leaver")

    agent.expects_trouble = True
    cookie = next(c for c in agent.page.context.cookies() if c["name"] == "sessionid")
    with inside():
        from django.contrib.sessions.models import Session

        Session.objects.filter(session_key=cookie["value"]).delete()
    answers.clear()
    for page in (other, agent.page):
        page.evaluate(COMES_TO_THE_FRONT)
        page.wait_for_url("**/accounts/login/**")
        assert "Lou Leaver" not in page.content()
    polls = [status for url, status in answers if url.endswith("/desk/status/")]
    assert polls
    assert set(polls) == {401}

    agent.page.get_by_label("E-mail").fill("leaver@example.org")
    agent.page.get_by_label("Password").fill(site.password)
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator("#person-name")).to_have_text("Lou Leaver")
