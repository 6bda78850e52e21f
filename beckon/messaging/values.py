"""What callers hand to messaging and get back. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from beckon.consent.facts import Channel, Purpose

NOTHING_MORE: Mapping[str, object] = MappingProxyType({})


class MessageStatus(StrEnum):
    """Life of a message. DROPPED, FAILED, UNKNOWN carry a reason; UNKNOWN is settled by the carrier, never resent."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    RECEIVED = "received"


class NewMessage(NamedTuple):
    """One message to be written now and sent when it may.

    Its words come from `template_key` (newest signed-off version in the person's language, else English) with
    the person's facts and `context`; or, for what staff write by hand, literally from `subject`/`body`/`back`.
    `contact_point_id` None lets the gate choose the best address when the message is recorded.
    `expires_at` is required for texts. `requested_at` belongs to purposes REPLY and OPT_OUT_NOTICE.
    """

    dedupe_key: str
    person_id: int
    channel: Channel
    purpose: Purpose
    sender_id: int
    template_key: str = ""
    context: Mapping[str, object] = NOTHING_MORE
    subject: str = ""
    body: str = ""
    back: str = ""
    language: str = ""
    contact_point_id: int | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    hipaa_class: str = ""
    requested_at: datetime | None = None
    campaign_id: int | None = None
    enrollment_id: int | None = None
    step: str = ""
    variant: str = ""
    extras: Mapping[str, object] | None = None


class Named(NamedTuple):
    """Whom a message speaks to. `language`: theirs, or empty."""

    first_name: str
    last_name: str
    language: str


@dataclass(frozen=True, slots=True)
class Queued:
    """Recorded; it will be sent, or dropped with a reason."""

    message_id: int


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """A message with this key exists; nothing was added."""

    message_id: int


@dataclass(frozen=True, slots=True)
class NotQueued:
    """It cannot be sent; the row stands as dropped with this reason (design, invariant 8)."""

    message_id: int
    reason: str


QueueResult = Queued | AlreadyThere | NotQueued


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What one run of a sender did. `left` rows wait for later; `busy` means another worker has the sender."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    later: int = 0
    retried: int = 0
    unknown: int = 0
    busy: bool = False

    def __add__(self, other: "Dispatched") -> "Dispatched":
        return Dispatched(
            self.sent + other.sent,
            self.delivered + other.delivered,
            self.failed + other.failed,
            self.dropped + other.dropped,
            self.later + other.later,
            self.retried + other.retried,
            self.unknown + other.unknown,
            self.busy or other.busy,
        )
