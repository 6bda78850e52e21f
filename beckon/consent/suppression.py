"""Import of suppression lists: do-not-call, earlier opt-outs, reassigned numbers. Streams; millions are fine."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import connection

from beckon.consent.models import CHANNEL_WORDS, SuppressionEntry, SuppressionKind, SuppressionList
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit

_NOT_DIGITS = re.compile(r"\D+")
_NANP = re.compile(r"^[2-9]\d\d[2-9]\d{6}$")
_EMAIL = re.compile(r"^[^@\s\\]{1,64}@[^@\s\\]+\.[^@\s\\]{2,}$")  # no backslash: it is COPY's escape
_INTERNATIONAL = re.compile(r"^\+[1-9]\d{6,14}$")
_PART = 5_000
_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS suppression_staging (value text NOT NULL) ON COMMIT DROP
"""
_ADD = """
INSERT INTO consent_suppressionentry (list_id, value, at)
SELECT DISTINCT %s::bigint, s.value, %s::timestamptz FROM suppression_staging s
ON CONFLICT (value, list_id) DO NOTHING
"""
_REMOVE = """
DELETE FROM consent_suppressionentry e
 WHERE e.list_id = %s AND NOT EXISTS (SELECT 1 FROM suppression_staging s WHERE s.value = e.value)
"""


@dataclass(frozen=True)
class SuppressionCounts:
    """rows = added + already + rejected: a value that comes twice is `already` the second time."""

    rows: int
    added: int
    already: int
    rejected: int
    removed: int


def import_suppression_list(
    lines: Iterable[str],
    *,
    name: str,
    kind: SuppressionKind,
    by: Actor,
    now: datetime,
    channel: str = "all",
    replace: bool = False,
) -> SuppressionCounts:
    """Put every phone and e-mail found in `lines` (CSV, TSV or one value a line, with or without a header) on a list.

    Idempotent by list and value. `replace` also takes off what is no longer in the file (a registry copy may be at
    most 31 days old). A row with neither a phone nor an e-mail is rejected; the first may be a header and is then no
    row. Raises ValueError for a channel that does not exist, or a list that is of another kind.
    """
    if channel not in CHANNEL_WORDS:
        raise ValueError(f"no such channel: {channel}")
    found, _made = SuppressionList.objects.update_or_create(
        name=name, defaults={"imported_at": now}, create_defaults={"kind": kind, "channel": channel, "imported_at": now}
    )
    if found.kind != kind or found.channel != channel:
        raise ValueError(f"the list {name!r} is one of kind {found.kind} for {found.channel}")
    reader = _Reader(lines)
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.execute("TRUNCATE suppression_staging")
        with cursor.copy("COPY suppression_staging (value) FROM STDIN") as copy:
            values = reader.values()
            while part := list(islice(values, _PART)):
                copy.write("".join(f"{value}\n" for value in part))
        cursor.execute(_ADD, [found.pk, now])
        added = cursor.rowcount
        removed = 0
        if replace:
            cursor.execute("CREATE INDEX IF NOT EXISTS suppression_staged ON suppression_staging (value)")
            cursor.execute("ANALYZE suppression_staging")
            cursor.execute(_REMOVE, [found.pk])
            removed = cursor.rowcount
        cursor.execute("DROP TABLE suppression_staging")
    counts = SuppressionCounts(
        rows=reader.rows,
        added=added,
        already=reader.rows - reader.rejected - added,
        rejected=reader.rejected,
        removed=removed,
    )
    record_audit(
        action="suppression_list.imported",
        object_kind="suppression_list",
        object_ids=[found.pk],
        by=by,
        now=now,
        detail={"rows": counts.rows, "added": added, "rejected": counts.rejected, "removed": removed},
    )
    return counts


def address_of(text: str) -> str | None:
    """A phone as E.164 (a plain number is a US one) or a lower-case e-mail; None where it is neither."""
    text = text.strip().strip('"')
    if "@" in text:
        text = text.lower()
        return text if _EMAIL.match(text) and len(text) <= 320 else None
    digits = _NOT_DIGITS.sub("", text)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if _NANP.match(digits) and not re.search(r"[A-Za-z]{2}", text):
        return f"+1{digits}"
    return f"+{digits}" if _INTERNATIONAL.match(f"+{digits}") and text.startswith("+") else None


class _Reader:
    """Counts rows while it yields the values in them; a row may hold several, an area code may stand by itself."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.rows = 0
        self.rejected = 0

    def values(self) -> Iterator[str]:
        """Every value to suppress, one for each row that has one."""
        for cells in self._cells():
            if not any(cell.strip() for cell in cells):
                continue
            self.rows += 1
            value = self._value(cells)
            if value is not None:
                yield value
            elif self.rows == 1 and not any(character.isdigit() for cell in cells for character in cell):
                self.rows = 0  # the header
            else:
                self.rejected += 1

    def _cells(self) -> Iterator[list[str]]:
        lines = (line.lstrip("\ufeff").replace("\x00", "") for line in self._lines)
        for line in lines:
            if "," not in line and "\t" not in line and ";" not in line:
                yield [line]
                continue
            delimiter = max(",;\t", key=line.count)
            yield next(csv.reader([line], delimiter=delimiter), [])

    @staticmethod
    def _value(cells: list[str]) -> str | None:
        for cell in cells:
            value = address_of(cell)
            if value is not None:
                return value
        # The national registry writes the area code and the seven digits in two columns.
        return address_of("".join(cells[:2])) if len(cells) > 1 else None


STRANGERS: Final = "Stops from unknown numbers"
"""Stops from numbers that are nobody's yet: kept by value, for whoever is imported with them later."""


def suppress_strangers(addresses: Sequence[str], *, by: Actor, now: datetime) -> int:
    """Put the phones and e-mails among `addresses` on the list of strangers' stops; returns how many were new."""
    values = sorted({value for address in addresses if (value := address_of(address)) is not None})
    if not values:
        return 0
    return import_suppression_list(values, name=STRANGERS, kind=SuppressionKind.OPT_OUT, by=by, now=now).added


def lift_stranger_stops(addresses: Sequence[str], *, by: Actor, now: datetime) -> int:
    """Take those who ask to hear from us again off that list, and off no other; returns how many were on it."""
    values = sorted({value for address in addresses if (value := address_of(address)) is not None})
    found = SuppressionEntry.objects.filter(list__name=STRANGERS, value__in=values) if values else None
    lifted = found.delete()[0] if found is not None else 0
    if lifted:
        record_audit(
            action="suppression.lifted",
            object_kind="suppression_list",
            object_ids=[],
            by=by,
            now=now,
            detail={"count": lifted},
        )
    return lifted
