"""Facts for a batch of enrollments in a handful of statements. Reads only; decides nothing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from beckon.campaigns.journey.values import Facts, Snapshot
from beckon.campaigns.playbooks.reading import installed, parsed
from beckon.campaigns.playbooks.schema import Playbook
from beckon.consent.facts import Channel, Policy
from beckon.consent.queries import gather_facts_and, load_policy
from beckon.core.models import Organization
from beckon.core.tenancy import current_organization

SNAPSHOT_COLUMNS = (
    "id, campaign_id, person_id, key, step, round, waiting_for, due_at, enrolled_at, memory::text, goal_met_at, "
    "second_goal_met_at, playbook_version_id, left_reason"
)

# In the order of Facts' fields after the policy.
_HOT = (
    "language", "time_zone", "last_encounter_at", "next_appointment_at", "last_appointment_outcome", "given_name",
    "family_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Running:
    """What the engine needs of a campaign."""

    campaign_id: int
    name: str
    status: str
    playbook: Playbook
    version_id: int
    senders: dict[str, int]
    queue_id: int | None


class Standing(NamedTuple):
    """An enrollment with its campaign and the playbook it runs on."""

    snapshot: Snapshot
    campaign: Running
    playbook: Playbook


def load_campaigns(*, ids: Iterable[int] | None = None, statuses: Sequence[str] = ()) -> dict[int, Running]:
    """Campaigns by id, of the ids and statuses given."""
    wanted = None if ids is None else list(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.name, c.status, c.senders, c.queue_id, v.id, v.digest
              FROM campaigns_campaign c JOIN campaigns_playbookversion v ON v.id = c.playbook_id
             WHERE (%s::bigint[] IS NULL OR c.id = ANY(%s)) AND (%s::text[] = '{}' OR c.status = ANY(%s))
             ORDER BY c.id
            """,
            [wanted, wanted, list(statuses), list(statuses)],
        )
        rows = cursor.fetchall()
    playbooks = _playbooks({row[5]: row[6] for row in rows})
    return {
        row[0]: Running(
            campaign_id=row[0],
            name=row[1],
            status=row[2],
            playbook=playbooks[row[5]],
            version_id=row[5],
            senders={channel: int(sender) for channel, sender in _json(row[3]).items()},
            queue_id=row[4],
        )
        for row in rows
    }


def _playbooks(digests: Mapping[int, str]) -> dict[int, Playbook]:
    """Playbooks by version id; definitions are read only where this process has not parsed them before."""
    found = {version: known for version, digest in digests.items() if (known := parsed(digest)) is not None}
    return found | load_versions(digests.keys() - found.keys())


def standings(rows: Sequence[tuple[Any, ...]], campaigns: dict[int, Running]) -> list[Standing]:
    """Rows of SNAPSHOT_COLUMNS as standings; playbooks of older versions are loaded where somebody stands on one."""
    organization = current_organization()
    memories: dict[str, dict[str, Any]] = {}
    present = {campaign.version_id: campaign.playbook for campaign in campaigns.values()}
    older = {row[12] for row in rows} - present.keys()
    if older:
        present |= load_versions(older)
    return [
        Standing(_snapshot(row, campaigns[row[1]].name, organization, memories), campaigns[row[1]], present[row[12]])
        for row in rows
    ]


def load_versions(ids: Iterable[int]) -> dict[int, Playbook]:
    """Installed playbook versions by id."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, digest, definition FROM campaigns_playbookversion WHERE id = ANY(%s)", [wanted])
        return {row[0]: installed(row[1], _json(row[2])) for row in cursor.fetchall()}


def _snapshot(
    row: tuple[Any, ...], campaign: str, organization: Organization, memories: dict[str, dict[str, Any]]
) -> Snapshot:
    """Equal memories are one object, so that the stepper sees at a glance who is alike; nobody changes them."""
    (id_, campaign_id, person_id, key, step, round_, waiting_for, due_at, enrolled_at, text, goal, second) = row[:12]
    memory = memories.get(text)
    if memory is None:
        memory = memories[text] = json.loads(text)
    return Snapshot(
        id_, campaign_id, person_id, key, campaign, organization.seed, step, round_, waiting_for, due_at, enrolled_at,
        memory, goal, second, left=row[13],
    )  # fmt: skip


def gather(
    person_ids: Sequence[int],
    *,
    now: datetime,
    policy: Policy | None = None,
    playbooks: Iterable[Playbook] | None = None,
) -> dict[int, Facts]:
    """Facts by person id; people nobody has are left out. `playbooks`: only addresses these can use are read."""
    organization = current_organization()
    policy = policy or load_policy()
    own_language, own_zone = organization.language, organization.time_zone
    return {
        person.person_id: Facts(person, policy, language or own_language, time_zone or own_zone, *more)
        for person, (language, time_zone, *more) in gather_facts_and(
            person_ids, _HOT, now=now, kinds=_kinds_used(playbooks)
        )
    }


def _kinds_used(playbooks: Iterable[Playbook] | None) -> frozenset[str]:
    """Kinds of address; phones always, because branches ask about lines."""
    if playbooks is None:
        return frozenset({"phone", "email", "postal"})
    used = {id(playbook): playbook for playbook in playbooks}.values()
    return frozenset({"phone"}.union(*({Channel(c).kind for c in p.channels()} for p in used)))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
