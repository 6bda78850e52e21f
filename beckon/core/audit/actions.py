"""Writing the audit record. Called by actions explicitly; there are no signals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from beckon.core.actors import Actor
from beckon.core.audit.chain import digest_of
from beckon.core.audit.models import AuditEntry
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
    AuditEntry.objects.create(
        at=now,
        recorded_at=wall_now(),
        actor=by.key,
        action=action,
        object_kind=object_kind,
        object_ids=ids,
        detail=told,
        digest=digest_of(now, by.key, action, object_kind, ids, told),
    )
