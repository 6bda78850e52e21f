"""docs/howto/add-a-segment-field.md works as written."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from beckon.core import segment_registry
from beckon.people.models import Person, PersonIdentifier
from beckon.segments import queries
from beckon.segments.conditions import parse_text
from beckon.segments.operators import Operator, operators_of

PAGE = (Path(__file__).resolve().parents[3] / "docs/howto/add-a-segment-field.md").read_text()


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_registry, "_fields", {})
    exec(_block("python"), {})  # noqa: S102 - the page is ours, and running it is the test


def test_the_example_finds_who_it_describes(org: Any, followed: None, now: datetime) -> None:
    def person(origin: str) -> int:
        long_ago = now - timedelta(days=400)
        made = Person.objects.create(name_key="", origin=origin, created_at=long_ago, updated_at=now)
        PersonIdentifier.objects.create(person=made, system="ehr", value=str(made.pk))
        return made.pk

    wanted, bought = person("own"), person("bought")
    assert queries.members(parse_text(_block("json")), [wanted, bought], now=now) == {wanted}


def test_the_table_of_operators_is_complete(fields: None) -> None:
    table = PAGE[PAGE.index("| kind | operators |") :]
    rows = {
        names: set(re.findall(r"[a-z_]+", cells))
        for names, cells in re.findall(r"^\| ([a-z, ]+) \| ([^|]*) \|$", table, re.MULTILINE)
    }
    listed = {kind.strip(): operators for names, operators in rows.items() for kind in names.split(",")}
    for field in segment_registry.all_fields():
        kind = getattr(field, "kind", type(field).__name__.removesuffix("Field").lower())
        for operator in operators_of(field):
            assert operator.value in listed[str(kind)], (field.name, operator)
    assert set().union(*listed.values()) >= {operator.value for operator in Operator}
