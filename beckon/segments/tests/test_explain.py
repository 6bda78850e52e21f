"""The explanation: clause by clause, with the person's own value, in both languages."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from beckon.people.models import Person
from beckon.segments import queries
from beckon.segments.conditions import parse_definition
from beckon.segments.explain import Barrier
from beckon.segments.wording import Language

pytestmark = pytest.mark.usefixtures("fields")
DOCUMENT = {
    "all": [
        {"field": "last_visit", "op": "more_than_ago", "value": 365},
        {
            "any": [
                {"field": "age", "op": "between", "value": [50, 75]},
                {"field": "sex", "op": "one_of", "value": ["male", "other"]},
            ]
        },
        {"not": {"field": "contacts", "op": "at_least", "value": 1, "with": {"last_days": 30}}},
    ]
}


@pytest.fixture
def person(org: Any, now: datetime) -> Person:
    return Person.objects.create(
        name_key="",
        origin="own",
        birth_date=date(1976, 11, 17),
        sex="female",
        created_at=now,
        updated_at=now,
        last_encounter_at=now - timedelta(days=400),
        recent_contacts=[now - timedelta(days=3)],
    )


def test_every_line_has_its_answer_its_sentence_and_the_persons_value(person: Person, now: datetime) -> None:
    (found,) = queries.explain(parse_definition(DOCUMENT), [person.pk], now=now)
    assert not found.inside
    assert [(step.depth, step.holds, step.sentence, step.value) for step in found.steps()] == [
        (0, False, "all of these:", ""),
        (1, True, "last_visit: more than 365 days ago", "Oct 12, 2025 15:00 UTC"),
        (1, False, "at least one of these:", ""),
        (2, False, "age: from 50 to 75 years", "49 years (Nov 17, 1976)"),
        (2, False, "sex: one of male or other", "female"),
        (1, False, "not:", ""),
        (2, True, "contacts (in the last 30 days): at least 1", "1"),
    ]
    assert found.steps()[3].path == "$.where.all[1].any[0]"


def test_the_same_in_spanish(person: Person, now: datetime) -> None:
    (found,) = queries.explain(parse_definition(DOCUMENT), [person.pk], now=now)
    assert [(step.sentence, step.value) for step in found.steps(Language.SPANISH)] == [
        ("todo lo siguiente:", ""),
        ("last_visit (es): hace más de 365 días", "12 oct 2025 15:00 UTC"),
        ("al menos una de estas:", ""),
        ("age (es): de 50 a 75 años", "49 años (17 nov 1976)"),
        ("sex (es): uno de male (es) o other (es)", "female (es)"),
        ("no se cumple:", ""),
        ("contacts (es) (en los últimos 30 días): al menos 1", "1"),
    ]


def test_a_birthday_moves_the_person_in(person: Person, now: datetime) -> None:
    definition = parse_definition({"field": "age", "op": "at_least", "value": 50})
    assert not queries.explain(definition, [person.pk], now=now)[0].inside
    assert queries.explain(definition, [person.pk], now=now + timedelta(days=1))[0].inside


def test_what_bars_a_person_is_told_whatever_the_condition_says(person: Person, now: datetime) -> None:
    everyone = parse_definition({"everyone": True})
    Person.objects.filter(pk=person.pk).update(retired_at=now)
    retired, unknown = queries.explain(everyone, [person.pk, 999_999], now=now)
    assert (retired.inside, retired.barrier) == (False, Barrier.RETIRED)
    assert "retired" in retired.barrier_words()
    assert (unknown.inside, unknown.steps()) == (False, [])
    assert unknown.barrier_words(Language.SPANISH) == "no existe esa persona"
    Person.objects.filter(pk=person.pk).update(merged_into=7)
    (merged,) = queries.explain(everyone, [person.pk], now=now)
    assert (merged.barrier, "person 7" in merged.barrier_words()) == (Barrier.MERGED, True)


def test_nothing_known_is_said_so(person: Person, now: datetime) -> None:
    definition = parse_definition({"field": "family", "op": "is_not", "value": "Ibarra"})
    (found,) = queries.explain(definition, [person.pk], now=now)
    assert found.inside
    assert [step.value for step in found.steps()] == ["not known"]
    assert [step.value for step in found.steps(Language.SPANISH)] == ["no consta"]
