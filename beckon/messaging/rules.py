"""Decisions about one message: send, put off or drop; retry or give up; what a receipt changes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from beckon.channels.carriers.base import SendResult, Status, Word
from beckon.consent.facts import Ask, Channel, PersonFacts, Policy, Purpose
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Allowed, Later
from beckon.messaging.values import MessageStatus

MAX_TRIES: Final = 5
FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=4)
MAX_AGE: Final = timedelta(seconds=2)
FIRST_LOOK_UP: Final = timedelta(seconds=30)


class Due(NamedTuple):
    """A queued message whose time has come, as claimed. Field order is that of sending.claim's query."""

    id: int
    person_id: int
    contact_point_id: int | None
    number_id: int | None
    channel: str
    purpose: str
    hipaa_class: str
    requested_at: datetime | None
    address: str
    subject: str
    body: str
    back: str
    language: str
    extras: dict[str, Any] | None
    segments: int
    expires_at: datetime | None
    tries: int
    campaign_id: int | None
    enrollment_id: int | None
    step: str


class Send(NamedTuple):
    """Permission held at `decided_at`. The contacts seen are compared again, under lock, when the row is marked."""

    due: Due
    contacts: int
    last_contact: datetime | None
    decided_at: datetime


def is_stale(sends: Sequence[Send], now: datetime) -> bool:
    """True where permission must be asked again: it is older than 2 s, or a minute, and so perhaps a legal hour, has
    ended since."""
    began = min((send.decided_at for send in sends), default=now)
    return now - began > MAX_AGE or began.replace(second=0, microsecond=0) != now.replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class PutOff:
    """Not now; ask again at `not_before`."""

    due: Due
    not_before: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Never; the reason is stored and shown."""

    due: Due
    reason: str


Decision = Send | PutOff | Drop


@lru_cache(maxsize=4)
def _ask(
    channel: str, purpose: str, hipaa_class: str, requested_at: datetime | None, contact_point_id: int | None
) -> Ask:
    """Messages of a campaign all ask the same."""
    return Ask(
        Channel(channel), Purpose(purpose), hipaa_class, requested_at=requested_at, contact_point_id=contact_point_id
    )


def decide(due: Due, facts: PersonFacts | None, now: datetime, policy: Policy) -> Decision:
    """Ask permission again at the moment of sending (design, invariant 3).

    What would only be allowed after its expiry is dropped at once, so that its journey can move on.
    """
    if due.expires_at is not None and due.expires_at <= now:
        return Drop(due, "expired")
    if facts is None:
        return Drop(due, "no_such_person")
    ask = _ask(due.channel, due.purpose, due.hipaa_class, due.requested_at, due.contact_point_id)
    verdict = may_contact(facts, ask, now, policy)
    if isinstance(verdict, Allowed):
        contacts = facts.recent_contacts
        return Send(due, len(contacts), contacts[-1] if contacts else None, now)
    if isinstance(verdict, Later):
        if due.expires_at is not None and due.expires_at <= verdict.not_before:
            return Drop(due, f"expires_before_{verdict.reason.value}"[:60])
        return PutOff(due, verdict.not_before, verdict.reason.value)
    return Drop(due, verdict.reason.value)


class Outcome(NamedTuple):
    """What a result makes of a message row. `left` is False when the person certainly got nothing."""

    status: MessageStatus
    reason: str = ""
    not_before: datetime | None = None
    look_up_at: datetime | None = None
    left: bool = True


def outcome_of(result: SendResult, *, tries: int, now: datetime, wall: datetime) -> Outcome:
    """The row after a send or a look-up. `tries` counts this one; `wall` is for look-ups only."""
    match result.status:
        case Status.SENT:
            return Outcome(MessageStatus.SENT)
        case Status.DELIVERED:
            return Outcome(MessageStatus.DELIVERED)
        case Status.UNKNOWN:
            return Outcome(MessageStatus.UNKNOWN, "no_answer", look_up_at=wall + FIRST_LOOK_UP)
        case Status.FAILED:
            return Outcome(MessageStatus.FAILED, _reason(result.word), left=False)
        case Status.RETRY:
            if tries >= MAX_TRIES:
                return Outcome(MessageStatus.FAILED, "tries_exhausted", left=False)
            return Outcome(
                MessageStatus.QUEUED, "try_later", not_before=now + retry_after(tries, result.retry_after), left=False
            )


def retry_after(tries: int, asked: float | None = None) -> timedelta:
    """Wait before the next try: doubling from a minute to four hours, never less than the vendor asks."""
    seconds = min(FIRST_RETRY.total_seconds() * 2.0 ** max(0, tries - 1), LONGEST_RETRY.total_seconds())
    return timedelta(seconds=max(seconds, asked or 0.0))


def _reason(word: Word) -> str:
    return word.value if word is not Word.FAILED else "refused_by_carrier"


RANK: Final = {
    MessageStatus.QUEUED: 0,
    MessageStatus.SENDING: 1,
    MessageStatus.UNKNOWN: 2,
    MessageStatus.SENT: 3,
    MessageStatus.FAILED: 4,
    MessageStatus.DELIVERED: 5,
}
"""Receipts repeat and arrive out of order: a row only ever moves up. What arrived has arrived."""

_RECEIPT_STATUS: Final = {
    Word.ACCEPTED: MessageStatus.SENT,
    Word.DELIVERED: MessageStatus.DELIVERED,
    Word.UNKNOWN: None,
}


def receipt_outcome(current: MessageStatus, word: Word) -> Outcome | None:
    """What a receipt changes, or None when it is stale, repeated or says nothing.

    TRY_LATER in a receipt means the vendor gave up on this message: it failed; nothing is sent again here.
    """
    status = _RECEIPT_STATUS.get(word, MessageStatus.FAILED)
    if status is None or RANK.get(current, 99) >= RANK[status]:
        return None
    if status is not MessageStatus.FAILED:
        return Outcome(status)
    return Outcome(status, "unreachable" if word is Word.TRY_LATER else _reason(word), left=False)
