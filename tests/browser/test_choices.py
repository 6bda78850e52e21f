"""Language and theme are chosen on any page and stay; the page one was on stays too."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]


def test_the_language_switches_and_stays(visit: Visit) -> None:
    manager = visit("manager")
    manager.open("segments/")
    assert manager.page.locator("html").get_attribute("lang") == "en"
    manager.page.click("button[name=language][value=es]")
    manager.page.wait_for_load_state()
    assert manager.page.url.endswith("/segments/")
    assert manager.page.locator("html").get_attribute("lang") == "es"
    manager.open("playbooks/")
    assert manager.page.locator("html").get_attribute("lang") == "es"


def test_the_theme_switches_and_stays(visit: Visit) -> None:
    manager = visit("manager")
    manager.open("segments/")
    manager.page.click("button[name=theme]")
    manager.page.wait_for_load_state()
    manager.open("playbooks/")
    assert manager.page.locator("html").get_attribute("data-theme") == "auto"


def test_a_segment_is_built_with_the_mouse_and_its_count_follows(visit: Visit) -> None:
    manager = visit("manager")
    manager.open("segments/new/")
    manager.page.click("button[value='add:r']")
    manager.page.select_option("[name='field:r.1']", "age")
    manager.page.wait_for_selector("[name='value:r.1']")
    manager.page.select_option("[name='op:r.1']", "at_least")
    expect(manager.page.locator("[name='op:r.1']")).to_have_value("at_least")
    manager.page.fill("[name='value:r.1']", "40")
    manager.page.wait_for_selector("#result .figure-value")
    manager.page.fill("#segment-name", "Forty and older")
    manager.page.click("#builder button.btn-primary")
    manager.page.wait_for_url("**/segments/*/")
    assert "Forty and older" in manager.page.inner_text("h1")
