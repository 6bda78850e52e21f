"""Outside JSON: what is refused, where the message points, what it advises."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.segments.conditions import MAX_CLAUSES, MAX_DEPTH, Clause, parse_definition, parse_text
from beckon.segments.errors import InvalidCondition, Problem
from beckon.segments.operators import Operator

pytestmark = pytest.mark.usefixtures("fields")
GOOD = {"field": "tries", "op": "at_least", "value": 2}


def _problems(raw: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidCondition) as caught:
        parse_definition(raw)
    return [(problem.path, problem.words.en) for problem in caught.value.problems]


def _clause(**changes: object) -> dict[str, Any]:
    return {"version": 1, "where": {"all": [GOOD, {**GOOD, **changes}]}}


@pytest.mark.parametrize(
    ("raw", "path", "advice"),
    [
        (_clause(field="trys"), "$.where.all[1].field", "did you mean tries"),
        (_clause(field="qqqqqqq"), "$.where.all[1].field", "known are age,"),
        (_clause(op="like"), "$.where.all[1].op", "it has is, is_not, at_least"),
        (_clause(value="2"), "$.where.all[1].value", "without quotation marks"),
        (_clause(value=True), "$.where.all[1].value", "give a number"),
        (_clause(value=float("nan")), "$.where.all[1].value", "out of reach"),
        (_clause(value=10**16), "$.where.all[1].value", "out of reach"),
        (_clause(op="between", value=[3, 1]), "$.where.all[1].value", "swap them"),
        (_clause(op="between", value=3), "$.where.all[1].value", "two values"),
        (_clause(field="family", op="is", value=""), "$.where.all[1].value", "operator 'known'"),
        (_clause(field="family", op="is", value="a\x00b"), "$.where.all[1].value", "cannot be stored"),
        (_clause(field="family", op="is", value="\ud800"), "$.where.all[1].value", "cannot be stored"),
        (_clause(field="family", op="one_of", value=[]), "$.where.all[1].value", "a list of 1 to"),
        (_clause(field="family", op="one_of", value=["a"] * 1001), "$.where.all[1].value", "a list of 1 to"),
        (_clause(field="sex", op="is", value="dog"), "$.where.all[1].value", "male, female, other"),
        (_clause(field="last_visit", op="before", value="11/16/2026"), "$.where.all[1].value", "2026-11-16"),
        (_clause(field="last_visit", op="before", value="2026-02-30"), "$.where.all[1].value", "2026-11-16"),
        (_clause(field="last_visit", op="more_than_ago", value=-1), "$.where.all[1].value", "number of days"),
        (_clause(field="last_visit", op="more_than_ago", value=10**9), "$.where.all[1].value", "number of days"),
        (_clause(field="age", op="at_least", value=17.5), "$.where.all[1].value", "age in years"),
        (_clause(field="contacts", op="at_least", value=11), "$.where.all[1].value", "only the last 10"),
        (_clause(field="contacts", op="is", value=10), "$.where.all[1].value", "only the last 10"),
        (_clause(field="events"), "$.where.all[1].with.kind", "needs this"),
        (_clause(**{"with": {"last_days": 3}}), "$.where.all[1].with.last_days", "takes nothing"),
        (
            _clause(field="any_event", op="is", value=True, **{"with": {"last_days": 3, "next_days": 3}}),
            "$.where.all[1].with",
            "not both",
        ),
        (_clause(extra=1), "$.where.all[1].extra", "take it out"),
        ({"where": {"all": [GOOD, {"field": "tries", "op": "is"}]}, "version": 1}, "$.where.all[1].value", "missing"),
        ({"all": []}, "$.where.all", "everyone"),
        ({"any": []}, "$.where.any", "everyone"),
        ({"any": GOOD}, "$.where.any", "a list"),
        ({"not": [GOOD]}, "$.where.not", "an object"),
        ({"everyone": False}, "$.where", "everyone"),
        ({"or": [GOOD]}, "$.where", "'or' is not understood"),
        ({"all": [GOOD], "any": [GOOD]}, "$.where", "exactly one"),
        ({}, "$.where", "exactly one"),
        ([GOOD], "$", "names with values"),
        ({"version": 2, "where": GOOD}, "$.version", "give one of 1"),
        ({"where": GOOD}, "$.version", "missing"),
        ({"version": 1, "where": GOOD, "include_retired": "yes"}, "$.include_retired", "true or false"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_do(raw: object, path: str, advice: str) -> None:
    problems = _problems(raw)
    assert [found for found, _ in problems] == [path]
    assert advice in problems[0][1]


def test_every_mistake_of_a_document_is_told_at_once() -> None:
    raw = {"all": [{**GOOD, "op": "?"}, {"any": []}, {"not": {**GOOD, "field": "?"}}]}
    assert [path for path, _ in _problems(raw)] == [
        "$.where.all[0].op",
        "$.where.all[1].any",
        "$.where.all[2].not.field",
    ]


def test_absurd_nesting_and_size_are_refused() -> None:
    node: dict[str, Any] = GOOD
    for _ in range(MAX_DEPTH):
        node = {"not": node}
    assert "nested more than" in _problems(node)[0][1]
    assert str(MAX_CLAUSES) in _problems({"all": [GOOD] * (MAX_CLAUSES + 1)})[0][1]
    many = {"all": [{"any": [GOOD] * 50}] * 3}
    assert "150 clauses" in _problems(many)[0][1]
    for text in ("[" * 100_000, '{"not":' * 20_000 + "1", " " * 300_000, "1" * 5000, "{'a'}", '{"all": [}', "\ufeff"):
        with pytest.raises(InvalidCondition):
            parse_text(text)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from(["tries", "is", "family"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["all", "any", "not", "everyone", "field", "op", "value", "with", "version", "where", "?"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)
def test_any_json_is_either_read_or_refused_with_a_place(raw: object) -> None:
    problems = [Problem("$", "none")]
    try:
        parse_definition(raw)
    except InvalidCondition as error:
        problems = list(error.problems)
    assert problems
    assert all(problem.path.startswith("$") and problem.words.en for problem in problems)


def test_a_bare_condition_is_version_one_and_values_get_their_type() -> None:
    where = parse_text(json.dumps({**GOOD, "value": 2.5})).where
    assert where == Clause("tries", Operator.AT_LEAST, 2.5, {}, "$.where")
