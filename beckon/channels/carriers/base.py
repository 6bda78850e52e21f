"""What every carrier takes and gives: frozen values, the words vendor codes map to, the protocol.

A carrier knows nobody: no Django model, no person, no organization comes in here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

MAX_BATCH = 100
"""A sender marks intent in parts of at most this many (design.md section 5, invariant 1)."""


class Channel(StrEnum):
    """Ways a message can travel; the values are those of channels.models.Channel."""

    SMS = "sms"
    VOICEMAIL = "voicemail"
    EMAIL = "email"
    POSTAL = "postal"


class Status(StrEnum):
    """Where one message stands after the carrier was asked."""

    SENT = "sent"
    """The vendor took it; a receipt may follow."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """For good: repeating it would give the same answer."""
    RETRY = "retry"
    """It certainly did not leave: the same message may be sent again after `retry_after`."""
    UNKNOWN = "unknown"
    """It may have left. Never sent again: settled by `look_up` or by its receipt."""


class Word(StrEnum):
    """Our words for what vendors say; each vendor's codes are a table that maps to these."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Failed for good, for a reason in this message."""
    TRY_LATER = "try_later"
    OPTED_OUT = "opted_out"
    """The vendor holds an opt-out of this address: record it here too."""
    LANDLINE = "landline"
    """The number cannot take this channel: remember its line type."""
    DEAD = "dead"
    """Nobody has this address: retire it."""
    BLOCKED = "blocked"
    """A filter or the vendor's policy stopped it: look at the campaign, not at the person."""
    UNKNOWN = "unknown"

    __hash__ = str.__hash__  # Enum's own is Python and counts with every message


STATUS_OF_WORD: Mapping[Word, Status] = {
    Word.ACCEPTED: Status.SENT,
    Word.DELIVERED: Status.DELIVERED,
    Word.FAILED: Status.FAILED,
    Word.TRY_LATER: Status.RETRY,
    Word.OPTED_OUT: Status.FAILED,
    Word.LANDLINE: Status.FAILED,
    Word.DEAD: Status.FAILED,
    Word.BLOCKED: Status.FAILED,
    Word.UNKNOWN: Status.UNKNOWN,
}


class OutgoingMessage(NamedTuple):
    """One message to carry. `reference` is ours, unique, and the idempotency key at the vendor.

    `to` and `from_` are E.164 numbers, e-mail addresses, or for a postcard names. `address` and
    `return_address` are postal lines, top to bottom, without the names. `media` are URLs. `code` and
    `link` are a postcard's own code and the URL of its QR, `phone` the number printed on it, `back` the
    text beside the address (`subject` and `body` are then its front).
    `unsubscribe_url` makes an e-mail's one-click header (RFC 8058).
    """

    reference: str
    channel: Channel
    to: str
    from_: str = ""
    subject: str = ""
    body: str = ""
    html: str = ""
    language: str = "en"
    media: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    return_address: tuple[str, ...] = ()
    code: str = ""
    link: str = ""
    phone: str = ""
    back: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""


class SendResult(NamedTuple):
    """What became of one message. Holds nothing personal, so it may be logged.

    `segments` and `cost_cents` are None where the vendor does not say; `retry_after` is in seconds.
    `alarm` is one of channels.alarms for the operator: the set-up, not the message, is at fault, pause the sender.
    """

    reference: str
    status: Status
    word: Word
    carrier_ref: str = ""
    vendor_code: str = ""
    segments: int | None = None
    cost_cents: Decimal | None = None
    retry_after: float | None = None
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """News about a message sent earlier. Receipts repeat and arrive out of order: merge upwards only.

    Here `try_later` means it did not arrive and a new message may be tried another time.

    `reference` is ours where the vendor returns it, else empty and `carrier_ref` finds the message.
    """

    carrier_ref: str
    word: Word
    reference: str = ""
    vendor_code: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message a person sent us. `opt_out` is True when the vendor already took it as one."""

    carrier_ref: str
    channel: Channel
    from_: str
    to: str
    body: str
    media: tuple[str, ...] = ()
    opt_out: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a carrier can do, asked before anything is handed to it."""

    channels: frozenset[Channel]
    idempotent: bool
    """The vendor refuses a second message with the same reference."""
    looks_up: bool
    """`look_up` can settle an unknown."""
    max_batch: int = MAX_BATCH


class Carrier(Protocol):
    """The adapter to a vendor. One instance belongs to one event loop and keeps its connections."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, batch: Sequence[OutgoingMessage]) -> list[SendResult]:
        """Hand over at most `capabilities.max_batch` messages; one result per reference, in order.

        Whatever the vendor or the network does is a result. Raises only `MisuseError` (before anything
        left), or CancelledError: the caller then treats the whole batch as unknown.
        """
        ...

    def parse_callback(self, headers: Mapping[str, str], body: bytes, *, url: str = "") -> list[Receipt | Inbound]:
        """Read one callback; header names in lower case, `url` as the vendor called it.

        Raises `CallbackRefusedError` when it is not signed by the vendor or makes no sense.
        """
        ...

    async def look_up(self, reference: str, carrier_ref: str = "") -> SendResult | None:
        """Ask the vendor what became of a message; None where it cannot say."""
        ...

    async def aclose(self) -> None:
        """Close every connection. The carrier may be used again afterwards."""
        ...


def result(reference: str, word: Word, **more: object) -> SendResult:
    """A SendResult whose status follows from the word."""
    return SendResult(reference, STATUS_OF_WORD[word], word, **more)  # type: ignore[arg-type]
