"""Length of a text message in its two encodings, what forces the costly one, and what to write instead.

Sources: 3GPP TS 23.038 (alphabet and extension table), TS 23.040 (160/153 septets, 70/67 UCS-2 units).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
_ONLY_BASIC = re.compile(f"[{re.escape(''.join(sorted(GSM_BASIC)))}]*")
_REPLACEMENTS = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "′": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "″": '"',
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "·": "-",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\t": " ",
    "\u200b": "",
    "\ufeff": "",
    "ª": "a",
    "º": "o",
    "™": "TM",
    "®": "(R)",
    "©": "(C)",
    "×": "x",
}


class Encoding(StrEnum):
    """How a text travels."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class TextSize:
    """`units` are septets or 16-bit units, `left` how many still fit the last segment."""

    encoding: Encoding
    units: int
    segments: int
    left: int
    forcing: tuple[str, ...]
    """The characters that force UCS-2, in order of first appearance; empty for GSM-7."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The same text in GSM-7. `changes` are (from, to) pairs to show before anybody accepts it."""

    text: str
    changes: tuple[tuple[str, str], ...]
    segments_saved: int


def measure_text(text: str) -> TextSize:
    """Encoding, length and segments of a text. An empty text takes no segment."""
    if is_basic(text):
        return _size(Encoding.GSM7, len(text), text, ())
    forcing = tuple(dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION))
    if forcing:
        return _size(Encoding.UCS2, len(text) + sum(c > "\uffff" for c in text), text, forcing)
    return _size(Encoding.GSM7, len(text) + sum(c in GSM_EXTENSION for c in text), text, ())


def is_basic(text: str) -> bool:
    """True where each character takes one septet."""
    return _ONLY_BASIC.fullmatch(text) is not None


def basic_segments(units: int) -> int:
    """Segments of a text of so many characters, all of them basic."""
    return 1 if 0 < units <= 160 else -(-units // 153)


def offer_gsm7(text: str) -> Offer | None:
    """A transliteration that fits GSM-7, or None where one is not needed or not possible.

    ñ, é and ü stay (they are in the alphabet), á í ó ú lose their accent, typographic quotes and
    dashes become plain. Emoji and other scripts have no substitute: None.
    """
    before = measure_text(text)
    if before.encoding is Encoding.GSM7:
        return None
    changes = {c: _substitute(c) for c in before.forcing}
    if any(new is None for new in changes.values()):
        return None
    pairs = tuple((old, new) for old, new in changes.items() if new is not None)
    # Combining marks are composed first, so that n + tilde is found as the ñ that GSM-7 has.
    plain = unicodedata.normalize("NFC", text).translate({ord(old): new for old, new in pairs})
    plain = plain.translate({ord(c): _substitute(c) or "" for c in measure_text(plain).forcing})
    return Offer(plain, pairs, before.segments - measure_text(plain).segments)


def _substitute(char: str) -> str | None:
    if char in _REPLACEMENTS:
        return _REPLACEMENTS[char]
    if unicodedata.combining(char):
        return ""
    base = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    if base and base != char and all(c in GSM_BASIC or c in GSM_EXTENSION for c in base):
        return base
    return None


def _size(encoding: Encoding, units: int, text: str, forcing: tuple[str, ...]) -> TextSize:
    single, part = (160, 153) if encoding is Encoding.GSM7 else (70, 67)
    if units <= single:
        return TextSize(encoding, units, 1 if units else 0, single - units if units else single, forcing)
    if len(text) == units:  # nothing two units wide, so nothing can be torn apart
        segments = -(-units // part)
        return TextSize(encoding, units, segments, segments * part - units, forcing)
    segments, used = _pack(encoding, text, part)
    return TextSize(encoding, units, segments, part - used, forcing)


def _pack(encoding: Encoding, text: str, part: int) -> tuple[int, int]:
    """Segments and units used in the last: an escape pair or a surrogate pair is never split."""
    segments, used = 1, 0
    for char in text:
        wide = char in GSM_EXTENSION if encoding is Encoding.GSM7 else char > "\uffff"
        need = 2 if wide else 1
        if used + need > part:
            segments, used = segments + 1, 0
        used += need
    return segments, used
