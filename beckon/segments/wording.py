"""Clauses, groups and values as sentences in English and Spanish. Decides nothing and reads no database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import assert_never

from beckon.core.segment_registry import (
    Choice,
    FieldKind,
    HasField,
    Label,
    ManyField,
    ParameterValue,
    SegmentField,
    ValueField,
)
from beckon.segments.checking import LAST_DAYS, NEXT_DAYS
from beckon.segments.conditions import Clause
from beckon.segments.operators import RELATIVE, Operator


class Language(StrEnum):
    """Languages of the sentences."""

    ENGLISH = "en"
    SPANISH = "es"


_OPERATORS: Mapping[Operator, Label] = {
    Operator.IS: Label("{}", "{}"),
    Operator.IS_NOT: Label("not {}", "no es {}"),
    Operator.ONE_OF: Label("one of {}", "uno de {}"),
    Operator.NONE_OF: Label("none of {}", "ninguno de {}"),
    Operator.STARTS_WITH: Label("starts with {}", "empieza por {}"),
    Operator.AT_LEAST: Label("at least {}", "al menos {}"),
    Operator.AT_MOST: Label("at most {}", "como máximo {}"),
    Operator.MORE_THAN: Label("more than {}", "más de {}"),
    Operator.FEWER_THAN: Label("fewer than {}", "menos de {}"),
    Operator.BETWEEN: Label("from {} to {}", "de {} a {}"),
    Operator.BEFORE: Label("before {}", "antes del {}"),
    Operator.ON_OR_AFTER: Label("on or after {}", "el {} o después"),
    Operator.MORE_THAN_AGO: Label("more than {} ago", "hace más de {}"),
    Operator.WITHIN_LAST: Label("within the last {}", "en los últimos {}"),
    Operator.WITHIN_NEXT: Label("within the next {}", "en los próximos {}"),
    Operator.MORE_THAN_AHEAD: Label("more than {} ahead", "dentro de más de {}"),
}
_WINDOWS = {
    LAST_DAYS: Label("in the last {}", "en los últimos {}"),
    NEXT_DAYS: Label("in the next {}", "en los próximos {}"),
}
ALL = Label("all of these:", "todo lo siguiente:")
ANY = Label("at least one of these:", "al menos una de estas:")
NOT = Label("not:", "no se cumple:")
EVERYONE = Label("everyone", "todas las personas")
NOTHING_KNOWN = Label("not known", "no consta")
MERGED = Label(
    "merged into person {}; merged people are in no segment",
    "unificada con la persona {}; las personas unificadas no entran en ningún segmento",
)
RETIRED = Label(
    "retired (gone from its list); retired people are in no segment that does not ask for them",
    "retirada (ya no está en su lista); no entra en un segmento que no lo pida",
)
UNKNOWN_PERSON = Label("there is no such person", "no existe esa persona")
_YES, _NO, _OR = Label("yes", "sí"), Label("no", "no"), Label("or", "o")
_KNOWN = Label("known", "consta")
_MONTHS_ES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


def in_language(label: Label, language: Language) -> str:
    """The label's wording."""
    return label.in_language(language)


def clause_sentence(clause: Clause, field: SegmentField, language: Language) -> str:
    """The clause in words, such as "last visit: more than 365 days ago"."""
    subject = in_language(field.label, language)
    details = [_parameter(field, name, value, language) for name, value in clause.parameters.items()]
    if details:
        subject += f" ({', '.join(details)})"
    return f"{subject}: {_predicate(clause, field, language)}"


def value_words(clause: Clause, field: SegmentField, value: object, now: datetime, language: Language) -> str:
    """What the person has in the clause's field, as read by compile.value_sql."""
    if isinstance(value, list):
        known = [one for one in value if one is not None and one != ""]
        shown = [_value(field, one, language) for one in known]
        return ", ".join(shown) if shown else in_language(NOTHING_KNOWN, language)
    if value is None or value == "":
        return in_language(NOTHING_KNOWN, language)
    if isinstance(value, date) and isinstance(field, ValueField) and field.kind is FieldKind.AGE:
        return f"{_count(_age(value, now), Label('year', 'año'), language)} ({_value(field, value, language)})"
    return _value(field, value, language)


def _predicate(clause: Clause, field: SegmentField, language: Language) -> str:
    value = clause.value
    if clause.operator is Operator.KNOWN:
        return in_language(_KNOWN if value else NOTHING_KNOWN, language)
    template = in_language(_OPERATORS[clause.operator], language)
    if clause.operator in RELATIVE:
        assert isinstance(value, int)
        return template.format(_days(value, language))
    if clause.operator is Operator.BETWEEN:
        assert isinstance(value, tuple)
        return _with_unit(template.format(*(_value(field, one, language) for one in value)), field, language, 2)
    if isinstance(value, tuple):
        return template.format(_listed([_value(field, one, language) for one in value], language))
    number = value if isinstance(value, int) else 2
    return _with_unit(template.format(_value(field, value, language)), field, language, number)


def _with_unit(text: str, field: SegmentField, language: Language, number: int) -> str:
    if isinstance(field, ValueField | ManyField) and field.kind is FieldKind.AGE:
        return f"{text} {_plural(Label('year', 'año'), number, language)}"
    unit = None if isinstance(field, HasField) else field.unit
    return f"{text} {in_language(unit, language)}" if unit else text


def _value(field: SegmentField, value: object, language: Language) -> str:
    if isinstance(value, bool):
        return in_language(_YES if value else _NO, language)
    if isinstance(value, datetime):
        return f"{_day(value.astimezone(UTC).date(), language)} {value.astimezone(UTC):%H:%M} UTC"
    if isinstance(value, date):
        return _day(value, language)
    if isinstance(field, ValueField | ManyField) and field.choices:
        return _choice(field.choices, str(value), language)
    return str(value)


def _choice(choices: Sequence[Choice], value: str, language: Language) -> str:
    for choice in choices:
        if choice.value == value:
            return in_language(choice.label, language)
    return value


def _parameter(field: SegmentField, name: str, value: ParameterValue, language: Language) -> str:
    if name in _WINDOWS:
        assert isinstance(value, int)
        return in_language(_WINDOWS[name], language).format(_days(value, language))
    parameter = next(known for known in field.parameters if known.name == name)
    label = in_language(parameter.label, language)
    if isinstance(value, dict):
        return f"{label}: {', '.join(f'{key} = {one}' for key, one in value.items())}"
    if isinstance(value, bool):
        return f"{label}: {in_language(_YES if value else _NO, language)}"
    return f"{label}: {_choice(parameter.choices, str(value), language)}"


def _listed(items: Sequence[str], language: Language) -> str:
    if len(items) == 1:
        return items[0]
    shown = [*items[:10], f"… ({len(items)})"] if len(items) > 11 else list(items)
    return f"{', '.join(shown[:-1])} {in_language(_OR, language)} {shown[-1]}"


def _days(number: int, language: Language) -> str:
    return _count(number, Label("day", "día"), language)


def _count(number: int, unit: Label, language: Language) -> str:
    return f"{number:,} {_plural(unit, number, language)}"


def _plural(unit: Label, number: int, language: Language) -> str:
    word = in_language(unit, language)
    return word if number == 1 else word + "s"


def _day(day: date, language: Language) -> str:
    match language:
        case Language.ENGLISH:
            return f"{day:%b} {day.day}, {day.year}"
        case Language.SPANISH:
            return f"{day.day} {_MONTHS_ES[day.month - 1]} {day.year}"
        case _:
            assert_never(language)


def _age(born: date, now: datetime) -> int:
    today = now.astimezone(UTC).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
