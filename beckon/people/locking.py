"""The first lock: a person, before anything of theirs. One order for the whole house, so that nobody deadlocks.

Whoever changes rows of several kinds that belong to people (their calls, enrollments, queued messages, visits) locks
the people first, all of them at once, in id order; after that any order will do. Who claims work the other way round
(enrollments or tasks by what is due) skips those whose people others are busy with.
Proof: tests/storms/test_one_person_many_hands.py.
"""

from collections.abc import Iterable

from beckon.core.bulk.cursor import id_array, raw_cursor

_LOCK = "SELECT id FROM people_person WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"


def lock_people(person_ids: Iterable[int]) -> None:
    """Wait until these people are ours until the end of the transaction. Whom we hold already costs no waiting."""
    ids = set(person_ids)
    if ids:
        with raw_cursor() as cursor:
            cursor.execute(_LOCK, [id_array(ids)])


def lock_free_people(person_ids: Iterable[int]) -> set[int]:
    """Take those whom nobody else has in hand, without waiting; returns whom we have now."""
    ids = set(person_ids)
    if not ids:
        return set()
    with raw_cursor() as cursor:
        return {row[0] for row in cursor.execute(f"{_LOCK} SKIP LOCKED", [id_array(ids)], binary=True).fetchall()}
