"""The fake carrier: takes everything, touches no network, and answers as it is told to.

It drives the demo, rehearsals and tests, and is held to the conformance suite of the real ones.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from beckon.channels.carriers.base import (
    MAX_BATCH,
    Capabilities,
    Channel,
    Inbound,
    OutgoingMessage,
    Receipt,
    SendResult,
    Word,
    result,
)
from beckon.channels.carriers.errors import CallbackRefusedError
from beckon.channels.carriers.intake import check_batch
from beckon.channels.secrets import SecretSource
from beckon.channels.text import measure_text

REMEMBERED = 100_000
"""Messages `look_up` still knows; older ones fare the same again because outcomes are pure."""

Outcome = Callable[[OutgoingMessage], Word]


def deliver_all(message: OutgoingMessage) -> Word:
    """The default outcome."""
    return Word.DELIVERED


class SandboxCarrier:
    """`outcome` decides what becomes of each message: pure, so the same message fares the same twice."""

    capabilities = Capabilities(frozenset(Channel), idempotent=True, looks_up=True, max_batch=MAX_BATCH)

    def __init__(self, outcome: Outcome = deliver_all) -> None:
        self._outcome = outcome
        self._results: dict[str, SendResult] = {}

    async def send(self, batch: Sequence[OutgoingMessage]) -> list[SendResult]:
        """One result per message at once. A reference sent before gets its first answer again."""
        check_batch(batch, self.capabilities)
        return [self._take(message) for message in batch]

    def parse_callback(self, headers: Mapping[str, str], body: bytes, *, url: str = "") -> list[Receipt | Inbound]:
        """The sandbox never calls back: its world answers through the same actions as people do."""
        raise CallbackRefusedError("the sandbox sends no callbacks")

    async def look_up(self, reference: str, carrier_ref: str = "") -> SendResult | None:
        """What became of a message in this process; None if it was never handed over."""
        return self._results.get(reference)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _take(self, message: OutgoingMessage) -> SendResult:
        known = self._results.get(message.reference)
        if known is not None:
            return known
        word = self._outcome(message)
        segments = measure_text(message.body).segments if message.channel is Channel.SMS else None
        taken = result(
            message.reference,
            word,
            carrier_ref=sandbox_ref(message.reference),
            vendor_code="" if word in {Word.ACCEPTED, Word.DELIVERED} else f"sandbox-{word}",
            segments=segments,
            retry_after=60.0 if word is Word.TRY_LATER else None,
        )
        if word not in {Word.TRY_LATER, Word.UNKNOWN}:
            if len(self._results) >= REMEMBERED:
                del self._results[next(iter(self._results))]
            self._results[message.reference] = taken
        return taken


def sandbox_ref(reference: str) -> str:
    """The carrier's own name for a message: the same for the same reference, always."""
    return "sb_" + hashlib.blake2b(reference.encode(), digest_size=12).hexdigest()


def build(config: Mapping[str, object], secret: SecretSource) -> SandboxCarrier:
    """A sandbox needs no configuration and no secret."""
    return SandboxCarrier()
