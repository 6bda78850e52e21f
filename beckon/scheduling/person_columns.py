"""Keeps the visit columns of people in step with their visits, inside the transaction that changes a visit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from beckon.people.actions import AppointmentFacts, touch_appointments

_SQL = """
WITH given AS MATERIALIZED (
    SELECT person_id, array_agg(gone) FILTER (WHERE gone IS NOT NULL) AS gone
    FROM unnest(%(people)s::bigint[], %(gone)s::timestamptz[]) AS g(person_id, gone) GROUP BY person_id
), locked AS MATERIALIZED (
    SELECT p.id, p.next_appointment_at, p.last_appointment_at, p.last_encounter_at, g.gone
    FROM people_person p JOIN given g ON g.person_id = p.id ORDER BY p.id FOR NO KEY UPDATE OF p
), facts AS MATERIALIZED (
    SELECT l.id,
        LEAST(
            (SELECT min(a.starts_at) FROM scheduling_appointment a
             WHERE a.person_id = l.id AND a.status = 'booked' AND a.starts_at > %(now)s),
            CASE WHEN l.next_appointment_at > %(now)s AND l.next_appointment_at <> ALL (COALESCE(l.gone, '{}'))
                 THEN l.next_appointment_at END
        ) AS next_at,
        last.starts_at AS last_at, last.status AS last_outcome,
        last.id IS NOT NULL AND (
            l.last_appointment_at IS NULL OR l.last_appointment_at <= last.happened_at
            OR EXISTS (SELECT 1 FROM scheduling_appointment a
                       WHERE a.person_id = l.id AND a.starts_at = l.last_appointment_at)
        ) AS is_newer,
        (SELECT max(e.at) FROM scheduling_encounter e WHERE e.person_id = l.id) AS seen_at
    FROM locked l LEFT JOIN LATERAL (
        -- A visit cancelled ahead of its time happened when it was cancelled.
        SELECT a.id, a.starts_at, a.status, LEAST(a.starts_at, GREATEST(a.updated_at, a.at)) AS happened_at
        FROM scheduling_appointment a
        WHERE a.person_id = l.id AND a.status <> 'entered_in_error'
          AND (a.status <> 'booked' OR a.starts_at <= %(now)s)
        ORDER BY happened_at DESC, a.id DESC LIMIT 1
    ) last ON true
)
SELECT id, next_at, CASE WHEN is_newer THEN last_at END, COALESCE(last_outcome, ''), seen_at FROM facts ORDER BY id
"""

_NOTHING: Sequence[datetime | None] = (None,)


def refresh_person_columns(people: Mapping[int, Sequence[datetime]], *, now: datetime) -> None:
    """Recompute next and last appointment and last encounter of the people, in two statements.

    `people` maps ids to the starts they have just lost (cancelled, moved, settled). What came from a file or
    an EHR without a visit of ours stays, unless it is one of those starts or has passed.
    """
    if not people:
        return
    pairs = [(i, at) for i, gone in sorted(people.items()) for at in gone or _NOTHING]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"people": [i for i, _ in pairs], "gone": [at for _, at in pairs], "now": now})
        rows = cursor.fetchall()
    touch_appointments([AppointmentFacts(*row) for row in rows])
