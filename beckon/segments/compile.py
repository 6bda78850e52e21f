"""Turns a checked condition into one parameterised SQL condition over the person row `p`. Runs nothing.

Truth has two values: a comparison with something not known is false, and `not` is the complement over all people.
Negations are pushed down to the clauses, so that PostgreSQL sees NOT EXISTS (an anti join) and plain comparisons.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from beckon.core.segment_registry import (
    Ask,
    CountField,
    Expression,
    HasField,
    ManyField,
    Rows,
    SegmentField,
    Sql,
    TallyField,
    ValueField,
    find_field,
)
from beckon.core.wording.words import Words
from beckon.segments.checking import LAST_DAYS, NEXT_DAYS
from beckon.segments.comparisons import comparison
from beckon.segments.conditions import Clause, Everyone, Group, Node, Not
from beckon.segments.errors import InvalidCondition, Problem
from beckon.segments.operators import OPPOSITES, Operator, Value

_TRUE, _FALSE = Sql("TRUE"), Sql("FALSE")
_SHOWN_VALUES = 6
_GONE = Words(
    "the field {name!r} is no longer known; edit the segment",
    "el campo {name!r} ya no se conoce; edite el segmento",
)


def condition_sql(node: Node, *, now: datetime, batch: bool = False) -> Sql:
    """SQL that is true for exactly the people the condition holds for (never needs IS TRUE around it in a WHERE).

    With `batch` the sub-selects are kept correlated, which is faster for a few thousand given people.
    """
    return _Compiler(now, batch).node(node, negated=False)


def value_sql(clause: Clause, *, now: datetime) -> Sql:
    """SQL for what the person has in the clause's field: a value, a list of values, a yes or no, a count."""
    field, ask = field_of(clause), Ask(now, clause.parameters)
    match field:
        case ValueField():
            return expression(field.sql, ask)
        case TallyField():
            return field.count(ask)
        case HasField():
            return concat("EXISTS (SELECT 1 ", _rows(field.rows, ask), ")")
        case CountField():
            return concat("(SELECT count(*) ", _rows(field.rows, ask), ")")
        case ManyField():
            rows = _rows(field.rows, ask)
            return concat(f"ARRAY(SELECT DISTINCT {field.value} ", rows, f" ORDER BY 1 LIMIT {_SHOWN_VALUES})")
        case _:
            assert_never(field)


def field_of(clause: Clause) -> SegmentField:
    """The clause's field. Raises InvalidCondition when it is no longer registered."""
    field = find_field(clause.field)
    if field is None:
        raise InvalidCondition([Problem(clause.path, _GONE.filled(name=clause.field))])
    return field


def expression(given: Expression, ask: Ask) -> Sql:
    """The SQL of a field's constant or builder."""
    return Sql(given) if isinstance(given, str) else given(ask)


def concat(*parts: str | Sql) -> Sql:
    """The parts one after the other, their values in the same order."""
    whole = [Sql(part) if isinstance(part, str) else part for part in parts]
    return Sql("".join(part.text for part in whole), tuple(value for part in whole for value in part.values))


def join(joiner: str, parts: Sequence[Sql]) -> Sql:
    """The parts with the joiner between them, each in brackets."""
    text = joiner.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.values))


def simplified(clause: Clause, field: SegmentField) -> Node:
    """The same condition in fewer operators: no opposites, and counts by AT_LEAST alone."""
    if clause.operator in OPPOSITES:
        return Not(_with(clause, OPPOSITES[clause.operator], clause.value))
    if isinstance(field, CountField | TallyField):
        return _by_at_least(clause)
    never_null = isinstance(field, HasField) or (isinstance(field, ValueField) and field.never_null)
    if clause.value is False and (clause.operator is Operator.KNOWN or never_null):
        return Not(_with(clause, clause.operator, True))
    return clause


def _with(clause: Clause, operator: Operator, value: Value) -> Clause:
    return Clause(clause.field, operator, value, clause.parameters, clause.path)


def _by_at_least(clause: Clause) -> Node:
    def at_least(number: int) -> Node:
        return _with(clause, Operator.AT_LEAST, number) if number > 0 else Everyone()

    low, high = _bounds(clause)
    parts = ([at_least(low)] if low > 0 else []) + ([] if high is None else [Not(at_least(high + 1))])
    if not parts:
        return Everyone()
    return parts[0] if len(parts) == 1 else Group("all", tuple(parts))


def _bounds(clause: Clause) -> tuple[int, int | None]:
    """The smallest and the largest count that satisfy the clause, both included; None where there is no largest."""
    if isinstance(clause.value, tuple):
        low, high = clause.value
        assert isinstance(low, int)
        assert isinstance(high, int)
        return low, high
    number = clause.value
    assert isinstance(number, int)
    table: dict[Operator, tuple[int, int | None]] = {
        Operator.IS: (number, number),
        Operator.AT_LEAST: (number, None),
        Operator.MORE_THAN: (number + 1, None),
        Operator.AT_MOST: (0, number),
        Operator.FEWER_THAN: (0, number - 1),
    }
    return table[clause.operator]


class _Compiler:
    def __init__(self, now: datetime, batch: bool) -> None:
        self.now = now
        self.today: date = now.astimezone(UTC).date()
        self.fence = " OFFSET 0" if batch else ""
        """Keeps PostgreSQL from turning the sub-select into a join over the whole table."""

    def node(self, node: Node, *, negated: bool) -> Sql:
        match node:
            case Group(joiner=joiner, parts=parts):
                word = " AND " if (joiner == "all") is not negated else " OR "
                return join(word, [self.node(part, negated=negated) for part in parts])
            case Not(part=part):
                return self.node(part, negated=not negated)
            case Everyone():
                return _FALSE if negated else _TRUE
            case Clause():
                return self.clause(node, negated)
            case _:
                assert_never(node)

    def clause(self, clause: Clause, negated: bool) -> Sql:
        field = field_of(clause)
        simpler = simplified(clause, field)
        if simpler != clause:
            return self.node(simpler, negated=negated)
        ask = Ask(self.now, clause.parameters)
        match field:
            case ValueField():
                test = comparison(expression(field.sql, ask), field, clause, self.now, self.today)
                return _negated_unknown(test, field.never_null) if negated else test
            case TallyField():
                assert isinstance(clause.value, int)
                test = field.at_least(clause.value, ask)
                return concat("(", test, ") IS NOT TRUE") if negated else test
            case ManyField():
                wanted = comparison(Sql(field.value), field, clause, self.now, self.today)
                test = self.exists(field.rows, ask, wanted)
            case HasField():
                test = self.exists(field.rows, ask)
            case CountField():
                assert isinstance(clause.value, int)
                test = self.at_least(clause.value, field.rows, ask)
            case _:
                assert_never(field)
        return concat("NOT ", test) if negated else test

    def exists(self, rows: Rows, ask: Ask, wanted: Sql | None = None) -> Sql:
        return concat("EXISTS (SELECT 1 ", _rows(rows, ask, wanted), self.fence, ")")

    def at_least(self, number: int, rows: Rows, ask: Ask) -> Sql:
        if number == 1:
            return self.exists(rows, ask)
        counted = concat(
            f"SELECT {rows.person} AS person FROM {rows.table}",
            _where(_limits(rows, ask)),
            " GROUP BY 1 HAVING count(*) >= ",
            Sql("%s", (number,)),
        )
        return concat("EXISTS (SELECT 1 FROM (", counted, f") g WHERE g.person = p.id{self.fence})")


def _negated_unknown(test: Sql, never_null: bool) -> Sql:
    return concat("NOT (", test, ")") if never_null else concat("(", test, ") IS NOT TRUE")


def _rows(rows: Rows, ask: Ask, wanted: Sql | None = None) -> Sql:
    conditions = [Sql(f"{rows.person} = p.id"), *_limits(rows, ask), *([wanted] if wanted else [])]
    return concat(f"FROM {rows.table}", _where(conditions))


def _where(conditions: Sequence[Sql]) -> Sql:
    return concat(" WHERE ", join(" AND ", conditions)) if conditions else Sql("")


def _limits(rows: Rows, ask: Ask) -> list[Sql]:
    limits = [expression(rows.only, ask)] if rows.only else []
    last, following = ask.parameters.get(LAST_DAYS), ask.parameters.get(NEXT_DAYS)
    if isinstance(last, int):
        limits.append(Sql(f"{rows.at} BETWEEN %s AND %s", (ask.now - timedelta(days=last), ask.now)))
    if isinstance(following, int):
        limits.append(Sql(f"{rows.at} BETWEEN %s AND %s", (ask.now, ask.now + timedelta(days=following))))
    return limits
