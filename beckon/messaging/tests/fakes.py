"""A carrier that writes down what reached it, and fails as told. Its counts are the truth the tests compare with."""

from collections import Counter
from collections.abc import Callable, Sequence

from beckon.channels.carriers.base import (
    Capabilities,
    Channel,
    Inbound,
    OutgoingMessage,
    Receipt,
    SendResult,
    Word,
    result,
)


class RecordingCarrier:
    """`word_of` says what becomes of each message; what is not TRY_LATER counts as having left."""

    capabilities = Capabilities(frozenset(Channel), idempotent=False, looks_up=True)

    def __init__(self, word_of: Callable[[OutgoingMessage], Word] = lambda _: Word.ACCEPTED) -> None:
        self.word_of = word_of
        self.left: Counter[str] = Counter()
        self.messages: list[OutgoingMessage] = []
        self.before_send: Callable[[], None] = lambda: None

    async def send(self, batch: Sequence[OutgoingMessage]) -> list[SendResult]:
        self.before_send()
        return [self._one(message) for message in batch]

    def _one(self, message: OutgoingMessage) -> SendResult:
        word = self.word_of(message)
        if word is not Word.TRY_LATER:
            self.left[message.reference] += 1
            self.messages.append(message)
        return result(message.reference, word, carrier_ref=f"v-{message.reference}", vendor_code=f"c-{word.value}")

    async def look_up(self, reference: str, carrier_ref: str = "") -> SendResult | None:
        if reference not in self.left:
            return result(reference, Word.TRY_LATER)
        return result(reference, Word.DELIVERED, carrier_ref=f"v-{reference}")

    def parse_callback(self, headers: object, body: bytes, *, url: str = "") -> list[Receipt | Inbound]:
        return []

    async def aclose(self) -> None:
        pass
