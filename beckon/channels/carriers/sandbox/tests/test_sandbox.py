"""The sandbox is held to the suite of the real carriers, and does as its world tells it."""

import asyncio
from typing import Self

import pytest

from beckon.channels.carriers.base import Channel, OutgoingMessage, Word
from beckon.channels.carriers.conformance import CHECKS, Check, World
from beckon.channels.carriers.registry import build_carrier
from beckon.channels.carriers.sandbox.carrier import SandboxCarrier


class SandboxWorld(World):
    words = frozenset(Word)

    def __init__(self) -> None:
        self.word = Word.DELIVERED
        self.calls: list[str] = []
        self.carrier = SandboxCarrier(self.outcome)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.carrier.aclose()

    def outcome(self, message: OutgoingMessage) -> Word:
        self.calls.append(message.reference)
        return self.word

    def arrived(self) -> list[str]:
        return list(self.calls)

    def answer(self, word: Word) -> None:
        self.word = word


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_sandbox_carrier(check: Check) -> None:
    asyncio.run(check(SandboxWorld))


def test_it_carries_every_channel_and_counts_segments_of_texts_only() -> None:
    async def run() -> None:
        carrier = build_carrier("sandbox", {})
        batch = [OutgoingMessage(f"r-{c}", c, to="x", body="Señora 你好 " * 20) for c in Channel]
        results = await carrier.send(batch)
        assert {r.reference: r.segments for r in results} == {
            f"r-{c}": (3 if c is Channel.SMS else None) for c in Channel
        }

    asyncio.run(run())


def test_the_same_reference_again_gets_the_first_answer() -> None:
    async def run() -> None:
        words = iter([Word.LANDLINE, Word.DELIVERED])
        carrier = SandboxCarrier(lambda message: next(words))
        message = OutgoingMessage("r1", Channel.SMS, to="x")
        first, second = await carrier.send([message]), await carrier.send([message])
        assert first == second
        assert first[0].word is Word.LANDLINE
        assert first[0].carrier_ref.startswith("sb_")

    asyncio.run(run())


def test_two_sandboxes_give_the_same_message_the_same_name() -> None:
    async def run() -> list[str]:
        results = await SandboxCarrier().send([OutgoingMessage("e:1:2:0", Channel.SMS, to="x")])
        return [r.carrier_ref for r in results]

    assert asyncio.run(run()) == asyncio.run(run())
