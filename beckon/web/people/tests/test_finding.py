"""Searching and listing people: by what a caller says, by filters, page by page, and on record."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beckon.core.audit.models import AuditEntry
from beckon.core.models import Role
from beckon.people.models import Person, PersonIdentifier, Source
from beckon.people.queries import search_people
from beckon.web.people.filters import FilterForm
from beckon.web.people.tests.scene import PEOPLE, browser_of, make_people, named, stranger, text_of

pytestmark = pytest.mark.usefixtures("three")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("ruiz", ["Ana", "Luis"]),
        ("Ruíz, A", ["Ana"]),
        ("ana ruiz", ["Ana"]),
        ("ruiz ana", ["Ana"]),
        ("an rui", ["Ana"]),
        ("gil paz", ["Rosa"]),
        ("(617) 555-0101", ["Ana"]),
        ("1-617-555-0101", ["Ana"]),
        ("0102", ["Ana", "Luis"]),
        ("617 555 01", ["Ana", "Luis"]),
        ("617 555 010", ["Ana", "Luis"]),
        ("7/14/1987", ["Ana"]),
        ("1987-07-14", ["Ana"]),
        ("A-78", ["Luis"]),
        ("a-78", ["Luis"]),
        ("nobody", []),
        ("%", []),
    ],
)
def test_a_person_is_found_by_whatever_a_caller_says(said: str, found: list[str]) -> None:
    names = Person.objects.in_bulk([one.person_id for one in search_people(said)])
    assert sorted(person.given_name for person in names.values()) == found


def test_the_search_answers_a_part_of_the_page_to_htmx_and_is_on_record(manager: Client) -> None:
    page = manager.get(PEOPLE, {"q": "ruiz"}, headers={"HX-Request": "true"})
    assert "Ana Ruíz" in text_of(page)
    assert "<html" not in text_of(page)
    entry = AuditEntry.objects.filter(action="person.searched").latest("pk")
    assert sorted(entry.object_ids) == sorted([named("Ana").pk, named("Luis").pk])


def test_one_letter_is_not_searched_for(manager: Client) -> None:
    assert "Type at least two letters" in text_of(manager.get(PEOPLE, {"q": "r"}))


def test_the_list_shows_everybody_with_the_exact_number(manager: Client) -> None:
    page = text_of(manager.get(PEOPLE))
    assert "3 people" in page
    assert "Rosa Gil Paz" in page
    assert len(AuditEntry.objects.filter(action="people.listed").latest("pk").object_ids) == 3


def test_filters_narrow_the_list_and_stand_as_condition_json(manager: Client) -> None:
    page = text_of(manager.get(PEOPLE, {"language": "es", "reach": "mobile"}))
    assert "Ana Ruíz" in page
    assert "Rosa" not in page
    assert "Luis" not in page
    form = FilterForm({"language": "es", "age_from": "30"})
    assert form.as_json()["where"] == {
        "all": [
            {"field": "language", "op": "is", "value": "es"},
            {"field": "age", "op": "at_least", "value": 30},
        ]
    }


def test_a_wrong_filter_says_where_it_is_wrong(manager: Client) -> None:
    page = text_of(manager.get(PEOPLE, {"age_from": "50", "age_to": "40"}))
    assert "The age to is lower than the age from." in page


def test_long_lists_come_in_pages_and_the_exact_count_follows(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beckon.web.people.queries.PAGE", 2)
    monkeypatch.setattr("beckon.web.people.queries.AT_ONCE", 2)
    first = text_of(manager.get(PEOPLE))
    assert "2+ people" in first
    after = sorted(Person.objects.values_list("pk", flat=True))[1]
    assert f"after={after}" in first
    second = text_of(manager.get(PEOPLE, {"after": str(after)}))
    assert second.count("data-row>") == 1
    assert "3 people" in text_of(manager.get(f"{PEOPLE}count/"))


def test_few_people_are_paged_in_the_same_order(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beckon.web.people.queries.PAGE", 2)
    first = text_of(manager.get(PEOPLE))
    assert "3 people" in first
    assert first.count("data-row>") == 2
    newest = sorted(Person.objects.values_list("pk", flat=True))
    assert f"after={newest[1]}" in first
    assert "Ana Ruíz" in text_of(manager.get(PEOPLE, {"after": str(newest[1])}))


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(manager: Client, now: datetime) -> None:
    Person.objects.filter(given_name="Rosa").update(merged_into=named("Ana").pk)
    manager.get(PEOPLE)
    with CaptureQueriesContext(connection) as few:
        manager.get(PEOPLE)
    PersonIdentifier.objects.all().delete()
    Source.objects.all().update(name="other")
    make_people(now)
    with CaptureQueriesContext(connection) as many:
        page = manager.get(PEOPLE)
    assert "5 people" in text_of(page)
    assert len(many) == len(few)


@pytest.mark.parametrize("path", ["", "count/"])
def test_strangers_and_analysts_see_nobody(org: Any, path: str) -> None:
    assert stranger().get(PEOPLE + path).status_code == 404
    assert browser_of(org, Role.ANALYST).get(PEOPLE + path).status_code == 403
    assert browser_of(org, Role.AUDITOR).get(PEOPLE + path).status_code == 200
