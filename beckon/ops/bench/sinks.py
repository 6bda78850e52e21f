"""`python -m beckon.ops.bench.sinks http|smtp`: a vendor on loopback in a process of its own.

Prints its port; answers each line of its input with how many messages came in so far; ends when its input ends.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen

from beckon.channels.testing.http_sink import HttpSink
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


async def serve(kind: str) -> None:
    """Until standard input ends."""
    server = HttpSink(keep=False) if kind == "http" else SmtpSink(keep=False)
    async with server:
        print(server.port if isinstance(server, SmtpSink) else server.url.rpartition(":")[2], flush=True)
        lines = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while await lines.readline():
            print(server.count, flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
