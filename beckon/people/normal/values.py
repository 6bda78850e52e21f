"""The smaller values of a row: ZIP, state, e-mail, sex, language, yes and no, zone, outcome. Pure.

Each reader returns the normalised value, or None when the text says nothing usable (the caller reports it).
"""

import re
from functools import cache
from zoneinfo import available_timezones

from beckon.people.places.build_tables import STATES

EMPTY = frozenset(
    {
        "",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "-",
        "--",
        "---",
        ".",
        "?",
        "unknown",
        "unk",
        "nan",
        "#n/a",
        "(blank)",
        "tbd",
        "not given",
        "not provided",
        "no disponible",
        "ninguno",
        "ninguna",
        "desconocido",
        "s/d",
        "blank",
        "(null)",
        "<null>",
        "\\n",
    }
)
YES = frozenset(
    {
        "y",
        "yes",
        "true",
        "t",
        "1",
        "x",
        "si",
        "sí",
        "s",
        "ok",
        "on",
        "opt-in",
        "opted in",
        "opt in",
        "granted",
        "allow",
        "allowed",
        "✓",
        "checked",
        "verdadero",
        "yes - written",
        "express",
        "written",
    }
)
NO = frozenset(
    {
        "n",
        "no",
        "false",
        "f",
        "0",
        "off",
        "opt-out",
        "opted out",
        "opt out",
        "denied",
        "refused",
        "stop",
        "falso",
        "declined",
        "unsubscribed",
        "do not text",
        "do not contact",
    }
)
_STATE_BY_NAME = {name.lower().replace(" ", "").replace(".", ""): code for name, code in STATES.items()}
STATE_CODES = frozenset({*STATES.values(), "AA", "AE", "AP", "PW", "FM", "MH"})
EMAIL = re.compile(r"^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$")
_ZIP = re.compile(r"^(\d{1,5})(?:\.0)?(?:[-\s]?(\d{4}))?$")
_SEXES = {
    **dict.fromkeys(("m", "male", "man", "masculino", "hombre", "varon", "varón", "boy", "h"), "male"),
    **dict.fromkeys(("f", "female", "woman", "femenino", "mujer", "girl", "fem"), "female"),
    **dict.fromkeys(
        ("o", "other", "x", "nonbinary", "non-binary", "nb", "otro", "otra", "transgender", "intersex"), "other"
    ),
    **dict.fromkeys(
        ("u", "unknown", "unk", "not specified", "undisclosed", "declined", "prefer not to say", "desconocido"),
        "unknown",
    ),
}
_LANGUAGES = {
    "english": "en",
    "inglés": "en",
    "ingles": "en",
    "eng": "en",
    "spanish": "es",
    "español": "es",
    "espanol": "es",
    "spa": "es",
    "castellano": "es",
    "esp": "es",
    "sp": "es",
    "chinese": "zh",
    "mandarin": "zh",
    "cantonese": "yue",
    "chi": "zh",
    "zho": "zh",
    "vietnamese": "vi",
    "vie": "vi",
    "korean": "ko",
    "kor": "ko",
    "tagalog": "tl",
    "filipino": "tl",
    "tgl": "tl",
    "russian": "ru",
    "rus": "ru",
    "arabic": "ar",
    "ara": "ar",
    "french": "fr",
    "francés": "fr",
    "frances": "fr",
    "fre": "fr",
    "fra": "fr",
    "haitian creole": "ht",
    "creole": "ht",
    "haitian": "ht",
    "portuguese": "pt",
    "portugués": "pt",
    "por": "pt",
    "german": "de",
    "ger": "de",
    "deu": "de",
    "italian": "it",
    "ita": "it",
    "polish": "pl",
    "pol": "pl",
    "hindi": "hi",
    "hin": "hi",
    "japanese": "ja",
    "jpn": "ja",
    "hmong": "hmn",
    "armenian": "hy",
    "farsi": "fa",
    "persian": "fa",
    "somali": "so",
    "american sign language": "ase",
    "asl": "ase",
    "navajo": "nv",
    "bengali": "bn",
    "urdu": "ur",
    "punjabi": "pa",
    "amharic": "am",
    "nepali": "ne",
    "burmese": "my",
    "khmer": "km",
    "ukrainian": "uk",
}
_CODES = frozenset(code for code in _LANGUAGES.values())
_ZONES = {
    **dict.fromkeys(("eastern", "est", "edt", "et", "us/eastern"), "America/New_York"),
    **dict.fromkeys(("central", "cst", "cdt", "ct", "us/central"), "America/Chicago"),
    **dict.fromkeys(("mountain", "mst", "mdt", "mt", "us/mountain"), "America/Denver"),
    **dict.fromkeys(("pacific", "pst", "pdt", "pt", "us/pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("alaska", "akst", "akdt"), "America/Anchorage"),
    **dict.fromkeys(("hawaii", "hst"), "Pacific/Honolulu"),
    **dict.fromkeys(("arizona",), "America/Phoenix"),
    **dict.fromkeys(("atlantic", "ast"), "America/Puerto_Rico"),
}
_OUTCOMES = (
    ("practice", "cancelled_by_practice"),
    ("clinic", "cancelled_by_practice"),
    ("provider", "cancelled_by_practice"),
    ("office", "cancelled_by_practice"),
    ("no show", "missed"),
    ("no-show", "missed"),
    ("noshow", "missed"),
    ("missed", "missed"),
    ("did not", "missed"),
    ("dna", "missed"),
    ("perdida", "missed"),
    ("no asist", "missed"),
    ("cancel", "cancelled_by_patient"),
    ("cxl", "cancelled_by_patient"),
    ("kept", "kept"),
    ("complet", "kept"),
    ("seen", "kept"),
    ("arrived", "kept"),
    ("checked", "kept"),
    ("fulfilled", "kept"),
    ("asist", "kept"),
    ("attended", "kept"),
)


def is_empty(text: str) -> bool:
    """True for nothing and for the usual ways of writing nothing."""
    return text.strip().lower() in EMPTY


def read_postal_code(text: str) -> str | None:
    """Five digits; a leading zero that a spreadsheet ate is put back; ZIP+4 loses its last four."""
    text = text.strip().strip("'\"=")
    found = _ZIP.match(text)
    if found and found.group(2) is None and len(text) in (8, 9) and text.isdigit():
        return text.zfill(9)[:5]
    if not found or len(found.group(1)) < 3 or int(found.group(1)) < 501:
        return None
    return found.group(1).zfill(5)


def read_state(text: str) -> str | None:
    """Two capital letters, from the code or the name of a state or territory."""
    folded = text.strip().replace(" ", "").replace(".", "")
    if folded.upper() in STATE_CODES:
        return folded.upper()
    return _STATE_BY_NAME.get(folded.lower())


def read_email(text: str) -> str | None:
    """Lower case, without 'mailto:' or brackets; None when it cannot be an address."""
    text = text.strip().strip("<>\"'").lower().removeprefix("mailto:").rstrip(".,;")
    if len(text) > 254 or ".." in text or not EMAIL.match(text) or text.startswith(".") or ".@" in text:
        return None
    return text


def read_sex(text: str) -> str | None:
    """FHIR's administrative gender: male, female, other, unknown."""
    return _SEXES.get(text.strip().lower().rstrip("."))


def read_language(text: str) -> str | None:
    """BCP 47 base code, from a name in English or Spanish, or a code with or without region."""
    word = text.strip().lower()
    if word in _LANGUAGES:
        return _LANGUAGES[word]
    base = re.split(r"[-_;,/ (]", word)[0]
    if base in _LANGUAGES:
        return _LANGUAGES[base]
    return base if base in _CODES else None


def read_yes_no(text: str) -> bool | None:
    """True, False, or None for neither."""
    word = text.strip().lower().rstrip(".!")
    return True if word in YES else False if word in NO else None


def read_zone(text: str) -> str | None:
    """An IANA zone, from its name or the American one (Eastern, CST)."""
    word = re.sub(r"\s*(standard|daylight)?\s*time\s*$", "", text.strip(), flags=re.IGNORECASE).strip()
    known = _iana()
    return _ZONES.get(word.lower()) or known.get(word.lower())


@cache
def _iana() -> dict[str, str]:
    return {
        zone.lower(): zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    }


def read_outcome(text: str) -> str | None:
    """What became of the last appointment: scheduling.AppointmentStatus kept, missed or cancelled_by_*."""
    word = text.strip().lower()
    return next((outcome for sign, outcome in _OUTCOMES if sign in word), None)
