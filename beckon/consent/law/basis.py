"""How much consent a contact needs, from law/consent.yaml, and how much the ledger holds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from beckon.consent.facts import ALL, Ask, Basis, Channel, Entry, Mark, Policy, Purpose

SOURCE = Path(__file__).with_name("consent.yaml")
_PURPOSES = ("informational", "telemarketing", "health_care")
_LINES = ("wireless", "landline", "any")


class ConsentTableError(ValueError):
    """The data file breaks its own rules; the message says where."""


@dataclass(frozen=True)
class Need:
    """The least consent a contact needs and the rule that says so."""

    basis: Basis
    cite: str


ConsentTable = Mapping[str, Need]


@cache
def consent_table(path: Path = SOURCE) -> ConsentTable:
    """The checked table, "channel.line.purpose" -> Need. Raises ConsentTableError."""
    return read_consent_table(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_consent_table(data: Mapping[str, Any]) -> ConsentTable:
    """A checked table: complete, wireless never laxer than landline. Raises ConsentTableError."""
    needs: dict[str, Need] = {}
    for row in data["rows"]:
        lines = _LINES[:2] if row["line"] == "any" else (row["line"],)
        for line in lines:
            for purpose in _PURPOSES:
                needs[f"{row['channel']}.{line}.{purpose}"] = _need(row, purpose)
    for channel in Channel:
        for purpose in _PURPOSES:
            try:
                wireless = needs[f"{channel}.wireless.{purpose}"].basis
                landline = needs[f"{channel}.landline.{purpose}"].basis
            except KeyError as error:
                raise ConsentTableError(f"missing: {error}") from error
            if wireless.strength < landline.strength:
                raise ConsentTableError(f"{channel} {purpose}: unknown lines count as wireless, which is laxer here")
    return needs


def _need(row: Mapping[str, Any], purpose: str) -> Need:
    if not row.get("cite") or row["line"] not in _LINES:
        raise ConsentTableError(f"a row needs a citation and a known line: {row}")
    try:
        return Need(Basis(row[purpose]), row["cite"])
    except ValueError as error:
        raise ConsentTableError(f"no such consent: {row[purpose]}") from error


def needed(ask: Ask, line_type: str, policy: Policy) -> Need:
    """The least federal consent for `ask` to a line of this type, after the organization's overrides."""
    key = _row_key(ask.channel, ask.purpose, ask.is_health_care, line_type == "landline")
    if key in policy.overrides:
        return Need(Basis(policy.overrides[key]), f"contact policy {policy.version}")
    return consent_table()[key]


@cache
def _row_key(channel: Channel, purpose: Purpose, is_health_care: bool, is_landline: bool) -> str:
    if purpose is Purpose.TELEMARKETING:
        row = "health_care" if is_health_care else "telemarketing"
    else:
        row = "informational"
    return f"{channel}.{'landline' if is_landline else 'wireless'}.{row}"


def is_stopped(entries: Iterable[Entry], ask: Ask, *, person_ids: frozenset[int], number_id: int) -> tuple[bool, bool]:
    """(the person is opted out, the number is opted out) for this ask. Entries oldest first.

    A revocation holds until the same person or number opts in again for what the ask is about.
    """
    person = number = False
    for entry in entries:
        if entry.mark is Mark.GRANTED or not entry.covers_channel(ask.channel):
            continue
        stops = entry.mark is Mark.REVOKED
        if not (_stops(entry, ask) if stops else _allows(entry, ask)):
            continue
        if entry.person_id in person_ids:
            person = stops
        if entry.number_id == number_id:
            number = stops
    return person, number


def held(entries: Iterable[Entry], ask: Ask, *, person_ids: frozenset[int], number_id: int) -> Basis:
    """The strongest consent on record for this ask. Entries oldest first.

    What was granted before a revocation is void, and so is what a file grants between it and opting in again.
    """
    best = Basis.NONE
    is_stopped_now = False
    for entry in entries:
        if not entry.covers_channel(ask.channel):
            continue
        is_theirs, is_number = entry.person_id in person_ids, entry.number_id == number_id
        if entry.mark is Mark.REVOKED:
            if (is_theirs or is_number) and _stops(entry, ask):
                best, is_stopped_now = Basis.NONE, True
        elif _allows(entry, ask) and (is_theirs or is_number):
            is_stopped_now = is_stopped_now and entry.mark is Mark.GRANTED
            is_here = is_theirs and (is_number or entry.number_id is None)
            if is_here and not is_stopped_now and entry.basis.strength > best.strength:
                best = entry.basis
    return best


def _stops(entry: Entry, ask: Ask) -> bool:
    """A stop of marketing stops telemarketing; of a category, that category and what names none; else all."""
    if entry.purpose == Purpose.TELEMARKETING:
        return ask.purpose is Purpose.TELEMARKETING
    if entry.purpose in (ALL, Purpose.INFORMATIONAL):
        return True
    return ask.category in ("", entry.purpose)


def _allows(entry: Entry, ask: Ask) -> bool:
    """A grant for marketing allows plain information too; one for information or a category only that."""
    if entry.purpose in (ALL, Purpose.TELEMARKETING):
        return True
    if entry.purpose == Purpose.INFORMATIONAL:
        return ask.purpose is not Purpose.TELEMARKETING
    return bool(ask.category) and entry.purpose == ask.category
