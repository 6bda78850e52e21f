"""Which comparisons each kind of field allows, and what value each of them takes. Pure; no SQL, no wording."""

import math
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import assert_never

from beckon.core.segment_registry import (
    CountField,
    FieldKind,
    HasField,
    ManyField,
    SegmentField,
    TallyField,
    ValueField,
)
from beckon.core.wording.words import Mistake, Words

MAX_TEXT = 320
MAX_LIST = 1000
MAX_DAYS = 36_525
MAX_YEARS = 150
MAX_NUMBER = 10**15
MAX_COUNT = 1_000_000

Scalar = str | int | float | bool | date
Value = Scalar | tuple[Scalar, ...]


class Operator(StrEnum):
    """A comparison. `is_not` and `none_of` are the exact opposite of `is` and `one_of`: not known counts in."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    STARTS_WITH = "starts_with"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    FEWER_THAN = "fewer_than"
    BETWEEN = "between"
    BEFORE = "before"
    ON_OR_AFTER = "on_or_after"
    MORE_THAN_AGO = "more_than_ago"
    WITHIN_LAST = "within_last"
    WITHIN_NEXT = "within_next"
    MORE_THAN_AHEAD = "more_than_ahead"
    KNOWN = "known"


_DAYS = Words("a number of days", "un número de días")
_WHOLE = Words("a whole number", "un número entero")
_YEARS = Words("an age in years", "una edad en años")
OPPOSITES = {Operator.IS_NOT: Operator.IS, Operator.NONE_OF: Operator.ONE_OF}
RELATIVE = (Operator.MORE_THAN_AGO, Operator.WITHIN_LAST, Operator.WITHIN_NEXT, Operator.MORE_THAN_AHEAD)
LISTS = (Operator.ONE_OF, Operator.NONE_OF)
_EQUAL = (Operator.IS, Operator.IS_NOT)
_NUMERIC = (
    *_EQUAL,
    Operator.AT_LEAST,
    Operator.AT_MOST,
    Operator.MORE_THAN,
    Operator.FEWER_THAN,
    Operator.BETWEEN,
)
_TIME = (Operator.BEFORE, Operator.ON_OR_AFTER, *RELATIVE, Operator.KNOWN)
_BY_KIND = {
    FieldKind.TEXT: (*_EQUAL, *LISTS, Operator.STARTS_WITH, Operator.KNOWN),
    FieldKind.NUMBER: (*_NUMERIC, Operator.KNOWN),
    FieldKind.BOOLEAN: (Operator.IS, Operator.KNOWN),
    FieldKind.CHOICE: (*_EQUAL, *LISTS, Operator.KNOWN),
    FieldKind.MOMENT: _TIME,
    FieldKind.DATE: _TIME,
    FieldKind.AGE: (*_NUMERIC, Operator.KNOWN),
}


def operators_of(field: SegmentField) -> tuple[Operator, ...]:
    """The comparisons a clause on this field may use."""
    match field:
        case CountField() | TallyField():
            return _NUMERIC
        case HasField():
            return (Operator.IS,)
        case ValueField(kind=FieldKind.CHOICE, ordered=True):
            return (*_BY_KIND[FieldKind.CHOICE], Operator.AT_LEAST, Operator.AT_MOST)
        case ValueField() | ManyField():
            return _BY_KIND[field.kind]
        case _:
            assert_never(field)


def read_value(field: SegmentField, operator: Operator, raw: object) -> Value:
    """The clause's value in its own type. Raises Mistake in words for the person who wrote it."""
    if operator is Operator.KNOWN:
        return _flag(raw)
    if operator in RELATIVE:
        return _whole(raw, _DAYS, MAX_DAYS)
    if operator in (Operator.BEFORE, Operator.ON_OR_AFTER):
        return _day(raw)
    read = _reader(field)
    if operator is Operator.BETWEEN:
        return _pair(raw, read)
    if operator in LISTS:
        return _several(raw, read)
    return read(raw)


def _reader(field: SegmentField) -> Callable[[object], Scalar]:
    match field:
        case CountField() | TallyField():
            return lambda raw: _whole(raw, _WHOLE, MAX_COUNT)
        case HasField():
            return _flag
        case ValueField() | ManyField():
            return _reader_of_kind(field)
        case _:
            assert_never(field)


def _reader_of_kind(field: ValueField | ManyField) -> Callable[[object], Scalar]:
    match field.kind:
        case FieldKind.TEXT:
            return read_text
        case FieldKind.NUMBER:
            return _number
        case FieldKind.BOOLEAN:
            return _flag
        case FieldKind.CHOICE:
            allowed = tuple(choice.value for choice in field.choices)
            return lambda raw: read_choice(raw, allowed)
        case FieldKind.AGE:
            return lambda raw: _whole(raw, _YEARS, MAX_YEARS)
        case FieldKind.MOMENT | FieldKind.DATE:
            return _day
        case _:
            assert_never(field.kind)


def read_text(raw: object) -> str:
    """A non-empty text the database can hold. Raises Mistake."""
    if not isinstance(raw, str):
        raise Mistake("give a text in quotation marks", "escriba un texto entre comillas")
    if not raw.strip() or len(raw) > MAX_TEXT:
        raise Mistake(
            "give 1 to {n} characters; for an empty field use the operator 'known'",
            "escriba de 1 a {n} caracteres; para un campo vacío use el operador «consta» (known)",
            n=MAX_TEXT,
        )
    if "\x00" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        raise Mistake(
            "the text holds a character that cannot be stored; take it out",
            "el texto tiene un carácter que no se puede guardar; quítelo",
        )
    return raw


def read_choice(raw: object, allowed: tuple[str, ...]) -> str:
    """One of the allowed values. Raises Mistake listing them."""
    if not isinstance(raw, str) or raw not in allowed:
        raise Mistake("choose one of {values}", "elija uno de estos: {values}", values=", ".join(allowed))
    return raw


def read_number(raw: object) -> int | float:
    """A finite number within reason. Raises Mistake."""
    return _number(raw)


def read_flag(raw: object) -> bool:
    """True or false. Raises Mistake."""
    return _flag(raw)


def _flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise Mistake("give true or false", "escriba true o false")
    return raw


def _number(raw: object) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Mistake("give a number without quotation marks", "escriba un número sin comillas")
    if not math.isfinite(raw) or abs(raw) > MAX_NUMBER:
        raise Mistake("the number is out of reach", "el número es demasiado grande")
    return raw


def _whole(raw: object, what: Words, largest: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= largest:
        raise Mistake("give {what} from 0 to {n:,}", "escriba {what} de 0 a {n:,}", what=what, n=largest)
    return raw


def _day(raw: object) -> date:
    try:
        day = date.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1850 <= day.year <= 2200:
        raise Mistake("give a date such as 2026-11-16", "escriba una fecha como 2026-11-16")
    return day


def _pair(raw: object, read: Callable[[object], Scalar]) -> tuple[Scalar, ...]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise Mistake("give two values, [from, to]; both count", "escriba dos valores, [desde, hasta]; ambos cuentan")
    low, high = read(raw[0]), read(raw[1])
    if not low <= high:  # type: ignore[operator]  # both come from the same reader
        raise Mistake(
            "the first value is larger than the second; swap them",
            "el primer valor es mayor que el segundo; intercámbielos",
        )
    return low, high


def _several(raw: object, read: Callable[[object], Scalar]) -> tuple[Scalar, ...]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_LIST:
        raise Mistake("give a list of 1 to {n:,} values", "escriba una lista de 1 a {n:,} valores", n=MAX_LIST)
    return tuple(dict.fromkeys(read(one) for one in raw))
