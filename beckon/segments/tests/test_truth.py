"""The SQL means exactly what the plain Python of naive.py means, for any condition over any people."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from beckon.segments import queries
from beckon.segments.conditions import parse_definition, to_json
from beckon.segments.tests.documents import every_clause, nodes
from beckon.segments.tests.naive import holds, inside
from beckon.segments.tests.population import make_people

MOMENTS = [datetime(2026, 11, 16, 15, tzinfo=UTC), datetime(2024, 2, 29, 23, 59, tzinfo=UTC)]
_RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_any_condition_finds_the_people_the_plain_definition_finds(org: Any, fields: None, moment: datetime) -> None:
    people = make_people(moment, number=60, seed=11)
    ids = [one.id for one in people]
    everyone = queries.count(parse_definition({"everyone": True}), now=moment).value

    @_RELAXED
    @given(nodes())
    def check(node: dict[str, Any]) -> None:
        document = {"version": 1, "where": node}
        definition = parse_definition(document)
        expected = {one.id for one in people if inside(document, one, moment)}
        found = [one for part in queries.member_ids(definition, now=moment, batch=7) for one in part]
        assert found == sorted(expected)
        assert queries.members(definition, ids, now=moment) == expected
        assert {e.person_id for e in queries.explain(definition, ids, now=moment) if e.inside} == expected
        opposite = parse_definition({"not": node}) if _shallow(node) else None
        if opposite is not None:
            others = queries.count(opposite, now=moment).value
            assert queries.count(definition, now=moment).value + others == everyone

    check()


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_field_operator_and_edge_means_what_it_says(org: Any, fields: None, moment: datetime) -> None:
    people = make_people(moment, number=60, seed=12)
    ids = [one.id for one in people]
    clauses, telling = every_clause(), 0
    for start in range(0, len(clauses), 50):
        part = clauses[start : start + 50]
        for explained, one in zip(
            queries.explain(parse_definition({"any": part}), ids, now=moment), people, strict=True
        ):
            for place, clause in enumerate(part):
                answer = explained.answers[f"$.where.any[{place}]"].holds
                assert answer == holds(clause, one, moment), (clause, one)
                telling += answer
    assert telling > 3000


def _shallow(node: dict[str, Any]) -> bool:
    return str(node).count("{") < 8


@_RELAXED
@given(node=nodes())
def test_a_definition_survives_its_json_form(node: dict[str, Any]) -> None:
    from beckon.core import segment_registry
    from beckon.segments.tests.sample_fields import FIELDS

    before = segment_registry._fields
    segment_registry._fields = {field.name: field for field in FIELDS}
    try:
        definition = parse_definition({"version": 1, "where": node, "include_retired": True})
        assert parse_definition(to_json(definition)) == definition
    finally:
        segment_registry._fields = before


def test_retired_people_are_in_only_when_asked_for_and_merged_ones_never(org: Any, fields: None, now: datetime) -> None:
    people = make_people(now, number=40, seed=3)
    document = {"version": 1, "where": {"everyone": True}, "include_retired": True}
    with_retired = queries.members(parse_definition(document), [one.id for one in people], now=now)
    usual = queries.members(parse_definition({"everyone": True}), [one.id for one in people], now=now)
    assert with_retired == {one.id for one in people if not one.merged}
    assert usual == {one.id for one in people if not one.merged and not one.retired}
    assert usual < with_retired
