"""Counting with a limit, sampling, streaming, and what hostile values cannot do."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from beckon.core.errors import NoOrganization
from beckon.segments import queries
from beckon.segments.conditions import parse_definition
from beckon.segments.tests.population import make_people

pytestmark = pytest.mark.usefixtures("fields")
EVERYONE = {"everyone": True}


def test_a_limited_count_says_that_there_are_more(org: Any, now: datetime) -> None:
    make_people(now, number=30, seed=5)
    definition = parse_definition(EVERYONE)
    whole = queries.count(definition, now=now)
    assert whole.exact
    assert str(queries.count(definition, now=now, limit=10)) == "10+"
    assert queries.count(definition, now=now, limit=whole.value) == whole
    assert queries.count(definition, now=now, limit=whole.value - 1) == queries.Count(whole.value - 1, exact=False)
    with pytest.raises(ValueError, match="at least 1"):
        queries.count(definition, now=now, limit=0)


def test_a_sample_is_of_the_segment_and_the_same_for_the_same_seed(org: Any, now: datetime) -> None:
    people = make_people(now, number=40, seed=5)
    definition = parse_definition({"field": "tries", "op": "at_least", "value": 2})
    inside = queries.members(definition, [one.id for one in people], now=now)
    first = queries.sample(definition, now=now, size=5, seed=1)
    assert len(first) == 5
    assert set(first) <= inside
    assert queries.sample(definition, now=now, size=5, seed=1) == first
    assert any(queries.sample(definition, now=now, size=5, seed=seed) != first for seed in range(2, 6))
    assert set(queries.sample(definition, now=now, size=1000)) == inside


def test_hostile_texts_are_values_and_nothing_else(org: Any, now: datetime) -> None:
    people = make_people(now, number=20, seed=5)
    ids = [one.id for one in people]
    for text in ("' OR 1=1 --", "%s", "%(a)s", "\\", "'; DROP TABLE people_person; --", "$1", "%"):
        for op, value in (("is", text), ("one_of", [text]), ("starts_with", text)):
            definition = parse_definition({"field": "family", "op": op, "value": value})
            harmless = parse_definition({"field": "family", "op": op, "value": ["a"] if op == "one_of" else "a"})
            assert queries.members_sql(definition, now=now).text == queries.members_sql(harmless, now=now).text
            assert queries.members(definition, ids, now=now) == set()
    parameter = {"field": "events", "op": "at_least", "value": 1, "with": {"kind": "' OR true --"}}
    assert queries.members(parse_definition(parameter), ids, now=now) == set()


def test_a_persons_own_words_may_hold_the_signs_of_like(org: Any, now: datetime) -> None:
    people = make_people(now, number=60, seed=5)
    definition = parse_definition({"field": "family", "op": "starts_with", "value": "50%_"})
    assert queries.members(definition, [one.id for one in people], now=now) == {
        one.id for one in people if one.family == "50%_off" and not one.merged and not one.retired
    }


def test_nobody_asked_for_is_nobody_found_without_a_query(
    org: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert queries.members(parse_definition(EVERYONE), [], now=now) == set()


def test_the_callers_planner_settings_come_back(org: Any, now: datetime) -> None:
    def settings() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('jit'), current_setting('work_mem')")
            return list(cursor.fetchone())

    before = settings()
    queries.count(parse_definition(EVERYONE), now=now)
    list(queries.member_ids(parse_definition(EVERYONE), now=now))
    assert settings() == before
    assert before[1] != "64MB"


@pytest.mark.django_db
def test_outside_an_organization_nothing_can_be_counted(now: datetime) -> None:
    with pytest.raises(NoOrganization):
        queries.count(parse_definition(EVERYONE), now=now)
