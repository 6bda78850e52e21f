"""`python -m beckon.ops.bench.sinks http|smtp`: a vendor on loopback in a process of its own.

Prints its port; answers each line of its input with how many messages came in so far; ends when its input ends.
"""

import asyncio
import os
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen

from beckon.channels.testing.http_sink import Answer, content_length
from beckon.channels.testing.smtp_sink import SmtpSink


class Sink:
    """A running sink as its user sees it."""

    def __init__(self, process: "Popen[str]") -> None:
        self._process = process
        self.port = self._answer()

    def count(self) -> int:
        """Messages taken so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def sink(kind: str) -> Iterator[Sink]:
    """A sink of this kind for the length of the block."""
    from beckon.ops.bench.children import child

    with child("beckon.ops.bench.sinks", kind) as process:
        yield Sink(process)


class Vendor:
    """Takes texts by HTTP/1.1 and says yes to each; as bare as can be, since it works on the sender's cores."""

    def __init__(self) -> None:
        self.count = 0
        self._answer = Answer().wire()
        self._open: dict[int, socket.socket] = {}
        self._begun: dict[int, bytes] = {}

    def serve(self) -> None:
        """Until standard input ends."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        door, told = listener.fileno(), sys.stdin.fileno()
        poll = select.epoll() if sys.platform == "linux" else select.poll()
        poll.register(door, select.POLLIN)
        poll.register(told, select.POLLIN)
        print(listener.getsockname()[1], flush=True)
        while True:
            for fd, _event in poll.poll():
                if fd == door:
                    connection = listener.accept()[0]
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._open[connection.fileno()] = connection
                    poll.register(connection.fileno(), select.POLLIN)
                elif fd != told:
                    if not self._take(fd):
                        poll.unregister(fd)
                        self._open.pop(fd).close()
                elif os.read(told, 1):
                    print(self.count, flush=True)
                else:
                    return

    def _take(self, fd: int) -> bool:
        """Answer what has come in whole; False when the connection has ended."""
        connection = self._open[fd]
        data = connection.recv(65_536)
        if not data:
            return False
        data = self._begun.pop(fd, b"") + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            end += 4 + content_length(data[:end])
            if len(data) < end:
                break
            data = data[end:]
            self.count += 1
            connection.sendall(self._answer)
        if data:
            self._begun[fd] = data
        return True


async def serve_mail() -> None:
    """A mail server until standard input ends."""
    async with SmtpSink(keep=False) as server:
        print(server.port, flush=True)
        lines = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while await lines.readline():
            print(server.count, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "http":
        Vendor().serve()
    else:
        asyncio.run(serve_mail())
