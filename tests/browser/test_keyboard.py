"""An agent's hour without a mouse: log in, take calls, eight outcomes, one taken back, until the list is empty."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.browser.callers import Hands, form_of, make_agent, make_people, put_on_list, settled, who
from tests.browser.pages import Visitor

Visit = Callable[..., Visitor]
NEW_YORK = ZoneInfo("America/New_York")
NAMES = ["Ada Keys", "Bea Keys", "Cal Keys", "Dot Keys", "Eli Keys", "Fay Keys", "Gus Keys", "Hal Keys"]


class Agent:
    """An agent with keyboard, and what they saw."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page, self.hands = visitor, visitor.page, Hands(visitor)
        self.done: dict[str, str] = {}

    def is_fine(self) -> None:
        assert self.visitor.findings() == []
        assert self.visitor.sideways() <= 0

    def to_the_desk(self, site: Any, email: str, list_name: str) -> None:
        """Log in, reach the desk, choose the list."""
        self.hands.log_in(site.url, email, site.password)
        self.hands.go_to("To the desk")
        self.hands.press("Enter")
        self.page.wait_for_url("**/desk/")
        assert "Next call" in self.hands.focused()
        self.hands.go_to("Call list", back=True)
        self.hands.type(list_name)
        self.hands.press("Tab")
        assert "Next call" in self.hands.focused()

    def save(self, code: str, *keys: str) -> None:
        """Save by these keys, and wait for the next call or the list."""
        before, name = form_of(self.page), who(self.page)
        self.hands.press(*keys)
        settled(self.page, before)
        self.done[name] = code

    def outcome(self, code: str, key: str) -> None:
        """An outcome that asks nothing: its key, and Enter on the button that has the focus then."""
        self.hands.press(key)
        assert "Save, next call" in self.hands.focused()
        self.save(code, "Enter")

    def call_back(self) -> None:
        """Tomorrow, half past two in the afternoon where they are."""
        self.hands.press("5")
        assert "Day" in self.hands.focused()
        self.is_fine()
        self.hands.type("09152026")
        self.hands.go_to("Time")
        self.hands.type("0230PM")
        self.save("CBACK", "Control+Enter")

    def book(self) -> None:
        """The first open time, after making sure who speaks."""
        self.hands.press("y", "1")
        self.page.wait_for_selector("[data-slot]:focus")
        self.is_fine()
        self.hands.press("Space", "Enter")
        self.page.wait_for_selector("[data-booked]")
        self.page.wait_for_selector("[data-save]:focus")
        self.is_fine()
        self.save("DONE", "Enter")

    def never_again(self) -> None:
        """Who wants no calls: what they said is the evidence."""
        self.hands.press("d")
        self.hands.type("He said: never call me again.")
        self.is_fine()
        self.save("DNC", "Control+Enter")


def test_an_agents_hour_by_keyboard_only(visit: Visit, site: Any, inside: Any) -> None:
    with inside() as organization:
        key = make_agent(organization, "keys@example.org", "Kim Keys")
        put_on_list("Keyboard", make_people(NAMES, first_number=10))
    agent = Agent(visit())
    agent.to_the_desk(site, "keys@example.org", "Keyboard")
    agent.is_fine()

    agent.hands.press("Enter")
    settled(agent.page, "")
    assert who(agent.page) in NAMES
    assert "may I speak with" in agent.page.get_by_role("region", name="Script").inner_text()
    agent.is_fine()
    agent.outcome("NOANS", "3")
    agent.call_back()
    agent.book()
    agent.outcome("HUNG_UP", "7")
    agent.never_again()
    agent.outcome("LOST", "l")
    agent.outcome("WNUM", "8")
    agent.outcome("NOT_NOW", "n")
    assert form_of(agent.page) == ""
    assert "Nobody can be called right now" in agent.hands.focused()
    agent.is_fine()

    last = next(reversed(agent.done))
    agent.hands.press("u")
    settled(agent.page, "")
    assert who(agent.page) == last
    assert "Taken back" in agent.page.inner_text(".messages")
    agent.is_fine()
    agent.outcome("LVM", "4")
    with agent.page.expect_navigation():
        agent.hands.press("n")
    assert agent.page.get_by_role("heading", name="Nobody can be called right now").is_visible()
    _is_on_record(inside, key, agent.done)


def _is_on_record(inside: Any, key: str, done: dict[str, str]) -> None:
    from beckon.desk.models import Call, CallTask
    from beckon.people.models import Person
    from beckon.scheduling.models import Appointment

    assert sorted(done) == NAMES
    with inside():
        calls = list(Call.objects.filter(agent=key).order_by("pk"))
        names = {p.pk: f"{p.given_name} {p.family_name}" for p in Person.objects.filter(family_name="Keys")}
        taken_back = [c.disposition for c in calls if c.undone_at is not None]
        standing = {names[c.person_id]: c for c in calls if c.undone_at is None}
        assert taken_back == ["NOT_NOW"]
        assert len(calls) == len(NAMES) + 1
        assert {name: call.disposition for name, call in standing.items()} == done
        by_code = {call.disposition: call for call in standing.values()}
        assert by_code["CBACK"].callback_at == datetime(2026, 9, 15, 14, 30, tzinfo=NEW_YORK)
        assert CallTask.objects.get(pk=by_code["CBACK"].task_id).callback_for == key
        assert by_code["DNC"].remarks == "He said: never call me again."
        visit = Appointment.objects.get(person_id=by_code["DONE"].person_id)
        assert (visit.pk, visit.by, visit.status) == (by_code["DONE"].appointment_id, key, "booked")


def test_the_desk_by_keyboard_on_a_phone(visit: Visit, site: Any, inside: Any) -> None:
    with inside() as organization:
        make_agent(organization, "pocket@example.org", "Pat Pocket")
        put_on_list("Pocket", make_people(["Ina Pocket", "Jon Pocket"], first_number=20))
    agent = Agent(visit(width=390, theme="dark"))
    agent.to_the_desk(site, "pocket@example.org", "Pocket")
    agent.is_fine()
    agent.hands.press("n")
    settled(agent.page, "")
    agent.is_fine()
    agent.call_back()
    agent.outcome("NOANS", "3")
    assert form_of(agent.page) == ""
    agent.is_fine()
    assert sorted(agent.done.values()) == ["CBACK", "NOANS"]
