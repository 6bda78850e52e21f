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
from beckon.core.wording.words import Mistake, Words
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
_NO_FIELD = Words("there is no field {name!r}; {hint}", "no hay un campo {name!r}; {hint}")
_NEAR = Words("did you mean {names}?", "¿quiso decir {names}?")
_KNOWN = Words("known are {names}", "se conocen {names}")
_NO_OPERATOR = Words(
    "“{field}” has no operator {op!r}; it has {allowed}", "«{field}» no tiene el operador {op!r}; tiene {allowed}"
)
_TOO_MANY = Words(
    "only the last {n} are kept, so this cannot be answered; ask for fewer",
    "solo se guardan los últimos {n}, así que no se puede responder; pida menos",
)
_NEEDED = Words("“{field}” needs this: {what}", "«{field}» necesita esto: {what}")
_ONE_WINDOW = Words("give last_days or next_days, not both", "escriba last_days o next_days, no ambos")
_TAKES = Words("“{field}” takes {names} here", "«{field}» admite {names} aquí")
_TAKES_NOTHING = Words("“{field}” takes nothing under 'with'", "«{field}» no admite nada bajo 'with'")


def known_field(name: str, path: str) -> SegmentField:
    """The field of this name. Raises InvalidCondition, with the nearest names, when there is none."""
    field = find_field(name)
    if field is not None:
        return field
    names = [known.name for known in all_fields()]
    near = get_close_matches(name[:60], names, n=3, cutoff=0.5)
    hint = _NEAR.filled(names=", ".join(near)) if near else _KNOWN.filled(names=", ".join(names))
    raise InvalidCondition([Problem(path, _NO_FIELD.filled(name=name[:60], hint=hint))])


def check_operation(field: SegmentField, op: str, raw: object, path: str) -> tuple[Operator, Value]:
    """The operator and the value in its own type. Raises InvalidCondition."""
    allowed = operators_of(field)
    if op not in [operator.value for operator in allowed]:
        no_operator = _NO_OPERATOR.filled(field=field.label, op=op[:40], allowed=", ".join(allowed))
        raise InvalidCondition([Problem(f"{path}.op", no_operator)])
    operator = Operator(op)
    try:
        value = read_value(field, operator, raw)
    except Mistake as mistake:
        raise InvalidCondition([Problem(f"{path}.value", mistake.words)]) from mistake
    if isinstance(field, TallyField) and _reach(operator, value) > field.largest:
        raise InvalidCondition([Problem(f"{path}.value", _TOO_MANY.filled(n=field.largest))])
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
                problems.append(Problem(f"{path}.{name[:40]}", _unknown(field, [*known, *windows])))
        except Mistake as mistake:
            problems.append(Problem(f"{path}.{name[:40]}", mistake.words))
    problems += [
        Problem(f"{path}.{parameter.name}", _NEEDED.filled(field=field.label, what=parameter.label))
        for parameter in field.parameters
        if parameter.required and parameter.name not in raw
    ]
    if LAST_DAYS in values and NEXT_DAYS in values:
        problems.append(Problem(path, _ONE_WINDOW))
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
        raise Mistake(
            "give a whole number of days from 1 to {n:,}", "escriba un número entero de días de 1 a {n:,}", n=MAX_DAYS
        )
    return raw


def _parameter(parameter: Parameter, raw: object) -> ParameterValue:
    match parameter.kind:
        case ParameterKind.TEXT:
            return read_text(raw)
        case ParameterKind.NUMBER:
            number = read_number(raw)
            if not isinstance(number, int):
                raise Mistake("give a whole number", "escriba un número entero")
            return number
        case ParameterKind.BOOLEAN:
            return read_flag(raw)
        case ParameterKind.CHOICE:
            return read_choice(raw, tuple(choice.value for choice in parameter.choices))
        case ParameterKind.OBJECT:
            return _object(raw)


def _object(raw: object) -> dict[str, str | int | bool]:
    if not isinstance(raw, dict) or not 1 <= len(raw) <= _MAX_OBJECT:
        raise Mistake(
            'give an object with 1 to {n} names, such as {{"code": "LVM"}}',
            'escriba un objeto con 1 a {n} nombres, como {{"code": "LVM"}}',
            n=_MAX_OBJECT,
        )
    return {read_text(name): _plain(value) for name, value in raw.items()}


def _plain(raw: object) -> str | int | bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        return int(read_number(raw))
    return read_text(raw)


def _unknown(field: SegmentField, names: list[str]) -> Words:
    return (
        _TAKES.filled(field=field.label, names=", ".join(names)) if names else _TAKES_NOTHING.filled(field=field.label)
    )
