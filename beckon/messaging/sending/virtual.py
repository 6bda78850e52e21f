"""Sends on a virtual clock, through the sandbox only: whole batches inside the caller's scope, no waiting, no marks.

The outside world is simulated inside this transaction, so there is nothing that a crash could leave half done.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import connection

from beckon.channels.carriers.base import MAX_BATCH, Carrier, SendResult
from beckon.channels.carriers.sandbox.carrier import SandboxCarrier
from beckon.core.actors import Actor
from beckon.core.tenancy import current_organization
from beckon.messaging.rules import Send
from beckon.messaging.sending.claim import claim_due, decide_batch
from beckon.messaging.sending.lease import Held, count_sent, local_date, lock_sender, parts, sent_today
from beckon.messaging.sending.mark import mark_sending
from beckon.messaging.sending.outgoing import make_outgoing
from beckon.messaging.sending.record import Handed, record_results
from beckon.messaging.values import Dispatched

CLAIM: Final = 5_000
_T = TypeVar("_T")
CarrierOf = Callable[[Held], Carrier]

_SENDERS = """
SELECT DISTINCT m.sender_id FROM messaging_message m JOIN channels_sender s ON s.id = m.sender_id
 WHERE m.sent_at IS NULL AND m.settled_at IS NULL AND m.status = 'queued' AND m.not_before <= %s
   AND s.is_active AND s.paused_reason = '' AND s.carrier = 'sandbox'
 ORDER BY m.sender_id
"""

_LOCK = "SELECT id FROM people_person WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def dispatch_due(*, by: Actor, now: datetime, tick_seconds: float, carrier_of: CarrierOf | None = None) -> Dispatched:
    """Send all that is due through the sandbox senders of this scope, at most rate x `tick_seconds` for each.

    `carrier_of` gives the sandbox carrier with the outcomes of a simulated world; default: everything is delivered.
    Deterministic: oldest first, then by id. Raises RuntimeError for a live organization or another carrier.
    """
    if current_organization().kind == "live":
        raise RuntimeError("a live organization sends by dispatch(), on the wall clock")
    with connection.cursor() as cursor:
        cursor.execute(_SENDERS, [now])
        sender_ids = [row[0] for row in cursor.fetchall()]
    total = Dispatched()
    for sender_id in sender_ids:
        held = lock_sender(sender_id)
        if held is not None:
            total += _send_all(held, carrier_of, by=by, now=now, tick_seconds=tick_seconds)
    return total


def _send_all(held: Held, carrier_of: CarrierOf | None, *, by: Actor, now: datetime, tick_seconds: float) -> Dispatched:
    carrier = carrier_of(held) if carrier_of is not None else SandboxCarrier()
    left = _allowance(held, now, tick_seconds)
    total = Dispatched()
    while left > 0:
        claimed, done = _send_claim(held, carrier, limit=min(left, CLAIM), by=by, now=now)
        if claimed == 0:
            break
        total += done
        left -= _tried(done)
    if held.daily_cap is not None:
        count_sent(held.sender_id, _tried(total), local_date(now, current_organization().time_zone))
    return total


def _tried(done: Dispatched) -> int:
    return done.sent + done.delivered + done.failed + done.retried + done.unknown


def _allowance(held: Held, now: datetime, tick_seconds: float) -> int:
    """Messages this tick may send: the rate, and what the daily cap leaves of the organization's day."""
    may = max(1, int(held.rate * tick_seconds))
    if held.daily_cap is None:
        return may
    today = local_date(now, current_organization().time_zone)
    return min(may, max(0, held.daily_cap - sent_today(held.sender_id, today)))


def _send_claim(held: Held, carrier: Carrier, *, limit: int, by: Actor, now: datetime) -> tuple[int, Dispatched]:
    due = claim_due(held.sender_id, limit=limit, excluding=(), now=now)
    if not due:
        return 0, Dispatched()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [[d.person_id for d in due]])
    decided = decide_batch(due, by=by, now=now)
    done = Dispatched(dropped=decided.dropped, later=decided.later)
    handed: list[Handed] = []
    for part in parts(list(decided.sends), MAX_BATCH):
        handed += _send_part(part, held, carrier, now)
    done += record_results(handed, sender_id=held.sender_id, price_cents=held.cost_cents, by=by, now=now)
    return len(due), done


def _send_part(part: list[Send], held: Held, carrier: Carrier, now: datetime) -> list[Handed]:
    going = mark_sending(part, token=held.token, now=now)
    dues = [send.due for send in going]
    outgoing = make_outgoing(dues, held, current_organization().pk)
    results: list[SendResult] = run_now(carrier.send(outgoing))
    return [Handed(d, d.tries + 1, now, r) for d, r in zip(dues, results, strict=True)]


def run_now(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """The result of a coroutine that never waits for anything, such as the sandbox's. Raises RuntimeError else."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: _T = done.value
        return value
    coroutine.close()
    raise RuntimeError("only the sandbox carrier can be used on a virtual clock")
