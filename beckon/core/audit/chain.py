"""The chain over the audit record: sealing behind the oldest open transaction, and checking that nothing was changed.

Writers never wait for the sealer. An entry's contents may be erased later (retention) without breaking the chain,
since the chain is made of digests, which stay.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from beckon.core.audit.models import AuditEntry, AuditSeal
from beckon.core.clock import wall_now

BATCH = 5_000
_LOCK = 0x5EA1


def digest_of(
    at: datetime, actor: str, action: str, object_kind: str, object_ids: Sequence[int], detail: dict[str, Any]
) -> str:
    """SHA-256 (hex) over an entry's contents in a canonical JSON form."""
    stated = [at.astimezone(UTC).isoformat(), actor, action, object_kind, list(object_ids), detail]
    return hashlib.sha256(json.dumps(stated, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _link(previous: str, entries: Iterable[tuple[int, str]]) -> str:
    chain = hashlib.sha256(previous.encode())
    for entry_id, digest in entries:
        chain.update(f"|{entry_id}:{digest}".encode())
    return chain.hexdigest()


# Final are entries of transactions older than every open one, and of a former server's (restored from a backup).
_OPEN_ENTRIES = """
SELECT id, digest FROM audit_auditentry e
WHERE id > %(watermark)s
  AND (transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
       OR transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
  AND NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.watermark >= %(watermark)s AND e.id = ANY (s.entry_ids))
ORDER BY id LIMIT %(batch)s"""

_WATERMARK = """
SELECT coalesce(min(id) - 1, %(high)s) FROM audit_auditentry e
WHERE id > %(low)s AND id <= %(high)s AND NOT id = ANY (%(ids)s)
  AND NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.watermark >= %(low)s AND e.id = ANY (s.entry_ids))"""


def seal_entries() -> int:
    """Seal what is final and not sealed yet; returns how many entries. One sealer at a time per organization.

    Its own transaction must be short and new: only what others committed before it began can be sealed. An id that
    was taken but not yet committed stays above the watermark's reach only while its row is invisible, so the
    watermark stops below the lowest id that an open transaction may still hold.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])
        if cursor.fetchone() != (True,):
            return 0
        last = AuditSeal.objects.order_by("-id").first()
        low = last.watermark if last else 0
        cursor.execute(_OPEN_ENTRIES, {"watermark": low, "batch": BATCH})
        entries = cursor.fetchall()
    if not entries:
        return 0
    ids = [entry_id for entry_id, _ in entries]
    previous = last.digest if last else ""
    AuditSeal.objects.create(
        entry_ids=ids,
        watermark=_new_watermark(low, ids),
        digest=_link(previous, entries),
        previous_digest=previous,
        sealed_at=wall_now(),
    )
    return len(entries)


def _new_watermark(low: int, ids: Sequence[int]) -> int:
    """The watermark moves to the lowest new id less a margin of ids that open transactions may still hold."""
    margin = 10_000
    with connection.cursor() as cursor:
        cursor.execute(_WATERMARK, {"low": low, "high": ids[-1], "ids": list(ids)})
        row = cursor.fetchone()
    assert row is not None
    return max(low, min(int(row[0]), ids[-1] - margin))


@dataclass(frozen=True)
class ChainReport:
    """What checking the chain found. `broken` holds a sentence per break, oldest first."""

    sealed: int
    unsealed: int
    erased: int
    broken: tuple[str, ...]


def verify_chain() -> ChainReport:
    """Recompute every link and every entry's digest. Reads all; meant for an auditor, not for a page."""
    previous, sealed, erased = "", 0, 0
    broken: list[str] = []
    for seal in AuditSeal.objects.order_by("id").iterator():
        rows = {e.pk: e for e in AuditEntry.objects.filter(pk__in=seal.entry_ids)}
        missing = [i for i in seal.entry_ids if i not in rows]
        broken += [f"entry {i} of seal {seal.pk} is gone" for i in missing]
        for entry in rows.values():
            if entry.detail is None:
                erased += 1
            elif entry.digest != _digest_of_row(entry):
                broken.append(f"entry {entry.pk} was changed")
        if seal.previous_digest != previous:
            broken.append(f"seal {seal.pk} does not follow the one before it")
        if not missing and _link(previous, [(i, rows[i].digest) for i in seal.entry_ids]) != seal.digest:
            broken.append(f"seal {seal.pk} does not match its entries")
        previous = seal.digest
        sealed += len(seal.entry_ids)
    return ChainReport(sealed, AuditEntry.objects.count() - sealed, erased, tuple(broken))


def _digest_of_row(entry: AuditEntry) -> str:
    return digest_of(entry.at, entry.actor, entry.action, entry.object_kind, entry.object_ids, entry.detail or {})
