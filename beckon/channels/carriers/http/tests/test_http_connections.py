"""Kept connections: what was written and what was not, who may be on the other side, never the same request twice."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from beckon.channels.carriers.base import Channel, OutgoingMessage, SendResult, Status
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.http import carrier as carriers
from beckon.channels.carriers.http import pool as pools
from beckon.channels.carriers.http.carrier import HttpCarrier, build
from beckon.channels.carriers.http.target import target_of
from beckon.channels.carriers.http.tests.world import CONFIG, secret

CERTIFICATE = Path(__file__).parents[2] / "smtp" / "tests" / "localhost.pem"
YES = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[None]]


class Vendor:
    """Talks on each connection as told; keeps the requests it read whole."""

    def __init__(self, talk: Talk, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.talk, self.tls, self.host, self.met, self.port = talk, tls, host, 0, 0

    async def __aenter__(self) -> "Vendor":
        self.server = await asyncio.start_server(self._meet, self.host, 0, ssl=self.tls)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.met += 1
        try:
            await self.talk(reader, writer, self.met)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def take(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


def texts(count: int, start: int = 0) -> list[OutgoingMessage]:
    return [OutgoingMessage(f"r{n}", Channel.SMS, to="+14155550123", body="x") for n in range(start, start + count)]


def make(port: int, **changes: Any) -> HttpCarrier:
    return build({**CONFIG, "url": f"http://127.0.0.1:{port}/send", "in_flight": 1, **changes}, secret)


def talk_with(
    talk: Talk, use: Callable[[HttpCarrier], Awaitable[list[SendResult]]], **changes: Any
) -> tuple[list[SendResult], int]:
    async def run() -> tuple[list[SendResult], int]:
        async with Vendor(talk) as vendor:
            carrier = make(vendor.port, **changes)
            try:
                return await use(carrier), vendor.met
            finally:
                await carrier.aclose()

    return asyncio.run(run())


def test_a_connection_is_kept_for_the_next_request() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        while True:
            await take(reader)
            writer.write(YES)

    results, met = talk_with(talk, lambda carrier: carrier.send(texts(20)))
    assert {r.status for r in results} == {Status.SENT}
    assert met == 1


def test_a_vendor_that_closes_after_each_answer_gets_every_text_once() -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        seen.append(await take(reader))
        writer.write(YES.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    results, met = talk_with(talk, lambda carrier: carrier.send(texts(5)))
    assert {r.status for r in results} == {Status.SENT}
    assert met == len(set(seen)) == 5


def test_an_idle_connection_that_the_vendor_closed_is_not_written_to() -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        seen.append(await take(reader))
        writer.write(YES)  # and closes, without having said so

    async def use(carrier: HttpCarrier) -> list[SendResult]:
        first = await carrier.send(texts(1))
        await asyncio.sleep(0.1)
        return first + await carrier.send(texts(1, start=1))

    results, met = talk_with(talk, use)
    assert {r.status for r in results} == {Status.SENT}
    assert (met, len(seen)) == (2, 2)


def test_a_connection_closed_at_the_moment_of_writing_leaves_the_text_unknown() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        await take(reader)
        if met == 1:
            writer.write(YES)
            await take(reader)  # the second request is read, and no answer comes

    results, met = talk_with(talk, lambda carrier: carrier.send(texts(2)))
    assert [r.status for r in results] == [Status.SENT, Status.UNKNOWN]
    assert met == 1


def test_a_second_answer_nobody_asked_for_ends_the_connection() -> None:
    """Else it would be taken for the answer to the next text."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        while True:
            await take(reader)
            writer.write(YES + (b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n" if met == 1 else b""))

    results, met = talk_with(talk, lambda carrier: carrier.send(texts(3)))
    assert [r.status for r in results] == [Status.SENT] * 3
    assert met == 2


def test_what_cannot_be_read_is_unknown() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        await take(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}")

    results, _ = talk_with(talk, lambda carrier: carrier.send(texts(1)))
    assert [(r.status, r.vendor_code) for r in results] == [(Status.UNKNOWN, "nonsense")]


def test_nothing_written_on_a_dead_connection_is_tried_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        while True:
            await take(reader)
            writer.write(YES)

    tried: list[bool] = []
    start = pools.Link.start

    def first_is_dead(self: pools.Link, job: Any, data: bytes) -> bool:
        tried.append(True)
        if len(tried) <= 2:
            self.abort()
        return start(self, job, data)

    monkeypatch.setattr(pools.Link, "start", first_is_dead)
    results, met = talk_with(talk, lambda carrier: carrier.send(texts(1)))
    assert [r.status for r in results] == [Status.SENT]
    assert met == 3
    tried.clear()
    monkeypatch.setattr(pools.Link, "start", lambda self, job, data: self.abort() or False)
    results, met = talk_with(talk, lambda carrier: carrier.send(texts(1)))
    assert [(r.status, r.vendor_code) for r in results] == [(Status.RETRY, "connect")]
    assert met == 3


def test_a_certificate_nobody_vouches_for_is_refused_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        seen.append(await take(reader))
        writer.write(YES)

    async def run(*, trusted: bool, host: str = "127.0.0.1") -> list[SendResult]:
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(CERTIFICATE)
        async with Vendor(talk, server, host) as vendor:
            if trusted:
                context = ssl.create_default_context(cafile=str(CERTIFICATE))
                monkeypatch.setattr(carriers, "_context", lambda: context)
            carrier = make(vendor.port, url=f"https://{host}:{vendor.port}/send")
            try:
                return await carrier.send(texts(1))
            finally:
                await carrier.aclose()

    (refused,) = asyncio.run(run(trusted=False))
    assert (refused.status, refused.vendor_code) == (Status.RETRY, "tls")
    assert "certificate" in refused.alarm
    (another,) = asyncio.run(run(trusted=True, host="127.0.0.2"))
    assert (another.status, another.vendor_code) == (Status.RETRY, "tls")
    assert seen == []
    (taken,) = asyncio.run(run(trusted=True))
    assert taken.status is Status.SENT
    assert len(seen) == 1


def test_a_proxy_is_asked_for_a_way_and_sees_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n\r\n")

    async def run() -> list[SendResult]:
        async with Vendor(answer) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:s%20cret@127.0.0.1:{proxy.port}")
            carrier = make(0, url="https://vendor.example.org/send")
            try:
                return await carrier.send(texts(2))
            finally:
                await carrier.aclose()

    results = asyncio.run(run())
    assert {(r.status, r.vendor_code) for r in results} == {(Status.RETRY, "proxy")}
    assert asked[0].startswith(b"CONNECT vendor.example.org:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cyBjcmV0\r\n" in asked[0]
    monkeypatch.setenv("NO_PROXY", "vendor.example.org")
    assert target_of("https://vendor.example.org/").proxy is None


@pytest.mark.parametrize("name", ["Content-Length", "host", "Connection", "Transfer-Encoding"])
def test_headers_that_frame_a_request_are_ours(name: str) -> None:
    with pytest.raises(MisconfiguredError, match=name.lower()):
        make(1, headers={name: "x"})


def test_what_no_request_can_carry_is_refused_and_the_rest_goes() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, met: int) -> None:
        while True:
            await take(reader)
            writer.write(YES)

    odd = [*texts(1), OutgoingMessage("r\r\nX: y", Channel.SMS, to="", body="x"), *texts(1, start=7)]
    odd.append(OutgoingMessage("r9", Channel.SMS, to="", body="\ud800"))
    results, _ = talk_with(talk, lambda carrier: carrier.send(odd))
    assert [r.status for r in results] == [Status.SENT, Status.FAILED, Status.SENT, Status.FAILED]


def test_a_vendor_that_does_not_listen_is_asked_once_for_a_batch() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def run() -> list[SendResult]:
        carrier = make(port)
        results = [*await carrier.send(texts(3)), *await carrier.send(texts(3, start=3))]
        await carrier.aclose()
        return results

    assert {(r.status, r.vendor_code) for r in asyncio.run(run())} == {(Status.RETRY, "connect")}
