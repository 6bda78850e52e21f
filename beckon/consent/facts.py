"""What the consent gate is told: the values that go in. No database, no clock, no decisions.

What is made by the million is a NamedTuple: a frozen dataclass takes several times as long to make (ADR 0010).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from beckon.consent.law.hours import UNKNOWN_PLACE, Place

ALL = "all"
PHONE = "phone"
HEALTH_CARE_CLASSES = frozenset({"treatment", "operations"})


class Channel(StrEnum):
    """How a person is reached; the values are those of channels.models.Channel."""

    SMS = "sms"
    VOICEMAIL = "voicemail"
    VOICE = "voice"
    EMAIL = "email"
    POSTAL = "postal"

    __hash__ = str.__hash__  # Enum's own is Python and counts in every look-up of a batch

    def __init__(self, value: str) -> None:
        self.kind = value if value in ("email", "postal") else PHONE
        """The kind of address it needs: phone, email or postal."""


class Purpose(StrEnum):
    """What a contact is for. The first two are the TCPA classes of a campaign (mission L6)."""

    INFORMATIONAL = "informational"
    TELEMARKETING = "telemarketing"
    APPOINTMENT = "appointment"
    """Confirmation, reminder or change of a booked visit: outside the caps, inside the hours."""
    CALLBACK = "callback"
    """A call at the time the person named: outside the caps, inside the hours."""
    REPLY = "reply"
    """An answer within minutes to something the person just did: needs no consent of its own, any hour."""
    OPT_OUT_NOTICE = "opt_out_notice"
    """The one confirmation of an opt-out, within five minutes: 47 CFR 64.1200(a)(12)."""

    __hash__ = str.__hash__


class Basis(StrEnum):
    """Strength of consent, weakest first: see `strength`."""

    NONE = "none"
    EXPRESS = "express"
    WRITTEN = "written"

    __hash__ = str.__hash__

    @property
    def strength(self) -> int:
        """0, 1, 2."""
        return _STRENGTH[self]


_STRENGTH = {Basis.NONE: 0, Basis.EXPRESS: 1, Basis.WRITTEN: 2}


class Mark(StrEnum):
    """What a ledger entry says. A later grant does not undo an opt-out; only opting in again does."""

    GRANTED = "granted"
    REVOKED = "revoked"
    OPTED_IN = "opted_in"

    __hash__ = str.__hash__


class Ask(NamedTuple):
    """One contact somebody wants to make.

    `requested_at`: the person's own act that a reply or a notice answers. `contact_point_id` asks about one
    address; without it the gate takes the best one that passes.
    """

    channel: Channel
    purpose: Purpose
    hipaa_class: str = ""
    category: str = ""
    requested_at: datetime | None = None
    contact_point_id: int | None = None

    @property
    def is_health_care(self) -> bool:
        """A health-care message of a covered entity to its own patient, 47 CFR 64.1200(a)(2)."""
        return self.hipaa_class in HEALTH_CARE_CLASSES


class Point(NamedTuple):
    """One address of a person, or of the parent or guardian of a minor (`is_guardian`).

    `place`: where whoever it reaches may be, by its area code and by the owner's own place together.
    `suppressed`: (list kind, channel or "all") of each suppression list that names the address.
    """

    contact_point_id: int
    number_id: int
    owner_id: int
    kind: str
    value: str = ""
    line_type: str = "unknown"
    rank: int = 1
    is_dead: bool = False
    is_ended: bool = False
    is_guardian: bool = False
    place: Place = UNKNOWN_PLACE
    suppressed: frozenset[tuple[str, str]] = frozenset()


class Entry(NamedTuple):
    """A ledger entry. A revocation stops all it names, a grant helps only where all it names meet."""

    person_id: int | None
    number_id: int | None
    channel: str
    purpose: str
    mark: Mark
    basis: Basis

    def covers_channel(self, channel: Channel) -> bool:
        """True for the channel itself, "all", and "phone" for calls, drops and texts."""
        return self.channel in (channel.value, ALL) or (self.channel == PHONE and channel.kind == PHONE)


class PersonFacts(NamedTuple):
    """All the gate needs to know about one person. `entries` oldest first; `recent_contacts` oldest first."""

    person_id: int
    is_merged: bool = False
    is_retired: bool = False
    is_deceased: bool = False
    is_do_not_contact: bool = False
    birth_date: date | None = None
    place: Place = UNKNOWN_PLACE
    points: tuple[Point, ...] = ()
    entries: tuple[Entry, ...] = ()
    preferred_channel: str = ""
    preferred_hour: int | None = None
    recent_contacts: tuple[datetime, ...] = ()
    last_call_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """An organization's caps and defaults. `overrides`: "channel.line.purpose" -> least consent.

    Times are rolling hours, not calendar days: 24 for a day, 168 for a week.
    """

    max_per_day: int = 1
    max_per_week: int = 3
    days_between_calls: int = 7
    informational_hours: bool = True
    preferred_channel_only: bool = True
    preferred_hour_span: int = 2
    reply_minutes: int = 15
    age_of_majority: int = 18
    version: str = "1"
    opt_out_channel: str = ALL
    opt_out_purpose: str = ALL
    overrides: Mapping[str, str] = field(default_factory=dict)


DEFAULT_POLICY = Policy()
