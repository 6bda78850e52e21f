"""What every carrier must do, run against each one's world: `@pytest.mark.parametrize("check", CHECKS)`.

A world is the vendor's side under our control. A carrier that cannot be put into a situation says so
in its world's `can`, and the check for it returns without asking.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Self

from beckon.channels.carriers.base import (
    STATUS_OF_WORD,
    Carrier,
    Channel,
    OutgoingMessage,
    SendResult,
    Status,
    Word,
)
from beckon.channels.carriers.errors import CallbackRefusedError, MisuseError

NAME, NUMBER, MAILBOX, TEXT = "Ana Fictional", "+14155550123", "ana.fictional", "your visit is on Monday"
UNICODE = "¡Señora Ñandú, mañana! “Ok” – 你好 👩🏽‍⚕️ \u202eabc"


class World(ABC):
    """The vendor's side: `async with MyWorld() as world:` gives a carrier and says what arrived."""

    carrier: Carrier
    channel: Channel = Channel.SMS
    sample: str = UNICODE
    """Characters this channel can carry; what it cannot, it must refuse with a code."""
    words: frozenset[Word] = frozenset()
    """The words this vendor can be made to answer."""
    can: frozenset[str] = frozenset()
    """Out of: hang (takes it, never answers), drop (takes it, breaks), refuse (nobody listens)."""

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(self, *exc: object) -> None: ...

    @abstractmethod
    def arrived(self) -> list[str]:
        """References that reached the vendor, once for each time."""

    def answer(self, word: Word) -> None:
        """From now on the vendor answers so."""
        raise NotImplementedError

    def behave(self, how: str) -> None:
        """From now on the vendor hangs, drops or refuses; `well` ends it."""
        raise NotImplementedError

    def connections(self) -> int:
        """Connections open at the vendor's side."""
        return 0

    def message(self, number: int) -> OutgoingMessage:
        """A message this carrier can send, with `reference` r<number>."""
        return OutgoingMessage(f"r{number}", self.channel, to=NUMBER, from_="+14155550100", body=TEXT)

    def batch(self, size: int, start: int = 0) -> list[OutgoingMessage]:
        return [self.message(number) for number in range(start, start + size)]


Check = Callable[[type[World]], Awaitable[None]]


async def gives_one_result_per_reference_in_order(make: type[World]) -> None:
    async with make() as world:
        limit = world.carrier.capabilities.max_batch
        for size, start in ((0, 0), (1, 0), (7, 100), (limit, 1000)):
            batch = world.batch(size, start)
            results = await world.carrier.send(batch)
            assert [r.reference for r in results] == [m.reference for m in batch]
            assert {r.status for r in results} <= {Status.SENT, Status.DELIVERED}
            assert len({r.carrier_ref for r in results if r.carrier_ref}) in {0, size}
        assert sorted(world.arrived()) == sorted(
            m.reference for size, start in ((1, 0), (7, 100), (limit, 1000)) for m in world.batch(size, start)
        )


async def does_not_depend_on_the_order(make: type[World]) -> None:
    async with make() as world:
        forward = await world.carrier.send(world.batch(20))
    async with make() as world:
        backward = await world.carrier.send(world.batch(20)[::-1])
    assert {(r.reference, r.status, r.word) for r in forward} == {(r.reference, r.status, r.word) for r in backward}


async def carries_its_characters(make: type[World]) -> None:
    async with make() as world:
        odd = world.message(1)._replace(body=world.sample, subject=world.sample)
        results = await world.carrier.send([odd, world.message(2)])
        assert {r.status for r in results} <= {Status.SENT, Status.DELIVERED}
        assert sorted(world.arrived()) == ["r1", "r2"]


async def maps_every_answer_to_our_words(make: type[World]) -> None:
    for word in sorted(make.words):
        async with make() as world:
            world.answer(word)
            results = await world.carrier.send(world.batch(3))
            assert [r.word for r in results] == [word] * 3, word
            assert [r.status for r in results] == [STATUS_OF_WORD[word]] * 3, word
            if word is Word.TRY_LATER:
                assert all(r.retry_after is not None and r.retry_after >= 0 for r in results)


async def calls_silence_unknown(make: type[World]) -> None:
    await _is_unknown(make, "hang")


async def calls_a_break_after_writing_unknown(make: type[World]) -> None:
    await _is_unknown(make, "drop")


async def calls_nobody_there_try_later(make: type[World]) -> None:
    if "refuse" not in make.can:
        return
    async with make() as world:
        world.behave("refuse")
        results = await world.carrier.send(world.batch(10))
        assert [r.status for r in results] == [Status.RETRY] * 10
        assert world.arrived() == []


async def refuses_misuse_before_anything_leaves(make: type[World]) -> None:
    async with make() as world:
        good = world.message(1)
        foreign = set(Channel) - world.carrier.capabilities.channels
        wrong = [
            world.batch(world.carrier.capabilities.max_batch + 1),
            [good, good],
            [good, good._replace(reference="")],
            *([good, good._replace(reference="x", channel=channel)] for channel in foreign),
        ]
        for batch in wrong:
            assert await _raises_misuse(world.carrier, batch)
        assert world.arrived() == []


async def leaves_nothing_open(make: type[World]) -> None:
    async with make() as world:
        await world.carrier.send(world.batch(30))
        await world.carrier.aclose()
        assert await _closed(world)
        again = await world.carrier.send(world.batch(3, start=100))
        assert {r.status for r in again} <= {Status.SENT, Status.DELIVERED}
        await world.carrier.aclose()
        await world.carrier.aclose()
        assert await _closed(world)


async def survives_being_cancelled(make: type[World]) -> None:
    if "hang" not in make.can:
        return
    async with make() as world:
        world.behave("hang")
        sending = asyncio.ensure_future(world.carrier.send(world.batch(20)))
        for _ in range(90):
            await asyncio.sleep(0.01)
            if world.arrived():
                break
        sending.cancel()
        await asyncio.wait([sending])
        assert sending.cancelled()
        world.behave("well")
        before = world.arrived()
        results = await world.carrier.send(world.batch(5, start=500))
        assert {r.status for r in results} <= {Status.SENT, Status.DELIVERED}
        after = world.arrived()[len(before) :]
        assert sorted(r for r in after if r not in {f"r{n}" for n in range(20)}) == [f"r{n}" for n in range(500, 505)]
        assert len(set(world.arrived())) == len(world.arrived())
        await world.carrier.aclose()
        assert await _closed(world)


async def tells_nothing_personal(make: type[World]) -> None:
    kept: list[str] = []
    handler = logging.Handler(0)
    handler.emit = lambda record: kept.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(0)
    try:
        for how in ("well", *sorted(make.can)):
            async with make() as world:
                if how != "well":
                    world.behave(how)
                kept.extend(repr(r) for r in await world.carrier.send(world.batch(3)))
                kept.append(repr(world.carrier))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    for word in (NAME, NUMBER, NUMBER[1:], MAILBOX, TEXT):
        assert not [line for line in kept if word in line], word


async def refuses_a_callback_that_is_none(make: type[World]) -> None:
    async with make() as world:
        for body in (b"", b"{", b"\xff\xfe", b"a=1&a=2", b"[1]", b'{"id": {"a": []}}', b"null"):
            try:
                world.carrier.parse_callback({}, body, url="https://beckon.example.org/hooks/x")
            except CallbackRefusedError:
                continue
            raise AssertionError(f"{body!r} was taken for a callback")


async def looks_up_only_what_it_can(make: type[World]) -> None:
    async with make() as world:
        found = await world.carrier.look_up("never-sent", "never-given")
        assert found is None or found.status is not Status.RETRY
        sent = (await world.carrier.send(world.batch(1)))[0]
        known = await world.carrier.look_up(sent.reference, sent.carrier_ref)
        assert (known is not None) == world.carrier.capabilities.looks_up
        assert known is None or (known.reference, known.carrier_ref) == (sent.reference, sent.carrier_ref)


CHECKS: tuple[Check, ...] = (
    gives_one_result_per_reference_in_order,
    does_not_depend_on_the_order,
    carries_its_characters,
    maps_every_answer_to_our_words,
    calls_silence_unknown,
    calls_a_break_after_writing_unknown,
    calls_nobody_there_try_later,
    refuses_misuse_before_anything_leaves,
    leaves_nothing_open,
    survives_being_cancelled,
    tells_nothing_personal,
    refuses_a_callback_that_is_none,
    looks_up_only_what_it_can,
)


async def _is_unknown(make: type[World], how: str) -> None:
    """What reached the vendor and was not answered is unknown; the rest may be tried again."""
    if how not in make.can:
        return
    async with make() as world:
        world.behave(how)
        results = await world.carrier.send(world.batch(10))
        states: dict[str, SendResult] = {r.reference: r for r in results}
        arrived = world.arrived()
        assert arrived
        assert len(set(arrived)) == len(arrived)
        assert {states[r].status for r in arrived} == {Status.UNKNOWN}
        assert {r.status for r in results} <= {Status.UNKNOWN, Status.RETRY}


async def _raises_misuse(carrier: Carrier, batch: Sequence[OutgoingMessage]) -> bool:
    try:
        await carrier.send(batch)
    except MisuseError:
        return True
    return False


async def _closed(world: World) -> bool:
    """The other side sees the end a moment later."""
    for _ in range(1000):
        if world.connections() == 0:
            return True
        await asyncio.sleep(0.01)
    return False
