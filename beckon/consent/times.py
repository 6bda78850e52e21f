"""When a contact may next be made: caps, the person's hour, legal hours. Pure; consent is decided elsewhere.

Each gate answers "the first instant at or after `at` that suits me alone", so that climbing through all of
them until none moves gives the first instant that suits every one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.consent.facts import PHONE, Ask, Channel, PersonFacts, Point, Policy, Purpose
from beckon.consent.hours import Place, caps_of, hours_at
from beckon.consent.reasons import Reason
from beckon.consent.verdict import Check

_NOT_CAPPED = frozenset({Purpose.APPOINTMENT, Purpose.CALLBACK, Purpose.REPLY, Purpose.OPT_OUT_NOTICE})
_ANY_HOUR = frozenset({Purpose.REPLY, Purpose.OPT_OUT_NOTICE})
_CLIMBS = 60
DAY = timedelta(hours=24)
WEEK = timedelta(hours=168)


@dataclass(frozen=True, slots=True)
class Wait:
    """One gate is shut. `until` None: it never opens."""

    check: Check
    reason: Reason
    until: datetime | None
    detail: str = ""


def waits(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Iterator[Wait]:
    """Every gate that is shut at `at`, in the order of the checks."""
    yield from _preferred_hour(facts, point, ask, policy, at)
    if ask.purpose not in _NOT_CAPPED:
        yield from _caps(facts, ask, policy, at)
        yield from _state_caps(facts, point, ask, policy, at)
    yield from _legal_hours(facts, point, ask, policy, at)


def first_opening(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> datetime | None:
    """The first instant at or after `at` with every gate open; None where there is none within reach."""
    for _ in range(_CLIMBS):
        wait = next(waits(facts, point, ask, policy, at), None)
        if wait is None:
            return at
        if wait.until is None:
            return None
        at = wait.until
    return None


def place_of(facts: PersonFacts, point: Point) -> Place:
    """Where the reached person may be: the person's own place and the number's area code, both at once."""
    return point.place if point.is_guardian else facts.place.joined(point.place)


def is_solicitation_ruled(ask: Ask, policy: Policy) -> bool:
    """True where the rules for solicitations are kept: for telemarketing always, by default for all."""
    return ask.purpose is Purpose.TELEMARKETING or policy.informational_hours


def _caps(facts: PersonFacts, ask: Ask, policy: Policy, at: datetime) -> Iterator[Wait]:
    day = _below(facts.recent_contacts, policy.max_per_day, DAY, at)
    if day > at:
        yield Wait(Check.CAPS, Reason.DAY_CAP, day, f"{policy.max_per_day} a day")
    week = _below(facts.recent_contacts, policy.max_per_week, WEEK, at)
    if week > at:
        yield Wait(Check.CAPS, Reason.WEEK_CAP, week, f"{policy.max_per_week} a week")
    if ask.channel is Channel.VOICE and facts.last_call_at is not None:
        free = facts.last_call_at + timedelta(days=policy.days_between_calls)
        if free > at:
            yield Wait(Check.CAPS, Reason.CALL_GAP, free, f"one call in {policy.days_between_calls} days")


def _state_caps(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Iterator[Wait]:
    if ask.channel.kind != PHONE or not facts.recent_contacts or not is_solicitation_ruled(ask, policy):
        return
    is_recorded = ask.channel is Channel.VOICEMAIL
    for cap in caps_of(place_of(facts, point), at.astimezone(UTC).date(), is_recorded=is_recorded):
        free = _below(facts.recent_contacts, cap.count, timedelta(hours=cap.hours), at)
        if free > at:
            yield Wait(Check.CAPS, Reason.STATE_CAP, free, f"{cap.count} in {cap.hours} hours")


def _below(contacts: tuple[datetime, ...], count: int, span: timedelta, at: datetime) -> datetime:
    """When fewer than `count` contacts (oldest first) lie in the last `span`; `at` where that is so now."""
    if len(contacts) < count:
        return at
    return max(at, contacts[-count] + span)


def _preferred_hour(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Iterator[Wait]:
    """The hour the person named, where their one zone is known. A call-back has an hour of its own."""
    hour = facts.preferred_hour
    zones = facts.place.zones or point.place.zones
    if hour is None or ask.channel.kind != PHONE or ask.purpose in _ANY_HOUR | {Purpose.CALLBACK} or len(zones) != 1:
        return
    local = at.astimezone(ZoneInfo(min(zones)))
    opens = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if opens <= local < opens + timedelta(hours=policy.preferred_hour_span):
        return
    if local > opens:
        opens = (local + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    yield Wait(Check.PREFERENCE, Reason.OTHER_HOUR, opens.astimezone(UTC), f"{hour}:00")


def _legal_hours(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Iterator[Wait]:
    if ask.channel.kind != PHONE or ask.purpose in _ANY_HOUR or not is_solicitation_ruled(ask, policy):
        return
    place = place_of(facts, point)
    answer = hours_at(place, at, is_recorded=ask.channel is Channel.VOICEMAIL)
    if answer.is_open:
        return
    reason = Reason.HOURS_UNKNOWN_PLACE if place.is_unknown else Reason.HOURS
    if answer.opens_at is None:
        reason = Reason.NEVER_OPEN
    yield Wait(Check.HOURS, reason, answer.opens_at, answer.rule)
