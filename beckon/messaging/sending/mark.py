"""Marks intent: rows become `sending` and the contact is counted, in one transaction before the carrier is asked.

At most 100 rows a call (design, invariant 1). Person rows are locked in id order, so that two senders, or a sender
and an agent, cannot both pass a cap (invariant 3).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from beckon.consent.facts import Purpose
from beckon.core.bulk.cursor import id_array, raw_cursor
from beckon.messaging.rules import Send

PART: Final = 100
KEPT_CONTACTS: Final = 10
NOT_COUNTED: Final = frozenset({Purpose.REPLY.value, Purpose.OPT_OUT_NOTICE.value})
"""An answer to what the person just did is no contact of ours: it uses up no cap."""

# Locks first, in id order; then compares, marks and counts. One statement, so that a part costs one round trip. Rows
# that somebody changed meanwhile are read again by each step (READ COMMITTED), as in statements of their own.
_MARK = f"""
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)s::bigint[], %(people)s::bigint[], %(contacts)s::int[], %(last)s::timestamptz[],
                       %(counts)s::boolean[]) AS a(id, person_id, contacts, last_contact, counts)
), held AS MATERIALIZED (
  SELECT id, cardinality(recent_contacts) AS contacts, (SELECT max(c) FROM unnest(recent_contacts) c) AS last_contact,
         do_not_contact_at IS NULL AND deceased_at IS NULL AND merged_into IS NULL AS is_reachable
    FROM people_person WHERE id = ANY(%(people)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
), same AS MATERIALIZED (
  SELECT asked.* FROM asked JOIN held ON held.id = asked.person_id AND held.is_reachable
   WHERE held.contacts = asked.contacts AND held.last_contact IS NOT DISTINCT FROM asked.last_contact
), marked AS (
  UPDATE messaging_message m SET status = 'sending', claimed_by = %(token)s, tries = tries + 1,
         decided_at = %(decided_at)s
    FROM same WHERE m.id = same.id AND m.status = 'queued'
  RETURNING m.id, same.person_id, same.counts
), counted AS (
  UPDATE people_person p SET recent_contacts =
         (SELECT array_agg(c ORDER BY c) FROM (SELECT c FROM unnest(recent_contacts || %(now)s::timestamptz) c
                                                ORDER BY c DESC LIMIT {KEPT_CONTACTS}) kept)
    FROM marked WHERE p.id = marked.person_id AND marked.counts
)
SELECT id FROM marked
"""

_UNCOUNT = """
WITH held AS MATERIALIZED (SELECT id FROM people_person WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE)
UPDATE people_person p SET recent_contacts = array_remove(p.recent_contacts, v.at)
  FROM held JOIN unnest(%s::bigint[], %s::timestamptz[]) AS v(id, at) ON v.id = held.id
 WHERE p.id = held.id
"""


def mark_sending(sends: Sequence[Send], *, token: str, now: datetime) -> list[Send]:
    """The sends that may leave now. Missing: those cancelled or expired, or whose person was contacted, has died or
    is never to be contacted since the decision; they stay queued and are decided again. A row keeps the moment its
    decision began. Raises ValueError for more than 100.
    """
    if len(sends) > PART:
        raise ValueError(f"intent is marked in parts of at most {PART}")
    asked = [s for s in sends if s.due.expires_at is None or s.due.expires_at > now]
    if not asked:
        return []
    with raw_cursor() as cursor:
        cursor.execute(
            _MARK,
            {
                "ids": id_array(s.due.id for s in asked),
                "people": id_array(s.due.person_id for s in asked),
                "contacts": id_array(s.contacts for s in asked),
                "last": _moments(s.last_contact for s in asked),
                "counts": "{" + ",".join("f" if s.due.purpose in NOT_COUNTED else "t" for s in asked) + "}",
                "token": token,
                "decided_at": min(s.decided_at for s in sends),
                "now": now,
            },
            prepare=True,
            binary=True,
        )
        marked = {row[0] for row in cursor.fetchall()}
    return [s for s in asked if s.due.id in marked]


def _moments(values: Iterable[datetime | None]) -> str:
    """Times as a PostgreSQL array literal."""
    return "{" + ",".join("NULL" if value is None else f'"{value.isoformat()}"' for value in values) + "}"


def uncount_contacts(pairs: Sequence[tuple[int, datetime]]) -> None:
    """Take back contacts (person, time) that certainly did not happen, so that caps do not punish a retry."""
    if not pairs:
        return
    with raw_cursor() as cursor:
        cursor.execute(_UNCOUNT, [[p for p, _ in pairs], [p for p, _ in pairs], [at for _, at in pairs]])
