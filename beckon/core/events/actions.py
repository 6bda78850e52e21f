"""Recording facts: one bulk statement, then the in-transaction subscribers, batch by kind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from beckon.core.actors import Actor
from beckon.core.clock import wall_now
from beckon.core.events.registry import NewEvent, subscribers_of
from beckon.core.tenancy import current_organization

_COLUMNS = "at, recorded_at, kind, person_id, subject_id, actor, data"
_COPY_FROM = 50


def record_events(events: Sequence[NewEvent], *, by: Actor, now: datetime) -> None:
    """Append the events in the order given and run their subscribers inside this transaction.

    Raises NoOrganization outside a scope. An empty sequence does nothing.
    """
    if not events:
        return
    current_organization()
    rows: list[tuple[Any, ...]] = [
        (now, wall_now(), e.kind, e.person_id, e.subject_id, by.key, Jsonb(e.data)) for e in events
    ]
    with connection.cursor() as cursor:
        if len(rows) < _COPY_FROM:
            placeholders = ",".join(["(%s,%s,%s,%s,%s,%s,%s)"] * len(rows))
            cursor.execute(
                f"INSERT INTO events_event ({_COLUMNS}) VALUES {placeholders}",
                [value for row in rows for value in row],
            )
        else:
            with cursor.copy(f"COPY events_event ({_COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    _publish(events, by, now)


def _publish(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    by_kind: dict[str, list[NewEvent]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
    for kind, batch in by_kind.items():
        for subscriber in subscribers_of(kind):
            subscriber(batch, by, now)
