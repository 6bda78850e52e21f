"""Checks a clause against the field it names: operator, value, parameters. Pure; knows the registry, no SQL."""

from collections.abc import Mapping
from difflib import get_close_matches

from beckon.core.segment_registry import (
    Parameter,
    ParameterKind,
    ParameterValue,
    SegmentField,
    TallyField,
    ValueField,
    all_fields,
    find_field,
)
from beckon.segments.errors import InvalidCondition, Problem
from beckon.segments.operators import (
    MAX_DAYS,
    Operator,
    Value,
    operators_of,
    read_choice,
    read_flag,
    read_number,
    read_text,
    read_value,
)

LAST_DAYS = "last_days"
NEXT_DAYS = "next_days"
_MAX_OBJECT = 10


def known_field(name: str, path: str) -> SegmentField:
    """The field of this name. Raises InvalidCondition, with the nearest names, when there is none."""
    field = find_field(name)
    if field is not None:
        return field
    names = [known.name for known in all_fields()]
    near = get_close_matches(name[:60], names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(names)}"
    raise InvalidCondition([Problem(path, f"there is no field {name[:60]!r}; {hint}")])


def check_operation(field: SegmentField, op: str, raw: object, path: str) -> tuple[Operator, Value]:
    """The operator and the value in its own type. Raises InvalidCondition."""
    allowed = operators_of(field)
    if op not in [operator.value for operator in allowed]:
        message = f"{field.name} has no operator {op[:40]!r}; it has {', '.join(allowed)}"
        raise InvalidCondition([Problem(f"{path}.op", message)])
    operator = Operator(op)
    try:
        value = read_value(field, operator, raw)
    except ValueError as error:
        raise InvalidCondition([Problem(f"{path}.value", str(error))]) from error
    if isinstance(field, TallyField) and _reach(operator, value) > field.largest:
        message = f"only the last {field.largest} are kept, so this cannot be answered; ask for fewer"
        raise InvalidCondition([Problem(f"{path}.value", message)])
    return operator, value


def _reach(operator: Operator, value: Value) -> int:
    """The largest count that must be told apart from smaller ones to answer."""
    last = value[-1] if isinstance(value, tuple) else value
    assert isinstance(last, int)
    return last if operator in (Operator.AT_LEAST, Operator.FEWER_THAN) else last + 1


def check_parameters(field: SegmentField, raw: Mapping[str, object], path: str) -> dict[str, ParameterValue]:
    """The clause's parameters in their own types. Raises InvalidCondition with every mistake."""
    known = {parameter.name: parameter for parameter in field.parameters}
    windows = windows_of(field)
    problems: list[Problem] = []
    values: dict[str, ParameterValue] = {}
    for name, value in raw.items():
        try:
            if name in windows:
                values[name] = _window(value)
            elif name in known:
                values[name] = _parameter(known[name], value)
            else:
                problems.append(Problem(f"{path}.{name[:40]}", _unknown(field.name, [*known, *windows])))
        except ValueError as error:
            problems.append(Problem(f"{path}.{name[:40]}", str(error)))
    problems += [
        Problem(f"{path}.{parameter.name}", f"{field.name} needs this: {parameter.label.en}")
        for parameter in field.parameters
        if parameter.required and parameter.name not in raw
    ]
    if LAST_DAYS in values and NEXT_DAYS in values:
        problems.append(Problem(path, "give last_days or next_days, not both"))
    if problems:
        raise InvalidCondition(problems)
    return values


def windows_of(field: SegmentField) -> tuple[str, ...]:
    """The time limits a clause on this field may have: last_days, next_days, or none."""
    if isinstance(field, TallyField):
        return (LAST_DAYS,) if field.timed else ()
    if isinstance(field, ValueField):
        return ()
    return (LAST_DAYS, NEXT_DAYS) if field.rows.at else ()


def _window(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MAX_DAYS:
        raise ValueError(f"give a whole number of days from 1 to {MAX_DAYS:,}")
    return raw


def _parameter(parameter: Parameter, raw: object) -> ParameterValue:
    match parameter.kind:
        case ParameterKind.TEXT:
            return read_text(raw)
        case ParameterKind.NUMBER:
            number = read_number(raw)
            if not isinstance(number, int):
                raise ValueError("give a whole number")
            return number
        case ParameterKind.BOOLEAN:
            return read_flag(raw)
        case ParameterKind.CHOICE:
            return read_choice(raw, tuple(choice.value for choice in parameter.choices))
        case ParameterKind.OBJECT:
            return _object(raw)


def _object(raw: object) -> dict[str, str | int | bool]:
    if not isinstance(raw, dict) or not 1 <= len(raw) <= _MAX_OBJECT:
        raise ValueError(f'give an object with 1 to {_MAX_OBJECT} names, such as {{"code": "LVM"}}')
    return {read_text(name): _plain(value) for name, value in raw.items()}


def _plain(raw: object) -> str | int | bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        return int(read_number(raw))
    return read_text(raw)


def _unknown(field: str, names: list[str]) -> str:
    return f"{field} takes {', '.join(names)} here" if names else f"{field} takes nothing under 'with'"
