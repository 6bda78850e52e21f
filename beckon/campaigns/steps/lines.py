"""What answers a person's phone: the line type that chooses between a text and a voicemail drop. Pure."""

from datetime import datetime

from beckon.campaigns.journey.values import Facts, Snapshot
from beckon.consent.facts import PersonFacts

MOBILE = "mobile"
LANDLINE = "landline"
UNKNOWN = "unknown"
NONE = "none"
_TEXTABLE = frozenset({"mobile", "voip"})


def line_of(person: PersonFacts) -> str:
    """mobile where any live phone takes texts, else unknown where any may, else landline; none without a phone.

    A guardian's phones count: whether one may be used is the consent gate's business.
    """
    found = NONE
    for point in person.points:
        if point.kind != "phone" or point.is_dead or point.is_ended:
            continue
        if point.line_type in _TEXTABLE:
            return MOBILE
        if point.line_type == UNKNOWN:
            found = UNKNOWN
        elif found == NONE:
            found = LANDLINE
    return found


def line(facts: Facts, snapshot: Snapshot, now: datetime) -> str:
    """The same, as a question of a step."""
    return line_of(facts.person)
