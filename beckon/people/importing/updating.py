"""Writes to people who were there before: changed values, new contact points, guardians, those who are missing.

Each function runs inside the transaction of one chunk, locks people in id order, and keeps what it changed in
ImportChange so that the import can be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from beckon.core.actors import Actor
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.people.importing.meeting import copy_file
from beckon.people.importing.planning import Context
from beckon.people.importing.stage import Stage

RETIRED_AT_ONCE = 20_000
_TEXTS = (
    "given_name",
    "middle_name",
    "family_name",
    "name_suffix",
    "sex",
    "language",
    "time_zone",
    "state",
    "postal_code",
    "last_appointment_outcome",
)
_NULLABLE = ("birth_date", "last_appointment_at", "next_appointment_at")
_NEW_VALUE = {
    **{name: f"CASE WHEN u.{name} <> '' THEN u.{name} ELSE p.{name} END" for name in _TEXTS},
    **{name: f"coalesce(u.{name}, p.{name})" for name in _NULLABLE},
    "last_encounter_at": "greatest(u.last_encounter_at, p.last_encounter_at)",
    "do_not_contact_at": "coalesce(p.do_not_contact_at, u.do_not_contact_at)",
    "deceased_at": "coalesce(p.deceased_at, u.deceased_at)",
    # What the person named themselves outlives every file.
    "time_zone": "CASE WHEN u.time_zone <> '' AND p.time_zone_source <> 'stated' THEN u.time_zone ELSE p.time_zone END",
    "time_zone_source": "CASE WHEN u.time_zone <> '' AND p.time_zone_source <> 'stated' THEN u.time_zone_source"
    " ELSE p.time_zone_source END",
    **{
        name: f"CASE WHEN u.given_name <> '' AND u.family_name <> '' THEN u.{name} ELSE p.{name} END"
        for name in ("name_key", "match_key", "phonetic_key")
    },
    "retired_at": "NULL::timestamptz",
}
_BEFORE = " || ".join(
    f"CASE WHEN p.{name} IS DISTINCT FROM {new} THEN jsonb_build_object('{name}', p.{name}) ELSE '{{}}' END"
    for name, new in _NEW_VALUE.items()
)
_AFTER = " || ".join(
    f"CASE WHEN p.{name} IS DISTINCT FROM {new} THEN jsonb_build_object('{name}', {new}) ELSE '{{}}' END"
    for name, new in _NEW_VALUE.items()
)
_SETS = ", ".join(f"{name} = {new}" for name, new in _NEW_VALUE.items())


@dataclass(frozen=True)
class UpdateFiles:
    """The exported rows of one chunk of known people."""

    people: Path
    points: Path
    records: Path


def write_updates(
    files: UpdateFiles, context: Context, person: Sequence[str], texts: Sequence[str], point: Sequence[str]
) -> int:
    """Write one chunk of known people; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.up_people, pg_temp.up_points, pg_temp.up_records")
        cursor.execute(
            f"CREATE TEMP TABLE up_people ON COMMIT DROP AS SELECT {', '.join(person)} FROM people_person WITH NO DATA"
        )
        cursor.execute(
            f"CREATE TEMP TABLE up_points ON COMMIT DROP AS SELECT {', '.join(point)} "
            f"FROM people_contactpoint WITH NO DATA"
        )
        cursor.execute(
            "CREATE TEMP TABLE up_records (record_id bigint, key text, digest text, person_id bigint) ON COMMIT DROP"
        )
    merged = copy_file(files.people, "up_people", person, never_null=texts)
    copy_file(files.points, "up_points", point)
    copy_file(files.records, "up_records", ())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE up_people; ANALYZE up_points; ANALYZE up_records")
        cursor.execute(
            "SELECT count(*) FROM (SELECT id FROM people_person WHERE id IN (SELECT id "
            "FROM up_people) ORDER BY id FOR UPDATE) l"
        )
        cursor.execute(_LOG_CHANGES, [context.import_id])
        cursor.execute(
            f"UPDATE people_person p SET {_SETS}, updated_at = %s FROM up_people u WHERE u.id = p.id", [context.now]
        )
        cursor.execute(_ADD_POINTS)
        if context.options.replace:
            cursor.execute(_END_REPLACED, [context.now, context.source_id])
        values = {"source": context.source_id, "import": context.import_id}
        cursor.execute(_CHANGE_RECORDS, values)
        cursor.execute(_ADD_RECORDS, values)
        cursor.execute("DROP TABLE pg_temp.up_people, pg_temp.up_points, pg_temp.up_records")
    return merged


_LOG_CHANGES = f"""
INSERT INTO people_importchange (import_id, person_id, before, after, contact_points, kind)
WITH fresh AS MATERIALIZED (
    SELECT t.person_id, array_agg(t.number_id) AS numbers FROM up_points t
     WHERE NOT EXISTS (SELECT FROM people_contactpoint c WHERE c.person_id = t.person_id
            AND c.number_id = t.number_id)
     GROUP BY t.person_id
), images AS MATERIALIZED (
    SELECT p.id, {_BEFORE} AS before, {_AFTER} AS after, coalesce(f.numbers, '{{}}') AS numbers
      FROM up_people u JOIN people_person p ON p.id = u.id LEFT JOIN fresh f ON f.person_id = p.id
)
SELECT %s, id, before, after, numbers, 'updated' FROM images
 WHERE before <> '{{}}' OR numbers <> '{{}}'
ON CONFLICT (import_id, person_id, kind) DO NOTHING
"""
_ADD_POINTS = """
INSERT INTO people_contactpoint (person_id, number_id, kind, use, rank, extension, source_id, ended_reason)
SELECT person_id, number_id, kind, use, rank, extension, source_id, '' FROM up_points ORDER BY person_id, number_id
ON CONFLICT (person_id, number_id) DO UPDATE SET ended_at = NULL, ended_reason = ''
 WHERE people_contactpoint.ended_reason IN ('replaced', 'retired')
"""
_END_REPLACED = """
UPDATE people_contactpoint c SET ended_at = %s, ended_reason = 'replaced'
 WHERE c.source_id = %s AND c.ended_at IS NULL AND c.person_id IN (SELECT id FROM up_people)
   AND NOT EXISTS (SELECT FROM up_points t WHERE t.person_id = c.person_id AND t.number_id = c.number_id)
"""
_CHANGE_RECORDS = """
UPDATE people_sourcerecord s SET key = t.key, digest = t.digest, last_import_id = %(import)s, retired_at = NULL
  FROM up_records t WHERE t.record_id = s.id AND s.source_id = %(source)s
"""
_ADD_RECORDS = """
INSERT INTO people_sourcerecord (source_id, key, digest, person_id, first_import_id, last_import_id)
SELECT %(source)s, key, digest, person_id, %(import)s, %(import)s FROM up_records WHERE record_id IS NULL
"""


def write_line_types(path: Path) -> int:
    """What the file says of numbers nobody knew the line type of."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE import_line_types (id bigint, line_type text) ON COMMIT DROP")
        copy_file(path, "import_line_types", ())
        cursor.execute(
            "UPDATE people_number n SET line_type = t.line_type, line_type_source = 'stated' "
            "FROM import_line_types t "
            "WHERE t.id = n.id AND n.line_type = 'unknown'"
        )
        cursor.execute("DROP TABLE pg_temp.import_line_types")
    return 0


def write_identifiers(path: Path, context: Context) -> None:
    """Record numbers of people, as identifiers of their source."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE import_identifiers (person_id bigint, value text) ON COMMIT DROP")
        copy_file(path, "import_identifiers", ())
        cursor.execute(
            "INSERT INTO people_personidentifier (person_id, system, value) SELECT person_id, %s, value "
            "FROM import_identifiers "
            "ON CONFLICT (system, value) DO NOTHING",
            [context.identifier_system],
        )
        cursor.execute("DROP TABLE pg_temp.import_identifiers")


_NEW_GUARDIANS = """
INSERT INTO people_person (id, given_name, middle_name, family_name, name_suffix, name_key, match_key,
       phonetic_key, sex, language,
       time_zone, time_zone_source, state, postal_code, origin, source_id, first_import_id,
              last_appointment_outcome, call_attempts,
       recent_contacts, preferred_channel, created_at, updated_at)
WITH first AS MATERIALIZED (SELECT * FROM import_wards WHERE is_first)
SELECT f.guardian_id, f.given, '', f.family, '', f.key, f.match_key, '', '', c.language, c.time_zone,
       c.time_zone_source, c.state, c.postal_code,
       c.origin, c.source_id, c.first_import_id, '', 0, '{}', '', c.created_at, c.created_at
  FROM first f JOIN people_person c ON c.id = f.person_id
"""
_GUARDIAN_POINTS = """
INSERT INTO people_contactpoint (person_id, number_id, kind, use, rank, extension, source_id, ended_reason)
SELECT guardian_id, number_id, 'phone', '', 1, '', %s, '' FROM import_wards WHERE is_first AND number_id IS NOT NULL
ON CONFLICT (person_id, number_id) DO NOTHING
"""
_RELATIONSHIPS = """
INSERT INTO people_relationship (person_id, caregiver_id, kind, may_be_contacted, may_book, may_hear_details, since)
SELECT person_id, guardian_id, 'guardian', true, true, false, %s FROM import_wards
"""


def write_guardians(path: Path, context: Context) -> int:
    """Make the guardians whom the file's minors name, and the relationships. They may be contacted and may book."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE import_wards (person_id bigint, guardian_id bigint, is_first boolean, "
            "given text, family text, "
            "key text, match_key text, number_id bigint) ON COMMIT DROP"
        )
        copy_file(path, "import_wards", ())
        cursor.execute(_NEW_GUARDIANS)
        cursor.execute(_GUARDIAN_POINTS, [context.source_id])
        cursor.execute(_RELATIONSHIPS, [context.now])
        cursor.execute("DROP TABLE pg_temp.import_wards")
    return 0


_MISSING = """
CREATE TEMP TABLE import_missing ON COMMIT DROP AS
SELECT s.id, s.person_id FROM people_sourcerecord s
 WHERE s.source_id = %s AND s.retired_at IS NULL AND s.last_import_id <> %s
   AND NOT EXISTS (SELECT FROM import_seen x WHERE x.record_id = s.id)
"""
_RETIRE = """
WITH gone AS MATERIALIZED (
    SELECT p.id FROM people_person p WHERE p.id IN (SELECT person_id FROM import_missing) AND p.retired_at IS NULL
       AND NOT EXISTS (SELECT FROM people_sourcerecord s WHERE s.person_id = p.id AND s.retired_at IS NULL)
     ORDER BY p.id FOR UPDATE
)
UPDATE people_person p SET retired_at = %s, updated_at = %s FROM gone WHERE gone.id = p.id RETURNING p.id
"""


def retire_missing(seen: Path, context: Context, *, by: Actor) -> list[int]:
    """Retire the people whose rows are not in the file any more, unless another source still has them."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE import_seen (record_id bigint) ON COMMIT DROP")
        copy_file(seen, "import_seen", ())
        cursor.execute("ANALYZE import_seen")
        cursor.execute(_MISSING, [context.source_id, context.import_id])
        cursor.execute(
            "UPDATE people_sourcerecord SET retired_at = %s WHERE id IN (SELECT id FROM import_missing)", [context.now]
        )
        cursor.execute(_RETIRE, [context.now, context.now])
        people = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(
            "INSERT INTO people_importchange (import_id, person_id, before, after, contact_points, kind) "
            "SELECT %s, id, '{}', '{}', '{}', 'retired' FROM unnest(%s::bigint[]) AS id "
            "ON CONFLICT (import_id, person_id, kind) DO NOTHING",
            [context.import_id, people],
        )
        cursor.execute("UPDATE people_import SET retired = %s WHERE id = %s", [len(people), context.import_id])
        cursor.execute("DROP TABLE pg_temp.import_seen, pg_temp.import_missing")
    for start in range(0, len(people), RETIRED_AT_ONCE):
        part = people[start : start + RETIRED_AT_ONCE]
        record_events(
            [NewEvent("person.retired", person, context.import_id) for person in part], by=by, now=context.now
        )
    return people


def export_seen(stage: Stage) -> Path:
    """The source records that the file's people already had."""
    return stage.export("SELECT record_id FROM known WHERE record_id IS NOT NULL", "seen.csv")
