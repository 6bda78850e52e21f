"""One raw row to one normalised person, or the reason why it cannot be one. Pure; built once per file.

Values repeat, so every reader keeps what it has already read; that is most of the speed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Generic, TypeVar

from beckon.people.normal import addresses, dates, names, phones, values
from beckon.people.normal.fields import CONSENT_CHANNELS, PHONES, Field, PersonRow, Point, Problem, RawRow
from beckon.people.normal.mapping import Column
from beckon.people.places.tables import time_zone_of

V = TypeVar("V")
_KEPT = 50_000

NO_NAME = "no usable name"
TOTAL_LINE = "a total line, not a person"
NO_CONTACT = "no usable phone, e-mail or postal address"
TOO_MANY = "more values than columns"
NOTHING = "nothing in any column"
_USES = {Field.MOBILE_PHONE: ("mobile", "mobile"), Field.HOME_PHONE: ("home", "landline"), Field.WORK_PHONE: ("work", "unknown"), Field.PHONE: ("", "unknown")}
_BAD = "cannot be read as {}"


class Remembered(Generic[V]):
    """A reader that keeps its answers, and forgets them all when there are too many."""

    def __init__(self, read: Callable[[str], V]) -> None:
        self._read, self._known = read, dict[str, V]()

    def __call__(self, text: str) -> V:
        """The answer for `text`."""
        try:
            return self._known[text]
        except KeyError:
            if len(self._known) > _KEPT:
                self._known.clear()
            answer = self._known[text] = self._read(text)
            return answer


@dataclass(frozen=True)
class Rejected:
    """A row that is no person, with the reason a person can act on."""

    line: int
    values: list[str]
    reason: str


@dataclass
class Outcome:
    """What a row became, and which of its values were unusable. `points_rejected` counts phones and addresses."""

    row: PersonRow | Rejected
    problems: list[Problem] = field(default_factory=list)
    points_rejected: int = 0


class RowReader:
    """Reads rows of one file by its columns. `today` bounds dates; moments are told in `zone` where none is written."""

    def __init__(self, columns: Sequence[Column], today: date, zone: tzinfo = UTC) -> None:
        self.width = len(columns)
        self._phones = [(c, *_USES[f]) for f in PHONES for c in columns if c.field is f]
        self._emails = [c for c in columns if c.field is Field.EMAIL]
        self._one = {c.field: c for c in columns}
        self._consents = [(self._one[f], channel) for f, channel in CONSENT_CHANNELS.items() if f in self._one]
        self._simple: list[tuple[Column, str, str, Remembered[str | None]]] = []
        for f, name, what, reader in _SIMPLE:
            if f in self._one:
                self._simple.append((self._one[f], name, what, Remembered(reader)))
        self._dates: list[tuple[Column, str, Remembered[str]]] = []
        for f, name in _DATES:
            if f in self._one:
                column = self._one[f]
                self._dates.append((column, name, Remembered(_date_reader(f, column.style, today, zone))))
        self._proper = Remembered(names.proper)
        self._keys = Remembered(lambda text: (names.name_key(*text.split("\t")), names.match_key(*text.split("\t"))))
        self._printed = Remembered(addresses.printed)

    def read(self, raw: RawRow) -> Outcome:
        """The outcome of one row. Never raises for what a value holds."""
        cells = raw.values
        if len(cells) != self.width:
            if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
                return Outcome(Rejected(raw.line, cells, TOO_MANY))
            cells = (cells + [""] * self.width)[: self.width]
        out = Outcome(PersonRow(raw.line))
        person = out.row
        assert isinstance(person, PersonRow)
        self._read_name(person, cells, out)
        self._read_values(person, cells, out)
        self._read_phones(person, cells, out)
        self._read_emails(person, cells, out)
        self._read_address(person, cells, out)
        self._read_guardian(person, cells, out)
        reason = self._refusal(person, cells)
        if reason:
            out.row = Rejected(raw.line, raw.values, reason)
            return out
        number = next((point.value for point in person.points if point.kind == "phone"), "")
        person.zone, person.zone_source = time_zone_of(person.zone, person.postal_code, person.state, number)
        return out

    def _cell(self, wanted: Field, cells: Sequence[str]) -> str:
        column = self._one.get(wanted)
        return cells[column.index].strip() if column else ""

    def _read_name(self, person: PersonRow, cells: Sequence[str], out: Outcome) -> None:
        given, family = self._cell(Field.GIVEN_NAME, cells), self._cell(Field.FAMILY_NAME, cells)
        full = self._cell(Field.FULL_NAME, cells)
        if full and not (given or family):
            parts = names.split_full_name(full)
            person.given, person.middle, person.family, person.suffix = parts.given, parts.middle, parts.family, parts.suffix
        else:
            person.given = self._proper(given)
            person.family, person.suffix = names.split_suffix(self._proper(family))
        middle, suffix = self._cell(Field.MIDDLE_NAME, cells), self._cell(Field.NAME_SUFFIX, cells)
        person.middle = person.middle or self._proper(middle)
        person.suffix = person.suffix or names.SUFFIXES.get(suffix.lower().strip("."), names.clean(suffix, 10))
        person.given, person.family = person.given[:100], person.family[:100]
        for part in ("given", "family"):
            text = getattr(person, part)
            if text and not names.is_name(text):
                setattr(person, part, "")
                out.problems.append(Problem(person.line, part + " name", text, "not a name"))
        person.name_key, person.match_key = self._keys(f"{person.given}\t{person.family}")
        person.phonetic = names.phonetic(person.family or person.given)

    def _read_values(self, person: PersonRow, cells: Sequence[str], out: Outcome) -> None:
        for column, name, what, reader in self._simple:
            text = cells[column.index].strip()
            if text:
                found = reader(text)
                if found is None:
                    out.problems.append(Problem(person.line, column.header, text[:200], _BAD.format(what)))
                elif found:
                    setattr(person, name, found)
        for column, name, date_reader in self._dates:
            text = cells[column.index].strip()
            if text:
                found = date_reader(text)
                if found.startswith("!"):
                    out.problems.append(Problem(person.line, column.header, text[:200], found[1:]))
                else:
                    setattr(person, name, found)
        words = []
        for column, channel in self._consents:
            text = cells[column.index].strip()
            if text and not values.is_empty(text):
                answer = values.read_yes_no(text)
                if answer is None:
                    out.problems.append(Problem(person.line, column.header, text[:200], _BAD.format("yes or no")))
                else:
                    words.append(f"{channel}:{'y' if answer else 'n'}")
        person.consent = " ".join(words)

    def _read_phones(self, person: PersonRow, cells: Sequence[str], out: Outcome) -> None:
        seen: set[str] = set()
        for column, use, line_type in self._phones:
            text = cells[column.index]
            if not text or not text.strip(" -"):
                continue
            found = phones.read_phone(text)
            if isinstance(found, str):
                out.points_rejected += 1
                out.problems.append(Problem(person.line, column.header, text.strip()[:200], found))
            elif found.number not in seen:
                seen.add(found.number)
                kind = "toll_free" if found.toll_free else line_type
                person.points.append(Point("phone", found.number, use, kind, found.extension))

    def _read_emails(self, person: PersonRow, cells: Sequence[str], out: Outcome) -> None:
        seen: set[str] = set()
        for column in self._emails:
            text = cells[column.index].strip()
            if not text.strip(" -"):
                continue
            found = values.read_email(text)
            if found is None:
                out.points_rejected += 1
                out.problems.append(Problem(person.line, column.header, text[:200], "not an e-mail address"))
            elif found not in seen:
                seen.add(found)
                person.points.append(Point("email", found))

    def _read_address(self, person: PersonRow, cells: Sequence[str], out: Outcome) -> None:
        line1 = self._cell(Field.ADDRESS_LINE1, cells)
        if not line1 or values.is_empty(line1):
            return
        line1 = self._printed(line1)
        line2 = self._printed(self._cell(Field.ADDRESS_LINE2, cells))
        city = self._printed(self._cell(Field.CITY, cells))[:100]
        if addresses.is_usable(line1, city, person.state, person.postal_code):
            key = addresses.postal_key(line1, line2, city, person.state, person.postal_code)
            postal = (line1, line2, city, person.state, person.postal_code)
            person.points.append(Point("postal", key, "home", "unknown", "", postal))
        else:
            out.points_rejected += 1
            header = self._one[Field.ADDRESS_LINE1].header
            out.problems.append(Problem(person.line, header, line1, "no ZIP, and no city with its state, to send it to"))

    def _read_guardian(self, person: PersonRow, cells: Sequence[str], out: Outcome) -> None:
        name, phone = self._cell(Field.GUARDIAN_NAME, cells), self._cell(Field.GUARDIAN_PHONE, cells)
        if name and not values.is_empty(name):
            parts = names.split_full_name(name)
            person.guardian_given, person.guardian_family = parts.given, parts.family or person.family
            person.guardian_key, person.guardian_match = self._keys(f"{person.guardian_given}\t{person.guardian_family}")
        if phone.strip(" -"):
            found = phones.read_phone(phone)
            if isinstance(found, str):
                out.points_rejected += 1
                out.problems.append(Problem(person.line, self._one[Field.GUARDIAN_PHONE].header, phone[:200], found))
            else:
                person.guardian_phone = found.number

    def _refusal(self, person: PersonRow, cells: Sequence[str]) -> str:
        if person.given or person.family:
            if not (person.given and person.family) and names.fold(person.given + person.family) in names.TOTALS:
                return TOTAL_LINE
            if person.points or (person.guardian_phone and person.guardian_given):
                return ""
            return NO_CONTACT
        if not any(cell.strip() for cell in cells):
            return NOTHING
        if any(names.fold(cell) in names.TOTALS for cell in cells):
            return TOTAL_LINE
        return NO_NAME


def _date_reader(wanted: Field, style: dates.DateStyle, today: date, zone: tzinfo) -> Callable[[str], str]:
    """A reader that answers an ISO text (moments in UTC), '' for an empty one, or '!' and the reason."""

    def read(text: str) -> str:
        if values.is_empty(text):
            return ""
        if wanted is Field.BIRTH_DATE:
            birth = dates.read_birth_date(text, style, today)
            return "!" + birth if isinstance(birth, str) else birth.isoformat()
        if wanted is Field.DECEASED:
            return _read_deceased(text, style, today, zone)
        found = dates.read_moment(text, style, today)
        if isinstance(found, str):
            return "!" + found
        if not 1900 < found.year < 2200:
            return "!" + dates.NO_SUCH_DAY
        if wanted is Field.LAST_ENCOUNTER and _day(found) > today:
            return "!" + dates.FUTURE
        return _moment(found, zone)

    return read


def _day(found: date) -> date:
    return found.date() if isinstance(found, datetime) else found


def _moment(found: date, zone: tzinfo) -> str:
    """UTC, to the second. A day without a time is told as its noon, so that it is that day in every zone."""
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(12), zone)
    elif found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


_DEAD = frozenset({"deceased", "dead", "d", "expired", "fallecido", "fallecida"})
_ALIVE = frozenset({"alive", "living", "a", "active", "vivo", "viva"})


def _read_deceased(text: str, style: dates.DateStyle, today: date, zone: tzinfo) -> str:
    answer = values.read_yes_no(text)
    if answer or text.lower() in _DEAD:
        return "yes"
    if answer is False or text.lower() in _ALIVE:
        return ""
    found = dates.read_date(text, style, today)
    if isinstance(found, str):
        return "!" + found
    return "!" + dates.FUTURE if found > today else _moment(found, zone)


def _or_empty(read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    return lambda text: "" if values.is_empty(text) else read(text)


def _read_flag(text: str) -> str | None:
    answer = values.read_yes_no(text)
    return None if answer is None else "y" if answer else ""


def _read_record_number(text: str) -> str | None:
    cleaned = names.clean(text, 120)
    return None if not any(c.isalnum() for c in cleaned) else cleaned


_SIMPLE: tuple[tuple[Field, str, str, Callable[[str], str | None]], ...] = (
    (Field.SEX, "sex", "a sex", lambda text: "" if text in ("-", "") else values.read_sex(text)),
    (Field.LANGUAGE, "language", "a language", _or_empty(values.read_language)),
    (Field.STATE, "state", "a state", _or_empty(values.read_state)),
    (Field.POSTAL_CODE, "postal_code", "a ZIP", _or_empty(values.read_postal_code)),
    (Field.TIME_ZONE, "zone", "a time zone", _or_empty(values.read_zone)),
    (Field.RECORD_NUMBER, "record_number", "a record number", _or_empty(_read_record_number)),
    (Field.DO_NOT_CONTACT, "do_not_contact", "yes or no", _or_empty(_read_flag)),
    (Field.LAST_APPOINTMENT_OUTCOME, "outcome", "an outcome", _or_empty(values.read_outcome)),
)
_DATES = (
    (Field.BIRTH_DATE, "birth_date"), (Field.DECEASED, "deceased"), (Field.LAST_ENCOUNTER, "last_encounter"),
    (Field.LAST_APPOINTMENT, "last_appointment"), (Field.NEXT_APPOINTMENT, "next_appointment"),
)
