"""Phone numbers to E.164, or a reason why not. Pure. Rules: North American Numbering Plan (nationalnanpa.com):
NPA-NXX-XXXX, area code in use, exchange 200-999. Fictional 555-01xx numbers are numbers."""

import re
from typing import NamedTuple

from beckon.people.places.tables import area_code_table

MARKS = str.maketrans(
    "", "", " ()-./+\u00a0\u2010\u2011\u2012\u2013\u2014\u2212\u200b\u200e\u200f\u202a\u202c\ufeff\t*_[]"
)
_EXTENSION = re.compile(r"[\s,;(]*(?:ext(?:ension|n)?\.?|x|#|int\.?)[\s.:]*(\d{1,7})\)?\s*$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"^[+-]?\d(?:[.,]\d+)?e\+?\d{1,2}$", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:tel(?:ephone)?|ph(?:one)?|cell|mobile|home|work|c|h|w|m|p)[.:\s]+(?=[\d(+])|\s*\((?:cell|home|work|mobile|c|h|w|m)\)$",
    re.IGNORECASE,
)
_FLOAT = re.compile(r"^\d{10,15}\.0+$")

EXCEL = "a spreadsheet has turned the number into {!r}; its digits are lost"
NOTMARKS = "not a phone number"
TOO_SHORT = "too few digits for a phone number"
TOO_LONG = "too many digits for a phone number"
NO_AREA_CODE = "no area code"
BAD_AREA_CODE = "area code {} is not in use"
BAD_EXCHANGE = "no number begins with {} after the area code"
SAMEMARKS = "the same digit over and over"
PATTERN = "a made-up number"
SAME = frozenset(str(digit) * 7 for digit in range(10))
MADE_UP = frozenset({"2345678901", "9876543210", "1234567890", "0123456789"})


_LONGEST = 15
"""Digits of the longest number (E.164)."""


class Phone(NamedTuple):
    """A usable number in E.164 with its extension ('' for none); `toll_free` when its area code says so."""

    number: str
    extension: str = ""
    toll_free: bool = False


def read_phone(text: str) -> Phone | str:
    """The number in `text`, or the reason why there is none. Plain American forms take the short way."""
    digits = text.translate(MARKS)
    extension = ""
    if len(digits) > 11:
        digits, _, extension = digits.partition("x")
        if not extension.isdecimal() or len(extension) > 7:
            return _read_slowly(text.strip())
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if len(digits) == 10 and digits.isascii() and digits.isdecimal():
        area = area_code_table().get(digits[:3])
        rest = digits[3:]
        is_plain = area and rest[0] > "1" and rest[1:3] != "11" and rest not in SAME and digits not in MADE_UP
        if area and is_plain and ("+" not in text or "+1" in text):
            return Phone("+1" + digits, extension, area.kind == "toll_free")
    return _read_slowly(text.strip())


def reversed_digits(number: str) -> int:
    """The digits of an E.164 number from behind, filled up with zeros, as a number: those that end alike lie together.

    The import computes the same in SQL (importing/merging.py).
    """
    return int(number[:0:-1].ljust(_LONGEST, "0"))


def ending_with(digits: str) -> tuple[int, int]:
    """The least and the greatest `reversed_digits` of numbers that end with these digits."""
    behind = digits[::-1][:_LONGEST]
    return int(behind.ljust(_LONGEST, "0")), int(behind.ljust(_LONGEST, "9"))


def _read_slowly(text: str) -> Phone | str:
    if _SCIENTIFIC.match(text):
        return EXCEL.format(text)
    text = _LABEL.sub("", text.strip("'\"` "))
    extension = ""
    found = _EXTENSION.search(text)
    if found and len(re.sub(r"\D", "", text[: found.start()])) >= 7:
        text, extension = text[: found.start()], found.group(1)
    if _FLOAT.match(text):
        text = text.split(".")[0]
    digits = text.translate(MARKS)
    if not (digits.isascii() and digits.isdigit()):
        return NOTMARKS
    return _check(digits, text, extension)


def _check(digits: str, text: str, extension: str) -> Phone | str:
    if len(set(digits)) == 1:
        return SAMEMARKS
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    elif "+" in text and digits[0] != "1" and len(digits) >= 8:
        return _foreign(digits, extension)
    if len(digits) != 10:
        return _wrong_length(digits)
    if digits in MADE_UP:
        return PATTERN
    area = area_code_table().get(digits[:3])
    if area is None:
        return BAD_AREA_CODE.format(digits[:3])
    if digits[3] in "01" or digits[4:6] == "11":
        return BAD_EXCHANGE.format(digits[3:6])
    if len(set(digits[3:])) == 1:
        return SAMEMARKS
    return Phone("+1" + digits, extension, area.kind == "toll_free")


def _wrong_length(digits: str) -> str:
    if len(digits) == 7:
        return NO_AREA_CODE
    return TOO_SHORT if len(digits) < 10 else TOO_LONG


def _foreign(digits: str, extension: str) -> Phone | str:
    """A number written with + and another country's code."""
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return TOO_LONG if len(digits) > 15 else NOTMARKS
    if not phonenumbers.is_possible_number(number):
        return TOO_LONG if len(digits) > 12 else TOO_SHORT
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), extension)
