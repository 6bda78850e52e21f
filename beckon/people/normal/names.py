"""Names: cleaned for printing, folded for comparing, spelt by sound for searching. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from beckon.people.normal.nicknames import FORMAL

SUFFIXES = {
    "jr": "Jr.",
    "jnr": "Jr.",
    "sr": "Sr.",
    "snr": "Sr.",
    "ii": "II",
    "iii": "III",
    "iv": "IV",
    "2nd": "II",
    "3rd": "III",
    "md": "MD",
    "dds": "DDS",
    "phd": "PhD",
    "esq": "Esq.",
    "rn": "RN",
    "do": "DO",
}
_GENERATIONS = frozenset({"jr", "jnr", "sr", "snr", "ii", "iii", "iv", "2nd", "3rd", "md", "phd", "esq"})
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sr", "sra", "srta", "rev"})
PARTICLES = frozenset(
    {
        "de",
        "del",
        "la",
        "las",
        "los",
        "y",
        "van",
        "von",
        "der",
        "den",
        "da",
        "di",
        "do",
        "dos",
        "du",
        "le",
        "el",
        "bin",
        "al",
        "st",
        "san",
        "santa",
    }
)
NOT_A_NAME = frozenset(
    {
        "",
        "n/a",
        "#n/a",
        "none",
        "null",
        "nil",
        "unknown",
        "unk",
        "nan",
        "no name",
        "noname",
        "tbd",
        "xxx",
        "desconocido",
        "sin nombre",
        "anonymous",
        "(blank)",
        "?",
    }
)
TOTALS = frozenset(
    {
        "total",
        "totals",
        "grandtotal",
        "subtotal",
        "sum",
        "count",
        "totalgeneral",
        "suma",
        "totales",
        "totalrows",
        "recordcount",
        "totalrecords",
    }
)
_SPACES = re.compile(r"[\s\u00a0\u200b\ufeff\x00-\x1f]+")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_SOUNDEX = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}


@dataclass(frozen=True)
class FullName:
    """A name in parts, as printed."""

    given: str = ""
    middle: str = ""
    family: str = ""
    suffix: str = ""


def clean(text: str, limit: int = 100) -> str:
    """One line, single blanks, no control characters, at most `limit` characters."""
    if text.isprintable() and "  " not in text and len(text) <= limit:
        return text.strip()
    return _SPACES.sub(" ", text).strip()[:limit].rstrip() if text else ""


@lru_cache(maxsize=65_536)
def proper(text: str) -> str:
    """A name for printing: one written all in capitals or all in small letters gets its capitals; others stay."""
    text = clean(text).strip("\"'`,;").strip()
    if not (text.isupper() or text.islower()):
        return text
    words = text.lower().split(" ")
    return " ".join(w if i and w in PARTICLES else _capital(w) for i, w in enumerate(words))


def _capital(word: str) -> str:
    word = _WORD.sub(lambda found: found.group()[0].upper() + found.group()[1:], word)
    if word.startswith("Mc") and len(word) > 4:
        word = "Mc" + word[2].upper() + word[3:]
    return re.sub(r"(['’])S\b", r"\1s", word)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """For comparing: small letters without accents, blanks, dashes or other marks."""
    if text.isascii():
        return "".join(c for c in text.lower() if c.isalnum())
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l").replace("đ", "d"))
    return "".join(c for c in plain if c.isalnum())


def is_name(text: str) -> bool:
    """True when `text` holds a letter and is no placeholder such as 'unknown'."""
    return text.lower() not in NOT_A_NAME and any(c.isalpha() for c in fold(text))


def formal(given: str) -> str:
    """The first given name for comparing: folded, a nickname as the formal name it stands for."""
    first = fold(given.split(" ")[0]) if given else ""
    return FORMAL.get(first, first)


@lru_cache(maxsize=65_536)
def phonetic(family: str) -> str:
    """American Soundex of a family name (National Archives rules), '' when it has no Latin letter."""
    letters = [c for c in fold(family) if "a" <= c <= "z"]
    if not letters:
        return ""
    code, last = letters[0].upper(), _SOUNDEX.get(letters[0], "")
    for letter in letters[1:]:
        digit = _SOUNDEX.get(letter, "")
        if digit and digit != last:
            code += digit
        if letter not in "hw":
            last = digit
    return (code + "000")[:4]


def split_full_name(text: str) -> FullName:
    """'Last, First M.' and 'First M. Last Jr.' in parts; titles are dropped, particles stay with the family name."""
    text = clean(text, 300)
    head, comma, tail = text.partition(",")
    if comma and fold(tail) in SUFFIXES and " " in head.strip():
        return split_full_name(f"{head} {tail}")
    if comma:
        words = tail.replace(",", " ").split()
        if len(words) > 1 and words[0].lower().strip(".") in _GENERATIONS:
            words = [*words[1:], words[0]]
        words, suffix = _strip_ends(words)
        family_words, family_suffix = _strip_ends(head.split())
        given = words[0] if words else ""
        return FullName(
            proper(given), proper(" ".join(words[1:])), proper(" ".join(family_words)), suffix or family_suffix
        )
    words, suffix = _strip_ends(text.split())
    if len(words) < 2:
        return FullName(family=proper(" ".join(words)), suffix=suffix)
    start = len(words) - 1
    while start > 1 and words[start - 1].lower().strip(".") in PARTICLES:
        start -= 1
    return FullName(proper(words[0]), proper(" ".join(words[1:start])), proper(" ".join(words[start:])), suffix)


def split_suffix(family: str) -> tuple[str, str]:
    """A family name without 'Jr.' or 'III' behind it, and that suffix as printed."""
    words = family.replace(",", " ").split()
    if len(words) > 1 and words[-1].lower().strip(".") in _GENERATIONS:
        return " ".join(words[:-1]), SUFFIXES[words[-1].lower().strip(".")]
    return family, ""


def read_suffix(text: str) -> str:
    """A suffix from a column of its own, as printed."""
    return SUFFIXES.get(text.lower().strip(" ."), clean(text, 10))


def _strip_ends(words: list[str]) -> tuple[list[str], str]:
    while len(words) > 1 and words[0].lower().strip(".") in TITLES:
        words = words[1:]
    if len(words) > 1 and words[-1].lower().strip(".") in _GENERATIONS:
        return words[:-1], SUFFIXES[words[-1].lower().strip(".")]
    return words, ""
