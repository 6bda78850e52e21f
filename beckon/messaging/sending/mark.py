"""Marks intent: rows become `sending` and the contact is counted, in one transaction before the carrier is asked.

At most 100 rows a call (design, invariant 1). Person rows are locked in id order, so that two senders, or a sender
and an agent, cannot both pass a cap (invariant 3).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from beckon.consent.facts import Purpose
from beckon.core.bulk.cursor import raw_cursor
from beckon.messaging.rules import Send

PART: Final = 100
KEPT_CONTACTS: Final = 10
NOT_COUNTED: Final = frozenset({Purpose.REPLY.value, Purpose.OPT_OUT_NOTICE.value})
"""An answer to what the person just did is no contact of ours: it uses up no cap."""

_LOCK = """
SELECT id, cardinality(recent_contacts), (SELECT max(c) FROM unnest(recent_contacts) c),
       do_not_contact_at IS NULL AND deceased_at IS NULL AND merged_into IS NULL
  FROM people_person WHERE id = ANY(%b::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""

_MARK = """
UPDATE messaging_message SET status = 'sending', claimed_by = %s, tries = tries + 1, decided_at = %s
 WHERE id = ANY(%b::bigint[]) AND status = 'queued'
RETURNING id
"""

_COUNT = f"""
UPDATE people_person SET recent_contacts =
       (SELECT array_agg(c ORDER BY c) FROM (SELECT c FROM unnest(recent_contacts || %s::timestamptz) c
                                              ORDER BY c DESC LIMIT {KEPT_CONTACTS}) kept)
 WHERE id = ANY(%b::bigint[])
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
    with raw_cursor() as cursor:
        cursor.execute(_LOCK, [[s.due.person_id for s in sends]], binary=True)
        seen = {row[0]: (row[1], row[2]) for row in cursor.fetchall() if row[3]}
        same = [
            s
            for s in sends
            if seen.get(s.due.person_id) == (s.contacts, s.last_contact)
            and (s.due.expires_at is None or s.due.expires_at > now)
        ]
        decided_at = min((s.decided_at for s in sends), default=now)
        cursor.execute(_MARK, [token, decided_at, [s.due.id for s in same]])
        marked = {row[0] for row in cursor.fetchall()}
        going = [s for s in same if s.due.id in marked]
        cursor.execute(_COUNT, [now, [s.due.person_id for s in going if s.due.purpose not in NOT_COUNTED]])
    return going


def uncount_contacts(pairs: Sequence[tuple[int, datetime]]) -> None:
    """Take back contacts (person, time) that certainly did not happen, so that caps do not punish a retry."""
    if not pairs:
        return
    with raw_cursor() as cursor:
        cursor.execute(_UNCOUNT, [[p for p, _ in pairs], [p for p, _ in pairs], [at for _, at in pairs]])
