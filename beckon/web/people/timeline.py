"""Everything that happened with one person, newest first, read in one statement. Says it in words; never writes.

Texts of messages and remarks of calls are shown: who opens this may read them, and the look is on record.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAGE = 30
GROUPS: dict[str, Promise] = {
    "": _("Everything"),
    "messages": _("Messages"),
    "calls": _("Calls"),
    "visits": _("Appointments"),
    "consent": _("Consent"),
    "campaigns": _("Campaigns"),
    "record": _("Record"),
    "looks": _("Looks"),
}
"""What the timeline can be narrowed to."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened. `data` as its part of the statement says; words are the presenter's."""

    at: datetime
    kind: str
    row_id: int
    data: dict[str, Any]


# Few campaigns and imports, very many rows: their indexes begin with the campaign or import, which is given here.
_CAMPAIGNS = "ANY(ARRAY(SELECT id FROM campaigns_campaign))"
_IMPORTS = "ANY(ARRAY(SELECT id FROM people_import))"

_PARTS: dict[str, str] = {
    "messages": """
  SELECT CASE WHEN is_inbound THEN coalesce(settled_at, decided_at) ELSE coalesce(sent_at, settled_at, decided_at) END
         AS at, 'message' AS kind, m.id, jsonb_build_object('inbound', is_inbound, 'channel', channel,
         'status', m.status, 'reason', reason, 'step', step, 'subject', subject, 'body', body, 'address', address,
         'meaning', meaning,
         'campaign', c.name, 'campaign_id', c.id, 'by_hand', dedupe_key LIKE 'manual:%%') AS data
    FROM messaging_message m LEFT JOIN campaigns_campaign c ON c.id = m.campaign_id
   WHERE person_id = ANY(%(people)s) AND m.status <> 'queued'""",
    "calls": """
  SELECT started_at, 'call', l.id, jsonb_build_object('code', disposition, 'label', d.label, 'label_es', d.label_es,
         'agent', agent, 'remarks', remarks, 'attempt', attempt, 'counted', counted, 'undone_by', undone_by,
         'undone', undone_at IS NOT NULL, 'number', n.value, 'campaign', c.name, 'campaign_id', c.id,
         'callback_at', callback_at)
    FROM desk_call l LEFT JOIN desk_disposition d ON d.code = l.disposition
         LEFT JOIN people_number n ON n.id = number_id LEFT JOIN campaigns_campaign c ON c.id = l.campaign_id
   WHERE person_id = ANY(%(people)s)""",
    "visits": """
  SELECT a.at, 'booked', a.id, jsonb_build_object('starts_at', a.starts_at, 'status', a.status, 'clinician', k.name,
         'location', l.name, 'zone', l.time_zone, 'type', v.name, 'by', a.by, 'moved', a.rescheduled_from IS NOT NULL)
    FROM scheduling_appointment a JOIN scheduling_location l ON l.id = a.location_id
         JOIN scheduling_clinician k ON k.id = a.clinician_id JOIN scheduling_visittype v ON v.id = a.visit_type_id
   WHERE a.person_id = ANY(%(people)s)
  UNION ALL
  SELECT CASE WHEN a.status IN ('kept', 'missed') THEN a.starts_at ELSE a.updated_at END, 'visit', a.id,
         jsonb_build_object('status', a.status, 'starts_at', a.starts_at, 'clinician', k.name, 'location', l.name,
         'zone', l.time_zone, 'reason', a.reason)
    FROM scheduling_appointment a JOIN scheduling_location l ON l.id = a.location_id
         JOIN scheduling_clinician k ON k.id = a.clinician_id
   WHERE a.person_id = ANY(%(people)s) AND a.status <> 'booked'
  UNION ALL
  SELECT at, 'seen', id, jsonb_build_object('what', kind)
    FROM scheduling_encounter WHERE person_id = ANY(%(people)s) AND appointment_id IS NULL""",
    "consent": """
  SELECT e.at, 'consent', e.id, jsonb_build_object('state', state, 'channel', channel, 'purpose', purpose,
         'basis', basis, 'evidence', evidence, 'by', actor, 'number', n.value)
    FROM consent_consententry e LEFT JOIN people_number n ON n.id = e.number_id
   WHERE e.person_id = ANY(%(people)s) OR (e.person_id IS NULL AND e.number_id = ANY(%(numbers)s))""",
    "campaigns": f"""
  SELECT enrolled_at, 'enrolled', e.id, jsonb_build_object('campaign', c.name, 'campaign_id', c.id)
    FROM campaigns_enrollment e JOIN campaigns_campaign c ON c.id = e.campaign_id WHERE person_id = ANY(%(people)s)
  UNION ALL
  SELECT left_at, 'left', e.id, jsonb_build_object('campaign', c.name, 'campaign_id', c.id, 'reason', left_reason)
    FROM campaigns_enrollment e JOIN campaigns_campaign c ON c.id = e.campaign_id
   WHERE person_id = ANY(%(people)s) AND left_at IS NOT NULL
  UNION ALL
  SELECT x.at, 'excluded', x.id, jsonb_build_object('campaign', c.name, 'campaign_id', c.id, 'reason', reason)
    FROM campaigns_exclusion x JOIN campaigns_campaign c ON c.id = x.campaign_id
   WHERE x.campaign_id = {_CAMPAIGNS} AND person_id = ANY(%(people)s)
  UNION ALL
  SELECT s.at, 'step', s.id, jsonb_build_object('campaign', c.name, 'campaign_id', c.id, 'step', step,
         'outcome', outcome, 'reason', reason, 'channel', detail->>'channel')
    FROM campaigns_steprecord s JOIN campaigns_campaign c ON c.id = s.campaign_id
   WHERE person_id = ANY(%(people)s)
     AND outcome IN ('refused', 'goal_met', 'second_goal_met', 'not_queued')""",
    "record": f"""
  SELECT at, 'event', e.id, jsonb_build_object('event', e.kind, 'subject', subject_id, 'by', actor, 'more', e.data,
         'number', n.value)
    FROM events_event e LEFT JOIN people_number n ON n.id = e.subject_id AND e.kind LIKE 'number.%%'
   WHERE person_id = ANY(%(people)s)
     AND (e.kind LIKE 'person.%%' OR e.kind LIKE 'number.%%')
  UNION ALL
  SELECT i.at, 'import', i.id, jsonb_build_object('file', i.file_name, 'source', s.name, 'by', i.by, 'what', 'created')
    FROM people_person p JOIN people_import i ON i.id = p.first_import_id JOIN people_source s ON s.id = i.source_id
   WHERE p.id = ANY(%(people)s)
  UNION ALL
  SELECT i.at, 'import', i.id, jsonb_build_object('file', i.file_name, 'source', s.name, 'by', i.by, 'what', h.kind,
         'before', h.before, 'after', h.after)
    FROM people_importchange h JOIN people_import i ON i.id = h.import_id JOIN people_source s ON s.id = i.source_id
   WHERE h.import_id = {_IMPORTS} AND h.person_id = ANY(%(people)s)""",
    "looks": """
  SELECT at, 'look', id, jsonb_build_object('action', action, 'by', actor, 'others', cardinality(object_ids) - 1)
    FROM audit_auditentry
   WHERE object_kind = 'person' AND object_ids && %(people)s::bigint[] AND action NOT LIKE 'person.merged'""",
}
_WITHOUT_LOOKS = tuple(part for group, part in _PARTS.items() if group != "looks")


def happenings(
    people: Sequence[int], numbers: Sequence[int], *, group: str = "", skip: int = 0, now: datetime
) -> tuple[list[Happening], bool]:
    """One page of what happened until `now` to a person and the records merged into them, and whether more follows.

    `group`: a key of GROUPS; "" is everything but looks, which stand by themselves because each opening adds one.
    """
    parts = _WITHOUT_LOOKS if group not in _PARTS else (_PARTS[group],)
    statement = (
        f"SELECT at, kind, id, data FROM ({' UNION ALL '.join(parts)}) t(at, kind, id, data) "
        "WHERE at <= %(now)s ORDER BY at DESC, kind, id DESC LIMIT %(limit)s OFFSET %(skip)s"
    )
    values: dict[str, Any] = {
        "people": list(people),
        "numbers": list(numbers),
        "limit": PAGE + 1,
        "skip": skip,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return [Happening(at, kind, row_id, _json(data)) for at, kind, row_id, data in rows[:PAGE]], len(rows) > PAGE


def _json(data: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data) if isinstance(data, str) else data
    return found
