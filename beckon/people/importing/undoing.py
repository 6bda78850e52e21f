"""Takes an import back: the people it made are retired, what it changed in others is put back.

Nothing is deleted: opt-outs, messages and calls that came since keep their people.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.people.errors import ImportRefused
from beckon.people.models import Import, ImportStatus

_RESTORABLE = {
    **dict.fromkeys(
        (
            "given_name",
            "middle_name",
            "family_name",
            "name_suffix",
            "sex",
            "language",
            "time_zone",
            "time_zone_source",
            "state",
            "postal_code",
            "last_appointment_outcome",
            "name_key",
            "match_key",
            "phonetic_key",
        ),
        "text",
    ),
    "birth_date": "date",
    **dict.fromkeys(
        (
            "last_appointment_at",
            "next_appointment_at",
            "last_encounter_at",
            "do_not_contact_at",
            "deceased_at",
            "retired_at",
        ),
        "timestamptz",
    ),
}
_SETS = ", ".join(
    f"{name} = CASE WHEN c.before ? '{name}' AND p.{name} IS NOT DISTINCT FROM (c.after->>'{name}')::{kind} "
    f"THEN (c.before->>'{name}')::{kind} ELSE p.{name} END"
    for name, kind in _RESTORABLE.items()
)
_LOCK = "SELECT id FROM people_person WHERE id IN ({}) ORDER BY id FOR UPDATE"
_CREATED = "SELECT p.id FROM people_person p WHERE p.first_import_id = %(import)s AND p.retired_at IS NULL"
_CHANGED = "SELECT person_id FROM people_importchange WHERE import_id = %(import)s"
_STATEMENTS = (
    # A value is put back only where nobody has changed it since.
    f"UPDATE people_person p SET {_SETS}, updated_at = %(now)s FROM people_importchange c "
    "WHERE c.import_id = %(import)s AND c.kind = 'updated' AND c.person_id = p.id",
    "UPDATE people_contactpoint t SET ended_at = %(now)s, ended_reason = 'retired' FROM people_importchange c "
    "WHERE c.import_id = %(import)s AND c.person_id = t.person_id AND t.number_id = ANY(c.contact_points) "
    "AND t.ended_at IS NULL",
    "UPDATE people_person p SET retired_at = NULL, updated_at = %(now)s FROM people_importchange c "
    "WHERE c.import_id = %(import)s AND c.kind = 'retired' AND c.person_id = p.id",
    "UPDATE people_sourcerecord s SET retired_at = NULL, digest = '' FROM people_importchange c "
    "WHERE c.import_id = %(import)s AND c.person_id = s.person_id AND s.source_id = %(source)s "
    "AND s.first_import_id <> %(import)s",
    "UPDATE people_sourcerecord SET retired_at = %(now)s WHERE first_import_id = %(import)s AND retired_at IS NULL",
)


@dataclass(frozen=True)
class Undone:
    """How many people were retired and how many restored."""

    retired: int
    restored: int


def undo_import(organization: Organization, import_id: int, *, by: Actor, now: datetime) -> Undone:
    """Take back an import that is done, cancelled or failed, and everything it did. Raises ImportRefused.

    Only the newest import of its source can be taken back; take back the newer ones first.
    """
    with org_scope(organization), connection.cursor() as cursor:
        row = Import.objects.select_for_update().filter(pk=import_id).first()
        if row is None or row.status in (ImportStatus.RUNNING, ImportStatus.READY, ImportStatus.UNDONE):
            raise ImportRefused(
                f"import {import_id} is {row.status if row else 'not there'}; there is nothing to take back"
            )
        newer = Import.objects.filter(source_id=row.source_id, pk__gt=import_id, status=ImportStatus.DONE)
        if newer.exclude(options__dry_run=True).exists():
            raise ImportRefused(f"import {import_id} is not the newest of its source; take the newer ones back first")
        values: dict[str, int | datetime] = {"import": import_id, "now": now, "source": row.source_id}
        cursor.execute(_LOCK.format(f"{_CREATED} UNION {_CHANGED}"), values)
        cursor.execute(_CREATED + " ORDER BY p.id", values)
        created = [found[0] for found in cursor.fetchall()]
        cursor.execute(
            "UPDATE people_person SET retired_at = %s, updated_at = %s WHERE id = ANY(%s)", [now, now, created]
        )
        restored = 0
        for statement in _STATEMENTS:
            cursor.execute(statement, values)
            restored += cursor.rowcount if statement.startswith("UPDATE people_person") else 0
        Import.objects.filter(pk=import_id).update(status=ImportStatus.UNDONE, ended_at=now)
        record_audit(action="people.import_undone", object_kind="import", object_ids=[import_id], by=by, now=now)
        record_events([NewEvent("person.retired", person, import_id) for person in created], by=by, now=now)
    return Undone(len(created), restored)
