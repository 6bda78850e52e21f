"""Postal addresses: cleaned for printing and keyed for comparing. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from beckon.people.normal.names import clean, fold, proper

_SHORT = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "circle": "cir",
    "terrace": "ter",
    "highway": "hwy",
    "parkway": "pkwy",
    "square": "sq",
    "trail": "trl",
    "apartment": "unit",
    "apt": "unit",
    "suite": "unit",
    "ste": "unit",
    "#": "unit",
    "no": "unit",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}
_MARKS = str.maketrans(dict.fromkeys(".,;:-/'\"()_\\", " ") | {"#": " # "})
_HAS = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """As it is printed, and as Number.postal keeps it. `state`: two letters; `postal_code`: five digits."""

    line1: str
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


def postal_key(line1: str, line2: str, city: str, state: str, postal_code: str) -> str:
    """A text that equal addresses share: ZIP (or city and state), then the street with its words shortened."""
    place = postal_code or f"{fold(city)},{state}"
    return f"{place}|{street_key(f'{line1} {line2}' if line2 else line1)}"[:320]


def is_usable(line1: str, city: str, state: str, postal_code: str) -> bool:
    """True when a letter could arrive: a street or box, and a ZIP or a city with its state."""
    return (line1[:1].isalnum() or bool(_HAS.search(line1))) and bool(postal_code or (city and state))


def printed(line: str, limit: int = 200) -> str:
    """An address line or city for printing; capitals put right where all are capitals or all are small."""
    return proper(clean(line, limit)) if line.isupper() or line.islower() else clean(line, limit)


def street_key(text: str) -> str:
    """The words of an address line as they are compared: small, unaccented, shortened."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join([_SHORT.get(word, word) for word in text.lower().translate(_MARKS).split()])
