"""Two agents: each acts on the person they were served, and on nobody else's."""

import re
from datetime import datetime
from typing import NamedTuple

import pytest
from django.test import Client

from beckon.core.actors import Actor
from beckon.core.models import Organization, Role
from beckon.desk.models import Call, CallTask
from beckon.people.models import Number
from beckon.scheduling.models import Appointment
from beckon.web.desk.tests.pages import DESK, form_of, hidden, member, people_to_call


class AtWork(NamedTuple):
    """An agent with the person they were served."""

    browser: Client
    actor: Actor
    page: str

    @property
    def task(self) -> str:
        return hidden(self.page, "task")


def at_work(org: Organization, email: str, role: Role = Role.AGENT) -> AtWork:
    browser, actor = member(org, role, email)
    browser.post(DESK + "next/")
    return AtWork(browser, actor, browser.get(DESK).content.decode())


@pytest.fixture
def two(org: Organization, now: datetime) -> tuple[AtWork, AtWork]:
    people_to_call(now, 2)
    return at_work(org, "ada@example.org"), at_work(org, "ben@example.org")


def first_time(agent: AtWork) -> str:
    part = agent.browser.get(f"{DESK}times/?task={agent.task}").content.decode()
    return re.findall(r'name="slot"\s+value="([^"]+)"', part)[0]


def test_nobody_records_what_came_of_a_call_they_were_not_served(two: tuple[AtWork, AtWork]) -> None:
    ada, ben = two
    forged = form_of(ada.page, "DNC") | {"form_id": f"desk:{ada.task}:0:{ben.actor.user_id}"}
    own_id = form_of(ada.page, "DNC") | {"form_id": hidden(ben.page, "form_id")}
    swapped = form_of(ben.page, "DNC") | {"task": ada.task}
    sealed = form_of(ada.page, "DNC")
    sealed["form_id"] = re.sub(r"\d+:(\w+)$", rf"{ben.actor.user_id}:\1", sealed["form_id"])
    for form in (form_of(ada.page, "DNC"), forged, own_id, swapped, sealed):
        assert ben.browser.post(DESK + "record/", form).status_code == 403
    assert not Call.objects.exists()
    assert CallTask.objects.get(pk=ada.task).leased_by == ada.actor.key
    assert ada.browser.post(DESK + "record/", form_of(ada.page, "NOANS")).status_code == 302


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR, Role.SCHEDULER])
def test_not_even_who_leads_them(two: tuple[AtWork, AtWork], org: Organization, role: Role) -> None:
    ada, _ = two
    lead, actor = member(org, role)
    form = form_of(ada.page, "DNC") | {"form_id": f"desk:{ada.task}:0:{actor.user_id}"}
    assert lead.post(DESK + "record/", form).status_code == 403
    assert lead.get(f"{DESK}times/?task={ada.task}").status_code == 403


def test_nobody_books_into_somebody_elses_call(two: tuple[AtWork, AtWork]) -> None:
    ada, ben = two
    slot = first_time(ada)
    assert ben.browser.get(f"{DESK}times/?task={ada.task}").status_code == 403
    form = {"task": ada.task, "slot": slot, "party": "yes"}
    assert ben.browser.post(DESK + "book/", form).status_code == 403
    assert not Appointment.objects.exists()
    assert "data-just-booked" in ada.browser.post(DESK + "book/", form).content.decode()


def test_whom_one_gave_back_is_not_ones_own_any_more(two: tuple[AtWork, AtWork]) -> None:
    ada, _ = two
    slot = first_time(ada)
    ada.browser.post(DESK + "give-back/")
    assert ada.browser.post(DESK + "book/", {"task": ada.task, "slot": slot, "party": "yes"}).status_code == 403


def test_nobody_keeps_or_gives_back_or_takes_back_what_is_anothers(two: tuple[AtWork, AtWork]) -> None:
    ada, ben = two
    until = CallTask.objects.get(pk=ada.task).leased_until
    ben.browser.post(f"{DESK}keep/{ada.task}/")
    ben.browser.post(DESK + "give-back/")
    assert CallTask.objects.get(pk=ada.task).leased_by == ada.actor.key
    assert CallTask.objects.get(pk=ada.task).leased_until == until
    ada.browser.post(DESK + "record/", form_of(ada.page, "DNC"))
    ben.browser.post(DESK + "undo/")
    assert Call.objects.get().undone_at is None


def test_a_call_made_while_somebody_else_took_over_still_counts_for_who_made_it(
    two: tuple[AtWork, AtWork], org: Organization
) -> None:
    ada, ben = two
    CallTask.objects.filter(pk=ada.task).update(leased_by=ben.actor.key, last_agent=ben.actor.key)
    CallTask.objects.filter(pk=ben.task).update(status="open", leased_by="", leased_until=None)
    assert ada.browser.post(DESK + "record/", form_of(ada.page, "NOANS")).status_code == 302
    assert Call.objects.get().agent == ada.actor.key
    assert CallTask.objects.get(pk=ada.task).leased_by == ben.actor.key


def test_a_number_of_somebody_else_cannot_be_said_dead(two: tuple[AtWork, AtWork]) -> None:
    ada, ben = two
    theirs = form_of(ada.page, "DCONN") | {"number": hidden(ben.page, "number")}
    assert ada.browser.post(DESK + "record/", theirs).status_code == 403
    assert not Number.objects.exclude(dead_at=None).exists()
