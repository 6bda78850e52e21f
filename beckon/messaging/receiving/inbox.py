"""Takes callbacks in raw, once, before they are understood; then understands them in batches.

A repeat changes nothing. What cannot be understood yet (a receipt ahead of its message) waits for the next round.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from psycopg.types.json import Jsonb

from beckon.channels.carriers.base import Channel, Inbound, Receipt, Word
from beckon.core.actors import Actor
from beckon.core.bulk.cursor import read_json
from beckon.core.clock import wall_now
from beckon.messaging.receiving.inbound import record_inbound
from beckon.messaging.receiving.receipts import record_receipts

BATCH: Final = 500
PATIENCE: Final = timedelta(hours=1)
"""A receipt for a message nobody knows is laid aside after this long."""

_STORE: Final = """
INSERT INTO messaging_inbox (sender_id, carrier, key, payload, recorded_at)
SELECT %s, %s, v.key, v.payload, %s FROM unnest(%s::text[], %s::jsonb[]) AS v(key, payload)
    ON CONFLICT (key) DO NOTHING
"""
_OPEN: Final = """
SELECT id, sender_id, carrier, payload, recorded_at FROM messaging_inbox
 WHERE handled_at IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_HANDLED: Final = "UPDATE messaging_inbox SET handled_at = %s WHERE id = ANY(%s)"


def store_callbacks(items: Sequence[Receipt | Inbound], *, sender_id: int, carrier: str) -> int:
    """Keep what a carrier's callback said, durable once the scope commits; returns how many were new."""
    if not items:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                sender_id, carrier, wall_now(), [_key(carrier, item) for item in items],
                [Jsonb(_payload(item)) for item in items],
            ],
        )
        return int(cursor.rowcount)


def handle_inbox(*, by: Actor, now: datetime) -> int:
    """Understand up to 500 open rows in one transaction; returns how many are done with. Inside org_scope."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [BATCH])
        rows = cursor.fetchall()
    groups: dict[tuple[int, str], list[tuple[int, Any, datetime]]] = {}
    for id_, sender_id, carrier, payload, at in rows:
        groups.setdefault((sender_id, carrier), []).append((id_, read_json(payload), at))
    handled: list[int] = []
    for (sender_id, carrier), group in groups.items():
        handled += _handle(group, sender_id, carrier, by=by, now=now)
    if handled:
        with connection.cursor() as cursor:
            cursor.execute(_HANDLED, [wall_now(), sorted(handled)])
    return len(handled)


def _handle(
    group: Sequence[tuple[int, Any, datetime]], sender_id: int, carrier: str, *, by: Actor, now: datetime
) -> list[int]:
    receipts = [(id_, _receipt(p), at) for id_, p, at in group if p["kind"] == "receipt"]
    inbound = [(id_, _inbound(p)) for id_, p, _ in group if p["kind"] == "inbound"]
    record_inbound([item for _, item in inbound], sender_id=sender_id, carrier=carrier, by=by, now=now)
    known = record_receipts([r for _, r, _ in receipts], sender_id=sender_id, by=by, now=now)
    too_old = wall_now() - PATIENCE
    done = [id_ for (id_, _, at), is_known in zip(receipts, known, strict=True) if is_known or at < too_old]
    return done + [id_ for id_, _ in inbound]


def _key(carrier: str, item: Receipt | Inbound) -> str:
    if isinstance(item, Inbound):
        name = f"in:{item.carrier_ref}"
    else:
        name = f"re:{item.reference}:{item.carrier_ref}:{item.word.value}:{item.vendor_code}"
    if len(name) > 120:
        name = "sha256:" + hashlib.sha256(name.encode()).hexdigest()
    return f"{carrier}:{name}"


def _payload(item: Receipt | Inbound) -> dict[str, Any]:
    return {"kind": "inbound" if isinstance(item, Inbound) else "receipt", **asdict(item)}


def _receipt(payload: dict[str, Any]) -> Receipt:
    return Receipt(payload["carrier_ref"], Word(payload["word"]), payload["reference"], payload["vendor_code"])


def _inbound(payload: dict[str, Any]) -> Inbound:
    return Inbound(
        payload["carrier_ref"], Channel(payload["channel"]), payload["from_"], payload["to"], payload["body"],
        tuple(payload["media"]), payload["opt_out"],
    )
