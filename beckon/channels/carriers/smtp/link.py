"""One connection to a mail server: bytes out, replies in. Knows the wire, nothing about messages."""

import asyncio
import base64
import re
import ssl
from collections import deque
from functools import lru_cache

from beckon.channels.carriers.smtp.config import SmtpConfig
from beckon.channels.carriers.smtp.replies import Reply

MAX_REPLY = 65_536
_READ = 16_384
"""Octets read at once, into one buffer for good: asyncio's plain protocols ask the system for 256 kB with each read."""
IDLE_CHECK = 1.0
"""Seconds after which an idle link is asked whether it still lives."""
_TOLD = 16
"""Octets of a reply that are looked at: its codes. The text is never kept."""
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


@lru_cache(maxsize=256)
def _read_reply(line: bytes) -> Reply:
    found = _ENHANCED.match(line, 4)
    return Reply(int(line[:3]), found[0].decode() if found else "")


class LinkLostError(ConnectionError):
    """The connection ended, timed out or spoke nonsense. `code` is for records: lost, timeout, ..."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(ConnectionError):
    """The server said no before any message: too busy, wrong password, no encryption."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.shown)
        self.reply = reply


class Link(asyncio.BufferedProtocol):
    """Reads replies into a queue; `reply()` waits for the next. Texts of replies are never kept."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.extensions: dict[str, str] = {}
        self.used = 0
        self.idle_since = 0.0
        self._transport: asyncio.Transport | None = None
        self._incoming = memoryview(bytearray(_READ))
        self._buffer = b""
        self._lines: list[bytes] = []
        self._replies: deque[Reply] = deque()
        self._texts: list[str] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._lost: str = ""

    @property
    def is_idle(self) -> bool:
        """Open, and the server has not said anything unasked (such as 421 before it closes)."""
        return not self._lost and not self._replies and not self._buffer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("lost")

    def eof_received(self) -> None:
        self._fail("lost")

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._incoming

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._incoming[:nbytes])
        buffer = self._buffer + data if self._buffer else data
        *lines, self._buffer = buffer.split(b"\n")
        if len(self._buffer) > MAX_REPLY or len(self._lines) > 1000:
            self._fail("nonsense")
            return
        for line in lines:
            if self._texts is not None:
                self._texts.append(line[4:].decode("ascii", "replace").strip())
            if line[3:4] == b"-":
                continue
            if not line[:3].isdigit():
                self._fail("nonsense")
                return
            self._replies.append(_read_reply(line[:_TOLD]))
        if self._replies:
            self._wake()

    def write(self, data: bytes) -> None:
        """Hand bytes over. Raises LinkLostError if the connection is already gone: nothing was written."""
        if self._lost or self._transport is None or self._transport.is_closing():
            raise LinkLostError(self._lost or "lost")
        self._transport.write(data)

    async def wake(self) -> None:
        """Ask a link that was idle for a while whether it still lives, before anything is risked on it."""
        if asyncio.get_running_loop().time() - self.idle_since >= IDLE_CHECK:
            await self.expect("RSET", 250)

    async def reply(self) -> Reply:
        """The next reply. Raises LinkLostError after the time-out or when the connection ends."""
        return (await self.replies(1))[0]

    async def replies(self, count: int) -> list[Reply]:
        """The next so many replies, all or none. Raises LinkLostError; the time-out is for each piece of news."""
        while len(self._replies) < count:
            if self._lost:
                raise LinkLostError(self._lost)
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(self.timeout, self._fail, "timeout")
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return [self._replies.popleft() for _ in range(count)]

    async def ask(self, line: str) -> Reply:
        """Write one line, wait for its reply."""
        self.write(line.encode() + b"\r\n")
        return await self.reply()

    async def expect(self, line: str, code: int) -> None:
        """Ask, and raise RefusedError for any other answer."""
        reply = await self.ask(line)
        if reply.code != code:
            raise RefusedError(reply)

    async def hello(self, name: str) -> None:
        """EHLO, remembering the extensions offered; HELO where EHLO is not known."""
        self._texts = []
        reply = await self.ask(f"EHLO {name}")
        pairs = (text.upper().partition(" ") for text in self._texts[1:])
        self._texts = None
        self.extensions = {word: rest for word, _, rest in pairs}
        if not reply.is_yes:
            self.extensions = {}
            await self.expect(f"HELO {name}", 250)

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """STARTTLS. Anything the server said ahead of the handshake is thrown away with the link."""
        if "STARTTLS" not in self.extensions:
            raise RefusedError(Reply(530, "5.7.0"))
        await self.expect("STARTTLS", 220)
        if not self.is_idle or self._transport is None:
            raise LinkLostError("nonsense")
        loop = asyncio.get_running_loop()
        secure = await loop.start_tls(self._transport, self, context, server_hostname=host)
        if secure is None:
            raise LinkLostError("lost")
        self._transport = secure

    async def log_in(self, username: str, password: str) -> None:
        """AUTH PLAIN, or LOGIN where only that is offered."""
        offered = self.extensions.get("AUTH", "").split()
        if "PLAIN" in offered or not offered:
            token = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
            await self.expect(f"AUTH PLAIN {token}", 235)
            return
        await self.expect("AUTH LOGIN", 334)
        await self.expect(base64.b64encode(username.encode()).decode(), 334)
        await self.expect(base64.b64encode(password.encode()).decode(), 235)

    def close(self) -> None:
        """Say goodbye without waiting for the answer, and close."""
        if self._transport is not None and not self._transport.is_closing():
            if not self._lost:
                self._transport.write(b"QUIT\r\n")
            self._transport.close()
        self._fail("closed")

    def abort(self) -> None:
        """Close at once: whatever is not written stays unwritten."""
        if self._transport is not None:
            self._transport.abort()
        self._fail("closed")

    def _fail(self, code: str) -> None:
        self._lost = self._lost or code
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def open_link(config: SmtpConfig, username: str, password: str, context: ssl.SSLContext | None) -> Link:
    """A link that is greeted, encrypted and logged in. Raises LinkLostError or RefusedError."""
    link = Link(config.connect_timeout)
    try:
        async with asyncio.timeout(config.connect_timeout):
            await asyncio.get_running_loop().create_connection(
                lambda: link,
                config.host,
                config.port,
                ssl=context if config.security == "tls" else None,
            )
            await _introduce(link, config, username, password, context)
    except (OSError, TimeoutError, asyncio.CancelledError) as error:
        link.abort()
        if isinstance(error, asyncio.CancelledError | RefusedError | LinkLostError):
            raise
        code = "tls" if isinstance(error, ssl.SSLError) else "connect"
        raise LinkLostError(code) from None
    link.timeout = config.timeout
    return link


async def _introduce(
    link: Link, config: SmtpConfig, username: str, password: str, context: ssl.SSLContext | None
) -> None:
    greeting = await link.reply()
    if greeting.code != 220:
        raise RefusedError(greeting)
    await link.hello(config.ehlo_name)
    if config.security == "starttls":
        assert context is not None
        await link.start_tls(context, config.host)
        await link.hello(config.ehlo_name)
    if username:
        await link.log_in(username, password)
    if not config.chunking:
        link.extensions.pop("CHUNKING", None)
