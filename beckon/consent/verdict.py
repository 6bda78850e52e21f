"""What the consent gate answers: allowed, later or refused, always with a reason that is stored and shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from beckon.consent.facts import Point
from beckon.consent.reasons import Reason


class Allowed(NamedTuple):
    """Go ahead, to this address and no other."""

    point: Point


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: ask again at `not_before`, the first instant at which the same facts would pass."""

    not_before: datetime
    reason: Reason
    detail: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """No, until the facts change."""

    reason: Reason
    detail: str = ""


Verdict = Allowed | Later | Refused


class Check(StrEnum):
    """The checks in the order they are made; the first that says no gives the reason. See ADR 0006."""

    RECORD = "record"
    DECEASED = "deceased"
    DO_NOT_CONTACT = "do_not_contact"
    MINOR = "minor"
    CONTACT_POINT = "contact_point"
    REACHABLE = "reachable"
    LINE_TYPE = "line_type"
    OPT_OUT = "opt_out"
    SUPPRESSION = "suppression"
    CONSENT = "consent"
    PREFERENCE = "preference"
    CAPS = "caps"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome on one address: `reason` None where it passed, `opens_at` where it is too early."""

    check: Check
    reason: Reason | None = None
    detail: str = ""
    opens_at: datetime | None = None
    contact_point_id: int | None = None
