"""Campaign standings, visits, checks, contact points and two records side by side, as lines of a person's pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.queries import Why
from beckon.consent.verdict import Finding
from beckon.people.queries import CardPoint
from beckon.scheduling.models import Appointment
from beckon.web.people import words
from beckon.web.people.consent_table import (
    NOT_NEEDED,
    NOTHING,
    NUMBER_STOPPED,
    STOPPED,
    TOO_LITTLE,
    Holding,
    LedgerEntry,
)
from beckon.web.people.presenters import FIELDS
from beckon.web.people.profile import Profile
from beckon.web.people.queries import Look
from beckon.web.people.words import Word, why, word
from beckon.web.spoken import said
from beckon.web.templatetags.beckon import phone


@dataclass(frozen=True)
class StandingLine:
    """One campaign and why the person stands where they stand in it; `trace` newest first."""

    campaign: str
    is_in: bool
    sentences: tuple[str, ...]
    trace: list[tuple[datetime, str, Word, str]]


def standings(found: Sequence[Why], dispositions: Mapping[str, str]) -> list[StandingLine]:
    """Campaigns with their trace in words, the present ones first. `dispositions`: code -> label."""
    lines = [
        StandingLine(
            one.campaign,
            one.due_at is not None,
            one.sentences,
            [
                (
                    at,
                    _title(one.playbook, step),
                    word(words.OUTCOMES, outcome),
                    str(_came_of_it(one.playbook, outcome, detail, dispositions)) if detail else "",
                )
                for at, step, outcome, detail in reversed(one.trace)
            ],
        )
        for one in found
    ]
    return sorted(lines, key=lambda line: not line.is_in)


def _came_of_it(playbook: Playbook | None, outcome: str, detail: str, dispositions: Mapping[str, str]) -> Word:
    """What a record keeps beside its outcome: a disposition, an answer, a step, or a reason."""
    match outcome:
        case "called":
            return dispositions.get(detail, detail)
        case "reply":
            return word(words.MEANINGS, detail)
        case "moved" | "branched":
            return _title(playbook, detail)
        case _:
            return why(detail)


def _title(playbook: Playbook | None, step: str) -> str:
    return said(playbook.title_of(step)) if playbook and step else ""


@dataclass(frozen=True)
class VisitLine:
    """An appointment as shown, with its location's zone."""

    visit: Appointment
    status: Word
    tone: str
    reason: str


def visits(appointments: Sequence[Appointment]) -> list[VisitLine]:
    """Appointments in words."""
    return [
        VisitLine(
            one,
            word(words.VISITS, one.status),
            words.VISIT_TONES.get(one.status, "warn"),
            why(one.reason) if one.reason else "",
        )
        for one in appointments
    ]


@dataclass(frozen=True)
class CheckLine:
    """One check of the gate and what it said. `answer`: yes, later or no."""

    check: Word
    answer: str
    why: str
    opens_at: datetime | None
    address: str


def check_lines(findings: Sequence[Finding], addresses: Mapping[int, str]) -> list[CheckLine]:
    """The gate's checks in words."""
    return [
        CheckLine(
            word(words.CHECKS, one.check),
            "yes" if one.reason is None else "later" if one.opens_at else "no",
            why(one.reason) if one.reason else "",
            one.opens_at,
            addresses.get(one.contact_point_id or 0, ""),
        )
        for one in findings
    ]


@dataclass(frozen=True)
class PointLine:
    """A contact point and its health: `state` in words with `tone`, and what else there is to say."""

    point: CardPoint
    kind: Word
    use: Word
    line: Word
    line_source: Word
    state: Word
    tone: str
    notes: list[str]


def point_lines(
    points: Sequence[CardPoint], stopped: Mapping[int, str], suppressed: Mapping[str, list[str]]
) -> list[PointLine]:
    """Contact points in words. `stopped`: number -> channel of its opt-out; `suppressed`: value -> names of lists."""
    return [_point_line(point, stopped, suppressed) for point in points]


def _point_line(point: CardPoint, stopped: Mapping[int, str], suppressed: Mapping[str, list[str]]) -> PointLine:
    state, tone = _health(point, stopped, suppressed)
    notes = [gettext("On the list “%(name)s”") % {"name": name} for name in suppressed.get(point.value, [])]
    if point.dead_reason:
        notes.append(why(point.dead_reason))
    is_phone = point.kind == "phone"
    return PointLine(
        point,
        word(words.KINDS, point.kind),
        word(words.USES, point.use) if point.use else "",
        word(words.LINE_TYPES, point.line_type) if is_phone else "",
        word(words.LINE_SOURCES, point.line_type_source) if is_phone and point.line_type_source else "",
        state,
        tone,
        notes,
    )


def _health(point: CardPoint, stopped: Mapping[int, str], suppressed: Mapping[str, list[str]]) -> tuple[Word, str]:
    if point.ended_at is not None:
        return word(words.ENDINGS, point.ended_reason), "warn"
    if point.is_dead:
        return _("Does not work"), "bad"
    if point.number_id in stopped:
        return gettext("Opted out: %(channel)s") % {"channel": word(words.CHANNELS, stopped[point.number_id])}, "bad"
    if point.value in suppressed:
        return _("Suppressed"), "bad"
    return _("In use"), "good"


@dataclass(frozen=True)
class Compared:
    """A row of two records side by side. `is_same` where both say the same, `fills` where the other fills a gap."""

    name: Word
    mine: str
    theirs: str
    is_same: bool
    fills: bool


def compared(mine: Profile, theirs: Profile) -> list[Compared]:
    """The two records, field by field."""
    rows = []
    for name, label in _SIDE_BY_SIDE.items():
        a, b = (_said(name, getattr(profile.person, name)) for profile in (mine, theirs))
        if a or b:
            rows.append(Compared(label, a, b, a == b, not a and bool(b)))
    for kind, label in words.KINDS.items():
        a, b = _points(mine, kind), _points(theirs, kind)
        if a or b:
            rows.append(Compared(label, a, b, a == b, not a and bool(b)))
    a, b = (", ".join(value for _system, value in p.card.identifiers) for p in (mine, theirs))
    if a or b:
        rows.append(Compared(_("Record number"), a, b, a == b, not a))
    return rows


def _points(profile: Profile, kind: str) -> str:
    return ", ".join(phone(p.text) for p in profile.active_points if p.kind == kind)


def _said(name: str, value: Any) -> str:
    tables = {"sex": words.SEXES, "language": words.LANGUAGES}
    if name in tables:
        return str(word(tables[name], value)) if value else ""
    if isinstance(value, datetime):
        return formats.date_format(value, "DATE_FORMAT")
    return formats.date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value or "")


_SIDE_BY_SIDE = {
    name: FIELDS[name]
    for name in (
        "given_name",
        "middle_name",
        "family_name",
        "name_suffix",
        "birth_date",
        "sex",
        "language",
        "state",
        "postal_code",
        "time_zone",
        "last_encounter_at",
        "last_appointment_at",
        "next_appointment_at",
        "do_not_contact_at",
        "deceased_at",
    )
}


_HELD: dict[str, Word] = {
    STOPPED: _("Opted out"),
    NUMBER_STOPPED: _("The number opted out"),
    NOTHING: _("Consent is missing"),
    TOO_LITTLE: _("Consent is not enough"),
    NOT_NEEDED: _("No consent needed"),
    "express": _("Consent, said"),
    "written": _("Consent in writing"),
}


@dataclass(frozen=True)
class HoldingLine:
    """A line of the consent table in words."""

    holding: Holding
    channel: Word
    purpose: Word
    state: Word
    who: str


def holding_lines(rows: Sequence[Holding], names: Mapping[str, str]) -> list[HoldingLine]:
    """The consent table in words."""
    return [
        HoldingLine(
            row,
            word(words.CHANNELS, row.channel),
            _("Everything") if len(row.purposes) > 1 else word(words.PURPOSES, row.purposes[0]),
            word(_HELD, row.state),
            names.get(row.entry.actor, "") if row.entry else "",
        )
        for row in rows
    ]


@dataclass(frozen=True)
class LedgerLine:
    """An entry of the ledger in words."""

    entry: LedgerEntry
    what: Word
    tone: str
    basis: Word
    channel: Word
    purpose: Word
    number: str
    who: str


def ledger_lines(
    entries: Sequence[LedgerEntry], names: Mapping[str, str], numbers: Mapping[int, str]
) -> list[LedgerLine]:
    """The ledger in words, newest first. `numbers`: number -> how it is shown."""
    return [
        LedgerLine(
            entry,
            word(words.STATES, entry.state),
            "bad" if entry.state == "revoked" else "good",
            word(words.BASES, entry.basis) if entry.basis else "",
            word(words.CHANNELS, entry.channel),
            word(words.PURPOSES, entry.purpose),
            numbers.get(entry.number_id or 0, ""),
            names.get(entry.actor, ""),
        )
        for entry in reversed(entries)
    ]


@dataclass(frozen=True)
class LookLine:
    """Who looked, in words."""

    at: datetime
    who: str
    what: Word
    others: int


def look_line(look: Look, names: Mapping[str, str]) -> LookLine:
    """A look in words."""
    return LookLine(look.at, names.get(look.actor, ""), word(words.LOOKS, look.action), look.others)
