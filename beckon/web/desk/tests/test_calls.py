"""A call on the page: served, recorded once whatever happens to the browser, taken back; who may, who may not."""

from datetime import datetime

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beckon.core.actors import Actor
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role
from beckon.desk.actions import take_next
from beckon.desk.models import Call, CallTask, Script
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.people.models import ContactPoint, Number, Person
from beckon.web.desk.presenters import script_of
from beckon.web.desk.tests.pages import DESK, form_of, hidden, member, people_to_call

JSON = {"Accept": "application/json"}


@pytest.fixture
def agent(org: Organization) -> tuple[Client, Actor]:
    return member(org, Role.AGENT)


def serve(browser: Client) -> str:
    assert browser.post(DESK + "next/").status_code == 302
    return browser.get(DESK).content.decode()


def test_the_next_call_shows_the_person_and_asking_again_shows_the_same(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    page = serve(browser)
    assert "Ada0 Sample" in page
    assert "tel:+1212555" in page
    assert hidden(serve(browser), "task") == hidden(page, "task")
    assert CallTask.objects.filter(status="leased").count() == 1


def test_every_outcome_stands_with_its_key_and_says_what_it_does(agent, now: datetime) -> None:
    people_to_call(now, 1)
    page = serve(agent[0])
    assert page.count("data-code") == 14
    for key in ("1", "9", "L", "D", "U", "X", "N"):
        assert f'aria-keyshortcuts="{key}"' in page
    assert "The number is retired for everybody." in page


def test_an_outcome_is_recorded_and_the_next_person_follows(agent, now: datetime) -> None:
    people_to_call(now, 2)
    browser, me = agent
    page = serve(browser)
    answer = browser.post(DESK + "record/", form_of(page, "NOANS", then="next"), headers=JSON)
    assert answer.json() == {"url": DESK}
    call = Call.objects.get()
    assert (call.disposition, call.agent) == ("NOANS", me.key)
    after = browser.get(DESK).content.decode()
    assert hidden(after, "task") != hidden(page, "task")
    assert "Undo" in after


def test_the_same_form_from_a_second_tab_or_a_repeated_send_is_one_call(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    first_tab, second_tab = serve(browser), browser.get(DESK).content.decode()
    browser.post(DESK + "record/", form_of(first_tab, "NOANS"), headers=JSON)
    browser.post(DESK + "record/", form_of(first_tab, "NOANS"), headers=JSON)
    again = browser.post(DESK + "record/", form_of(second_tab, "LVM"), follow=True)
    assert "that stands" in again.content.decode()
    assert list(Call.objects.values_list("disposition", flat=True)) == ["NOANS"]


def test_what_is_taken_back_can_be_recorded_anew(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    browser.post(DESK + "record/", form_of(serve(browser), "LOST"))
    page = browser.post(DESK + "undo/", follow=True).content.decode()
    assert "Taken back." in page
    browser.post(DESK + "record/", form_of(page, "HUNG_UP"))
    standing = Call.objects.filter(undone_at=None)
    assert [c.disposition for c in standing] == ["HUNG_UP"]


def test_a_call_back_without_a_time_says_what_is_missing_and_keeps_the_note(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    sent = form_of(serve(browser), "CBACK", remarks="after the holidays")
    answer = browser.post(DESK + "record/", sent, headers=JSON)
    assert answer.json()["errors"] == {"on": ["Write a day, a time, or both."]}
    plain = browser.post(DESK + "record/", sent)
    assert plain.status_code == 422
    assert "after the holidays" in plain.content.decode()
    assert not Call.objects.exists()
    browser.post(DESK + "record/", sent | {"on": "2026-11-20", "clock": "14:30", "whose": "me"})
    task = CallTask.objects.get()
    assert (task.callback_at.isoformat(), task.callback_for) == ("2026-11-20T19:30:00+00:00", agent[1].key)
    assert "promised" in browser.get(DESK).content.decode()


def test_a_death_is_recorded_only_when_the_agent_is_sure(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    page = serve(browser)
    refused = browser.post(DESK + "record/", form_of(page, "DECEASED"), headers=JSON)
    assert list(refused.json()["errors"]) == ["sure"]
    browser.post(DESK + "record/", form_of(page, "DECEASED", sure="yes"), headers=JSON)
    assert Person.objects.get().deceased_at == now


def test_a_mobile_number_is_taken_in_any_form_and_a_wrong_one_is_named(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    page = serve(browser)
    wrong = browser.post(DESK + "record/", form_of(page, "NOT_NOW", mobile="12"), headers=JSON)
    assert list(wrong.json()["errors"]) == ["mobile"]
    browser.post(DESK + "record/", form_of(page, "NOT_NOW", mobile="(212) 555-0177", insurance="Sample Health"))
    assert Number.objects.filter(value="+12125550177", line_type="mobile").exists()
    assert "Insurance: Sample Health" in Call.objects.get().remarks


def test_a_wrong_number_ends_that_number_and_the_chosen_one_is_the_one_meant(agent, now: datetime) -> None:
    people_to_call(now, 0)
    (task,) = make_tasks(now, [make_person(now, 5, phones=2)])
    browser, _ = agent
    page = serve(browser)
    second = ContactPoint.objects.get(person_id=task.person_id, rank=2)
    browser.post(DESK + "record/", form_of(page, "WNUM", number=str(second.number_id)))
    ended = ContactPoint.objects.exclude(ended_at=None)
    assert [p.pk for p in ended] == [second.pk]


def test_an_outcome_in_the_name_of_somebody_else_is_refused(agent, org: Organization, now: datetime) -> None:
    people_to_call(now, 1)
    page = serve(agent[0])
    other, _ = member(org, Role.AGENT, "other@example.org")
    assert other.post(DESK + "record/", form_of(page, "DNC")).status_code == 403
    assert not Call.objects.exists()


def test_whom_one_gives_back_is_served_to_nobody_for_an_hour(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    serve(browser)
    browser.post(DESK + "give-back/")
    task = CallTask.objects.get()
    assert (task.status, task.held_reason, task.attempts) == ("open", "passed_over", 0)
    assert "Nobody can be called right now" in browser.post(DESK + "next/", follow=True).content.decode()


def test_an_empty_list_explains_itself(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = agent
    browser.post(DESK + "record/", form_of(serve(browser), "NOANS"))
    part = browser.get(DESK + "lists/").content.decode()
    assert "were called within the last week" in part


def test_a_scheduler_looks_at_the_desk_and_is_served_nobody(org: Organization, now: datetime) -> None:
    people_to_call(now, 1)
    browser, _ = member(org, Role.SCHEDULER)
    assert browser.get(DESK).status_code == 200
    assert browser.post(DESK + "next/").status_code == 403
    assert not CallTask.objects.filter(status="leased").exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_makes_no_calls_does_not_come_to_the_desk(org: Organization, role: Role) -> None:
    browser, _ = member(org, role)
    for path in ("", "status/", "lists/", "promises/"):
        assert browser.get(DESK + path).status_code == 403


def test_a_stranger_finds_no_desk_there(org: Organization) -> None:
    browser, _ = member(org, Role.AGENT)
    assert browser.get("/o/elsewhere/desk/").status_code == 404
    assert Client().get(DESK).status_code == 302


def test_the_right_person_is_on_record_before_anything_else(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, me = agent
    browser.post(DESK + "record/", form_of(serve(browser), "NOT_NOW", party="yes"))
    entry = AuditEntry.objects.get(action="call.right_party")
    assert (entry.actor, entry.object_ids) == (me.key, [Call.objects.get().pk])


def test_a_call_page_asks_the_same_number_of_queries_however_long_the_history(agent, now: datetime) -> None:
    from django.db import connection

    people_to_call(now, 1)
    browser, me = agent
    serve(browser)
    with CaptureQueriesContext(connection) as short:
        browser.get(DESK)
    person = Person.objects.get()
    for n in range(8):
        Call.objects.create(
            person_id=person.pk, agent=me.key, attempt=1, disposition="NOANS", local_hour=9, local_weekday=0,
            started_at=now, ended_at=now, dedupe_key=f"old-{n}", undone_at=now,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as long:
        browser.get(DESK)
    assert len(long) == len(short) > 10


def test_the_script_stops_before_the_right_party_check() -> None:
    cut = script_of("Hello, is this Ada?\n(Ask the birth date.)\n\nYou missed your visit.\n- Yes: book")
    said = [text for paragraph in cut.opening for line in paragraph for _, text in line.parts]
    assert said == ["Hello, is this Ada?", "(Ask the birth date.)"]
    assert cut.opening[0][1].parts == ((True, "(Ask the birth date.)"),)
    assert cut.rest[0][1].is_item
    one_paragraph = script_of("Hello?\nYou missed your visit.")
    assert len(one_paragraph.opening) == len(one_paragraph.rest) == 1


def test_the_script_is_shown_in_the_persons_language(agent, now: datetime) -> None:
    people_to_call(now, 0)
    Script.objects.create(key="x", language="es", body="Hola, {{ first_name }}\n\nSu visita.")
    make_tasks(now, [make_person(now, 3, language="es")], script_key="x")
    page = serve(agent[0])
    assert "Hola, Ada3" in page
    assert '<div lang="es">' in page


def test_the_page_keeps_the_person_while_the_call_lasts(agent, now: datetime) -> None:
    people_to_call(now, 1)
    browser, me = agent
    page = serve(browser)
    before = CallTask.objects.get().leased_until
    assert browser.post(f"{DESK}keep/{hidden(page, 'task')}/").status_code == 204
    assert CallTask.objects.get().leased_until > before
    assert take_next(me, [], limit=0, by=me, now=now)
