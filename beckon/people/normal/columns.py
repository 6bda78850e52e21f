"""Many rows at once, column by column: the rows in which everything is plain. Pure; built once per file.

Decides nothing of its own: it gives exactly what RowReader and `staged` give, several times faster, and leaves every
row with anything to think about (or to report) to them. A step over a whole column costs what one call per cell does.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, compress, repeat
from typing import NamedTuple

from beckon.people.normal import addresses, names, phones, values
from beckon.people.normal.cells import BAD
from beckon.people.normal.fields import AT, Field
from beckon.people.normal.rows import NamePart, Remembered, RowReader
from beckon.people.normal.staged import BODY_COLUMNS, BODY_SEPARATOR, HEAD_COLUMNS, IN_POINT, POINT_SEPARATOR
from beckon.people.places.tables import area_code_table, time_zone_of, zip_table

Cells = Sequence[str]
_KEPT_TAILS = 40_000
_LONGEST, _LONGEST_KEY = 100, 320
_NOTHING = " -\t\n"
_PHONE = re.compile(r"^1?([0-9]{10})(?:x([0-9]{1,7}))?$|^(.*)$", re.MULTILINE)
"""A cell without its marks: a number and its extension, or anything else."""
_ABROAD = re.compile(r"\+(?!1)")
_MADE_UP = frozenset(number[:6] for number in phones.MADE_UP)
_POSTAL = IN_POINT.join(
    ("postal", "%s", "home", "unknown", "",
     '{"line1":"%s %s","line2":"%s","city":"%s","state":"%s","postal_code":"%s"}')
)  # fmt: skip
_UNREAD = (Field.GUARDIAN_NAME, Field.GUARDIAN_PHONE)
"""A row with a value in one of these is read one by one."""


class Plain(NamedTuple):
    """What became of a block: the lines of the plain rows, and the places of the others."""

    lines: list[str]
    others: list[int]


class _Points(NamedTuple):
    """A column of contact points: their values and their texts as `staged` writes them, '' for none."""

    values: list[str]
    texts: list[str]


class ColumnReader:
    """Reads blocks of rows of one file. Use only where it `suits`."""

    def __init__(self, reader: RowReader) -> None:
        self._reader, self._at = reader, reader.at
        self.suits = Field.GIVEN_NAME in self._at and Field.FAMILY_NAME in self._at
        self._given = Remembered(lambda text: _plain_name(reader.given[text]))
        self._family = Remembered(lambda text: _plain_name(reader.family[text]))
        self._middle = Remembered(lambda text: names.proper(text) if text else "")
        self._suffix = Remembered(lambda text: names.read_suffix(text) if text else "")
        self._prefixes = Remembered(_kind_of_prefix)
        self._tails = Remembered(_plain_tail, _KEPT_TAILS)
        self._streets = Remembered(addresses.street_key)
        self._zones = Remembered(lambda postal_code: zip_table().get(postal_code, ("", ""))[1])

    def read(self, numbers: Sequence[int], rows: Sequence[Cells]) -> Plain:
        """`numbers`: the line of each row. Rows must have as many cells as the table has columns."""
        columns: list[Cells] = list(zip(*rows, strict=True))
        others: set[int] = set()
        blank = [""] * len(rows)
        found: dict[str, Cells] = dict.fromkeys((*HEAD_COLUMNS, *BODY_COLUMNS), blank)
        for index, name, reader in self._simple():
            found[name] = _remembered(columns[index], reader, others)
        for wanted in _UNREAD:
            if wanted in self._at:
                others.update(n for n, text in enumerate(columns[self._at[wanted]]) if text)
        self._read_names(columns, found, others)
        found["consent"] = self._consents(columns, others)
        points = [self._phone_column(columns[i], use, kind, others) for i, use, kind in self._reader.phones]
        points += [_email_column(columns[i], others) for i in self._reader.emails]
        _leave_repeated(points, others)
        self._find_zones(found, points[: len(self._reader.phones)])
        if Field.ADDRESS_LINE1 in self._at:
            points.append(self._addresses(columns, found["postal_code"], found["state"], blank, others))
        texts, numbered = [column.texts for column in points], [column.values for column in points]
        found["numbers"] = [
            BODY_SEPARATOR.join(sorted(filter(None, row))) for row in zip(*numbered, strict=True)
        ] or blank
        found["points"] = [POINT_SEPARATOR.join(filter(None, row)) for row in zip(*texts, strict=True)] or blank
        others.update(_places_of("", found["points"]))
        body = map(BODY_SEPARATOR.join, zip(*[found[name] for name in BODY_COLUMNS], strict=True))
        head = [found[name] for name in HEAD_COLUMNS]
        lines = map("\t".join, zip(map(str, numbers), *head, body, strict=True))
        if not others:
            return Plain(list(lines), [])
        keep = bytearray(b"\1") * len(rows)
        for n in others:
            keep[n] = 0
        return Plain(list(compress(lines, keep)), sorted(others))

    def _simple(self) -> Iterator[tuple[int, str, Remembered[str]]]:
        names = {place: name for name, place in AT.items()}
        for index, place, reader in self._reader.cells:
            yield index, names[place], reader

    def _read_names(self, columns: Sequence[Cells], found: dict[str, Cells], others: set[int]) -> None:
        given = list(map(self._given.__getitem__, columns[self._at[Field.GIVEN_NAME]]))
        family = list(map(self._family.__getitem__, columns[self._at[Field.FAMILY_NAME]]))
        for parts in (given, family):
            others.update(_places_of(_NO_NAME, parts))
        found["given"], given_folded, formal, given_sound, _ = zip(*given, strict=True)
        found["family"], family_folded, _, family_sound, found["suffix"] = zip(*family, strict=True)
        found["name_key"] = list(map("|".join, zip(family_folded, given_folded, strict=True)))
        found["match_key"] = list(map("|".join, zip(family_folded, formal, strict=True)))
        if Field.MIDDLE_NAME in self._at:
            found["middle"] = list(map(self._middle.__getitem__, columns[self._at[Field.MIDDLE_NAME]]))
        if Field.NAME_SUFFIX in self._at:
            stated = map(self._suffix.__getitem__, columns[self._at[Field.NAME_SUFFIX]])
            found["suffix"] = [one or other for one, other in zip(stated, found["suffix"], strict=True)]
        found["phonetic"] = [one or other for one, other in zip(family_sound, given_sound, strict=True)]

    def _consents(self, columns: Sequence[Cells], others: set[int]) -> Cells:
        words: list[Cells] = []
        for index, channel, reader in self._reader.consents:
            answers = _remembered(columns[index], reader, others)
            told = {answer: f"{channel}:{answer}" if answer else "" for answer in set(answers)}
            words.append(list(map(told.__getitem__, answers)))
        if len(words) < 2:
            return words[0] if words else [""] * len(columns[0])
        return [" ".join(filter(None, said)) for said in zip(*words, strict=True)]

    def _phone_column(self, column: Cells, use: str, line_type: str, others: set[int]) -> _Points:
        """Plain American numbers, with or without an extension; what else there is goes to `others`."""
        joined = "\n".join(column)
        cells = _PHONE.findall(joined.translate(phones.MARKS))
        if len(cells) != len(column):  # a line end within a cell
            others.update(range(len(column)))
            return _Points([""] * len(column), [""] * len(column))
        numbers, extensions, _ = zip(*cells, strict=True)
        kinds = list(map(self._prefixes.__getitem__, [number[:6] for number in numbers]))
        others.update(
            n
            for n, (kind, text) in enumerate(zip(kinds, column, strict=True))
            if not kind and text and text.strip(_NOTHING)
        )
        if not phones.SAME.isdisjoint(number[3:] for number in numbers):
            others.update(n for n, number in enumerate(numbers) if number[3:] in phones.SAME)
        if _ABROAD.search(joined):
            others.update(n for n, text in enumerate(column) if "+" in text and "+1" not in text)
        begin, end = f"phone{IN_POINT}+1", f"{IN_POINT}{use}{IN_POINT}"
        kind_text = {1: f"{end}{line_type}{IN_POINT}", 2: f"{end}toll_free{IN_POINT}", 0: ""}
        texts = [
            f"{begin}{number}{kind_text[kind]}{extension}{IN_POINT}" if kind else ""
            for number, kind, extension in zip(numbers, kinds, extensions, strict=True)
        ]
        return _Points(["+1" + number if number else "" for number in numbers], texts)

    def _addresses(
        self, columns: Sequence[Cells], zips: Cells, states: Cells, blank: Cells, others: set[int]
    ) -> _Points:
        """Postal addresses with a house number and a ZIP; what else there is goes to `others`."""
        column = columns[self._at[Field.ADDRESS_LINE1]]
        heads, _, tails = zip(*map(str.partition, column, repeat(" ")), strict=True)
        printed, keys = zip(*map(self._tails.__getitem__, tails), strict=True)
        cities = self._printed(columns, Field.CITY, blank)
        lines2 = self._printed(columns, Field.ADDRESS_LINE2, blank)
        if lines2 is not blank:
            seconds = map(self._streets.__getitem__, lines2)
            keys = tuple(f"{key} {second}" if second else key for key, second in zip(keys, seconds, strict=True))
        found = list(map("|".join, zip(zips, map(" ".join, zip(heads, keys, strict=True)), strict=True)))
        texts = list(map(_POSTAL.__mod__, zip(found, heads, printed, lines2, cities, states, zips, strict=True)))
        plain = self._plain_addresses(column, heads, printed, zips)
        others.update(n for n, key in enumerate(found) if len(key) > _LONGEST_KEY)
        for n in _places_of(False, plain):
            texts[n] = found[n] = ""
            if column[n]:
                others.add(n)
        return _Points(found, texts)

    def _printed(self, columns: Sequence[Cells], wanted: Field, blank: Cells) -> Cells:
        if wanted not in self._at:
            return blank
        printed = self._reader.printed
        return [_escaped(printed[text][:100] if wanted is Field.CITY else printed[text])
                for text in columns[self._at[wanted]]]  # fmt: skip

    @staticmethod
    def _plain_addresses(column: Cells, heads: Cells, printed: Cells, zips: Cells) -> list[bool]:
        return [
            bool(zip_code and tail) and len(line) < _LONGEST and head.isascii() and head.isdecimal()
            for line, head, tail, zip_code in zip(column, heads, printed, zips, strict=True)
        ]

    def _find_zones(self, found: dict[str, Cells], points: Sequence[_Points]) -> None:
        explicit, zips, states = found["zone"], found["postal_code"], found["state"]
        zones = list(map(self._zones.__getitem__, zips))
        sources = ["zip"] * len(zones)
        for n in _places_of("", zones):
            phone = next((column.values[n] for column in points if column.values[n]), "")
            zones[n], sources[n] = time_zone_of("", "", states[n], phone)
        if any(explicit):
            for n, zone in enumerate(explicit):
                if zone:
                    zones[n], sources[n] = zone, "explicit"
        found["zone"], found["zone_source"] = zones, sources


def _remembered(column: Cells, reader: Remembered[str], others: set[int]) -> Cells:
    """The answers to a column of cells that repeat; rows with a bad one go to `others`."""
    answers = list(map(reader.__getitem__, column))
    for bad in {answer for answer in set(answers) if answer[:1] == BAD}:
        others.update(_places_of(bad, answers))
    return answers


def _places_of(wanted: object, among: Sequence[object]) -> Iterator[int]:
    at = -1
    try:
        while True:
            at = among.index(wanted, at + 1)
            yield at
    except ValueError:
        return


def _email_column(column: Cells, others: set[int]) -> _Points:
    found = [""] * len(column)
    plain = values.EMAIL.fullmatch
    for n, text in enumerate(column):
        if not text:
            continue
        email: str | None = text.lower()
        if not (plain(email or "") and text[0].isalnum() and ".." not in text and ".@" not in text and len(text) < 255):
            if not text.strip(_NOTHING):
                continue
            email = values.read_email(text)
        if email:
            found[n] = email
        else:
            others.add(n)
    shape = IN_POINT.join(("email", "%s", "", "unknown", "", ""))
    return _Points(found, [shape % email if email else "" for email in found])


def _leave_repeated(points: Sequence[_Points], others: set[int]) -> None:
    """Rows that name a number twice are read one by one."""
    for one, other in combinations(points, 2):
        others.update(n for n, (a, b) in enumerate(zip(one.values, other.values, strict=True)) if a and a == b)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"') if '"' in text or "\\" in text else text


_NO_NAME = ("", "", "", "", "")


def _plain_name(part: NamePart) -> tuple[str, str, str, str, str]:
    """The parts of a name, or _NO_NAME when it is none, or so long that keys must be cut."""
    if not part.printed or part.bad or len(part.folded) > _LONGEST or len(part.formal) > _LONGEST:
        return _NO_NAME
    return part.printed, part.folded, part.formal, part.sound, part.suffix


def _kind_of_prefix(prefix: str) -> int:
    """1 for six digits with which a plain number begins, 2 for a toll-free one, 0 for what must be looked at."""
    area = area_code_table().get(prefix[:3])
    exchange = prefix[3:]
    if area is None or exchange[0] in "01" or exchange[1:] == "11" or prefix in _MADE_UP:
        return 0
    return 2 if area.kind == "toll_free" else 1


def _plain_tail(tail: str) -> tuple[str, str]:
    """An address line behind its house number, as printed and as keyed; neither depends on the number.

    ('', '') for a line in which nothing stands behind it, or what must be escaped.
    """
    printed = addresses.printed("1 " + tail)[2:]
    key = addresses.street_key("1 " + printed)[2:]
    return (printed, key) if key and _escaped(printed) == printed else ("", "")
