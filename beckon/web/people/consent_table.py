"""The consent ledger of one person as a table: channel by purpose, what holds, since when and on what evidence. Pure.

What holds is asked of consent.law.basis, entry by entry, so that the table cannot disagree with the gate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from beckon.consent.facts import Ask, Basis, Channel, Entry, Mark, PersonFacts, Point, Policy, Purpose
from beckon.consent.law.basis import held, is_stopped, needed

NO_NUMBER = -1
STOPPED, NUMBER_STOPPED, NOTHING, NOT_NEEDED, TOO_LITTLE = (
    "stopped",
    "number_stopped",
    "nothing",
    "not_needed",
    "too_little",
)
PURPOSES = (Purpose.INFORMATIONAL, Purpose.TELEMARKETING)


@dataclass(frozen=True)
class LedgerEntry:
    """An entry of the ledger as stored, oldest first in a list."""

    entry_id: int
    person_id: int | None
    number_id: int | None
    channel: str
    purpose: str
    state: str
    basis: str
    evidence: str
    actor: str
    at: datetime

    def as_fact(self) -> Entry:
        """As the law's rules read it."""
        return Entry(
            self.person_id, self.number_id, self.channel, self.purpose, Mark(self.state), Basis(self.basis or "none")
        )


@dataclass(frozen=True)
class Holding:
    """What holds for a channel and a purpose. `state`: express, written, or one of this module's words.

    `values`: the numbers it is about where they differ. `entry`: the one that made it so, if any.
    """

    channel: Channel
    purposes: tuple[Purpose, ...]
    state: str
    values: tuple[str, ...]
    entry: LedgerEntry | None
    rule: str

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        tones = {STOPPED: "bad", NUMBER_STOPPED: "bad", NOTHING: "warn", TOO_LITTLE: "warn", NOT_NEEDED: "calm"}
        return tones.get(self.state, "good")


def holdings(
    facts: PersonFacts,
    ledger: Sequence[LedgerEntry],
    asks: Mapping[tuple[Channel, Purpose], Ask],
    policy: Policy,
    people: frozenset[int],
) -> list[Holding]:
    """One line per channel; one per purpose and group of numbers where they differ."""
    lines = []
    for channel in Channel:
        points = [p for p in facts.points if p.kind == channel.kind and not p.is_ended]
        by_purpose = [_lines(points, ledger, asks[channel, purpose], policy, people) for purpose in PURPOSES]
        if all(_says(one) == _says(by_purpose[0]) for one in by_purpose):
            lines += [replace(row, purposes=PURPOSES) for row in by_purpose[0]]
        else:
            lines += [row for one in by_purpose for row in one]
    return lines


def _says(rows: Sequence[Holding]) -> list[tuple[object, ...]]:
    return [(row.state, row.values, row.entry) for row in rows]


def _lines(
    points: Sequence[Point], ledger: Sequence[LedgerEntry], ask: Ask, policy: Policy, people: frozenset[int]
) -> list[Holding]:
    found: dict[tuple[str, int | None], list[tuple[str, LedgerEntry | None, str]]] = {}
    for point in points or [Point(0, NO_NUMBER, 0, ask.channel.kind)]:
        state, entry, rule = _state(point, ledger, ask, policy, people)
        found.setdefault((state, entry.entry_id if entry else None), []).append((point.value, entry, rule))
    several = len(found) > 1
    return [
        Holding(ask.channel, (ask.purpose,), state, tuple(v for v, _, _ in group) if several else (), *group[0][1:])
        for (state, _entry_id), group in found.items()
    ]


def _state(
    point: Point, ledger: Sequence[LedgerEntry], ask: Ask, policy: Policy, people: frozenset[int]
) -> tuple[str, LedgerEntry | None, str]:
    need = needed(ask, point.line_type, policy)
    entries: list[Entry] = []
    last, since = _answer(entries, ask, people, point.number_id), None
    for row in ledger:
        entries.append(row.as_fact())
        answer = _answer(entries, ask, people, point.number_id)
        if answer != last:
            last, since = answer, row
    is_person, is_number, basis = last
    if is_person or is_number:
        return (STOPPED if is_person else NUMBER_STOPPED), since, need.cite
    if need.basis is Basis.NONE:
        return (NOT_NEEDED if basis is Basis.NONE else basis.value), since, need.cite
    if basis is Basis.NONE:
        return NOTHING, since, need.cite
    return (basis.value if basis.strength >= need.basis.strength else TOO_LITTLE), since, need.cite


def _answer(entries: Sequence[Entry], ask: Ask, people: frozenset[int], number_id: int) -> tuple[bool, bool, Basis]:
    return (
        *is_stopped(entries, ask, person_ids=people, number_id=number_id),
        held(entries, ask, person_ids=people, number_id=number_id),
    )
