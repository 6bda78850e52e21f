"""Taking people into campaigns: the day's volume from the segment, and those an event brings. In batches.

Everybody looked at is either enrolled or excluded with one first reason; those whose day has not come are neither.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from beckon.campaigns.enrolling.admission import Admission, History
from beckon.campaigns.journey.gathering import Running, gather, load_campaigns
from beckon.campaigns.journey.recording import add_counts
from beckon.campaigns.models import CampaignStatus
from beckon.core.actors import SYSTEM, Actor
from beckon.core.bulk.copying import copy_line, copy_text
from beckon.core.bulk.cursor import raw_cursor
from beckon.core.bulk.garbage import without_garbage_searches
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.tenancy import current_organization
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import members_sql

BATCH = 2_000
MOST_AT_ONCE = 200_000
"""People listed at most by one scan of the segment."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Sets, never look-ups one by one: a table that filled up a moment ago has no statistics, and the planner then reads a
# whole campaign for each person.
# People without a source record are few: only their names are looked up. Who has several goes by the smallest key.
# The order of the list is drawn by md5 over seed, campaign and source key: the same people come first on any machine.
_CANDIDATES = """
WITH member AS MATERIALIZED ({members}),
     here AS MATERIALIZED (
       SELECT e.person_id, count(*) AS times,
              bool_or(NOT coalesce(e.left_at <= %s AND e.left_reason = ANY(%s), false)) AS is_barred
         FROM campaigns_enrollment e WHERE e.campaign_id = %s GROUP BY e.person_id),
     barred AS MATERIALIZED (
       SELECT person_id FROM here WHERE is_barred OR times >= %s
       UNION
       SELECT person_id FROM campaigns_exclusion WHERE campaign_id = %s),
     keyed AS (
       SELECT m.id, min(s.key) AS key
         FROM member m LEFT JOIN people_sourcerecord s ON s.person_id = m.id
        WHERE NOT EXISTS (SELECT 1 FROM barred b WHERE b.person_id = m.id) GROUP BY m.id),
     named AS (
       SELECT k.id, coalesce(k.key, (SELECT p.name_key || '|' || coalesce(p.birth_date::text, '')
                                       FROM people_person p WHERE p.id = k.id)) AS key
         FROM keyed k)
SELECT id, key FROM named ORDER BY md5(%s || key), id LIMIT %s
"""

_ROOM = "SELECT set_config('jit', 'off', true), set_config('work_mem', '128MB', true)"

_HISTORY = """
SELECT e.person_id, e.campaign_id, v.key, e.left_at, e.left_reason
  FROM campaigns_enrollment e
  JOIN campaigns_campaign c ON c.id = e.campaign_id
  JOIN campaigns_playbookversion v ON v.id = c.playbook_id
 WHERE e.person_id = ANY(%s)
"""

_IDS = "SELECT nextval('campaigns_enrollment_id_seq') FROM generate_series(1, %s)"
_ENROLL = (
    "COPY campaigns_enrollment (id, person_id, key, campaign_id, playbook_version_id, step, round, due_at, "
    "waiting_for, memory, enrolled_at, left_reason) FROM STDIN"
)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What one round of enrolling did."""

    enrolled: int = 0
    excluded: int = 0

    def __add__(self, other: "Enrolled") -> "Enrolled":
        return Enrolled(self.enrolled + other.enrolled, self.excluded + other.excluded)


def enrol_due(*, now: datetime, by: Actor = SYSTEM) -> Enrolled:
    """Take in today's people of every running campaign, up to its daily volume. Safe to repeat at any time of day."""
    total = Enrolled()
    for campaign in load_campaigns(statuses=[CampaignStatus.RUNNING]).values():
        total += _enrol_campaign(campaign, by, now)
    return total


def enrol_people(
    campaign_id: int, person_ids: Sequence[int], *, entry: Mapping[str, Any], by: Actor, now: datetime
) -> Enrolled:
    """Take in these people because of an event, today, whatever the daily volume. `entry` is kept in their memory."""
    campaign = load_campaigns(ids=[campaign_id])[campaign_id]
    keyed = _keys(person_ids)
    return _admit(
        campaign,
        [(person, keyed[person]) for person in person_ids if person in keyed],
        len(keyed),
        by,
        now,
        entry=entry,
    )


def candidates(campaign: Running, *, segment: Mapping[str, Any], limit: int, now: datetime) -> list[tuple[int, str]]:
    """(person id, source key) of segment members whose day may come, in their order."""
    again = campaign.playbook.reentry
    members = members_sql(parse_definition(dict(segment)), now=now)
    seed = current_organization().seed
    values: list[Any] = [
        *members.values,
        now - timedelta(days=again.after_days),
        [reason.value for reason in again.reasons],
        campaign.campaign_id,
        again.times,
        campaign.campaign_id,
        f"{seed}|{campaign.name}|",
        limit,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ROOM)
        cursor.execute(_CANDIDATES.replace("{members}", members.text), values)
        return list(cursor.fetchall())


def histories(person_ids: Sequence[int]) -> dict[int, list[History]]:
    """Every enrollment these people have or had, by person."""
    found: dict[int, list[History]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [list(person_ids)])
        for person, campaign, playbook, left_at, reason in cursor.fetchall():
            found.setdefault(person, []).append(History(campaign, playbook, left_at, reason))
    return found


def _enrol_campaign(campaign: Running, by: Actor, now: datetime) -> Enrolled:
    wanted, segment = _wanted_today(campaign, now)
    total = Enrolled()
    while total.enrolled < wanted:
        need = wanted - total.enrolled
        limit = min(max(need + need // 4 + 50, 200), MOST_AT_ONCE)
        found = candidates(campaign, segment=segment, limit=limit, now=now)
        total += _admit(campaign, found, need, by, now)
        if len(found) < limit:
            if total.enrolled < wanted:
                _mark_drained(campaign, now)
            break
    return total


def _wanted_today(campaign: Running, now: datetime) -> tuple[int, Mapping[str, Any]]:
    """How many more may come in today, holding the campaign's row so that nobody else enrols meanwhile."""
    zone = ZoneInfo(current_organization().time_zone)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT daily_volume, segment_definition FROM campaigns_campaign"
            " WHERE id = %s AND status = 'running' AND starts_at <= %s AND (ends_at IS NULL OR ends_at > %s)"
            " AND (drained_until IS NULL OR drained_until <= %s) FOR NO KEY UPDATE SKIP LOCKED",
            [campaign.campaign_id, now, now, now],
        )
        row = cursor.fetchone()
        if row is None or _WEEKDAYS[today.weekday()] not in campaign.playbook.entry.weekdays:
            return 0, {}
        cursor.execute(
            "SELECT count(*) FROM campaigns_enrollment WHERE campaign_id = %s AND enrolled_at >= %s",
            [campaign.campaign_id, today],
        )
        already = cursor.fetchone()[0]
    segment = row[1] if isinstance(row[1], dict) else json.loads(row[1])
    return row[0] - already, segment


def _mark_drained(campaign: Running, now: datetime) -> None:
    """Nobody is left for now: do not scan the segment again before tomorrow."""
    zone = ZoneInfo(current_organization().time_zone)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_campaign SET drained_until = %s WHERE id = %s",
            [today + timedelta(days=1), campaign.campaign_id],
        )


def _admit(
    campaign: Running,
    people: Sequence[tuple[int, str]],
    need: int,
    by: Actor,
    now: datetime,
    *,
    entry: Mapping[str, Any] | None = None,
) -> Enrolled:
    """Enrol the first `need` of the people who may come in; exclude those before them who may not."""
    total = Enrolled()
    admission = Admission(campaign.playbook, campaign.campaign_id)
    for start in range(0, len(people), BATCH):
        if total.enrolled >= need:
            break
        with without_garbage_searches():
            taken, excluded = _sort_out(
                people[start : start + BATCH],
                admission,
                campaign,
                need - total.enrolled,
                now,
                is_event=entry is not None,
            )
            _enroll(campaign, taken, entry, by, now)
            total += Enrolled(len(taken), _exclude(campaign, excluded, now))
    return total


def _sort_out(
    people: Sequence[tuple[int, str]],
    admission: Admission,
    campaign: Running,
    need: int,
    now: datetime,
    *,
    is_event: bool,
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The first `need` who may come in, with their keys, and those before them who may not, with the reason."""
    ids = [person for person, _ in people]
    facts, past = gather(ids, now=now, playbooks=[campaign.playbook]), histories(ids)
    taken: list[tuple[int, str]] = []
    excluded: list[tuple[int, str]] = []
    for person, key in people:
        if len(taken) >= need:
            break
        if person not in facts:
            continue
        no = admission.refuse(facts[person], past.get(person, ()), now)
        if no is None:
            taken.append((person, key))
        elif not is_event or person not in past:
            excluded.append((person, no))
    return taken, excluded


def _enroll(
    campaign: Running, taken: Sequence[tuple[int, str]], entry: Mapping[str, Any] | None, by: Actor, now: datetime
) -> None:
    if not taken:
        return
    first = campaign.playbook.first
    memory: dict[str, Any] = {"visits": {first: 1}}
    if entry:
        memory["entry"] = dict(entry)
    alike = copy_line(
        (
            campaign.campaign_id,
            campaign.version_id,
            first,
            0,
            now.isoformat(),
            "",
            json.dumps(memory),
            now.isoformat(),
            "",
        )
    )
    with raw_cursor() as cursor:
        cursor.execute(_IDS, [len(taken)], binary=True)
        ids = [row[0] for row in cursor.fetchall()]
        with cursor.copy(_ENROLL) as copy:
            copy.write(
                "".join(
                    f"{id_}\t{person}\t{copy_text(key[:220])}\t{alike}"
                    for id_, (person, key) in zip(ids, taken, strict=True)
                )
            )
    add_counts(Counter({(campaign.campaign_id, "enrolled"): len(taken)}))
    record_events(
        [
            NewEvent("campaign.enrolled", person, id_, {"campaign_id": campaign.campaign_id})
            for id_, (person, _) in zip(ids, taken, strict=True)
        ],
        by=by,
        now=now,
    )


def _exclude(campaign: Running, excluded: Sequence[tuple[int, str]], now: datetime) -> int:
    if not excluded:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_exclusion (campaign_id, person_id, reason, at) "
            "SELECT %s, v.person_id, v.reason, %s FROM unnest(%s::bigint[], %s::text[]) AS v(person_id, reason) "
            "ON CONFLICT DO NOTHING RETURNING reason",
            [campaign.campaign_id, now, [person for person, _ in excluded], [reason for _, reason in excluded]],
        )
        stored = [row[0] for row in cursor.fetchall()]
    add_counts(Counter((campaign.campaign_id, f"excluded.{reason}") for reason in stored))
    return len(stored)


def _keys(person_ids: Sequence[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, coalesce((SELECT min(s.key) FROM people_sourcerecord s WHERE s.person_id = p.id),
                                  p.name_key || '|' || coalesce(p.birth_date::text, ''))
              FROM people_person p WHERE p.id = ANY(%s)
            """,
            [list(person_ids)],
        )
        return dict(cursor.fetchall())
