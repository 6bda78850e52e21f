"""When a contact may next be made: caps, the person's hour, legal hours. Pure; consent is decided elsewhere.

Each gate answers "the first instant at or after `at` that suits me alone", so that climbing through all of
them until none moves gives the first instant that suits every one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.consent.facts import PHONE, Ask, Channel, PersonFacts, Point, Policy, Purpose
from beckon.consent.law.hours import caps_of, hours_at
from beckon.consent.reasons import Reason
from beckon.consent.verdict import Check

_NOT_CAPPED = frozenset({Purpose.APPOINTMENT, Purpose.CALLBACK, Purpose.REPLY, Purpose.OPT_OUT_NOTICE})
_ANY_HOUR = frozenset({Purpose.REPLY, Purpose.OPT_OUT_NOTICE})
_OWN_HOUR = _ANY_HOUR | {Purpose.CALLBACK}
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
    for gate in _GATES:
        wait = gate(facts, point, ask, policy, at)
        if wait is not None:
            yield wait


def is_bound_by_place_alone(facts: PersonFacts, policy: Policy, at: datetime) -> bool:
    """True where from `at` on no gate but legal hours can be shut: no hour of their own, no contact within a week (no
    cap looks further back), no call that a next one must keep away from. True for most people."""
    if facts.preferred_hour is not None:
        return False
    if facts.recent_contacts and facts.recent_contacts[-1] + WEEK > at:
        return False
    return facts.last_call_at is None or facts.last_call_at + timedelta(days=policy.days_between_calls) <= at


def first_wait(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Wait | None:
    """The first gate that is shut at `at`."""
    for gate in _GATES:
        wait = gate(facts, point, ask, policy, at)
        if wait is not None:
            return wait
    return None


def opening_after(wait: Wait, facts: PersonFacts, point: Point, ask: Ask, policy: Policy) -> datetime | None:
    """The first instant with every gate open, given one that is shut; None where there is none within reach."""
    at = wait.until
    for _ in range(_CLIMBS):
        if at is None:
            return None
        following = first_wait(facts, point, ask, policy, at)
        if following is None:
            return at
        at = following.until
    return None


def is_solicitation_ruled(ask: Ask, policy: Policy) -> bool:
    """True where the rules for solicitations are kept: for telemarketing always, by default for all."""
    return policy.informational_hours or ask.purpose is Purpose.TELEMARKETING


def _preferred_hour(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Wait | None:
    """The hour the person named, where their one zone is known. A call-back has an hour of its own."""
    hour = facts.preferred_hour
    if hour is None or ask.channel.kind != PHONE or ask.purpose in _OWN_HOUR:
        return None
    zones = facts.place.zones or point.place.zones
    if len(zones) != 1:
        return None
    local = at.astimezone(ZoneInfo(min(zones)))
    opens = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if opens <= local < opens + timedelta(hours=policy.preferred_hour_span):
        return None
    if local > opens:
        opens = (local + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return Wait(Check.PREFERENCE, Reason.OTHER_HOUR, opens.astimezone(UTC), f"{hour}:00")


def _day_cap(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Wait | None:
    if not facts.recent_contacts or ask.purpose in _NOT_CAPPED:
        return None
    free = _below(facts.recent_contacts, policy.max_per_day, DAY, at)
    return Wait(Check.CAPS, Reason.DAY_CAP, free, f"{policy.max_per_day} a day") if free > at else None


def _week_cap(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Wait | None:
    if not facts.recent_contacts or ask.purpose in _NOT_CAPPED:
        return None
    free = _below(facts.recent_contacts, policy.max_per_week, WEEK, at)
    return Wait(Check.CAPS, Reason.WEEK_CAP, free, f"{policy.max_per_week} a week") if free > at else None


def _call_gap(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Wait | None:
    if facts.last_call_at is None or ask.channel is not Channel.VOICE or ask.purpose in _NOT_CAPPED:
        return None
    free = facts.last_call_at + timedelta(days=policy.days_between_calls)
    if free <= at:
        return None
    return Wait(Check.CAPS, Reason.CALL_GAP, free, f"one call in {policy.days_between_calls} days")


def _state_cap(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Wait | None:
    """The longest wait of all the caps the states ask for. Counts every contact, whatever its subject."""
    if not facts.recent_contacts or ask.purpose in _NOT_CAPPED or ask.channel.kind != PHONE:
        return None
    if not is_solicitation_ruled(ask, policy):
        return None
    is_recorded = ask.channel is Channel.VOICEMAIL
    longest: Wait | None = None
    for cap in caps_of(point.place, at.astimezone(UTC).date(), is_recorded=is_recorded):
        free = _below(facts.recent_contacts, cap.count, timedelta(hours=cap.hours), at)
        if free > at and (longest is None or longest.until is None or free > longest.until):
            longest = Wait(Check.CAPS, Reason.STATE_CAP, free, f"{cap.count} in {cap.hours} hours")
    return longest


def _legal_hours(facts: PersonFacts, point: Point, ask: Ask, policy: Policy, at: datetime) -> Wait | None:
    if ask.channel.kind != PHONE or ask.purpose in _ANY_HOUR or not is_solicitation_ruled(ask, policy):
        return None
    answer = hours_at(point.place, at, is_recorded=ask.channel is Channel.VOICEMAIL)
    if answer.is_open:
        return None
    reason = Reason.HOURS_UNKNOWN_PLACE if point.place.is_unknown else Reason.HOURS
    if answer.opens_at is None:
        reason = Reason.NEVER_OPEN
    return Wait(Check.HOURS, reason, answer.opens_at, answer.rule)


def _below(contacts: tuple[datetime, ...], count: int, span: timedelta, at: datetime) -> datetime:
    """When fewer than `count` contacts (oldest first) lie in the last `span`; `at` where that is so now."""
    if len(contacts) < count:
        return at
    free = contacts[-count] + span
    return free if free > at else at


_GATES = (_preferred_hour, _day_cap, _week_cap, _call_gap, _state_cap, _legal_hours)
