"""Takes callbacks in raw, once, before they are understood; then understands them in batches.

A repeat changes nothing. What cannot be understood yet (a receipt ahead of its message) waits for the next round.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import OperationalError, connection, transaction
from psycopg.types.json import Jsonb

from beckon.channels.carriers.base import Channel, Inbound, Receipt, Word
from beckon.core.actors import Actor
from beckon.core.bulk.cursor import read_json
from beckon.core.clock import wall_now
from beckon.messaging.receiving.inbound import people_reached, record_inbound
from beckon.messaging.receiving.receipts import people_moved_by, record_receipts
from beckon.messaging.receiving.tidying import clean, tidy
from beckon.people.locking import lock_people

log = logging.getLogger(__name__)

BATCH: Final = 500
PATIENCE: Final = timedelta(hours=1)
"""A receipt for a message nobody knows is laid aside after this long."""
MAX_TRIES: Final = 5
"""What fails this often by itself is laid aside with the class of its error, for a person to look at."""

_STORE: Final = """
INSERT INTO messaging_inbox (sender_id, carrier, key, payload, recorded_at)
SELECT %s, %s, v.key, v.payload, %s FROM unnest(%s::text[], %s::jsonb[]) AS v(key, payload)
    ON CONFLICT (key) DO NOTHING
"""
_OPEN: Final = """
SELECT id, sender_id, carrier, payload, recorded_at FROM messaging_inbox
 WHERE handled_at IS NULL AND {which} ORDER BY {order} LIMIT %s FOR UPDATE SKIP LOCKED
"""
# What people say goes before what carriers report, and what was tried in vain comes last.
_KINDS: Final = (
    _OPEN.format(which="payload->>'kind' = 'inbound' AND NOT payload ? 'tries'", order="id"),
    _OPEN.format(which="payload->>'kind' = 'receipt' AND NOT payload ? 'tries'", order="id"),
    _OPEN.format(which="payload ? 'tries'", order="(payload->>'tries')::int, id"),
)
_HANDLED: Final = "UPDATE messaging_inbox SET handled_at = %s WHERE id = ANY(%s)"
_TRIED: Final = """
UPDATE messaging_inbox i
   SET payload = i.payload || jsonb_build_object('tries', coalesce((i.payload->>'tries')::int, 0) + 1)
                 || CASE WHEN v.error = '' THEN '{}'::jsonb ELSE jsonb_build_object('error', v.error) END,
       handled_at = CASE WHEN v.error <> '' AND coalesce((i.payload->>'tries')::int, 0) + 1 >= %s THEN %s::timestamptz
                    END
  FROM unnest(%s::bigint[], %s::text[]) AS v(id, error)
 WHERE i.id = v.id
"""


def store_callbacks(items: Sequence[Receipt | Inbound], *, sender_id: int, carrier: str) -> int:
    """Keep what a carrier's callback said, durable once the scope commits; returns how many were new."""
    if not items:
        return 0
    arrived = wall_now()
    items = [tidy(item, arrived) if isinstance(item, Inbound) else _clean(item) for item in items]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                sender_id,
                carrier,
                arrived,
                [_key(carrier, item) for item in items],
                [Jsonb(_payload(item)) for item in items],
            ],
        )
        return int(cursor.rowcount)


def handle_inbox(*, by: Actor, now: datetime) -> int:
    """Understand up to 500 open rows in one transaction; returns how many are done with. Inside org_scope.

    What a batch breaks on is found by handling its rows one by one; it is tried again last, and holds nobody up.
    """
    handled: list[int] = []
    failed: dict[int, str] = {}
    open_rows = _open_rows()
    lock_people(_concerned(open_rows))  # all at once: groups one after the other could cross with others' locks
    for rows in _groups(open_rows):
        done, broken = _handle_safely(rows, by=by, now=now)
        handled += done
        failed |= broken
        failed |= {row.id: "" for row in rows if row.id not in broken and row.id not in done}
    _mark(handled, failed)
    return len(handled)


class _Row(NamedTuple):
    id: int
    sender_id: int
    carrier: str
    payload: Any
    at: datetime


def _open_rows() -> list[_Row]:
    rows: list[_Row] = []
    with connection.cursor() as cursor:
        for sql in _KINDS:
            if len(rows) < BATCH:
                cursor.execute(sql, [BATCH - len(rows)])
                rows += [_Row(row[0], row[1], row[2], read_json(row[3]), row[4]) for row in cursor.fetchall()]
    return rows


def _concerned(rows: Sequence[_Row]) -> list[int]:
    """Everybody whose things these rows may change; a row that makes no sense concerns nobody and breaks later."""
    said: list[Inbound] = []
    told: list[Receipt] = []
    for row in rows:
        with suppress(KeyError, TypeError, ValueError):
            if row.payload["kind"] == "inbound":
                said.append(_inbound(row.payload))
            else:
                told.append(_receipt(row.payload))
    return people_reached(said) + people_moved_by(told)


def _groups(rows: Sequence[_Row]) -> list[list[_Row]]:
    """By kind, sender and carrier, what people say first."""
    groups: dict[tuple[str, int, str], list[_Row]] = {}
    for row in sorted(rows, key=lambda row: (row.payload["kind"] != "inbound", row.id)):
        groups.setdefault((row.payload["kind"], row.sender_id, row.carrier), []).append(row)
    return list(groups.values())


def _handle_safely(rows: Sequence[_Row], *, by: Actor, now: datetime) -> tuple[list[int], dict[int, str]]:
    """(ids done with, error class by id of those that broke). A database that is away is raised, as ever."""
    try:
        with transaction.atomic():
            return _handle(rows, by=by, now=now), {}
    except OperationalError:
        raise
    except Exception as error:
        log.error("inbox.failed row=%s rows=%s error=%s", rows[0].id, len(rows), type(error).__name__)
        if len(rows) == 1:
            return [], {rows[0].id: type(error).__name__}
    done: list[int] = []
    broken: dict[int, str] = {}
    for row in rows:
        more, worse = _handle_safely([row], by=by, now=now)
        done += more
        broken |= worse
    return done, broken


def _handle(rows: Sequence[_Row], *, by: Actor, now: datetime) -> list[int]:
    sender_id, carrier = rows[0].sender_id, rows[0].carrier
    if rows[0].payload["kind"] == "inbound":
        items = [_inbound(row.payload) for row in rows]
        record_inbound(items, sender_id=sender_id, carrier=carrier, by=by, now=now)
        return [row.id for row in rows]
    known = record_receipts([_receipt(row.payload) for row in rows], sender_id=sender_id, by=by, now=now)
    too_old = wall_now() - PATIENCE
    return [row.id for row, is_known in zip(rows, known, strict=True) if is_known or row.at < too_old]


def _mark(handled: Sequence[int], failed: Mapping[int, str]) -> None:
    """Close what is done; what failed, or is not known yet, counts one more try."""
    with connection.cursor() as cursor:
        if handled:
            cursor.execute(_HANDLED, [wall_now(), sorted(handled)])
        if failed:
            ids = sorted(failed)
            cursor.execute(_TRIED, [MAX_TRIES, wall_now(), ids, [failed[id_] for id_ in ids]])


def _clean(receipt: Receipt) -> Receipt:
    return replace(
        receipt,
        carrier_ref=clean(receipt.carrier_ref),
        reference=clean(receipt.reference),
        vendor_code=clean(receipt.vendor_code),
    )


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
        payload["carrier_ref"],
        Channel(payload["channel"]),
        payload["from_"],
        payload["to"],
        payload["body"],
        tuple(payload["media"]),
        payload["opt_out"],
    )
