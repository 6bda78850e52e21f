"""SQL of one comparison of one value, by kind of field. The result may be NULL where the value is."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from beckon.core.segment_registry import FieldKind, ManyField, Sql, ValueField
from beckon.segments.conditions import Clause
from beckon.segments.operators import Operator

_SIGNS: Mapping[Operator, str] = {
    Operator.IS: "=",
    Operator.AT_LEAST: ">=",
    Operator.AT_MOST: "<=",
    Operator.MORE_THAN: ">",
    Operator.FEWER_THAN: "<",
}


def comparison(value: Sql, field: ValueField | ManyField, clause: Clause, now: datetime, today: date) -> Sql:
    """`value` compared as the (simplified) clause says: true, false, or NULL where it is not known."""
    if clause.operator is Operator.KNOWN:
        return _known(value, field.kind)
    match field.kind:
        case FieldKind.TEXT:
            return _text(value, clause)
        case FieldKind.CHOICE:
            return _choice(value, field, clause)
        case FieldKind.NUMBER:
            return _number(value, clause)
        case FieldKind.BOOLEAN:
            return Sql(value.text if clause.value else f"({value.text}) IS FALSE", value.values)
        case FieldKind.MOMENT | FieldKind.DATE:
            return _time(value, clause, now if field.kind is FieldKind.MOMENT else today)
        case FieldKind.AGE:
            return _age(value, clause, today)
        case _:
            assert_never(field.kind)


def years_before(day: date, years: int) -> date:
    """Born on this day or earlier means `years` completed on `day`. 29 February counts from 1 March in other years."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _known(value: Sql, kind: FieldKind) -> Sql:
    test = "<> ''" if kind in (FieldKind.TEXT, FieldKind.CHOICE) else "IS NOT NULL"
    return Sql(f"({value.text}) {test}", value.values)


def _bound(value: Sql, rest: str, *values: object) -> Sql:
    return Sql(f"({value.text}) {rest}", (*value.values, *values))


def _text(value: Sql, clause: Clause) -> Sql:
    match clause.operator:
        case Operator.STARTS_WITH:
            literal = str(clause.value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            return _bound(value, "LIKE %s", literal + "%")
        case Operator.ONE_OF:
            assert isinstance(clause.value, tuple)
            return _bound(value, "= ANY(%s)", list(clause.value))
        case _:
            return _bound(value, "= %s", clause.value)


def _choice(value: Sql, field: ValueField | ManyField, clause: Clause) -> Sql:
    ladder = [choice.value for choice in field.choices]
    match clause.operator:
        case Operator.AT_LEAST:
            return _bound(value, "= ANY(%s)", ladder[ladder.index(str(clause.value)) :])
        case Operator.AT_MOST:
            return _bound(value, "= ANY(%s)", ladder[: ladder.index(str(clause.value)) + 1])
        case _:
            return _text(value, clause)


def _number(value: Sql, clause: Clause) -> Sql:
    if isinstance(clause.value, tuple):
        return _bound(value, "BETWEEN %s AND %s", *clause.value)
    return _bound(value, f"{_SIGNS[clause.operator]} %s", clause.value)


def _time(value: Sql, clause: Clause, present: datetime | date) -> Sql:
    if isinstance(clause.value, date):
        limit = clause.value
        if isinstance(present, datetime):
            limit = datetime.combine(limit, time(), UTC)
        return _bound(value, "< %s" if clause.operator is Operator.BEFORE else ">= %s", limit)
    assert isinstance(clause.value, int)
    span = timedelta(days=clause.value)
    match clause.operator:
        case Operator.MORE_THAN_AGO:
            return _bound(value, "< %s", present - span)
        case Operator.WITHIN_LAST:
            return _bound(value, "BETWEEN %s AND %s", present - span, present)
        case Operator.WITHIN_NEXT:
            return _bound(value, "BETWEEN %s AND %s", present, present + span)
        case _:
            return _bound(value, "> %s", present + span)


def _age(value: Sql, clause: Clause, today: date) -> Sql:
    low, high = _years(clause)
    tests = [] if low is None else [_bound(value, "<= %s", years_before(today, low))]
    tests += [] if high is None else [_bound(value, "> %s", years_before(today, high + 1))]
    return Sql(" AND ".join(test.text for test in tests), tuple(one for test in tests for one in test.values))


def _years(clause: Clause) -> tuple[int | None, int | None]:
    """The youngest and the oldest completed years that satisfy the clause, both included."""
    if isinstance(clause.value, tuple):
        low, high = clause.value
        assert isinstance(low, int)
        assert isinstance(high, int)
        return low, high
    years = clause.value
    assert isinstance(years, int)
    table: dict[Operator, tuple[int | None, int | None]] = {
        Operator.IS: (years, years),
        Operator.AT_LEAST: (years, None),
        Operator.MORE_THAN: (years + 1, None),
        Operator.AT_MOST: (None, years),
        Operator.FEWER_THAN: (None, years - 1),
    }
    return table[clause.operator]
