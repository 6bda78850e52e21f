"""Writes people files as messy as real ones, of any size, with the counts an import of them must report.

Seeded and streaming: the same arguments give the same bytes. All numbers are fictional (555-01xx), all e-mail
addresses under example.org.
"""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from zlib import crc32

from beckon.people.places.tables import area_code_table
from beckon.people.testing.word_lists import FAMILY, GIVEN, PLACES, STREET_KINDS, STREETS

HEADERS = {
    "en": [
        "First Name",
        "Last Name",
        "Address",
        "City",
        "ST",
        "Zip",
        "Home Phone",
        "Cell Phone",
        "DOB",
        "Sex",
        "E-mail",
        "Language",
        "OK to Text",
        "Do Not Call",
        "Last Visit",
    ],
    "es": [
        "Nombre",
        "Apellido",
        "Dirección",
        "Ciudad",
        "Estado",
        "Código Postal",
        "Teléfono Casa",
        "Celular",
        "Fecha de Nacimiento",
        "Sexo",
        "Correo Electrónico",
        "Idioma",
        "Acepta SMS",
        "No Llamar",
        "Última Visita",
    ],
}
BAD_PHONES = ("000-000-0000", "555-0123", "4.15556E+09", "12345678901234567", "unknown", "call the daughter")
_BIRTH_START, _BIRTH_DAYS = date(1930, 1, 1), 27_000


@dataclass
class Truth:
    """What an import of the file into an empty organization must count."""

    rows: int = 0
    created: int = 0
    duplicates: int = 0
    rejected: int = 0
    contact_points_rejected: int = 0
    bad_birth_dates: int = 0
    households: int = 0
    do_not_contact: int = 0


@dataclass(frozen=True)
class Mess:
    """How often things are wrong, as shares of rows; and how the file is written."""

    duplicates: float = 0.05
    households: float = 0.03
    bad_phones: float = 0.01
    bad_dates: float = 0.007
    no_name: float = 0.005
    no_contact: float = 0.005
    do_not_contact: float = 0.01
    blank_lines: float = 0.002
    total_line: bool = True
    quoted_line_ends: float = 0.0


@dataclass
class _Made:
    given: str
    family: str
    birth: date
    line1: str
    place: tuple[str, str, str, str]
    home: str
    mobile: str
    email: str
    sex: str
    language: str
    ok_to_text: str
    bad_date: bool
    flagged: bool
    number: int


def write_messy_file(
    path: Path,
    rows: int,
    seed: int = 1,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    language: str = "en",
    newline: str = "\r\n",
    mess: Mess | None = None,
) -> Truth:
    """Write `rows` data rows (a total line besides, where `mess` has one) and return the true counts."""
    truth = Truth()
    with path.open("w", encoding=encoding, newline="", errors="replace") as file:
        for text in _lines(rows, random.Random(seed), delimiter, language, newline, mess or Mess(), truth):  # noqa: S311 - sample data
            file.write(text)
    return truth


def _lines(
    rows: int, dice: random.Random, delimiter: str, language: str, newline: str, mess: Mess, truth: Truth
) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=newline)
    writer.writerow(HEADERS[language])
    people = _People(dice, mess, truth)
    for _ in range(rows):
        truth.rows += 1
        roll = dice.random()
        if roll < mess.no_name:
            writer.writerow(_nameless(dice))
            truth.rejected += 1
        elif roll < mess.no_name + mess.no_contact:
            writer.writerow(_unreachable(dice))
            truth.rejected += 1
            truth.contact_points_rejected += 3
        elif people.recent and roll < mess.no_name + mess.no_contact + mess.duplicates:
            writer.writerow(_row(dice.choice(people.recent), dice, mess, truth, shout=True))
            truth.duplicates += 1
        else:
            writer.writerow(_row(people.make(), dice, mess, truth))
            truth.created += 1
        if dice.random() < mess.blank_lines:
            buffer.write(newline)
        if buffer.tell() > 500_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    if mess.total_line:
        writer.writerow(["TOTAL", *[""] * (len(HEADERS[language]) - 2), str(rows)])
        truth.rows += 1
        truth.rejected += 1
    yield buffer.getvalue()


class _People:
    """Makes people nobody else can be taken for: every name with birth date, and every number, is given out once."""

    def __init__(self, dice: random.Random, mess: Mess, truth: Truth) -> None:
        self._dice, self._mess, self._truth = dice, mess, truth
        self._taken: set[int] = set()
        self._local: dict[str, int] = {}
        self._serial = self._elsewhere = 0
        self.recent: list[_Made] = []

    def make(self) -> _Made:
        """The next person; one of a household now and then, who shares home, home phone and family name."""
        dice, mess = self._dice, self._mess
        self._serial += 1
        serial = self._serial
        family = FAMILY[serial * 37 % len(FAMILY)]
        given = GIVEN[(serial * 61 + serial // len(FAMILY)) % len(GIVEN)]
        kin = dice.choice(self.recent) if self.recent and dice.random() < mess.households else None
        if kin is not None:
            self._truth.households += 1
            place, line1, home, family = kin.place, kin.line1, kin.home, kin.family
        else:
            place, line1 = dice.choice(PLACES), self._address()
            home = self._number(place[3]) if dice.random() < 0.6 else ""
        birth = self._birth_date(given, family)
        mobile = self._number(place[3]) if dice.random() < 0.85 or not home else ""
        flagged = dice.random() < mess.do_not_contact
        self._truth.do_not_contact += flagged
        folded = f"{given}.{family}{serial}".lower().translate(str.maketrans("áéíóúñ'", "aeioun_"))
        made = _Made(
            given, family, birth, line1, place, home, mobile, f"{folded}@example.org" if dice.random() < 0.4 else "",
            dice.choice("MFmfU"), dice.choice(("English", "en", "Spanish", "es", "")),
            dice.choice(("Y", "yes", "N", "", "")), dice.random() < mess.bad_dates, flagged, serial,
        )  # fmt: skip
        self.recent.append(made)
        del self.recent[:-4000]
        return made

    def _address(self) -> str:
        dice = self._dice
        line = f"{dice.randrange(1, 9990)} {dice.choice(STREETS)} {dice.choice(STREET_KINDS)}"
        return line + (f" Apt {dice.randrange(1, 99)}" if dice.random() < 0.3 else "")

    def _birth_date(self, given: str, family: str) -> date:
        day = self._serial * 7_919 % _BIRTH_DAYS
        while _mark(given, family, day) in self._taken:
            day = (day + 1) % _BIRTH_DAYS
        self._taken.add(_mark(given, family, day))
        return _BIRTH_START + timedelta(days=day)

    def _number(self, area: str) -> str:
        """Ten digits that ring nowhere, each once: 555-01xx of the place, then of other places, then other 555s."""
        line = self._local.get(area, 0)
        if line < 100:
            self._local[area] = line + 1
            return f"{area}55501{line:02d}"
        codes = _elsewhere()
        serial = self._elsewhere
        self._elsewhere += 1
        if serial < 100 * len(codes):
            return f"{codes[serial // 100]}55501{serial % 100:02d}"
        serial -= 100 * len(codes)
        line = 1_300 + serial % 4_000
        return f"{codes[serial // 4_000 % len(codes)]}555{line:04d}"


def _mark(given: str, family: str, day: int) -> int:
    """64 bits that stand for a name and a birth date, the same in every process."""
    text = f"{given}|{family}|{day}".encode()
    return crc32(text) << 32 | crc32(text[::-1])


@cache
def _elsewhere() -> list[str]:
    here = {place[3] for place in PLACES}
    return [code for code, found in area_code_table().items() if found.states and code not in here]


def _row(made: _Made, dice: random.Random, mess: Mess, truth: Truth, *, shout: bool = False) -> list[str]:
    given = made.given.upper() if shout else f" {made.given} " if dice.random() < 0.1 else made.given
    birth = "2/30/1980" if made.bad_date else _date(made.birth, dice)
    truth.bad_birth_dates += made.bad_date and not shout
    home = _phone(made.home, dice)
    if not shout and made.mobile and dice.random() < mess.bad_phones:
        home = dice.choice(BAD_PHONES)
        truth.contact_points_rejected += 1
    city, state, zip_code, _ = made.place
    line1 = made.line1.replace(" Apt", "\nApt") if dice.random() < mess.quoted_line_ends else made.line1
    return [
        given,
        made.family,
        line1,
        city,
        state,
        zip_code.lstrip("0") if dice.random() < 0.3 else f"{zip_code}-1234" if dice.random() < 0.2 else zip_code,
        home,
        _phone(made.mobile, dice),
        birth,
        made.sex,
        made.email,
        made.language,
        made.ok_to_text,
        "Y" if made.flagged else "",
        _date(date(2026, 1, 1) - timedelta(days=made.number % 900), dice),
    ]


def _phone(number: str, dice: random.Random) -> str:
    if not number:
        return ""
    a, b, c = number[:3], number[3:6], number[6:]
    return dice.choice(
        (
            number,
            f"({a}) {b}-{c}",
            f"{a}-{b}-{c}",
            f"{a}.{b}.{c}",
            f"+1 {a} {b} {c}",
            f"1-{a}-{b}-{c}",
            f" {a} {b} {c} ",
            f"({a}) {b}-{c} x12",
        )
    )


def _date(day: date, dice: random.Random) -> str:
    style = dice.choice(("%m/%d/%Y", "%Y-%m-%d", "%Y%m%d", "%d-%b-%Y", "plain"))
    return f"{day.month}/{day.day}/{day.year}" if style == "plain" else day.strftime(style)


def _nameless(dice: random.Random) -> list[str]:
    return ["", "", "1 Elm St", "Boston", "MA", "02115", f"617-555-01{dice.randrange(100):02d}", *[""] * 8]


def _unreachable(dice: random.Random) -> list[str]:
    return [
        dice.choice(GIVEN),
        dice.choice(FAMILY),
        "",
        "",
        "",
        "",
        "N/A",
        "000-000-0000",
        "",
        "",
        "not an email",
        "",
        "",
        "",
        "",
    ]
