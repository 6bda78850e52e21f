"""Writing the audit record. Called by actions explicitly; there are no signals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from beckon.core.actors import Actor
from beckon.core.audit.chain import digest_of
from beckon.core.clock import wall_now


def record_audit(
    *,
    action: str,
    object_kind: str,
    object_ids: Sequence[int],
    by: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one entry for one act over any number of rows, inside the caller's transaction."""
    ids, told = list(object_ids), detail or {}
    # One plain statement: this runs inside every batch of the desk and of the sender.
    values: list[Any] = [now, wall_now(), by.key, action, object_kind, ids, Jsonb(told)]
    values.append(digest_of(now, by.key, action, object_kind, ids, told))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (at, recorded_at, actor, action, object_kind, object_ids, detail, digest)"
            " VALUES (%s, %s, %s, %s, %s, %s::bigint[], %s, %s)",
            values,
        )
