"""An agent at the desk, for tests: signed in, with people on the list and clinicians to book with."""

import re
from datetime import datetime
from typing import Any

from django.test import Client

from beckon.core.actors import SYSTEM, Actor, user
from beckon.core.models import Membership, Organization, Role, User
from beckon.desk.actions import install_default_dispositions
from beckon.desk.models import CallTask
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.scheduling.tests.samples import make_clinician, make_visit_type

DESK = "/o/test/desk/"


def member(org: Organization, role: Role, email: str = "") -> tuple[Client, Actor]:
    """Somebody with a role, signed in, and the actor they are."""
    person = User.objects.create_user(email or f"{role.value}@example.org", None, name=f"Sample {role}")
    Membership.objects.create(user=person, organization=org, role=role)
    browser = Client()
    browser.force_login(person)
    return browser, user(person.pk)


def people_to_call(now: datetime, count: int = 2, **fields: Any) -> list[CallTask]:
    """People on the list "calls", with the dispositions loaded and a clinician open."""
    install_default_dispositions(by=SYSTEM, now=now)
    make_visit_type(name="First visit")
    make_clinician()
    return make_tasks(now, [make_person(now, n) for n in range(count)], **fields)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    assert found, name
    return found[1]


def form_of(page: str, code: str, **more: str) -> dict[str, str]:
    """What the browser would send for this outcome."""
    kept = {name: hidden(page, name) for name in ("form_id", "task", "started", "zone", "number")}
    return kept | {"code": code, "then": "stay"} | more
