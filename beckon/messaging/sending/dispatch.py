"""The batched sender on the wall clock: claim, ask again, mark, commit, send, record; database and network overlap.

Database threads (deciding, two for marking, recording) beside one event loop; nothing is held open in the database
while the network is talked to. Marks in flight are bounded, and so is what a crash leaves unknown (ADR 0009).
"""

import asyncio
import gc
import itertools
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, connection

from beckon.channels.carriers.base import Carrier, OutgoingMessage, SendResult, Status, Word
from beckon.channels.carriers.registry import build_carrier
from beckon.core.actors import Actor
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.messaging.rules import Due, Send, is_stale
from beckon.messaging.sending.claim import Decided, claim_due, decide_batch
from beckon.messaging.sending.lease import (
    LEASE,
    Held,
    disown_dead_workers,
    holds_lease,
    local_date,
    read_lease,
    read_pace,
    release_lease,
    renew_lease,
    scattered_parts,
    store_pace,
    take_lease,
)
from beckon.messaging.sending.mark import PART, mark_sending
from beckon.messaging.sending.outgoing import make_outgoing
from beckon.messaging.sending.record import Handed, commit_soon, record_results
from beckon.messaging.values import Dispatched
from beckon.messaging.writing import PRACTICE
from beckon.people.locking import lock_people

log = logging.getLogger(__name__)

CLAIM: Final = 1_000
IN_FLIGHT: Final = 6
"""Parts of 100 that may be marked and not yet recorded: a killed worker leaves at most 600 rows unknown."""
MARKING: Final = 2
"""Parts marked at the same time: while one waits for its commit to reach the disk, the other works."""
IDLE: Final = 0.5
_MARK_WITHIN: Final = 3.0
"""Seconds a part may wait for locks before its decision counts as stale."""
_DATABASE_WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)

_LEFT: Final = frozenset({Status.SENT, Status.DELIVERED})

_P = ParamSpec("_P")
_T = TypeVar("_T")
Clock = Callable[[], datetime]
CarrierOf = Callable[[Held], Carrier]


def carrier_of_sender(held: Held) -> Carrier:
    """The carrier a sender is configured for. Raises MisconfiguredError."""
    return build_carrier(held.carrier, {k: v for k, v in held.config.items() if k != PRACTICE})


def dispatch(
    organization: Organization,
    sender_id: int,
    *,
    by: Actor,
    clock: Clock | None = None,
    seconds: float = 20.0,
    carrier_of: CarrierOf = carrier_of_sender,
) -> Dispatched:
    """Send what is due for one sender, for at most `seconds` or until nothing is due; call it outside org_scope.

    `clock` gives domain time, by default the organization's. Another worker on this sender: `busy`, nothing done.
    """
    if connection.in_atomic_block:
        raise RuntimeError("dispatch commits before it sends; call it outside org_scope and any transaction")
    token = worker_token()
    run = _Run(organization, sender_id, token, by, clock or (lambda: domain_now(organization)))
    gc.freeze()  # what the process has loaded so far is not searched for garbage with every thousand messages
    try:
        held = run.take()
        if held is None:
            return Dispatched(busy=True)
        return asyncio.run(run.pump(held, carrier_of, seconds))
    finally:
        run.close()
        gc.unfreeze()


def worker_token() -> str:
    """A name for one run of one worker, never used again."""
    return f"{socket.gethostname()[:40]}.{os.getpid()}.{secrets.token_hex(6)}"


def _close_connection() -> None:
    """Of the thread it runs in."""
    connection.close()


@dataclass
class _Run:
    organization: Organization
    sender_id: int
    token: str
    by: Actor
    clock: Clock
    done: Dispatched = field(default_factory=Dispatched)
    taken: set[int] = field(default_factory=set)
    """Claimed and not yet marked, so that the next claim leaves them alone."""

    def __post_init__(self) -> None:
        self._deciding = ThreadPoolExecutor(1, "deciding")
        self._markers = [ThreadPoolExecutor(1, "marking") for _ in range(MARKING)]
        self._turns = itertools.cycle(self._markers)
        self._recording = ThreadPoolExecutor(1, "recording")

    def take(self) -> Held | None:
        with org_scope(self.organization):
            held = take_lease(self.sender_id, self.token)
            lost = disown_dead_workers(self.sender_id, self.token) if held else 0
        if lost:
            log.warning("sender.disowned sender=%s messages=%s", self.sender_id, lost)
        return held

    def close(self) -> None:
        """Give the lease back and close the threads' connections."""
        with org_scope(self.organization):
            release_lease(self.sender_id, self.token)
        for pool in (self._deciding, *self._markers, self._recording):
            pool.submit(_close_connection)
            pool.shutdown(wait=True)

    async def pump(self, held: Held, carrier_of: CarrierOf, seconds: float) -> Dispatched:
        """Claims one batch ahead of the one being sent, until nothing is due or time is up."""
        until = asyncio.get_running_loop().time() + seconds
        carrier = carrier_of(held)
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._sending: set[asyncio.Task[None]] = set()
        recorder = _Recorder(self, held)
        recording = asyncio.create_task(recorder.run())
        beating = asyncio.create_task(self._heartbeat())
        try:
            await self._pump(held, carrier, recorder, until)
        finally:
            await asyncio.gather(*self._sending, return_exceptions=True)
            recorder.stop()
            beating.cancel()
            await asyncio.gather(recording, beating, return_exceptions=True)
            await carrier.aclose()
        recorder.raise_error()
        return self.done

    async def _pump(self, held: Held, carrier: Carrier, recorder: "_Recorder", until: float) -> None:
        upcoming = asyncio.create_task(self._next(until))
        is_fresh = True
        while True:
            decided = await upcoming
            if decided is None and is_fresh:
                return
            if decided is None:  # rows held back by what was on its way then may be decided now
                await asyncio.gather(*self._sending)
                upcoming, is_fresh = asyncio.create_task(self._next(until)), True
                continue
            upcoming, is_fresh = asyncio.create_task(self._next(until)), False
            for part in scattered_parts(list(decided.sends), min(PART, carrier.capabilities.max_batch)):
                await self._slots.acquire()
                recorder.raise_error()
                task = asyncio.create_task(self._carry(part, held, carrier, recorder))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            await self._in(next(self._turns), self._renew)

    async def _carry(self, part: list[Send], held: Held, carrier: Carrier, recorder: "_Recorder") -> None:
        """One part from its decision to the recorder; gives its slot back when it is recorded, or when nothing went."""
        try:
            marked = await self._in(next(self._turns), self._mark, part, held)
        except _TooLateError:
            log.warning("sender.marked_too_late sender=%s", self.sender_id)
            marked = None
        except Exception as error:
            recorder.fail(error)
            marked = None
        self.taken.difference_update(send.due.id for send in part)
        if marked is not None:
            self.done += Dispatched(dropped=marked.dropped, later=marked.later)
        if marked is None or not marked.dues:
            self._slots.release()
            return
        results = await hand_over(carrier, marked.outgoing, held)
        handed = [Handed(d, d.tries + 1, marked.at, r) for d, r in zip(marked.dues, results, strict=True)]
        recorder.add(handed, self._slots.release)

    async def _next(self, until: float) -> Decided | None:
        """The next claim after the gate; None when nothing is due, time is up or the sender is gone."""
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            step = await self._in(self._deciding, self._decide)
            if isinstance(step, Decided):
                self.done += Dispatched(dropped=step.dropped, later=step.later)
                if step.sends or step.claimed == 0:
                    return step if step.sends else None
            elif step is None:
                return None
            else:
                await asyncio.sleep(min(max(step, 0.01), IDLE, max(0.0, until - loop.time())))
        return None

    def _decide(self) -> Decided | float | None:
        """One claim in one transaction; seconds to wait when the rate is used up; None when the lease is gone.

        It writes nothing before all is decided: PostgreSQL keeps every old version of a row for the oldest
        transaction that has begun to write, and marks need their room (see `scattered_parts`).
        """
        now = self.clock()
        today = local_date(now, self.organization.time_zone)
        with org_scope(self.organization):
            held = read_lease(self.sender_id, self.token)
            if held is None:
                return None
            due = claim_due(self.sender_id, limit=CLAIM, excluding=list(self.taken), now=now)
            if not due:
                return Decided((), 0)
            pace = read_pace(held, wanted=len(due), today=today)
            if pace.count == 0:
                return pace.wait
            decided = decide_batch(due[: pace.count], by=self.by, now=now)
            store_pace(held, pace, used=len(decided.sends))
        self.taken.update(send.due.id for send in decided.sends)
        return decided

    def _mark(self, part: list[Send], held: Held) -> "_Marked | None":
        """None when the lease is gone. What waited for a slot is decided again first; see `is_stale`."""
        now, began = self.clock(), time.monotonic()
        with org_scope(self.organization):
            if not holds_lease(self.sender_id, self.token):
                return None
            decided = Decided(tuple(part))
            if is_stale(part, now):
                # Dropping locks the dropped ones' people: all of the part at once, or two senders could cross.
                lock_people(send.due.person_id for send in part)
                decided = decide_batch([send.due for send in part], by=self.by, now=now)
            dues = [send.due for send in mark_sending(decided.sends, token=self.token, now=now)]
            outgoing = make_outgoing(dues, held, self.organization.pk)
            if time.monotonic() - began > _MARK_WITHIN:
                raise _TooLateError
        return _Marked(dues, outgoing, now, decided.dropped, decided.later)

    def _renew(self) -> None:
        with org_scope(self.organization):
            renew_lease(self.sender_id, self.token)

    def record(self, handed: Sequence[Handed], held: Held) -> Dispatched:
        """One transaction for all results that have come in; a database that restarts is waited for."""
        for wait in _DATABASE_WAITS:
            try:
                return self._record(handed, held)
            except OperationalError:
                log.warning("sender.database_away sender=%s", self.sender_id)
                connection.close()
                time.sleep(wait)
        return self._record(handed, held)

    def _record(self, handed: Sequence[Handed], held: Held) -> Dispatched:
        with org_scope(self.organization):
            if all(each.result.status in _LEFT for each in handed):
                commit_soon()
            return record_results(
                handed, sender_id=self.sender_id, price_cents=held.cost_cents, by=self.by, now=self.clock()
            )

    async def record_soon(self, handed: Sequence[Handed], held: Held) -> None:
        """`record` in its thread."""
        recorded = await self._in(self._recording, self.record, handed, held)
        self.done += recorded

    async def _in(
        self, pool: ThreadPoolExecutor, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: function(*args, **kwargs))


@dataclass(frozen=True, slots=True)
class _Marked:
    dues: list[Due]
    outgoing: list[OutgoingMessage]
    at: datetime
    dropped: int = 0
    later: int = 0


class _TooLateError(Exception):
    """Somebody held the people's rows for so long that the decision is stale: nothing is marked."""


class _Recorder:
    """Records whatever has come in since the last transaction, all at once, and frees the parts' slots."""

    def __init__(self, run: _Run, held: Held) -> None:
        self._run, self._held = run, held
        self._waiting: list[tuple[list[Handed], Callable[[], None]]] = []
        self._news = asyncio.Event()
        self._stopping = False
        self._error: Exception | None = None

    def add(self, handed: list[Handed], then: Callable[[], None]) -> None:
        """Hand in one part's results; `then` is called once they are committed (or lost)."""
        self._waiting.append((handed, then))
        self._news.set()

    def stop(self) -> None:
        """Record what is waiting, then end."""
        self._stopping = True
        self._news.set()

    def fail(self, error: Exception) -> None:
        """Remember what marking died of, so that nothing more is launched."""
        self._error = self._error or error

    def raise_error(self) -> None:
        """Raise what recording or marking died of: rows that stay `sending` become unknown with the next lease."""
        if self._error is not None:
            raise self._error

    async def run(self) -> None:
        """Until stopped and empty."""
        while self._waiting or not self._stopping:
            await self._news.wait()
            self._news.clear()
            batch, self._waiting = self._waiting, []
            try:
                await self._run.record_soon([each for part, _ in batch for each in part], self._held)
            except Exception as error:
                self._error = error
            for _, then in batch:
                then()


async def hand_over(carrier: Carrier, outgoing: Sequence[OutgoingMessage], held: Held) -> list[SendResult]:
    """The carrier's results; whatever goes wrong in it leaves the whole part unknown, never sent again."""
    try:
        return await carrier.send(outgoing)
    except Exception as error:
        log.error("carrier.failed sender=%s error=%s", held.sender_id, type(error).__name__)
        return [SendResult(m.reference, Status.UNKNOWN, Word.UNKNOWN) for m in outgoing]
