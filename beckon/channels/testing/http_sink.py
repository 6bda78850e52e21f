"""A small, fast HTTP/1.1 server on loopback that stands in for a vendor: tests, conformance, bench.

It is not a web server: no chunked requests, no limits. Never reachable from other machines.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SinkRequest:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sink says. `hang` never answers, `drop` closes the connection instead."""

    status: int = 201
    body: bytes = b'{"id":"ok"}'
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drop: bool = False
    delay: float = 0.0

    def wire(self) -> bytes:
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return (
            f"HTTP/1.1 {self.status} X\r\nContent-Type: application/json\r\n{more}"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        ).encode() + self.body


class HttpSink:
    """`async with HttpSink(respond) as sink:` then post to `sink.url`. Counts, and keeps if asked."""

    def __init__(self, respond: Callable[[SinkRequest], Answer] | None = None, *, keep: bool = True) -> None:
        self.respond = respond
        self.keep = keep or respond is not None
        self.requests: list[SinkRequest] = []
        self.count = 0
        self.connections: set[asyncio.Transport] = set()
        self.plain_answer = Answer().wire()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", port, backlog=512)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for transport in list(self.connections):
            transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    async def __aenter__(self) -> "HttpSink":
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()


class _Connection(asyncio.BufferedProtocol):
    def __init__(self, sink: HttpSink) -> None:
        self.sink = sink
        self.buffer = b""
        self.incoming = memoryview(bytearray(65_536))
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.sink.connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        assert self.transport is not None
        self.sink.connections.discard(self.transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.incoming

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self.incoming[:nbytes])
        self.buffer = buffer = self.buffer + data if self.buffer else data
        answers: list[bytes] = []
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            head = buffer[:end]
            length = content_length(head)
            if len(buffer) < end + 4 + length:
                break
            body = buffer[end + 4 : end + 4 + length]
            buffer = buffer[end + 4 + length :]
            self.sink.count += 1
            answers.append(self._answer(head, body))
        self.buffer = buffer
        if answers and self.transport is not None and not self.transport.is_closing():
            self.transport.write(b"".join(answers))

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if not self.sink.keep:
            return self.sink.plain_answer
        request = _parse(head, body)
        self.sink.requests.append(request)
        answer = self.sink.respond(request) if self.sink.respond else Answer()
        assert self.transport is not None
        if answer.drop:
            self.transport.close()
            return b""
        if answer.hang:
            return b""
        if answer.delay:
            asyncio.get_running_loop().call_later(answer.delay, self.transport.write, answer.wire())
            return b""
        return answer.wire()


def content_length(head: bytes) -> int:
    """Octets of the body that follows this head of a request."""
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    stop = lower.find(b"\r\n", at + 2)
    return int(lower[at + 17 : stop if stop >= 0 else None])


def _parse(head: bytes, body: bytes) -> SinkRequest:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    return SinkRequest(method, path, {name.lower(): value.strip() for name, _, value in pairs}, body)
