"""What a story at the desk needs: agents, people on a call list, and hands that use the keyboard only."""

from datetime import date
from typing import Any

from playwright.sync_api import Page

from tests.browser.pages import Visitor

FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const labels = [...(at.labels ?? [])].map((label) => label.innerText);
  return [at.getAttribute("aria-label"), ...labels, at.innerText, at.value].filter(Boolean).join(" ");
}"""
SETTLED = """before => {
  const form = document.querySelector("[data-outcome]");
  return document.readyState === "complete" && document.querySelector("[data-desk]")
    && (form ? form.dataset.formId : "") !== before;
}"""


def make_agent(organization: Any, email: str, name: str) -> str:
    """An agent of the practice with the sample password; returns the key under which their acts are recorded."""
    from beckon.core.models import Membership, Role, User

    hashed = User.objects.get(email="agent@example.org").password  # as the server can read it; tests hash otherwise
    user = User.objects.create(email=email, name=name, password=hashed)
    Membership.objects.create(user=user, organization=organization, role=Role.AGENT)
    return f"user:{user.pk}"


def make_people(names: list[str], *, first_number: int) -> list[int]:
    """Patients in New York with one mobile each, from 607 555-01<first_number> on; returns their ids."""
    from beckon.core.clock import domain_now
    from beckon.core.tenancy import current_organization
    from beckon.people.models import ContactPoint, Number, Person

    now, made = domain_now(current_organization()), []
    for place, name in enumerate(names):
        given, _, family = name.partition(" ")
        person = Person.objects.create(
            given_name=given, family_name=family, name_key=f"{family}|{given}".lower(), birth_date=date(1970, 5, 4),
            state="NY", postal_code="13901", time_zone="America/New_York", language="en", origin="own",
            created_at=now, updated_at=now,
        )  # fmt: skip
        number = Number.objects.create(kind="phone", value=f"+160755501{first_number + place:02}", line_type="mobile")
        ContactPoint.objects.create(person=person, number=number, kind="phone", rank=1)
        made.append(person.pk)
    return made


def put_on_list(name: str, people: list[int]) -> None:
    """The people wait on this call list, due now, with the outreach campaign's script."""
    from beckon.core.actors import SYSTEM
    from beckon.core.clock import domain_now
    from beckon.core.tenancy import current_organization
    from beckon.desk.actions import get_queue, open_tasks
    from beckon.desk.models import CallTask
    from beckon.desk.values import NewTask

    now, queue = domain_now(current_organization()), get_queue(name)
    sample = CallTask.objects.exclude(script_key="").order_by("pk").first()
    assert sample is not None
    tasks = [
        NewTask(person, queue.pk, now, script_key=sample.script_key, text_sender_id=sample.text_sender_id)
        for person in people
    ]
    open_tasks(tasks, by=SYSTEM, now=now)


class Hands:
    """Presses keys, as somebody who never touches the mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.page: Page = visitor.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focused(self) -> str:
        """What the focused thing is called."""
        return str(self.page.evaluate(FOCUSED))

    def go_to(self, words: str, *, back: bool = False) -> None:
        """Tab until the thing with these words has the focus."""
        passed = []
        for _ in range(80):
            self.press("Shift+Tab" if back else "Tab")
            passed.append(self.focused()[:40])
            if words in self.focused():
                return
        raise AssertionError(f"the keyboard does not reach {words!r}, only {passed}")

    def log_in(self, url: str, email: str, password: str) -> None:
        """Through the log-in page."""
        self.page.goto(url + "/accounts/login/")
        if "mail" not in self.focused():
            self.go_to("mail")
        self.type(email)
        self.go_to("Password")
        self.type(password)
        self.press("Enter")
        self.page.wait_for_url(lambda address: "/accounts/login" not in address)


def form_of(page: Page) -> str:
    """The call that is open, "" on the list. Changes with every call and every attempt."""
    found = page.locator("[data-outcome]")
    return (found.get_attribute("data-form-id") or "") if found.count() else ""


def settled(page: Page, before: str) -> None:
    """Wait until the desk shows another call than `before`, or the list."""
    page.wait_for_function(SETTLED, arg=before)


def who(page: Page) -> str:
    """The name of the person whose call is open; "" on the list."""
    found = page.locator("#person-name")
    return found.inner_text().strip() if found.count() else ""


def choose_list(visitor: Visitor, name: str) -> None:
    """On the desk without a call: narrow it to one list."""
    visitor.page.get_by_label("Call list").select_option(label=name)


def next_call(visitor: Visitor) -> str:
    """Ask for the next call; returns the person's name, "" where there is nobody."""
    visitor.page.locator("[data-key=n]").click()
    visitor.page.wait_for_load_state()
    return who(visitor.page)


def save(visitor: Visitor) -> None:
    """Save and go on to the next call."""
    before = form_of(visitor.page)
    visitor.page.get_by_role("button", name="Save, next call").click()
    settled(visitor.page, before)
