"""What `send_http` and `send_smtp` share: messages queued, the real sender run on them, then the carrier alone.

The sender's row says `sandbox`, as the database demands of a scratch organization; the dispatcher is handed a carrier
to a sink on this machine. Nothing here can reach anybody: both carriers refuse plain connections off loopback.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from beckon.channels.carriers.base import MAX_BATCH, Carrier, OutgoingMessage, Status
from beckon.channels.carriers.base import Channel as CarrierChannel
from beckon.channels.carriers.registry import build_carrier
from beckon.channels.models import Sender
from beckon.consent.facts import Channel, Purpose
from beckon.core.actors import SYSTEM
from beckon.core.tenancy import org_scope
from beckon.messaging.actions import queue_messages
from beckon.messaging.keys import manual_key
from beckon.messaging.models import Message
from beckon.messaging.sending.dispatch import IN_FLIGHT, dispatch
from beckon.messaging.values import Dispatched, NewMessage
from beckon.ops.bench.bare import settle
from beckon.ops.bench.children import BASE_URL
from beckon.ops.bench.context import Bench
from beckon.ops.bench.scene import ensure_consent, ensure_people, parts, people_with
from beckon.ops.bench.sinks import Sink, sink
from beckon.ops.bench.values import BenchFailed, Figures

MOST = 50_000
"""Messages sent at most: what is measured is the cost of one, among as many people as there are."""
WARM_UP = 500
_LIMIT_MOST = 20_000
_SECONDS = 600.0
_RATE = Decimal(100_000)
_LATER = timedelta(minutes=1)
"""All but the few of the warm-up wait so much longer, as they would for a later hour."""


@dataclass(frozen=True)
class Line:
    """One way of sending: the carrier, its configuration for a sink's port, what is sent to whom, and when."""

    kind: str
    channel: Channel
    config: Callable[[int], Mapping[str, Any]]
    address: str
    subject: str
    body: str
    who: str
    at: datetime

    @property
    def sender_name(self) -> str:
        """Of the sender's row."""
        return f"Bench {self.kind}"


def queue(bench: Bench, line: Line) -> None:
    """Queue a message to each of the people, through the door everybody uses."""
    ensure_people(bench)
    ensure_consent(bench)
    with org_scope(bench.organization):
        sender = Sender.objects.create(
            name=line.sender_name, channel=line.channel, carrier="sandbox", address=line.address, rate_per_second=_RATE,
            config={"practice": {"name": "Sample Family Practice", "postal_address": "100 Sample Street, New York"}},
        )  # fmt: skip
        people = people_with(line.who, MOST + WARM_UP)
    bench.tell(f"queueing {len(people):,} messages")
    few = min(WARM_UP, bench.people // 20)
    for people_then, at in ((people[:few], line.at), (people[few:], line.at + _LATER)):
        for part in parts(people_then):
            with org_scope(bench.organization):
                queue_messages([_message(line, sender.pk, person, at) for person in part], by=SYSTEM, now=line.at)
    settle(bench.organization)


def _message(line: Line, sender_id: int, person_id: int, at: datetime) -> NewMessage:
    return NewMessage(
        manual_key(f"bench:{line.kind}:{person_id}"), person_id, line.channel, Purpose.INFORMATIONAL, sender_id,
        subject=line.subject, body=line.body, hipaa_class="treatment", not_before=at,
        expires_at=line.at + timedelta(hours=6),
    )  # fmt: skip


def send(bench: Bench, line: Line) -> Figures:
    """Messages a second through the real sender; every one must have reached the sink once and stand as sent."""
    with sink(line.kind) as server:
        put_off = _dispatch(bench, line, server, warm_up=True).later
        before = server.count()
        with bench.timing() as timed:
            done = _dispatch(bench, line, server)
        _check(bench, line, done, server.count() - before, put_off + done.later)
        bench.tell("measuring the limit")
        limit = asyncio.run(_carrier_alone(line, server, min(done.sent, _LIMIT_MOST)))
    note = f"{done.sent:,} sent once each, {done.dropped + done.later:,} refused"
    return Figures(timed.rate(done.sent), limit, (note, timed.cost(done.sent)))


def _dispatch(bench: Bench, line: Line, server: Sink, *, warm_up: bool = False) -> Dispatched:
    with org_scope(bench.organization):
        sender = Sender.objects.get(name=line.sender_name)
    at = line.at if warm_up else line.at + 2 * _LATER
    began = time.monotonic()
    return dispatch(
        bench.organization, sender.pk, by=SYSTEM, seconds=_SECONDS, carrier_of=lambda _: _carrier(line, server),
        clock=lambda: at + timedelta(seconds=0 if warm_up else time.monotonic() - began),
    )  # fmt: skip


def _carrier(line: Line, server: Sink) -> Carrier:
    return build_carrier(line.kind, line.config(server.port))


def _check(bench: Bench, line: Line, done: Dispatched, arrived: int, put_off: int) -> None:
    with org_scope(bench.organization):
        sender = Sender.objects.get(name=line.sender_name)
        rows = Message.objects.filter(sender_id=sender.pk)
        recorded = rows.filter(status="sent", sent_at__gte=line.at + 2 * _LATER).count()
        unsettled = rows.filter(status__in=["queued", "sending", "unknown"])
        waiting = Counter(" ".join(filter(None, row)) for row in unsettled.values_list("status", "reason"))
    if not done.sent == arrived == recorded or done.sent == 0 or waiting.total() > put_off:
        raise BenchFailed(
            f"{done.sent} were sent, {arrived} arrived, {recorded} rows say so; not settled: {dict(waiting)}, "
            f"of which {put_off} were put off"
        )


async def _carrier_alone(line: Line, server: Sink, count: int) -> float:
    """Messages a second when nothing is read, decided or recorded."""
    carrier = _carrier(line, server)
    channel = CarrierChannel(line.channel.value)
    to = "person{}@example.org" if line.channel is Channel.EMAIL else "+1212555{:04d}"
    messages = [
        OutgoingMessage(
            f"limit-{n}",
            channel,
            to.format(n % 10_000),
            line.address,
            line.subject,
            line.body,
            unsubscribe_url=f"{BASE_URL}/u/limit-{n}" if line.channel is Channel.EMAIL else "",
        )
        for n in range(count)
    ]
    waiting = list(parts(messages, MAX_BATCH))
    results: list[Status] = []

    async def work(own: list[list[OutgoingMessage]]) -> None:
        while own:
            results.extend(result.status for result in await carrier.send(own.pop()))

    await carrier.send(messages[:MAX_BATCH])
    began = time.perf_counter()
    await asyncio.gather(*(work(waiting) for _ in range(IN_FLIGHT)))
    seconds = time.perf_counter() - began
    await carrier.aclose()
    if set(results) != {Status.SENT}:
        raise BenchFailed("the sink did not take every message of the limit")
    return count / seconds
