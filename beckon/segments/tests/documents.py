"""Random segment documents for Hypothesis: every field, every operator, any nesting that is allowed."""

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from beckon.core.segment_registry import FieldKind, HasField, ManyField, SegmentField, TallyField, ValueField
from beckon.segments.operators import RELATIVE, Operator, operators_of
from beckon.segments.tests.population import DAYS, FAMILIES, IDENTIFIERS
from beckon.segments.tests.sample_fields import FIELDS, KINDS, SYSTEMS

_DATES = ("2004-02-29", "2008-11-17", "2026-11-16", "2026-11-17", "2025-11-16")
_AGES = (0, 17, 18, 21, 22, 76, 150)


def _scalars(field: SegmentField) -> st.SearchStrategy[Any]:
    if isinstance(field, HasField):
        return st.booleans()
    if not isinstance(field, ValueField | ManyField):
        return st.integers(0, 6)
    match field.kind:
        case FieldKind.TEXT:
            return st.sampled_from([*FAMILIES[1:], *IDENTIFIERS, "I", "5", "_", "' OR true --"])
        case FieldKind.CHOICE:
            return st.sampled_from([choice.value for choice in field.choices])
        case FieldKind.BOOLEAN:
            return st.booleans()
        case FieldKind.AGE:
            return st.sampled_from(_AGES)
        case _:
            return st.one_of(st.integers(-1, 20), st.sampled_from([11.5, 12.0]))


def _values(field: SegmentField, operator: Operator) -> st.SearchStrategy[Any]:
    if operator is Operator.KNOWN:
        return st.booleans()
    if operator in RELATIVE:
        return st.sampled_from(DAYS)
    if operator in (Operator.BEFORE, Operator.ON_OR_AFTER):
        return st.sampled_from(_DATES)
    if operator is Operator.BETWEEN:
        return st.lists(_scalars(field), min_size=2, max_size=2).map(sorted)
    if operator in (Operator.ONE_OF, Operator.NONE_OF):
        return st.lists(_scalars(field), min_size=1, max_size=3)
    return _scalars(field)


def _parameters(field: SegmentField) -> st.SearchStrategy[dict[str, Any]]:
    window = st.sampled_from([1, 28, 30, 365])
    windows: list[st.SearchStrategy[dict[str, Any]]] = [st.just({})]
    if isinstance(field, TallyField) or (not isinstance(field, ValueField) and field.rows.at):
        windows.append(st.fixed_dictionaries({"last_days": window}))
    if not isinstance(field, ValueField | TallyField) and field.rows.at:
        windows.append(st.fixed_dictionaries({"next_days": window}))
    own = {
        parameter.name: st.sampled_from(KINDS if parameter.name == "kind" else SYSTEMS)
        for parameter in field.parameters
    }
    return st.builds(lambda a, b: {**a, **b}, st.one_of(windows), st.fixed_dictionaries(own))


@st.composite
def clauses(draw: st.DrawFn) -> dict[str, Any]:
    """A clause that is allowed."""
    field = draw(st.sampled_from(FIELDS))
    operator = draw(st.sampled_from(operators_of(field)))
    clause = {"field": field.name, "op": operator.value, "value": draw(_values(field, operator))}
    parameters = draw(_parameters(field))
    return {**clause, "with": parameters} if parameters else clause


def nodes() -> st.SearchStrategy[dict[str, Any]]:
    """A condition of a few levels."""

    def deeper(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        group = st.lists(inner, min_size=1, max_size=3)
        return st.one_of(
            group.map(lambda parts: {"all": parts}),
            group.map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        )

    leaves = st.one_of(clauses(), clauses(), clauses(), st.just({"everyone": True}))
    # Hypothesis doubles the depth at most 2**n leaves; six levels stay below the limit of eight.
    return st.recursive(leaves, deeper, max_leaves=6).filter(lambda node: _depth(node) <= 8)


def _depth(node: dict[str, Any]) -> int:
    if "not" in node:
        return 1 + _depth(node["not"])
    for joiner in ("all", "any"):
        if joiner in node:
            return 1 + max(_depth(part) for part in node[joiner])
    return 1


def every_clause() -> list[dict[str, Any]]:
    """Each field with each of its operators and each edge value once; what chance may leave out."""
    found = []
    for field in FIELDS:
        kind = getattr(field, "kind", None)
        for operator in operators_of(field):
            for value in _edges(field, kind, operator):
                clause: dict[str, Any] = {"field": field.name, "op": operator.value, "value": value}
                own = {one.name: (KINDS if one.name == "kind" else SYSTEMS)[0] for one in field.parameters}
                windowed = field.name in ("events", "contacts", "event_time", "any_event")
                windows: list[dict[str, Any]] = [{}, {"last_days": 28}] if windowed else [{}]
                found += [{**clause, "with": {**own, **window}} for window in windows]
    return found


def _edges(field: SegmentField, kind: FieldKind | None, operator: Operator) -> list[Any]:
    if operator is Operator.KNOWN or kind is FieldKind.BOOLEAN or isinstance(field, HasField):
        return [True, False]
    if operator in RELATIVE:
        return list(DAYS)
    if operator in (Operator.BEFORE, Operator.ON_OR_AFTER):
        return list(_DATES)
    texts = [*FAMILIES[1:], *IDENTIFIERS]
    plain: list[Any] = {
        FieldKind.TEXT: texts,
        FieldKind.CHOICE: [choice.value for choice in getattr(field, "choices", ())],
        FieldKind.AGE: [0, 17, 18, 19, 20, 21, 22],
        FieldKind.NUMBER: [-1, 0, 2, 11, 11.5, 12],
    }.get(kind, [0, 1, 2, 3])  # type: ignore[arg-type]
    if operator is Operator.BETWEEN:
        return [[low, high] for low, high in pairwise(plain)]
    if operator in (Operator.ONE_OF, Operator.NONE_OF):
        return [[one] for one in plain] + [plain]
    return plain
