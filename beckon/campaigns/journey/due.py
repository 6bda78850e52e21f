"""The list of who is due: whole sets of enrollments that wait for the same moment, taken and given back by workers.

A trigger on the enrollments writes the list (migration 0002): each statement that leaves enrollments open lists them,
a row for a set and not for a person. Nobody strikes out what is superseded: whoever takes a set asks the enrollments.
What must hold, and a test proves: each open enrollment stands on the list under its campaign and its due_at.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from beckon.campaigns.journey.gathering import SNAPSHOT_COLUMNS
from beckon.core.bulk.cursor import id_array, raw_cursor

_CAMPAIGNS = """
SELECT c.id FROM unnest(%s::bigint[]) AS c(id)
 CROSS JOIN LATERAL (SELECT due_at FROM campaigns_dueset d WHERE d.campaign_id = c.id AND d.due_at <= %s
                      ORDER BY d.due_at LIMIT 1) first
 ORDER BY first.due_at, c.id
"""

# Nobody waits for the locks of this module (SKIP LOCKED), therefore their order cannot make a deadlock.
_TAKE = """
WITH next AS MATERIALIZED (
       SELECT id FROM campaigns_dueset WHERE campaign_id = %s AND due_at <= %s
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
DELETE FROM campaigns_dueset d USING next WHERE d.id = next.id RETURNING d.enrollment_ids
"""

_LOCK = f"""
SELECT {SNAPSHOT_COLUMNS} FROM campaigns_enrollment
 WHERE id = ANY(%s::bigint[]) AND left_at IS NULL AND due_at <= %s
   FOR NO KEY UPDATE SKIP LOCKED
"""

_GIVE_BACK = """
INSERT INTO campaigns_dueset (campaign_id, due_at, enrollment_ids)
SELECT campaign_id, due_at, array_agg(id) FROM campaigns_enrollment
 WHERE id = ANY(%s::bigint[]) AND left_at IS NULL AND due_at <= %s GROUP BY campaign_id, due_at, id / 1000
"""

_DUE = """
SELECT DISTINCT e.id FROM campaigns_dueset d
  JOIN campaigns_campaign c ON c.id = d.campaign_id AND c.status = 'running'
 CROSS JOIN LATERAL unnest(d.enrollment_ids) AS listed(id)
  JOIN campaigns_enrollment e ON e.id = listed.id
 WHERE d.due_at <= %s AND e.left_at IS NULL AND e.due_at <= %s LIMIT %s
"""

_FORGET = """
DELETE FROM campaigns_dueset d USING campaigns_campaign c
 WHERE c.id = d.campaign_id AND c.ended_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM campaigns_enrollment e WHERE e.id = ANY(d.enrollment_ids) AND e.left_at IS NULL)
"""

_UNLISTED = """
SELECT id, campaign_id, due_at FROM campaigns_enrollment WHERE left_at IS NULL
EXCEPT
SELECT listed.id, d.campaign_id, d.due_at FROM campaigns_dueset d CROSS JOIN LATERAL unnest(d.enrollment_ids) listed(id)
"""


class Taken:
    """What a worker has taken from the list. `rows`: of SNAPSHOT_COLUMNS, locked, in the order of their ids.

    Whoever was on the sets taken and is still due when the transaction ends has to be given back.
    """

    def __init__(self, now: datetime) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self._now = now
        self._listed: set[int] = set()

    def take(self, campaign_id: int, most: int) -> None:
        """Take sets of the campaign, those due longest first, until `most` rows are there or no set is free."""
        sets = 1
        with raw_cursor() as cursor:
            while len(self.rows) < most:
                found = cursor.execute(_TAKE, [campaign_id, self._now, sets], binary=True).fetchall()
                if not found:
                    return
                taken = {id_ for (ids,) in found for id_ in ids} - self._listed
                self._listed |= taken
                wanted = sorted(taken)[: most - len(self.rows)]
                self.rows += cursor.execute(_LOCK, [id_array(wanted), self._now], binary=True).fetchall()
                # Sets are small where events moved people one by one: about as many as are still wanted.
                each = sum(len(ids) for (ids,) in found) // len(found)
                sets = min(2 * sets, max(1, (most - len(self.rows)) // each))

    def give_back(self, done: Collection[int]) -> None:
        """List those again that were not done: too many, in another's hands, or put off. `done`: enrollment ids."""
        left = self._listed.difference(done)
        if left:
            with raw_cursor() as cursor:
                cursor.execute(_GIVE_BACK, [id_array(left), self._now])


def take_due(campaign_ids: Collection[int], *, limit: int, now: datetime) -> Taken:
    """Up to `limit` due enrollments of these campaigns, locked; campaigns with the longest due first."""
    taken = Taken(now)
    with raw_cursor() as cursor:
        found = cursor.execute(_CAMPAIGNS, [id_array(campaign_ids), now], binary=True).fetchall()
    for (campaign_id,) in found:
        taken.take(campaign_id, limit)
    taken.rows.sort()
    return taken


def count_due(*, now: datetime, most: int) -> int:
    """How many are due in running campaigns, counting no further than `most`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_DUE}) due", [now, now, most])
        return int(cursor.fetchone()[0])


def forget_ended() -> int:
    """Drop the sets of campaigns that are over, whom nobody will take; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET)
        return int(cursor.rowcount)


def unlisted() -> Iterator[int]:
    """Open enrollments that the list has forgotten: none, whatever happens (design, invariant 2). For checks."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLISTED)
        yield from (row[0] for row in cursor.fetchall())
