"""A small, fast SMTP server on loopback that swallows mail: tests, conformance, bench.

It obeys a script for the ways servers misbehave. Never reachable from other machines.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

Script = Callable[[str, str], "bytes | Cut | None"]
"""From a verb (`CONNECT`, `MAIL`, `RCPT`, `DATA`, `.`, ...) and its argument to a reply; None: the usual."""


class Cut(Enum):
    """Instead of a reply."""

    DROP = "close the connection"
    HANG = "never answer"


@dataclass(slots=True)
class Mail:
    """One message as it came in, with dots unstuffed."""

    sender: str
    recipients: list[str] = field(default_factory=list)
    content: bytes = b""
    parameters: str = ""


class SmtpSink:
    """`async with SmtpSink() as sink:` then connect to `sink.port`. Keeps mails if asked, else counts."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        keep: bool = True,
        extensions: Sequence[str] = ("PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8", "SIZE 10485760"),
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
    ) -> None:
        self.script = script
        self.keep = keep
        self.extensions = list(extensions) + (["STARTTLS"] if tls and not implicit_tls else [])
        self.pipelining = "PIPELINING" in extensions
        self.tls = tls
        self.implicit_tls = implicit_tls
        self.mails: list[Mail] = []
        self.count = 0
        self.out_of_turn = 0
        """Commands sent ahead although PIPELINING was not offered."""
        self.lines: list[str] = []
        self.connections: set[asyncio.Transport] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        assert self._server is not None
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        wrapped = self.tls if self.implicit_tls else None
        self._server = await loop.create_server(lambda: _Session(self), "127.0.0.1", port, backlog=512, ssl=wrapped)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for transport in list(self.connections):
            transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    async def __aenter__(self) -> "SmtpSink":
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def spawn(self, transport: asyncio.Transport, session: "_Session") -> None:
        task = asyncio.get_running_loop().create_task(self._start_tls(transport, session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start_tls(self, transport: asyncio.Transport, session: "_Session") -> None:
        assert self.tls is not None
        self.connections.discard(transport)
        loop = asyncio.get_running_loop()
        try:
            secure = await loop.start_tls(transport, session, self.tls, server_side=True)
        except (OSError, ssl.SSLError):
            transport.abort()
            return
        if secure is not None:
            session.secured(secure)


class _Session(asyncio.BufferedProtocol):
    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink
        self.buffer = b""
        self.incoming = memoryview(bytearray(65_536))
        self.in_data = False
        self.chunk = -1
        """Octets of a BDAT still to come; -1 outside of one."""
        self.mail: Mail | None = None
        self.out: list[bytes] = []
        self.stopped = False
        self.securing = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.sink.connections.add(transport)
        self._say("CONNECT", "", b"220 sink ESMTP\r\n")
        self._flush()

    def secured(self, transport: asyncio.Transport) -> None:
        """Encrypted now: what came during the handshake's last turn is read only here."""
        self.transport = transport
        self.sink.connections.add(transport)
        self.mail, self.securing = None, False
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport is not None:
            self.sink.connections.discard(self.transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.incoming

    def buffer_updated(self, nbytes: int) -> None:
        self.buffer += bytes(self.incoming[:nbytes])
        self._go_on()

    def _go_on(self) -> None:
        while self.buffer and not (self.stopped or self.securing) and self._step():
            pass
        self._flush()

    def _step(self) -> bool:
        if self.chunk >= 0:
            return self._chunk()
        return self._data() if self.in_data else self._command()

    def _chunk(self) -> bool:
        if len(self.buffer) < self.chunk:
            return False
        content, self.buffer = self.buffer[: self.chunk], self.buffer[self.chunk :]
        self.chunk = -1
        if self.mail is None or not self.mail.recipients:
            self.out.append(b"503 5.5.1 no recipients\r\n")
        else:
            self._take(content)
        return True

    def _flush(self) -> None:
        if self.out and self.transport is not None:
            self.transport.write(b"".join(self.out))
            self.out.clear()

    def _data(self) -> bool:
        if self.buffer.startswith(b".\r\n"):
            content, rest = b"", self.buffer[3:]
        else:
            end = self.buffer.find(b"\r\n.\r\n")
            if end < 0:
                return False
            content, rest = self.buffer[: end + 2], self.buffer[end + 5 :]
        self.buffer, self.in_data = rest, False
        self._take(content.replace(b"\r\n.", b"\r\n").removeprefix(b".") if self.sink.keep else content)
        return True

    def _take(self, content: bytes) -> None:
        self.sink.count += 1
        if self.sink.keep and self.mail is not None:
            self.mail.content = content
            self.sink.mails.append(self.mail)
        self._say(".", "", b"250 2.0.0 taken\r\n")
        self.mail = None

    def _command(self) -> bool:
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line, self.buffer = self.buffer[:end], self.buffer[end + 2 :]
        if self.buffer and not self.sink.pipelining:
            self.sink.out_of_turn += 1
        text = line.decode("utf-8", "replace")
        verb, _, argument = text.partition(" ")
        if self.sink.keep:
            self.sink.lines.append(text)
        self._obey(verb.upper(), argument)
        return True

    def _obey(self, verb: str, argument: str) -> None:
        if verb == "MAIL":
            path, _, parameters = argument.removeprefix("FROM:").partition("> ")
            nested = self.mail is not None
            usual = b"503 5.5.1 nested MAIL\r\n" if nested else b"250 2.1.0 ok\r\n"
            if self._say(verb, argument, usual) and not nested:
                self.mail = Mail(path.strip("<> "), parameters=parameters)
        elif verb == "RCPT":
            if self._say(verb, argument, b"250 2.1.5 ok\r\n") and self.mail is not None:
                self.mail.recipients.append(argument.removeprefix("TO:").strip("<> "))
        elif verb == "DATA":
            ready = self.mail is not None and bool(self.mail.recipients)
            usual = b"354 go on\r\n" if ready else b"503 5.5.1 no recipients\r\n"
            self.in_data = self._say(verb, argument, usual) and ready
        elif verb == "BDAT":
            self.chunk = int(argument.split()[0])
        elif verb == "EHLO":
            names = ["sink", *self.sink.extensions]
            lines = [f"250-{name}" for name in names[:-1]] + [f"250 {names[-1]}"]
            self._say(verb, argument, "".join(f"{line}\r\n" for line in lines).encode())
        elif verb == "STARTTLS" and self.sink.tls is not None and self.transport is not None:
            self._say(verb, argument, b"220 2.0.0 go on\r\n")
            self._flush()
            self.buffer, self.securing = b"", True
            self.sink.spawn(self.transport, self)
        else:
            self._say_other(verb, argument)

    def _say_other(self, verb: str, argument: str) -> None:
        usual = {
            "RSET": b"250 2.0.0 ok\r\n",
            "NOOP": b"250 2.0.0 ok\r\n",
            "HELO": b"250 sink\r\n",
            "AUTH": b"235 2.7.0 welcome\r\n",
            "QUIT": b"221 2.0.0 bye\r\n",
        }
        self._say(verb, argument, usual.get(verb, b"500 5.5.2 what?\r\n"))
        if verb == "RSET":
            self.mail = None
        if verb == "QUIT" and self.transport is not None:
            self._flush()
            self.transport.close()

    def _say(self, verb: str, argument: str, usual: bytes) -> bool:
        """Queue a reply; True when it is the usual one or another that says yes."""
        said = self.sink.script(verb, argument) if self.sink.script else None
        if isinstance(said, Cut):
            self.stopped = True
            if said is Cut.DROP and self.transport is not None:
                self._flush()
                self.transport.close()
            return False
        self.out.append(said or usual)
        if said and said.startswith(b"421") and self.transport is not None:
            self._flush()
            self.transport.close()
            self.stopped = True
        return (said or usual)[:1] in b"23"
