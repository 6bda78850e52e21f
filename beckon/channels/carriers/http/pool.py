"""Kept connections to one vendor, at most so many at a time over all batches; jobs wait in line for one.

Driven by what comes in on the connections: no task and no timer for a single request.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from beckon.channels.carriers.http.link import Job, Link, NotOpenedError, open_link
from beckon.channels.carriers.http.target import Target

IDLE: Final = 4.0
"""Seconds after which a kept connection is not used again: many servers close theirs after five, and what is written
at that very moment is unknown."""
_REOPEN: Final = 1.0
"""Seconds after a refused connection in which those that stand must do."""
_MOST_DEAD: Final = 3
"""Connections that may turn out to be closed before a job is given up, untouched."""


class Pool:
    """Belongs to one event loop. Opens a connection when a job waits and none is idle."""

    def __init__(
        self, target: Target, context: ssl.SSLContext | None, *, limit: int, connect_timeout: float, timeout: float
    ) -> None:
        self._target, self._context = target, context
        self._limit, self._connect_timeout, self._timeout = limit, connect_timeout, timeout
        self._waiting: deque[tuple[Job, int]] = deque()
        """Jobs, each with the number of dead connections it met."""
        self._idle: list[Link] = []
        self._links: set[Link] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._reopen_at = 0.0
        self._sweeper: asyncio.TimerHandle | None = None

    def submit(self, jobs: Iterable[Job]) -> None:
        """Make these requests, first come first served."""
        self._waiting.extend((job, 0) for job in jobs)
        self._pump()

    def abandon(self, is_ours: Callable[[Job], bool]) -> None:
        """Forget waiting jobs and end those under way; none of them is told anything."""
        self._waiting = deque((job, dead) for job, dead in self._waiting if not is_ours(job))
        for link in list(self._links):
            if link.job is not None and is_ours(link.job):
                link.abort()

    async def aclose(self) -> None:
        """Close every connection; what waits fails untouched. Usable again afterwards."""
        self._fail_waiting("closed")
        opening = list(self._opening)
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        for link in list(self._links):
            link.expire("closed")
        self._idle.clear()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        await asyncio.sleep(0)  # transports close on the next turns of the loop
        await asyncio.sleep(0)

    def is_free(self, link: Link) -> None:
        """A connection can take the next job."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            job, dead = self._waiting.popleft()
            data = job.request()
            if data is None:
                continue
            link.deadline = loop.time() + self._timeout
            if link.start(job, data):
                return
            if dead + 1 < _MOST_DEAD:
                self._waiting.appendleft((job, dead + 1))
            else:
                job.failed("connect", is_written=False)
            self._pump()
            return
        link.idle_since = loop.time()
        self._idle.append(link)

    def is_gone(self, link: Link) -> None:
        """A connection has ended."""
        if link in self._links:
            self._links.discard(link)
            self._pump()

    def _pump(self) -> None:
        """Give waiting jobs to idle connections, and open more where these are too few."""
        while self._waiting and self._idle:
            link = self._idle.pop()
            if self._is_fresh(link):
                self.is_free(link)
            else:
                link.abort()
        if not self._waiting:
            return
        loop = asyncio.get_running_loop()
        if (self._links or self._opening) and loop.time() < self._reopen_at:
            return
        room = self._limit - len(self._links) - len(self._opening)
        for _ in range(min(room, len(self._waiting) - len(self._opening))):
            self._opening.add(loop.create_task(self._open()))
        self._watch()

    async def _open(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            link = await open_link(self, self._target, self._context, timeout=self._connect_timeout)
        except NotOpenedError as error:
            self._reopen_at = asyncio.get_running_loop().time() + _REOPEN
            if not self._links and self._opening <= {task}:
                self._fail_waiting(error.code)
            return
        finally:
            self._opening.discard(task)
        self._links.add(link)
        self.is_free(link)

    def _fail_waiting(self, code: str) -> None:
        failing, self._waiting = self._waiting, deque()
        for job, _dead in failing:
            job.failed(code, is_written=False)

    def _is_fresh(self, link: Link) -> bool:
        return link.is_open and asyncio.get_running_loop().time() - link.idle_since < IDLE

    def _watch(self) -> None:
        if self._sweeper is None:
            wait = min(1.0, self._timeout / 8)
            self._sweeper = asyncio.get_running_loop().call_later(wait, self._sweep)

    def _sweep(self) -> None:
        """End what has waited too long for its answer, and what has been idle for long."""
        now = asyncio.get_running_loop().time()
        self._sweeper = None
        for link in list(self._links):
            if link.job is not None and now >= link.deadline:
                link.expire("timeout")
        fresh = [link for link in self._idle if self._is_fresh(link)]
        stale, self._idle = [link for link in self._idle if link not in fresh], fresh
        for link in stale:
            link.abort()
        if self._links or self._opening:
            self._watch()
