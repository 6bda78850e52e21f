"""One kept connection to a vendor: a request out, its answer in. Knows the wire, nothing about messages.

It never repeats anything and always knows whether anything of a request was written.
"""

import asyncio
import ssl
from typing import Final, Protocol

from beckon.channels.carriers.http.reading import NonsenseError, RawAnswer, Reader
from beckon.channels.carriers.http.target import Target

_READ: Final = 65_536
"""Octets read at once, into one buffer for good: asyncio's plain protocols take 256 kB from the system for each read,
which cost twice as much as all the rest of a request (ADR 0005)."""


class NotOpenedError(ConnectionError):
    """No connection could be had, so nothing was written. `code` is for records: connect, tls, proxy."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Job(Protocol):
    """A request somebody wants made. Exactly one of `answered` and `failed` is called, once, never within `request`."""

    def request(self) -> bytes | None:
        """What to write; None when nobody wants it any more. Asked once for each link it is put on."""
        ...

    def answered(self, answer: RawAnswer) -> None: ...

    def failed(self, code: str, *, is_written: bool) -> None: ...


class Owner(Protocol):
    """Whoever keeps the links."""

    def is_free(self, link: "Link") -> None:
        """It can take the next job."""
        ...

    def is_gone(self, link: "Link") -> None:
        """It can not, and never will."""
        ...


class Link(asyncio.BufferedProtocol):
    """At most one job at a time."""

    def __init__(self, owner: Owner) -> None:
        self.job: Job | None = None
        self.deadline = 0.0
        """Loop time at which the job under way has waited too long."""
        self.idle_since = 0.0
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._reader = Reader()
        self._buffer = memoryview(bytearray(_READ))
        self._tunnel: asyncio.Future[RawAnswer] | None = None

    @property
    def is_open(self) -> bool:
        """The vendor has neither closed it nor said anything unasked."""
        return self._transport is not None and not self._transport.is_closing() and self._reader.is_empty

    def start(self, job: Job, data: bytes) -> bool:
        """Write a job's request; False when nothing of it was written because the connection is gone."""
        transport = self._transport
        if transport is None or not self.is_open:
            self.abort()
            return False
        self.job = job
        transport.write(data)
        if transport.is_closing():  # the system refused the very first octet
            self.job = None
            return False
        return True

    def expire(self, code: str) -> None:
        """End the job under way without its answer, and the connection."""
        self._end_job(code)
        self.abort()

    def abort(self) -> None:
        """Close at once. A job under way gets no result."""
        self.job = None
        if self._transport is not None:
            self._transport.abort()
        self._owner.is_gone(self)

    async def open_tunnel(self, target: Target, context: ssl.SSLContext) -> None:
        """Ask the proxy at the other end for a way to the target, then encrypt. Raises NotOpenedError."""
        assert self._transport is not None
        assert target.proxy is not None
        loop = asyncio.get_running_loop()
        self._tunnel = loop.create_future()
        name = f"[{target.host}]:{target.port}" if ":" in target.host else f"{target.host}:{target.port}"
        known = f"Proxy-Authorization: {target.proxy.credentials}\r\n" if target.proxy.credentials else ""
        self._transport.write(f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n{known}\r\n".encode())
        answer = await self._tunnel
        if answer.status != 200:
            raise NotOpenedError("proxy")
        self._tunnel, self._reader = None, Reader()
        secure = await loop.start_tls(self._transport, self, context, server_hostname=target.host)
        if secure is None:
            raise NotOpenedError("tls")
        self._transport = secure

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        try:
            answer = self._read(bytes(self._buffer[:nbytes]))
        except NonsenseError:
            self.expire("nonsense")
            return
        if answer is not None:
            self._settle(answer)
        elif self.job is None and self._tunnel is None:
            self.abort()  # said unasked: whose answer the next one would be is not certain any more

    def eof_received(self) -> None:
        answer = self._reader.end()
        if answer is not None and self.job is not None:
            self._settle(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._tunnel is not None and not self._tunnel.done():
            self._tunnel.set_exception(NotOpenedError("proxy"))
        self._end_job("broken")
        self._owner.is_gone(self)

    def _read(self, data: bytes) -> RawAnswer | None:
        if self._tunnel is None:
            return self._reader.feed(data)
        # A yes to CONNECT has no body, whatever it says (RFC 9110, 9.3.6); only its head is looked at.
        head, found, _ = data.partition(b"\r\n\r\n")
        if found and not self._tunnel.done():
            self._tunnel.set_result(RawAnswer(200 if head[8:13] == b" 200 " else 500, head.lower(), b""))
        return None

    def _settle(self, answer: RawAnswer) -> None:
        job, self.job = self.job, None
        if job is None:
            self.abort()
            return
        job.answered(answer)
        if self._reader.is_last or not self.is_open:
            self.abort()
        else:
            self._owner.is_free(self)

    def _end_job(self, code: str) -> None:
        job, self.job = self.job, None
        if job is not None:
            job.failed(code, is_written=True)


async def open_link(owner: Owner, target: Target, context: ssl.SSLContext | None, *, timeout: float) -> Link:
    """A connection that is ready, encrypted and verified where the target is https. Raises NotOpenedError."""
    link = Link(owner)
    loop = asyncio.get_running_loop()
    place = target.proxy or target
    try:
        async with asyncio.timeout(timeout):
            await loop.create_connection(lambda: link, place.host, place.port, ssl=None if target.proxy else context)
            if target.proxy is not None and context is not None:
                await link.open_tunnel(target, context)
    except (OSError, TimeoutError, asyncio.CancelledError) as error:
        link.abort()
        if isinstance(error, asyncio.CancelledError | NotOpenedError):
            raise
        raise NotOpenedError("tls" if isinstance(error, ssl.SSLError) else "connect") from None
    return link
