"""Taking back an opt-out that was entered by mistake, and nothing else: an earlier STOP of the person stays.

The ledger is append-only and read in order, so what else it says of the person is said again after the correction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from beckon.consent.actions import OPTED_IN, Row, announce, append
from beckon.consent.facts import ALL, Ask, Basis, Channel, Entry, Mark, Purpose
from beckon.consent.law.basis import is_stopped
from beckon.consent.models import ConsentEntry
from beckon.core.actors import Actor

_TAKEN_BACK: Final = "taken back: "


def take_back_opt_out(person_id: int, *, recorded_as: str, why: str, by: Actor, now: datetime) -> int:
    """Take back the opt-outs of a person whose evidence is exactly `recorded_as`; returns how many there were.

    Consents and other opt-outs are as if it had never been entered. `consent.opted_in` is told only where the person
    is not opted out otherwise. Inside org_scope; the caller holds the person's row. `do_not_contact_at` is its own
    affair.
    """
    ledger = list(ConsentEntry.objects.filter(person_id=person_id).order_by("id"))
    wrong = [e for e in ledger if e.state == Mark.REVOKED.value and e.evidence == recorded_as.strip()]
    if not wrong:
        return 0
    ids = {entry.pk for entry in wrong}
    rest = [entry for entry in _since_last_correction(ledger) if entry.pk not in ids]
    corrections = [
        Row(person_id, e.number_id, e.channel, e.purpose, Mark.OPTED_IN, "", f"{_TAKEN_BACK}entry {e.pk}, {why}", None)
        for e in wrong
    ]
    append([*corrections, *(_again(entry) for entry in rest)], version="", by=by, now=now)
    if not _is_stopped(person_id, rest):
        announce(OPTED_IN, corrections, by=by, now=now)
    return len(wrong)


def _since_last_correction(ledger: Sequence[ConsentEntry]) -> Sequence[ConsentEntry]:
    """What stands behind the last complete correction: it was all said again there."""
    for index in range(len(ledger) - 1, -1, -1):
        entry = ledger[index]
        if entry.evidence.startswith(_TAKEN_BACK) and (entry.channel, entry.purpose) == (ALL, ALL):
            return ledger[index + 1 :]
    return ledger


def _again(entry: ConsentEntry) -> Row:
    evidence = entry.evidence if " (said again, " in entry.evidence else f"{entry.evidence} (said again, {entry.pk})"
    return Row(
        entry.person_id,
        entry.number_id,
        entry.channel,
        entry.purpose,
        Mark(entry.state),
        entry.basis,
        evidence,
        entry.at,
    )


def _is_stopped(person_id: int, rest: Sequence[ConsentEntry]) -> bool:
    entries = [
        Entry(e.person_id, e.number_id, e.channel, e.purpose, Mark(e.state), Basis(e.basis or "none")) for e in rest
    ]
    people = frozenset({person_id})
    return any(
        is_stopped(entries, Ask(channel, Purpose.TELEMARKETING), person_ids=people, number_id=0)[0]
        for channel in Channel
    )
