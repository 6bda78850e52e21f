"""Who sends for a sender: one dispatcher at a time by a lease on the wall clock, its pace, and what a dead one left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from beckon.channels.rates import Allowance, claim_tokens, give_back
from beckon.core.bulk.cursor import raw_cursor, read_json
from beckon.core.clock import wall_now

LEASE: Final = timedelta(seconds=20)

_TAKE = """
UPDATE channels_sender SET dispatcher = %(token)s, dispatcher_until = %(until)s
 WHERE id = %(sender)s AND is_active AND paused_reason = ''
   AND (dispatcher = '' OR dispatcher = %(token)s OR dispatcher_until < %(wall)s)
RETURNING carrier, address, config, rate_per_second, daily_cap, cost_cents, channel
"""

_LOCKED = """
SELECT carrier, address, config, rate_per_second, daily_cap, cost_cents, channel FROM channels_sender
 WHERE id = %s AND is_active AND paused_reason = '' FOR NO KEY UPDATE
"""

_HELD = """
SELECT carrier, address, config, rate_per_second, daily_cap, cost_cents, channel FROM channels_sender
 WHERE id = %s AND dispatcher = %s AND dispatcher_until > %s AND is_active AND paused_reason = ''
"""

_LOST = """
UPDATE messaging_message SET status = 'unknown', reason = 'worker_died', sent_at = decided_at, look_up_at = %s
 WHERE sender_id = %s AND sent_at IS NULL AND settled_at IS NULL AND status = 'sending' AND claimed_by <> %s
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A sender as read when its lease was taken or renewed."""

    sender_id: int
    token: str
    carrier: str
    address: str
    config: dict[str, Any]
    rate: float
    daily_cap: int | None
    cost_cents: Decimal
    channel: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How many may be claimed now; if none, how many seconds to wait (None: not before tomorrow). Nothing is stored
    before `store_pace`."""

    count: int
    wait: float | None
    allowance: Allowance
    today: date
    sent_today: int


def take_lease(sender_id: int, token: str) -> Held | None:
    """Take the lease; None when another holds it, or the sender is paused or inactive."""
    wall = wall_now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"token": token, "until": wall + LEASE, "sender": sender_id, "wall": wall})
        row = cursor.fetchone()
    return None if row is None else _held(sender_id, token, row)


def lock_sender(sender_id: int) -> Held | None:
    """The sender, locked until the transaction ends: for the virtual clock, where everything is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED, [sender_id])
        row = cursor.fetchone()
    return None if row is None else _held(sender_id, "virtual", row)


def read_sender(sender_id: int) -> Held | None:
    """The sender whatever its state, without a lease: for look-ups, which send nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT carrier, address, config, rate_per_second, daily_cap, cost_cents, channel"
            " FROM channels_sender WHERE id = %s",
            [sender_id],
        )
        row = cursor.fetchone()
    return None if row is None else _held(sender_id, "", row)


def _held(sender_id: int, token: str, row: tuple[Any, ...]) -> Held:
    carrier, address, config, rate, daily_cap, cost, channel = row
    return Held(sender_id, token, carrier, address, read_json(config), float(rate), daily_cap, cost, channel)


def read_lease(sender_id: int, token: str) -> Held | None:
    """The sender as it stands; None when the lease is not ours any more or the sender is paused or inactive."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [sender_id, token, wall_now()])
        row = cursor.fetchone()
    return None if row is None else _held(sender_id, token, row)


def holds_lease(sender_id: int, token: str) -> bool:
    """True while the lease is ours and the sender neither paused nor switched off. Asked before every mark."""
    with raw_cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({_HELD})", [sender_id, token, wall_now()], prepare=True, binary=True)
        return cursor.fetchone() == (True,)


def renew_lease(sender_id: int, token: str) -> None:
    """Keep the lease while messages are on their way, paused or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE channels_sender SET dispatcher_until = %s WHERE id = %s AND dispatcher = %s",
            [wall_now() + LEASE, sender_id, token],
        )


def release_lease(sender_id: int, token: str) -> None:
    """Give the sender back. Harmless when it was lost before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE channels_sender SET dispatcher = '', dispatcher_until = NULL WHERE id = %s AND dispatcher = %s",
            [sender_id, token],
        )


def disown_dead_workers(sender_id: int, token: str) -> int:
    """Rows a dead worker had marked become unknown, to be settled and never sent again; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST, [wall_now(), sender_id, token])
        return int(cursor.rowcount)


def read_pace(held: Held, *, wanted: int, today: date) -> Pace:
    """Up to `wanted` from the sender's rate (two seconds of it at most) and its daily cap. Only reads."""
    tokens, tokens_at, day, sent_then = _read_pace(held.sender_id)
    sent = sent_then if day == today else 0
    left = None if held.daily_cap is None else max(0, held.daily_cap - sent)
    start = None if tokens_at is None else Allowance(tokens, tokens_at)
    claim = claim_tokens(start, rate=held.rate, now=wall_now().timestamp(), wanted=wanted, left_today=left)
    return Pace(claim.count, None if left == 0 else claim.wait, claim.allowance, today, sent)


def store_pace(held: Held, pace: Pace, *, used: int) -> None:
    """So many of the pace's count go out; the rest is given back."""
    rest = give_back(pace.allowance, rate=held.rate, count=pace.count - used)
    _write_pace(held.sender_id, rest, pace.today, pace.sent_today + used)


def sent_today(sender_id: int, today: date) -> int:
    """How many left on the organization's date `today`."""
    _tokens, _at, day, sent = _read_pace(sender_id)
    return sent if day == today else 0


def count_sent(sender_id: int, count: int, today: date) -> None:
    """Add to the day's count, where no rate is kept (virtual clock)."""
    _write_pace(sender_id, Allowance(0.0, 0.0), today, sent_today(sender_id, today) + count)


def _read_pace(sender_id: int) -> tuple[float, float | None, date | None, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tokens, tokens_at, day, sent_today FROM messaging_senderpace WHERE sender_id = %s", [sender_id]
        )
        row = cursor.fetchone()
    return (0.0, None, None, 0) if row is None else row


def _write_pace(sender_id: int, allowance: Allowance, today: date, sent: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_senderpace (sender_id, tokens, tokens_at, day, sent_today)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (sender_id) DO UPDATE SET tokens = excluded.tokens,"
            " tokens_at = excluded.tokens_at, day = excluded.day, sent_today = excluded.sent_today",
            [sender_id, allowance.tokens, allowance.at, today, sent],
        )


def parts(items: list[Any], size: int) -> Iterator[list[Any]]:
    """Slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def scattered_parts(items: list[Any], size: int) -> Iterator[list[Any]]:
    """Parts of at most `size`, dealt out like cards: neighbours come into different ones.

    People who stand side by side in the table share a page. Marked one part after the other, the second finds the room
    that the first one's old versions left, and no index has to learn of it (ADR 0009).
    """
    count = -(-len(items) // size)
    for nth in range(count):
        yield items[nth::count]


def local_date(now: datetime, time_zone: str) -> date:
    """The organization's calendar date at `now`."""
    return now.astimezone(ZoneInfo(time_zone)).date()
