"""The first page by role: what goes wrong is said, the analyst sees no name, the floor is passed on, visits settled."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beckon.channels.models import Sender
from beckon.core.actors import SYSTEM
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.models import Organization, Role
from beckon.desk.actions import take_next
from beckon.desk.models import CallTask
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.people.models import Import, Source
from beckon.scheduling.models import Appointment
from beckon.scheduling.tests.samples import make_clinician, make_visit_type
from beckon.web.desk.tests.pages import member, people_to_call

HOME = "/o/test/"
FLOOR = "/o/test/floor/"


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_a_first_page(org: Organization, role: Role) -> None:
    browser, _ = member(org, role)
    assert browser.get(HOME).status_code == 200


def test_an_empty_practice_says_what_to_do_first(org: Organization) -> None:
    page = member(org, Role.MANAGER)[0].get(HOME).content.decode()
    for step in ("Set up the practice", "Add a sender", "Import people", "Launch a campaign"):
        assert step in page


def test_a_manager_reads_what_goes_wrong_and_why(org: Organization, now: datetime) -> None:
    Sender.objects.create(
        name="Main number",
        channel="sms",
        carrier="sandbox",
        address="+12125550100",
        paused_reason="key refused",
    )
    source = Source.objects.create(name="Prospects", created_at=now)
    Import.objects.create(
        source=source,
        status="failed",
        file_name="list.csv",
        file_sha256="0" * 64,
        error="no header",
        by="user:1",
        at=now,
    )
    record_events([NewEvent("message.failed", 1, 1, {"reason": "landline"})], by=SYSTEM, now=now)
    make_tasks(now, [make_person(now, 1)], callback_at=now - timedelta(hours=2), callback_for="user:1")
    page = member(org, Role.MANAGER)[0].get(HOME).content.decode()
    for said in ("Main number is paused", "key refused", "list.csv failed", "no header",
                 "1 message did not go out", "takes no texts", "1 promised call is overdue"):  # fmt: skip
        assert said in page


def test_this_week_is_compared_with_the_same_span_of_last_week(org: Organization, now: datetime) -> None:
    for at in (now - timedelta(minutes=5), now - timedelta(days=7, minutes=5), now - timedelta(days=7, minutes=3)):
        record_events([NewEvent("message.received", 1, 1, {"meaning": "yes"})], by=SYSTEM, now=at)
    page = member(org, Role.ANALYST)[0].get("/o/test/today/week/").content.decode()
    assert "−1 on last week" in page


def test_an_analyst_sees_no_name(org: Organization, now: datetime) -> None:
    people_to_call(now, 1)
    take_next(member(org, Role.AGENT)[1], [CallTask.objects.get().queue_id], by=SYSTEM, now=now)
    browser, _ = member(org, Role.ANALYST)
    assert "Ada0" not in browser.get(HOME).content.decode()
    assert browser.get(FLOOR).status_code == 403


def test_a_supervisor_sees_who_holds_whom_since_when(org: Organization, now: datetime) -> None:
    people_to_call(now, 1)
    agent, _ = member(org, Role.AGENT)
    agent.post("/o/test/desk/next/")
    page = member(org, Role.SUPERVISOR)[0].get(HOME).content.decode()
    assert "Ada0 Sample" in page
    assert "since" in page
    assert "at work" in page


def test_whom_an_absent_agent_holds_goes_back_on_the_list(org: Organization, now: datetime) -> None:
    people_to_call(now, 1)
    agent, actor = member(org, Role.AGENT)
    agent.post("/o/test/desk/next/")
    supervisor, _ = member(org, Role.SUPERVISOR)
    supervisor.post(FLOOR + "pass-on/", {"agent": actor.key, "what": "held"})
    assert CallTask.objects.get().status == "open"


def test_promised_calls_are_handed_to_another_agent_or_to_anyone(org: Organization, now: datetime) -> None:
    _, leaving = member(org, Role.AGENT)
    _, other = member(org, Role.AGENT, "other@example.org")
    make_tasks(now, [make_person(now, 1)], callback_at=now + timedelta(hours=2), callback_for=leaving.key)
    supervisor, _ = member(org, Role.SUPERVISOR)
    supervisor.post(FLOOR + "pass-on/", {"agent": leaving.key, "to": other.key, "what": "promised"})
    assert CallTask.objects.get().callback_for == other.key
    supervisor.post(FLOOR + "pass-on/", {"agent": other.key, "to": "", "what": "promised"})
    assert CallTask.objects.get().callback_for == ""


def test_an_agent_passes_nobody_on(org: Organization) -> None:
    browser, _ = member(org, Role.AGENT)
    assert browser.post(FLOOR + "pass-on/", {"agent": "user:1", "what": "held"}).status_code == 403


def visit(now: datetime, at: datetime) -> Appointment:
    clinician, kind = make_clinician(), make_visit_type()
    return Appointment.objects.create(
        person_id=make_person(now, 7).pk, clinician=clinician, location=clinician.location, visit_type=kind,
        starts_at=at, ends_at=at + timedelta(minutes=30), by="user:0", at=now, updated_at=now,
    )  # fmt: skip


def test_a_scheduler_settles_a_visit_whose_time_has_passed(org: Organization, now: datetime) -> None:
    past = visit(now, now - timedelta(hours=3))
    browser, _ = member(org, Role.SCHEDULER)
    assert "Ada7 Sample" in browser.get(HOME).content.decode()
    browser.post(f"/o/test/today/visits/{past.pk}/", {"outcome": "kept"})
    past.refresh_from_db()
    assert past.status == "kept"


def test_a_visit_to_come_without_a_confirmation_is_marked(org: Organization, now: datetime) -> None:
    visit(now, now + timedelta(hours=3))
    assert "none: call them" in member(org, Role.SCHEDULER)[0].get(HOME).content.decode()


def test_the_floor_asks_as_many_queries_for_one_person_held_as_for_four(org: Organization, now: datetime) -> None:
    people_to_call(now, 5)
    supervisor, _ = member(org, Role.SUPERVISOR)
    queue = CallTask.objects.values_list("queue_id", flat=True)[0]
    _, first = member(org, Role.AGENT)
    take_next(first, [queue], by=SYSTEM, now=now)
    supervisor.get(FLOOR)
    with CaptureQueriesContext(connection) as one:
        supervisor.get(FLOOR)
    for n in range(3):
        take_next(member(org, Role.AGENT, f"a{n}@example.org")[1], [queue], by=SYSTEM, now=now)
    with CaptureQueriesContext(connection) as four:
        supervisor.get(FLOOR)
    assert len(four) == len(one) > 10


def test_a_part_that_refreshes_itself_is_no_new_look(org: Organization, now: datetime) -> None:
    from beckon.core.audit.models import AuditEntry

    browser, _ = member(org, Role.SUPERVISOR)
    browser.get(FLOOR)
    seen = AuditEntry.objects.filter(action="person.listed").count()
    browser.get(FLOOR, headers={"HX-Request": "true"})
    assert AuditEntry.objects.filter(action="person.listed").count() == seen
