"""Asked at the moment of serving: may this person be called now, on which number; if not, when, or never. Pure."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from beckon.consent.facts import Ask, Channel, PersonFacts, Point, Policy, Purpose
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Allowed, Later, Refused
from beckon.desk.timing import local_hour, next_try, zone_of

HAS_APPOINTMENT = "has_appointment"
HOUR_TRIED = "hour_tried"
NO_FACTS = "person_unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ready task, and of its person what the gate does not know. `time_zone` the person's own, "" unknown."""

    task_id: int
    person_id: int
    attempts: int
    tried_hours: tuple[int, ...]
    is_callback: bool
    number_id: int | None
    purpose: str
    hipaa_class: str
    skips_booked: bool
    time_zone: str
    preferred_hour: int | None
    has_appointment_soon: bool


@dataclass(frozen=True, slots=True)
class Serve:
    """Call now, at this point."""

    point: Point
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Hold:
    """Not before `until`; the reason is stored on the task."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """Never, for this reason."""

    reason: str


Decision = Serve | Hold | Close


def may_serve(candidate: Candidate, facts: PersonFacts | None, policy: Policy, now: datetime) -> Decision:
    """Whether the candidate is served. A re-appointment call ends where an appointment stands soon."""
    if facts is None:
        return Close(NO_FACTS)
    if candidate.skips_booked and candidate.has_appointment_soon:
        return Close(HAS_APPOINTMENT)
    verdict = may_contact(facts, _ask(candidate, facts), now, policy)
    if isinstance(verdict, Refused):
        return Close(str(verdict.reason))
    point = verdict.point
    zone = zone_of(point.place if point else facts.place, candidate.time_zone)
    if isinstance(verdict, Later):
        return Hold(_untried_from(verdict.not_before, candidate, point, zone), str(verdict.reason))
    assert isinstance(verdict, Allowed)
    if not candidate.is_callback and local_hour(now, zone) in candidate.tried_hours:
        other = _untried_from(now, candidate, verdict.point, zone)
        if local_hour(other, zone) not in candidate.tried_hours:
            return Hold(other, HOUR_TRIED)
    return Serve(verdict.point, zone)


def _ask(candidate: Candidate, facts: PersonFacts) -> Ask:
    """About the number that is next to be tried while it is usable, else about the best one."""
    purpose = Purpose.CALLBACK if candidate.is_callback else Purpose(candidate.purpose)
    chosen = next(
        (
            p.contact_point_id
            for p in facts.points
            if p.number_id == candidate.number_id and not p.is_dead and not p.is_ended
        ),
        None,
    )
    return Ask(Channel.VOICE, purpose, candidate.hipaa_class, contact_point_id=chosen)


def _untried_from(at: datetime, candidate: Candidate, point: Point | None, zone: ZoneInfo) -> datetime:
    if not candidate.tried_hours or point is None or candidate.is_callback:
        return at
    return next_try(
        not_before=at, tried=candidate.tried_hours, place=point.place, zone=zone, preferred=candidate.preferred_hour
    )


def phone_points(facts: PersonFacts) -> list[Point]:
    """Usable phones, best first; of the parent or guardian where the gate speaks with them."""
    usable = [p for p in facts.points if p.kind == "phone" and not p.is_dead and not p.is_ended]
    return sorted(usable, key=lambda p: (p.is_guardian, p.rank, p.contact_point_id))
