"""What a segment may ask about a person (one of the four registries). Knows no table and no package.

Packages register their facts from their own `segment_fields.py`; beckon.segments turns clauses over them into
SQL. The SQL given here is constant text written by programmers, over the person row `p`. Every value travels as
a bind value in `Sql.values`, one per `%s`; a literal per cent sign is written `%%`.
How to: docs/howto/add-a-segment-field.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from beckon.core.errors import BeckonError
from beckon.core.wording.words import Words

PERSON_ALIAS = "p"
"""Alias of the people table in every segment query."""

_NAME = re.compile(r"^[a-z][a-z0-9_]{1,39}$")

ParameterValue = str | int | bool | dict[str, str | int | bool]


class FieldMistake(BeckonError):
    """A field was registered twice or is described wrongly; raised when the process starts."""


class FieldKind(StrEnum):
    """What the value is, which decides the operators and the type the clause's value must have."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    MOMENT = "moment"
    """A timestamp; days are 24 hours counted from `now`."""
    DATE = "date"
    """A date without a time."""
    AGE = "age"
    """The SQL gives the birth date, the clause speaks of completed years."""


class ParameterKind(StrEnum):
    """What a parameter of a field may hold."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    OBJECT = "object"
    """A flat JSON object of texts, whole numbers and booleans."""


Label = Words
"""A name beginning with a small letter, such as 'last visit'."""


@dataclass(frozen=True)
class Sql:
    """Constant SQL text with one `%s` for each of `values`."""

    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Ask:
    """What a builder is given: the present and the clause's parameters, already checked."""

    now: datetime
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


Expression = str | Callable[[Ask], Sql]
"""Constant SQL, or a function that makes it from the present and the parameters."""


@dataclass(frozen=True)
class Choice:
    """One value of a closed list and its wording."""

    value: str
    label: Label


@dataclass(frozen=True)
class Parameter:
    """Something a clause must or may add under "with", such as the channel a consent is for."""

    name: str
    label: Label
    kind: ParameterKind = ParameterKind.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows of other tables that belong to a person.

    `table` is a FROM item (joins allowed), `person` the column that holds the person's id, `at` the time of the
    row where a clause may limit it by "last_days" or "next_days", `only` a further condition. An index on
    `person` is expected: a batch is checked through it, the whole organization by one hash join.
    """

    table: str
    person: str
    at: str = ""
    only: Expression = ""


@dataclass(frozen=True)
class ValueField:
    """One value per person: SQL over `p`, NULL where not known ('' is not known either, for text and choice).

    The fastest kind when `sql` is a column. `choices` lists the allowed values of a CHOICE; with `ordered` they
    are written weakest first and the clause may say "at_least". Set `never_null` when the SQL cannot be NULL.
    """

    name: str
    label: Label
    kind: FieldKind
    sql: Expression
    choices: tuple[Choice, ...] = ()
    ordered: bool = False
    unit: Label | None = None
    parameters: tuple[Parameter, ...] = ()
    never_null: bool = False


@dataclass(frozen=True)
class ManyField:
    """Several values per person: a clause holds when at least one row's value satisfies it."""

    name: str
    label: Label
    kind: FieldKind
    rows: Rows
    value: str
    choices: tuple[Choice, ...] = ()
    unit: Label | None = None
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class HasField:
    """Yes when the person has at least one such row."""

    name: str
    label: Label
    rows: Rows
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class CountField:
    """How many such rows the person has, in the last or next days where the clause says so; 0 when none."""

    name: str
    label: Label
    rows: Rows
    unit: Label | None = None
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class TallyField:
    """A count kept in the person row itself, such as the last ten contact times.

    `at_least(n, ask)` is SQL that is true when there are n or more (n from 1 to `largest`); `count` is the
    number, for explanations. With `timed`, `ask.parameters` may hold "last_days".
    """

    name: str
    label: Label
    at_least: Callable[[int, Ask], Sql]
    count: Callable[[Ask], Sql]
    largest: int
    timed: bool = True
    unit: Label | None = None
    parameters: tuple[Parameter, ...] = ()


SegmentField = ValueField | ManyField | HasField | CountField | TallyField

_fields: dict[str, SegmentField] = {}


def register(*fields: SegmentField) -> None:
    """Make facts known to segments; called on import of a `segment_fields.py`. Raises FieldMistake."""
    for new in fields:
        _check(new)
        if new.name in _fields:
            raise FieldMistake(f"segment field {new.name!r} is registered twice; rename one of the two")
        _fields[new.name] = new


def find_field(name: str) -> SegmentField | None:
    """The field of this name, or None."""
    return _fields.get(name)


def all_fields() -> list[SegmentField]:
    """Every registered field by name; for forms, the documentation and error messages."""
    return [_fields[name] for name in sorted(_fields)]


def _check(new: SegmentField) -> None:
    if not _NAME.match(new.name):
        raise FieldMistake(f"{new.name!r} is no field name: small letters, digits and _, 2 to 40 characters")
    if not (new.label.en and new.label.es):
        raise FieldMistake(f"segment field {new.name!r} needs its label in English and in Spanish")
    names = [parameter.name for parameter in new.parameters]
    if len(set(names)) != len(names) or {"last_days", "next_days"} & set(names):
        raise FieldMistake(f"segment field {new.name!r}: parameter names repeat, or are last_days or next_days")
    for parameter in new.parameters:
        if (parameter.kind is ParameterKind.CHOICE) != bool(parameter.choices):
            raise FieldMistake(f"segment field {new.name!r}: a choice parameter lists its choices, no other does")
    if isinstance(new, ValueField | ManyField) and (new.kind is FieldKind.CHOICE) != bool(new.choices):
        raise FieldMistake(f"segment field {new.name!r}: a choice lists its choices, nothing else does")
