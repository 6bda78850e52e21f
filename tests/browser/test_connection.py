"""The desk over a bad line, twice pressed and twice open: what is typed is kept, and a call is recorded once."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.callers import choose_list, form_of, make_agent, make_people, next_call, put_on_list, settled, who
from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]


def _at_a_call(visit: Visit, inside: Any, list_name: str, people: list[str], first_number: int) -> tuple[Visitor, str]:
    """An agent of their own with the first of these people on the line; the agent's key."""
    email = f"{list_name.lower()}@example.org"
    with inside() as organization:
        key = make_agent(organization, email, f"Ann {list_name}")
        put_on_list(list_name, make_people(people, first_number=first_number))
    agent = visit(email)
    agent.open("desk/")
    choose_list(agent, list_name)
    assert next_call(agent) in people
    return agent, key


def _calls(inside: Any, key: str) -> list[tuple[str, str]]:
    from beckon.desk.models import Call

    with inside():
        return list(Call.objects.filter(agent=key).order_by("pk").values_list("disposition", "remarks"))


def test_an_outcome_without_connection_is_kept_and_sent_once(visit: Visit, inside: Any) -> None:
    agent, key = _at_a_call(visit, inside, "Offline", ["Gil Offline"], 50)
    page, before = agent.page, form_of(agent.page)
    agent.expects_trouble = True
    page.keyboard.press("7")
    page.get_by_label("Note").fill("Hung up after hello.")
    page.context.set_offline(True)
    expect(page.locator("#connection-lost")).to_be_visible()
    page.keyboard.press("Control+Enter")
    sending = page.locator("[data-sending]")
    expect(sending).to_contain_text("No connection. The outcome is kept on this computer")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Note")).to_have_value("Hung up after hello.")
    assert agent.findings() == []
    assert _calls(inside, key) == []
    page.context.set_offline(False)
    settled(page, before)
    agent.expects_trouble = False
    assert _calls(inside, key) == [("HUNG_UP", "Hung up after hello.")]
    assert page.locator("#connection-lost").is_hidden()
    page.reload()
    assert form_of(page) == ""
    assert _calls(inside, key) == [("HUNG_UP", "Hung up after hello.")]


def test_what_is_typed_stays_over_a_reload(visit: Visit, inside: Any) -> None:
    agent, key = _at_a_call(visit, inside, "Reload", ["Hue Reload"], 52)
    page = agent.page
    page.keyboard.press("5")
    page.get_by_label("Note").fill("Works nights.")
    page.get_by_label("Time", exact=True).fill("18:15")
    page.reload()
    expect(page.get_by_label("Note")).to_have_value("Works nights.")
    expect(page.get_by_label("Time", exact=True)).to_have_value("18:15")
    assert page.locator("[data-code][value=CBACK]").is_checked()
    assert _calls(inside, key) == []


def test_a_double_press_and_the_back_button_record_nothing_twice(visit: Visit, inside: Any) -> None:
    agent, key = _at_a_call(visit, inside, "Double", ["Ike Double", "Jan Double"], 54)
    page, before, first = agent.page, form_of(agent.page), who(agent.page)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    settled(page, before)
    second = who(page)
    assert {first, second} == {"Ike Double", "Jan Double"}
    page.go_back()
    page.wait_for_load_state()
    assert who(page) != first
    page.go_forward()
    page.wait_for_load_state()
    assert who(page) == second
    assert _calls(inside, key) == [("NOANS", "")]


def test_the_same_call_in_two_tabs_is_one_call(visit: Visit, inside: Any) -> None:
    agent, key = _at_a_call(visit, inside, "Tabs", ["Kit Tabs"], 58)
    other = agent.page.context.new_page()
    other.goto(agent.page.url)
    before = form_of(other)
    assert before == form_of(agent.page) != ""
    for page in (agent.page, other):
        page.keyboard.press("4")
        page.keyboard.press("Enter")
        settled(page, before)
    expect(other.locator(".messages")).to_contain_text("This call was recorded before. Nothing was recorded twice.")
    assert _calls(inside, key) == [("LVM", "")]
