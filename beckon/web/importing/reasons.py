"""Why the importer refused rows and values, in the language of the page; the files themselves stay in English."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KNOWN: dict[str, str | Promise] = {
    "no usable name": _("no usable name"),
    "a total line, not a person": _("a total line, not a person"),
    "no usable phone, e-mail or postal address": _("no usable phone, e-mail or postal address"),
    "more values than columns": _("more values than columns"),
    "nothing in any column": _("nothing in any column"),
    "not a name": _("not a name"),
    "not an e-mail address": _("not an e-mail address"),
    "no ZIP, and no city with its state, to send it to": _("no ZIP, and no city with its state, to send it to"),
    "stands above the header line": _("stands above the header line"),
    "the header line again": _("the header line again"),
    "not a date": _("not a date"),
    "there is no such day": _("there is no such day"),
    "lies in the future": _("lies in the future"),
    "more than 120 years ago": _("more than 120 years ago"),
    "not a phone number": _("not a phone number"),
    "too few digits for a phone number": _("too few digits for a phone number"),
    "too many digits for a phone number": _("too many digits for a phone number"),
    "no area code": _("no area code"),
    "the same digit over and over": _("the same digit over and over"),
    "a made-up number": _("a made-up number"),
}
_PATTERNS: tuple[tuple[str, str | Promise], ...] = (
    (
        r"^a spreadsheet has turned the number into",
        _("a spreadsheet has turned the number into another; its digits are lost"),
    ),
    (r"^area code .* is not in use$", _("the area code is not in use")),
    (r"^no number begins with", _("no number begins so after the area code")),
    (r"^cannot be read as", _("cannot be understood")),
    (
        r"^belongs to .*, whose name and birth date differ",
        _("belongs to somebody with another name and birth date; left empty"),
    ),
    (r"^a line of more than", _("the line is far too long; only its beginning is shown")),
)
SHOWN_AS_WRITTEN = "en"


def in_words(reason: str, language: str) -> str:
    """The reason as it stands in English, which names more; its translation in any other language."""
    if language.startswith(SHOWN_AS_WRITTEN):
        return reason
    plain = reason.replace("…", "120") if reason.startswith("more than") else reason
    if plain in _KNOWN:
        return str(_KNOWN[plain])
    return next((str(words) for pattern, words in _PATTERNS if re.search(pattern, reason)), reason)
