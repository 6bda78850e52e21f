"""One raw row to one normalised person, or the reason why it cannot be one. Pure; built once per file.

Values repeat, so every reader keeps what it has already read, and a row is a plain list: that is most of the speed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import NamedTuple, TypeVar

from beckon.people.normal import addresses, names, phones, values
from beckon.people.normal.cells import BAD, FLAG, SIMPLE, consent_word, moment_reader
from beckon.people.normal.fields import (
    AT,
    CONSENT_CHANNELS,
    PHONES,
    VALUE_COLUMNS,
    Field,
    PersonRow,
    Point,
    Problem,
    RawRow,
)
from beckon.people.normal.mapping import Column
from beckon.people.places.tables import time_zone_of

V = TypeVar("V")
_KEPT = 150_000

NO_NAME = "no usable name"
TOTAL_LINE = "a total line, not a person"
NO_CONTACT = "no usable phone, e-mail or postal address"
TOO_MANY = "more values than columns"
NOTHING = "nothing in any column"
NOT_A_NAME = "not a name"
NOT_AN_EMAIL = "not an e-mail address"
NO_PLACE = "no ZIP, and no city with its state, to send it to"
_USES = {
    Field.MOBILE_PHONE: ("mobile", "mobile"),
    Field.HOME_PHONE: ("home", "landline"),
    Field.WORK_PHONE: ("work", "unknown"),
    Field.PHONE: ("", "unknown"),
}
_GIVEN, _MIDDLE, _FAMILY, _SUFFIX = AT["given"], AT["middle"], AT["family"], AT["suffix"]
_NAME_KEY, _MATCH_KEY, _PHONETIC = AT["name_key"], AT["match_key"], AT["phonetic"]
_ZONE, _ZONE_SOURCE, _STATE, _ZIP, _CONSENT = (
    AT["zone"],
    AT["zone_source"],
    AT["state"],
    AT["postal_code"],
    AT["consent"],
)
_GUARDIAN = slice(AT["guardian_given"], AT["guardian_match"] + 1)
_GUARDIAN_GIVEN, _GUARDIAN_PHONE = AT["guardian_given"], AT["guardian_phone"]


class Remembered(dict[str, V]):
    """A reader that keeps its answers, and forgets them all when there are too many: `reader[text]`."""

    def __init__(self, read: Callable[[str], V], kept: int = _KEPT) -> None:
        super().__init__()
        self._read, self._kept = read, kept

    def __missing__(self, text: str) -> V:
        if len(self) > self._kept:
            self.clear()
        answer = self[text] = self._read(text)
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


class NamePart(NamedTuple):
    """A given or family name: as printed, folded, made formal, its sound, a suffix behind it; `bad` when it is none."""

    printed: str
    folded: str
    formal: str
    sound: str
    suffix: str
    bad: str


class RowReader:
    """Reads rows of one file by its columns. `today` bounds dates; moments are told in `zone` where none is written."""

    def __init__(self, columns: Sequence[Column], today: date, zone: tzinfo = UTC) -> None:
        self.width = len(columns)
        self.at = {c.field: c.index for c in columns}
        self._headers = {c.index: c.header for c in columns}
        self.phones = [(c.index, *_USES[f]) for f in PHONES for c in columns if c.field is f]
        self.emails = [c.index for c in columns if c.field is Field.EMAIL]
        self.cells: list[tuple[int, int, Remembered[str]]] = []
        for column in columns:
            if column.field in SIMPLE:
                name, reader = SIMPLE[column.field]
                self.cells.append((column.index, AT[name], Remembered(reader)))
            elif column.field in FLAG:
                name, reader = FLAG[column.field], moment_reader(column.field, column.style, today, zone)
                self.cells.append((column.index, AT[name], Remembered(reader)))
        self.consents = [
            (self.at[f], channel, Remembered(consent_word)) for f, channel in CONSENT_CHANNELS.items() if f in self.at
        ]
        self.given, self.family = Remembered(_given_part), Remembered(_family_part)
        self.printed = Remembered(addresses.printed)
        self._blank = [""] * len(VALUE_COLUMNS)
        self._has_full = Field.FULL_NAME in self.at
        self._has_guardian = Field.GUARDIAN_NAME in self.at or Field.GUARDIAN_PHONE in self.at

    def read(self, raw: RawRow) -> Outcome:
        """The outcome of one row. Never raises for what a value holds."""
        cells = raw.values
        if len(cells) != self.width:
            if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
                return Outcome(Rejected(raw.line, cells, TOO_MANY))
            cells = (cells + self._blank * (self.width // len(self._blank) + 1))[: self.width]
        row = self._blank.copy()
        row[0] = str(raw.line)
        points: list[Point] = []
        out = Outcome(PersonRow(row, points))
        self._read_name(row, cells, out)
        for index, place, reader in self.cells:
            found = reader[cells[index]]
            if found:
                if found[0] == BAD:
                    out.problems.append(Problem(raw.line, self._headers[index], cells[index].strip()[:200], found[1:]))
                else:
                    row[place] = found
        if self.consents:
            self._read_consents(row, cells, out)
        self._read_points(row, points, cells, out)
        if self._has_guardian:
            self._read_guardian(row, cells, out)
        reason = self._refusal(row, points, cells)
        if reason:
            out.row = Rejected(raw.line, raw.values, reason)
            return out
        number = points[0][1] if points and points[0][0] == "phone" else ""
        row[_ZONE], row[_ZONE_SOURCE] = time_zone_of(row[_ZONE], row[_ZIP], row[_STATE], number)
        return out

    def _cell(self, wanted: Field, cells: Sequence[str]) -> str:
        index = self.at.get(wanted)
        return "" if index is None else cells[index]

    def _read_name(self, row: list[str], cells: Sequence[str], out: Outcome) -> None:
        given_text, family_text = self._cell(Field.GIVEN_NAME, cells), self._cell(Field.FAMILY_NAME, cells)
        if self._has_full and not (given_text.strip() or family_text.strip()):
            full = names.split_full_name(self._cell(Field.FULL_NAME, cells))
            given_text, row[_MIDDLE], family_text, row[_SUFFIX] = full.given, full.middle, full.family, full.suffix
        given, family = self.given[given_text], self.family[family_text]
        for part, header in ((given, "given name"), (family, "family name")):
            if part.bad:
                out.problems.append(Problem(int(row[0]), header, part.bad, NOT_A_NAME))
        row[_GIVEN], row[_FAMILY] = given.printed, family.printed
        row[_NAME_KEY] = f"{family.folded}|{given.folded}"[:210]
        row[_MATCH_KEY] = f"{family.folded}|{given.formal}"[:210]
        row[_PHONETIC] = family.sound or given.sound
        middle, suffix = self._cell(Field.MIDDLE_NAME, cells), self._cell(Field.NAME_SUFFIX, cells)
        if middle and not row[_MIDDLE]:
            row[_MIDDLE] = names.proper(middle)
        if suffix:
            suffix = names.read_suffix(suffix)
        row[_SUFFIX] = row[_SUFFIX] or suffix or family.suffix

    def _read_consents(self, row: list[str], cells: Sequence[str], out: Outcome) -> None:
        words = []
        for index, channel, reader in self.consents:
            found = reader[cells[index]]
            if found and found[0] == BAD:
                out.problems.append(Problem(int(row[0]), self._headers[index], cells[index].strip()[:200], found[1:]))
            elif found:
                words.append(f"{channel}:{found}")
        row[_CONSENT] = " ".join(words)

    def _read_points(self, row: list[str], points: list[Point], cells: Sequence[str], out: Outcome) -> None:
        seen = []
        for index, use, line_type in self.phones:
            text = cells[index]
            if text and text.strip(" -\t\n"):
                found = phones.read_phone(text)
                if isinstance(found, str):
                    self._refuse_point(row, index, text, found, out)
                elif found[0] not in seen:
                    seen.append(found[0])
                    kind = "toll_free" if found[2] else line_type
                    points.append(("phone", found[0], use, kind, found[1], "", "", "", "", ""))
        for index in self.emails:
            text = cells[index]
            if text and text.strip(" -\t\n"):
                email = values.read_email(text)
                if email is None:
                    self._refuse_point(row, index, text, NOT_AN_EMAIL, out)
                elif email not in seen:
                    seen.append(email)
                    points.append(("email", email, "", "unknown", "", "", "", "", "", ""))
        line1 = self._cell(Field.ADDRESS_LINE1, cells)
        if line1 and (line1[0].isdigit() or not values.is_empty(line1)):
            self._read_address(row, points, line1, cells, out)

    def _read_address(
        self, row: list[str], points: list[Point], line1: str, cells: Sequence[str], out: Outcome
    ) -> None:
        line1, line2 = addresses.printed(line1), self.printed[self._cell(Field.ADDRESS_LINE2, cells)]
        city = self.printed[self._cell(Field.CITY, cells)][:100]
        state, postal_code = row[_STATE], row[_ZIP]
        if addresses.is_usable(line1, city, state, postal_code):
            key = addresses.postal_key(line1, line2, city, state, postal_code)
            points.append(("postal", key, "home", "unknown", "", line1, line2, city, state, postal_code))
        else:
            self._refuse_point(row, self.at[Field.ADDRESS_LINE1], line1, NO_PLACE, out)

    def _refuse_point(self, row: list[str], index: int, text: str, reason: str, out: Outcome) -> None:
        out.points_rejected += 1
        out.problems.append(Problem(int(row[0]), self._headers[index], text.strip()[:200], reason))

    def _read_guardian(self, row: list[str], cells: Sequence[str], out: Outcome) -> None:
        name, phone = self._cell(Field.GUARDIAN_NAME, cells), self._cell(Field.GUARDIAN_PHONE, cells)
        if name and not values.is_empty(name):
            full = names.split_full_name(name)
            given, family = self.given[full.given], self.family[full.family or row[_FAMILY]]
            row[_GUARDIAN] = [
                given.printed,
                family.printed,
                "",
                f"{family.folded}|{given.folded}"[:210],
                f"{family.folded}|{given.formal}"[:210],
            ]
        if phone.strip(" -"):
            found = phones.read_phone(phone)
            if isinstance(found, str):
                self._refuse_point(row, self.at[Field.GUARDIAN_PHONE], phone, found, out)
            else:
                row[_GUARDIAN_PHONE] = found.number

    def _refusal(self, row: list[str], points: list[Point], cells: Sequence[str]) -> str:
        given, family = row[_GIVEN], row[_FAMILY]
        if given and family and points:
            return ""
        if given or family:
            if not (given and family) and names.fold(given + family) in names.TOTALS:
                return TOTAL_LINE
            return "" if points or (row[_GUARDIAN_PHONE] and row[_GUARDIAN_GIVEN]) else NO_CONTACT
        if not any(cell.strip() for cell in cells):
            return NOTHING
        if any(names.fold(cell) in names.TOTALS for cell in cells):
            return TOTAL_LINE
        return NO_NAME


def _given_part(text: str) -> NamePart:
    printed = names.proper(text)[:100]
    if printed and not names.is_name(printed):
        return NamePart("", "", "", "", "", printed)
    folded = names.fold(printed)
    return NamePart(printed, folded, names.formal(printed), names.phonetic(printed), "", "")


def _family_part(text: str) -> NamePart:
    printed, suffix = names.split_suffix(names.proper(text)[:100])
    if printed and not names.is_name(printed):
        return NamePart("", "", "", "", "", printed)
    return NamePart(printed, names.fold(printed), "", names.phonetic(printed), suffix, "")
