"""Writes malformed tables for tests: seeded, with a token in every cell, so that a lost cell is found by name."""

import random
from dataclasses import dataclass

HEADERS = (
    ["First Name", "Last Name", "Phone", "Email", "DOB", "Zip"],
    ["Nombre", "Apellido", "Teléfono", "Correo", "Fecha de Nacimiento", "CP"],
    ["Name", "Phone"],
    ["Full Name", "Cell", "Cell", "Address", "City", "ST", "Zip"],
    ["Last Name"],
    ["a", "b", "c"],
    ["", "", ""],
    ["First Name", "First Name", "Last Name", "Phone"],
    ["姓名", "Фамилия", "Phone"],
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "mac_roman")
DELIMITERS = (",", "\t", ";", "|")
LINE_ENDS = ("\n", "\r\n", "\r")


_FORMS = (
    "{t}",
    '"{t}"',
    '"{t}\n{c}"',
    '"{t} ""q"" "',
    '"{t}',
    '{t}"',
    "{t}\x00",
    "{t}{z}",
    "{t} ñé€",
    "\\{t}\\",
    "  {t} '",
)
_WEIGHTS = (55, 15, 4, 4, 3, 3, 2, 2, 4, 3, 5)


@dataclass(frozen=True)
class MalformedFile:
    """The bytes of a file and the tokens that stood in its data cells, in order."""

    data: bytes
    tokens: list[str]
    is_text: bool


def malformed_file(seed: int) -> MalformedFile:
    """One malformed table; the same seed gives the same bytes. A few are no tables at all."""
    dice = random.Random(seed)  # noqa: S311 - test data
    if dice.random() < 0.06:
        return _junk(dice)
    delimiter, header = dice.choice(DELIMITERS), list(dice.choice(HEADERS))
    tokens: list[str] = []
    lines = [] if dice.random() < 0.1 else [delimiter.join(header)]
    if dice.random() < 0.1:
        lines.insert(0, "Export of the month")
    for _ in range(dice.choice((0, 1, 2, 5, 30, 80))):
        lines.append(_line(dice, len(header), delimiter, tokens))
    text = "".join(line + dice.choice(LINE_ENDS) if dice.random() < 0.1 else line + "\n" for line in lines)
    if dice.random() < 0.5:
        text = text.rstrip("\r\n")
    encoding = dice.choice(ENCODINGS)
    data = text.encode(encoding, errors="replace")
    if dice.random() < 0.05:
        data += bytes([dice.randrange(128, 256), dice.randrange(128, 256)])
    return MalformedFile(data, tokens, is_text=True)


def _line(dice: random.Random, width: int, delimiter: str, tokens: list[str]) -> str:
    roll = dice.random()
    if roll < 0.03:
        return dice.choice(("", "   ", delimiter * width, "\t"))
    count = width if roll < 0.8 else max(0, width + dice.choice((-2, -1, 1, 3)))
    return delimiter.join(_cell(dice, place, tokens) for place in range(max(1, count)))


def _cell(dice: random.Random, place: int, tokens: list[str]) -> str:
    token = f"T{len(tokens)}x{dice.randrange(10_000)}"
    tokens.append(token)
    form = dice.choices(_FORMS, _WEIGHTS)[0]
    return form.format(t=token, z="z" * dice.choice((300, 5_000)), c=dice.choice("abc"))


def _junk(dice: random.Random) -> MalformedFile:
    data = dice.choice(
        (
            b"",
            b"\n\n\n",
            b"\x00" * 50,
            bytes(dice.randrange(256) for _ in range(dice.randrange(1, 4000))),
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"PK\x03\x04broken",
            b"%PDF-1.7 nothing",
            b'{"resourceType":',
            b'[{"a":1}]',
            b'"',
            b'"""',
            b",",
            b"a",
            b"\x1f\x8bnot gzip at all",
        )
    )
    return MalformedFile(data, [], is_text=False)
