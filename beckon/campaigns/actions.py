"""Moving people through campaigns: whoever is due, and whoever something happened to. In batches, inside org_scope."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import connection

from beckon.campaigns.journey.alike import WORTH_COMPARING, Alike
from beckon.campaigns.journey.due import take_due
from beckon.campaigns.journey.gathering import SNAPSHOT_COLUMNS, Running, Standing, gather, load_campaigns, standings
from beckon.campaigns.journey.recording import record
from beckon.campaigns.journey.values import Effects
from beckon.campaigns.models import CampaignStatus, Enrollment
from beckon.campaigns.reactions import Happening, react, undo
from beckon.campaigns.rules import advance
from beckon.consent.queries import load_policy
from beckon.core.actors import SYSTEM, Actor
from beckon.core.bulk.garbage import without_garbage_searches
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.people.locking import lock_free_people, lock_people

BATCH = 1_000

_LOCK = f"""
SELECT {SNAPSHOT_COLUMNS} FROM campaigns_enrollment WHERE {{where}} ORDER BY id FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class Advanced:
    """What one round did."""

    advanced: int = 0
    messages: int = 0
    tasks: int = 0
    left: int = 0

    def __add__(self, other: "Advanced") -> "Advanced":
        return Advanced(
            self.advanced + other.advanced,
            self.messages + other.messages,
            self.tasks + other.tasks,
            self.left + other.left,
        )


def advance_due(*, now: datetime, limit: int = BATCH, by: Actor = SYSTEM) -> Advanced:
    """Step up to `limit` due enrollments of running campaigns until each waits or leaves; one transaction.

    Call again until nothing was advanced. Any number of workers may do so at once.
    """
    campaigns = load_campaigns(statuses=[CampaignStatus.RUNNING])
    if not campaigns:
        return Advanced()
    taken = take_due(campaigns, limit=limit, now=now)
    if not taken.rows:
        taken.give_back(())
        return Advanced()
    claimed = standings(taken.rows, campaigns)
    people = sorted({standing.snapshot.person_id for standing in claimed})
    facts = gather(people, now=now, policy=load_policy(), playbooks=(standing.playbook for standing in claimed))
    decided = []
    step = Alike(now).advance if len(claimed) >= WORTH_COMPARING else partial(advance, now=now)
    for standing in claimed:
        known = facts.get(standing.snapshot.person_id)
        if known is None:
            effects = react(standing.snapshot, standing.playbook, Happening("person.retired"), now)
            assert effects is not None
        else:
            effects = step(standing.snapshot, known, standing.playbook)
        decided.append((standing, effects))
    decided = _without_busy_people(decided)
    record(decided, by=by, now=now, facts=facts)
    taken.give_back({standing.snapshot.enrollment_id for standing, _ in decided})
    return _sum([effects for _, effects in decided])


def _without_busy_people(decided: Sequence[tuple[Standing, Effects]]) -> list[tuple[Standing, Effects]]:
    """Leave out those whose calls or messages would end while somebody else has the person in hand (an agent who
    disposes, a booking): they stay due, and are decided again next time."""
    ending = {e.snapshot.person_id for _, e in decided if e.withdraw}
    busy = ending - lock_free_people(ending)
    return [each for each in decided if each[1].snapshot.person_id not in busy]


def advance_all(organization: Organization, *, now: datetime, limit: int = BATCH, by: Actor = SYSTEM) -> Advanced:
    """Advance everybody due, each batch in a transaction of its own."""
    total = Advanced()
    while True:
        with without_garbage_searches(), org_scope(organization):
            step = advance_due(now=now, limit=limit, by=by)
        total += step
        if step.advanced < limit:  # whoever is still due is in another worker's hands
            return total


def apply_happenings(
    by_person: Mapping[int, Sequence[Happening]] | None = None,
    by_enrollment: Mapping[int, Sequence[Happening]] | None = None,
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Let things that happened move the open enrollments they concern; returns how many were touched.

    Runs inside the transaction that recorded the event, so that no message decided later can leave after it.
    """
    touched = 0
    lock_people([*(by_person or ()), *_people_of(by_enrollment or ())])
    for column, wanted in (("person_id", by_person), ("id", by_enrollment)):
        if not wanted:
            continue
        found = _lock_open(column, sorted(wanted))
        for depth in range(max(len(happenings) for happenings in wanted.values())):
            touched += _apply_nth(found, column, wanted, depth, by, now)
            if depth + 1 < max(len(happenings) for happenings in wanted.values()):
                found = _lock_open(column, sorted(wanted))
    return touched


def _people_of(enrollment_ids: Iterable[int]) -> list[int]:
    ids = list(enrollment_ids)
    return list(Enrollment.objects.filter(pk__in=ids).values_list("person_id", flat=True)) if ids else []


def _apply_nth(
    found: Sequence[Standing],
    column: str,
    wanted: Mapping[int, Sequence[Happening]],
    depth: int,
    by: Actor,
    now: datetime,
) -> int:
    decided: list[tuple[Standing, Effects]] = []
    for standing in found:
        id_ = standing.snapshot.person_id if column == "person_id" else standing.snapshot.enrollment_id
        happenings = wanted[id_]
        if depth < len(happenings):
            effects = react(standing.snapshot, standing.playbook, happenings[depth], now)
            if effects is not None:
                decided.append((standing, effects))
    record(decided, by=by, now=now)
    return len(decided)


def undo_calls(undone: Mapping[int, int | None], *, by: Actor, now: datetime) -> int:
    """Put enrollments back to where they stood before their last disposition: enrollment id -> task id."""
    decided = []
    for standing in _lock("id = ANY(%s)", [sorted(undone)]):
        effects = undo(standing.snapshot, undone[standing.snapshot.enrollment_id], now)
        if effects is not None:
            decided.append((standing, effects))
    record(decided, by=by, now=now)
    return len(decided)


def stop_enrollments(enrollment_ids: Sequence[int], *, by: Actor, now: datetime) -> int:
    """Take people out by hand; returns how many were in."""
    happening = [Happening("stopped")]
    return apply_happenings(by_enrollment=dict.fromkeys(enrollment_ids, happening), by=by, now=now)


def _lock_open(column: str, ids: Sequence[int]) -> list[Standing]:
    return _lock(f"left_at IS NULL AND {column} = ANY(%s)", [list(ids)])


def _lock(where: str, values: Sequence[list[int]]) -> list[Standing]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(where=where), list(values))
        rows = cursor.fetchall()
    if not rows:
        return []
    campaigns: dict[int, Running] = load_campaigns(ids={row[1] for row in rows})
    return standings(rows, campaigns)


def _sum(all_effects: Sequence[Effects]) -> Advanced:
    return Advanced(
        advanced=len(all_effects),
        messages=sum(len(e.messages) for e in all_effects),
        tasks=sum(len(e.tasks) for e in all_effects),
        left=sum(e.left is not None for e in all_effects),
    )
