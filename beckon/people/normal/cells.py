"""Readers of single cells for RowReader: raw text in, normalised text out. Pure.

A reader answers the value, "" for a cell that says nothing, or BAD and the reason why the value is unusable.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo

from beckon.people.normal import dates, names, values
from beckon.people.normal.fields import Field

BAD = "\x01"
CellReader = Callable[[str], str]
_DEAD = frozenset({"deceased", "dead", "d", "expired", "fallecido", "fallecida"})
_ALIVE = frozenset({"alive", "living", "a", "active", "vivo", "viva"})


def reader_of(read: Callable[[str], str | None], what: str, *, empty_words: bool = True) -> CellReader:
    """A reader around one of values.py; `what` completes "cannot be read as ..."."""
    reason = f"{BAD}cannot be read as {what}"

    def read_cell(text: str) -> str:
        text = text.strip()
        if not text or (empty_words and values.is_empty(text)):
            return ""
        found = read(text)
        return reason if found is None else found

    return read_cell


def _flag(text: str) -> str | None:
    answer = values.read_yes_no(text)
    return None if answer is None else "y" if answer else ""


def _record_number(text: str) -> str | None:
    cleaned = names.clean(text, 120)
    return cleaned if any(c.isalnum() for c in cleaned) else None


def _yes_or_no(text: str) -> str | None:
    answer = values.read_yes_no(text)
    return None if answer is None else "y" if answer else "n"


consent_word: CellReader = reader_of(_yes_or_no, "yes or no")

SIMPLE: dict[Field, tuple[str, CellReader]] = {
    Field.SEX: ("sex", reader_of(values.read_sex, "a sex", empty_words=False)),
    Field.LANGUAGE: ("language", reader_of(values.read_language, "a language")),
    Field.STATE: ("state", reader_of(values.read_state, "a state")),
    Field.POSTAL_CODE: ("postal_code", reader_of(values.read_postal_code, "a ZIP")),
    Field.TIME_ZONE: ("zone", reader_of(values.read_zone, "a time zone")),
    Field.RECORD_NUMBER: ("record_number", reader_of(_record_number, "a record number")),
    Field.DO_NOT_CONTACT: ("do_not_contact", reader_of(_flag, "yes or no")),
    Field.LAST_APPOINTMENT_OUTCOME: ("outcome", reader_of(values.read_outcome, "an outcome")),
}
"""Field -> the value it fills and its reader."""
FLAG = {
    Field.BIRTH_DATE: "birth_date",
    Field.DECEASED: "deceased",
    Field.LAST_ENCOUNTER: "last_encounter",
    Field.LAST_APPOINTMENT: "last_appointment",
    Field.NEXT_APPOINTMENT: "next_appointment",
}
"""Field -> the value it fills, for those read by `moment_reader`."""


def moment_reader(wanted: Field, style: dates.DateStyle, today: date, zone: tzinfo) -> CellReader:
    """A reader of birth dates (ISO dates), deaths ("yes" or a moment) and visits (moments, UTC, to the second)."""

    def read(text: str) -> str:
        text = text.strip()
        if not text or values.is_empty(text):
            return ""
        if wanted is Field.BIRTH_DATE:
            birth = dates.read_birth_date(text, style, today)
            return BAD + birth if isinstance(birth, str) else birth.isoformat()
        if wanted is Field.DECEASED:
            return _deceased(text, style, today, zone)
        found = dates.read_moment(text, style, today)
        if isinstance(found, str):
            return BAD + found
        if not 1900 < found.year < 2200:
            return BAD + dates.NO_SUCH_DAY
        if wanted is Field.LAST_ENCOUNTER and _day(found) > today:
            return BAD + dates.FUTURE
        return _moment(found, zone)

    return read


def _deceased(text: str, style: dates.DateStyle, today: date, zone: tzinfo) -> str:
    answer = values.read_yes_no(text)
    if answer or text.lower() in _DEAD:
        return "yes"
    if answer is False or text.lower() in _ALIVE:
        return ""
    found = dates.read_date(text, style, today)
    if isinstance(found, str):
        return BAD + found
    return BAD + dates.FUTURE if found > today else _moment(found, zone)


def _day(found: date) -> date:
    return found.date() if isinstance(found, datetime) else found


def _moment(found: date, zone: tzinfo) -> str:
    """UTC, to the second. A day without a time is told as its noon, so that it is that day in every zone."""
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(12), zone)
    elif found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
