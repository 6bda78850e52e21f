"""Guesses what each column of a file means, from its header and its values. Pure; a person may correct it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from beckon.people.errors import UnclearColumns
from beckon.people.normal import dates, values
from beckon.people.normal.fields import NAMES, SEVERAL, Field
from beckon.people.normal.headers import WORDS
from beckon.people.normal.names import fold
from beckon.people.normal.phones import Phone, read_phone

_NUMBERED = re.compile(r"\s*\(?\d\)?$")
_MARKS = re.compile(r"[^\w]+|_+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FAR_AHEAD = date(2100, 1, 1)
_PLAIN = dates.DateStyle()


@dataclass(frozen=True)
class Column:
    """A column's place, header as shown, meaning, and how its dates are written."""

    index: int
    header: str
    field: Field
    style: dates.DateStyle = _PLAIN


def plain(header: str) -> str:
    """A header for looking up: small letters, marks as single blanks."""
    return " ".join(_MARKS.sub(" ", _CAMEL.sub(" ", header.strip())).lower().split())


def field_of_header(header: str) -> Field | None:
    """What a header says its column means; None when it says nothing known."""
    table = _header_table()
    word = plain(header)
    found = (
        table.get(word)
        or table.get(fold(word))
        or table.get(_NUMBERED.sub("", word))
        or table.get(fold(_NUMBERED.sub("", word)))
    )
    if found is None and word.startswith(("patient ", "pt ", "member ", "contact ", "client ")):
        return field_of_header(word.split(" ", 1)[1])
    return found


def unique_headers(headers: Sequence[str]) -> list[str]:
    """Headers as shown: trimmed, empty ones named by their place, repeated ones numbered."""
    seen: dict[str, int] = {}
    shown = []
    for index, header in enumerate(headers, start=1):
        name = " ".join(header.replace("\x00", "").split())[:120] or f"Column {index}"
        seen[name] = seen.get(name, 0) + 1
        shown.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return shown


def looks_like_header(cells: Sequence[str]) -> bool:
    """True when a row heads a table rather than being one of its rows."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return False
    known = sum(field_of_header(cell) is not None for cell in filled)
    data = sum(_is_data(cell) for cell in filled)
    if known >= 2 or (known and known >= len(filled) / 2):
        return data <= known
    return data == 0


def guess(headers: Sequence[str], sample: Sequence[Sequence[str]], *, serials: bool = False) -> list[Column]:
    """One Column per header. A header decides unless the values contradict it; without a known one the values do."""
    columns: list[Column] = []
    taken: set[Field] = set()
    stacks = [_values_of(sample, index) for index in range(len(headers))]
    fields = [_confirm(field_of_header(header), stack) for header, stack in zip(headers, stacks, strict=True)]
    named = {found for found in fields if found}
    for index, (header, stack) in enumerate(zip(headers, stacks, strict=True)):
        found = fields[index] or (_guess_by_values(stack, named | taken) if not field_of_header(header) else None)
        if found in taken and found not in SEVERAL:
            found = None
        taken |= {found} if found else set()
        columns.append(_column(index, header, found or Field.IGNORE, stack, serials))
    return _settle_names(columns)


def apply_mapping(columns: Sequence[Column], mapping: Mapping[str, str], *, strict: bool = True) -> list[Column]:
    """The columns with the meanings given by hand (header -> field). Raises UnclearColumns for unknown words."""
    by_header = {plain(column.header): column.index for column in columns}
    chosen = {column.index: column.field for column in columns}
    for header, word in mapping.items():
        index = by_header.get(plain(header))
        if index is None or word not in set(Field):
            if not strict:
                continue
            known = ", ".join(column.header for column in columns) if index is None else ", ".join(Field)
            what = f"there is no column {header!r}" if index is None else f"there is no field {word!r}"
            raise UnclearColumns(f"{what}; known are: {known}")
        wanted = Field(word)
        if wanted not in SEVERAL:
            chosen = {i: Field.IGNORE if f is wanted else f for i, f in chosen.items()}
        chosen[index] = wanted
    return [Column(c.index, c.header, chosen[c.index], c.style) for c in columns]


def require_names(columns: Sequence[Column]) -> None:
    """Raises UnclearColumns when no column holds a name, so that every row would be rejected for that."""
    if not any(column.field in NAMES for column in columns):
        shown = ", ".join(repr(column.header) for column in columns[:20])
        raise UnclearColumns(
            f'no column seems to hold names; the columns are {shown}. Say which one does: --map "Column=family_name"'
        )


@cache
def _header_table() -> dict[str, Field]:
    table: dict[str, Field] = {}
    for field, words in WORDS.items():
        for word in words.split("|"):
            table.setdefault(word, field)
            table.setdefault(fold(word), field)
    return table


def _values_of(sample: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index].strip() for row in sample if index < len(row) and not values.is_empty(row[index])]


def _column(index: int, header: str, field: Field, stack: Sequence[str], serials: bool) -> Column:
    return Column(index, header, field, dates.DateStyle(dates.is_day_first(stack), serials))


def _share(test: Callable[[str], bool], stack: Sequence[str]) -> float:
    part = stack[:200]
    return sum(map(test, part)) / len(part) if part else 0.0


def _is_phone(text: str) -> bool:
    return len(text) >= 10 and isinstance(read_phone(text), Phone)


def _is_date(text: str) -> bool:
    return len(text) >= 6 and not isinstance(dates.read_date(text, _PLAIN, _FAR_AHEAD), str)


def _is_zip(text: str) -> bool:
    return len(text) in (4, 5, 10) and values.read_postal_code(text) is not None


def _is_words(text: str) -> bool:
    return any(c.isalpha() for c in text) and not any(c.isdigit() or c == "@" for c in text)


def _is_data(cell: str) -> bool:
    text = cell.strip()
    return (
        values.read_email(text) is not None or _is_phone(text) or _is_date(text) or (text.isdigit() and len(text) > 2)
    )


def _confirm(field: Field | None, stack: Sequence[str]) -> Field | None:
    """The header's meaning, unless nearly all values are plainly something else."""
    if field is None or len(stack) < 3:
        return field
    if field in NAMES and _share(_is_data, stack) > 0.9:
        return None
    if field is Field.STATE and _share(lambda v: values.read_state(v) is not None, stack) < 0.1:
        return Field.IGNORE
    if field is Field.ADDRESS_LINE1 and _share(lambda v: values.read_email(v) is not None, stack) > 0.6:
        return Field.EMAIL
    if field is Field.GIVEN_NAME and _share(lambda v: "," in v, stack) > 0.6:
        return Field.FULL_NAME
    return field


def _guess_by_values(stack: Sequence[str], taken: set[Field]) -> Field | None:
    if not stack:
        return None
    tests: tuple[tuple[Field, Callable[[str], bool]], ...] = (
        (Field.EMAIL, lambda v: values.read_email(v) is not None),
        (Field.PHONE, _is_phone),
        (Field.BIRTH_DATE, _is_date),
        (Field.POSTAL_CODE, _is_zip),
        (Field.STATE, lambda v: len(v) == 2 and values.read_state(v) is not None),
        (Field.SEX, lambda v: len(v) < 8 and values.read_sex(v) in ("male", "female")),
        (Field.FULL_NAME, lambda v: _is_words(v) and " " in v.strip() and len(v) < 60),
    )
    for field, test in tests:
        if (field not in taken or field in SEVERAL) and _share(test, stack) > 0.8:
            if field is Field.FULL_NAME and taken & NAMES:
                continue
            return field
    return None


def _settle_names(columns: list[Column]) -> list[Column]:
    """'Name' beside 'Last name' is a given name; 'Nombre' without 'Apellido' is a full name."""
    fields = {column.field for column in columns}
    swap: dict[Field, Field] = {}
    if Field.FULL_NAME in fields and Field.FAMILY_NAME in fields and Field.GIVEN_NAME not in fields:
        swap[Field.FULL_NAME] = Field.GIVEN_NAME
    elif Field.GIVEN_NAME in fields and not fields & {Field.FAMILY_NAME, Field.FULL_NAME}:
        swap[Field.GIVEN_NAME] = Field.FULL_NAME
    return [Column(c.index, c.header, swap.get(c.field, c.field), c.style) for c in columns]
