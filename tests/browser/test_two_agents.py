"""Two agents at once, each with a browser: never the same person, and what one books ends the other's call."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from tests.browser.callers import (
    choose_list,
    form_of,
    make_agent,
    make_people,
    next_call,
    put_on_list,
    save,
    settled,
    who,
)
from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]


def _two(visit: Visit, inside: Any, first: str, second: str) -> tuple[Visitor, Visitor]:
    """Two agents on their desks, each narrowed to a list."""
    with inside() as organization:
        for name in (first, second):
            make_agent(organization, f"{name.split()[0].lower()}@example.org", name)
    found = []
    for name in (first, second):
        agent = visit(f"{name.split()[0].lower()}@example.org")
        agent.open("desk/")
        found.append(agent)
    return found[0], found[1]


def _outcome(agent: Visitor, name: str) -> None:
    agent.page.locator(".desk-code", has_text=name).click()


def _book_first_time(agent: Visitor) -> None:
    """Make sure who speaks, then book the first open time."""
    agent.page.locator("[data-party]").check()
    _outcome(agent, "Booked")
    agent.page.locator("label.chip").first.click()
    agent.page.get_by_role("button", name="Book this time").click()
    agent.page.wait_for_selector("[data-booked]")


def test_two_agents_never_hold_the_same_person(visit: Visit, inside: Any) -> None:
    names = ["Abe Both", "Bob Both", "Cyd Both", "Deb Both"]
    with inside():
        put_on_list("Both", make_people(names, first_number=30))
    una, vic = _two(visit, inside, "Una Both", "Vic Both")
    for agent in (una, vic):
        choose_list(agent, "Both")
    for agent in (una, vic):
        agent.page.locator("[data-key=n]").click(no_wait_after=True)
    for agent in (una, vic):
        settled(agent.page, "")
    seen = [who(una.page), who(vic.page)]
    assert len(set(seen)) == 2
    for _ in range(2):
        forms = [form_of(una.page), form_of(vic.page)]
        for agent in (una, vic):
            _outcome(agent, "No answer")
            agent.page.get_by_role("button", name="Save, next call").click(no_wait_after=True)
        for agent, before in zip((una, vic), forms, strict=True):
            settled(agent.page, before)
            seen.append(who(agent.page))
    assert sorted(name for name in seen if name) == names
    assert seen[-2:] == ["", ""]


def test_what_one_agent_books_ends_the_others_call(visit: Visit, inside: Any) -> None:
    with inside():
        people = make_people(["Eve Twice"], first_number=36)
        put_on_list("Twice A", people)
        put_on_list("Twice B", people)
    wes, xia = _two(visit, inside, "Wes Twice", "Xia Twice")
    choose_list(wes, "Twice A")
    choose_list(xia, "Twice B")
    assert next_call(wes) == "Eve Twice"
    assert next_call(xia) == ""
    _book_first_time(wes)
    save(wes)
    assert next_call(xia) == ""
    expect(xia.page.get_by_text("Nobody can be called right now")).to_be_visible()
    with inside():
        from beckon.desk.models import CallTask

        reasons = CallTask.objects.filter(person_id=people[0]).order_by("queue__name")
        assert list(reasons.values_list("closed_reason", flat=True)) == ["goal_met", "booked"]


def test_who_comes_too_late_is_told_that_somebody_else_settled_it(visit: Visit, inside: Any) -> None:
    with inside():
        people = make_people(["Flo Late"], first_number=38)
        put_on_list("Late", people)
    yan, zoe = _two(visit, inside, "Yan Late", "Zoe Late")
    for agent in (yan, zoe):
        choose_list(agent, "Late")
    assert next_call(yan) == "Flo Late"
    with inside():
        from beckon.core.clock import wall_now
        from beckon.desk.models import CallTask

        CallTask.objects.filter(person_id=people[0]).update(leased_until=wall_now() - timedelta(minutes=1))
    assert next_call(zoe) == "Flo Late"
    _book_first_time(zoe)
    save(zoe)
    _outcome(yan, "No answer")
    save(yan)
    expect(yan.page.locator(".messages")).to_contain_text("Somebody else had settled this person meanwhile")
    assert yan.findings() == []
    with inside():
        from beckon.scheduling.models import Appointment

        assert CallTask.objects.get(person_id=people[0]).closed_reason == "goal_met"
        assert Appointment.objects.filter(person_id=people[0], status="booked").count() == 1
