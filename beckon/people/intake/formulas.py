"""Values that a spreadsheet would run as a formula: written with an apostrophe before them, read back without it. Pure.

Source: OWASP, CSV Injection (the characters that start a formula or are skipped before one).
"""

import re

_STARTS = "=+-@\t\r"
_TO_GUARD = re.compile(rf"'*[{re.escape(_STARTS)}]")
_GUARDED = re.compile(rf"'+[{re.escape(_STARTS)}]")


def guarded(value: str) -> str:
    """The value for a CSV that a person may open. `unguarded` gives back exactly what went in."""
    return "'" + value if _TO_GUARD.match(value) else value


def unguarded(value: str) -> str:
    """The value without the apostrophe that `guarded` (or a spreadsheet) put before a formula sign."""
    return value[1:] if value[:1] == "'" and _GUARDED.match(value) else value


def may_hold_guards(text: str) -> bool:
    """True when some value of the text may be guarded; quick, so that most tables are never looked at closely."""
    return any("'" + start in text for start in _STARTS)
