"""When people are imported, the consent and the refusals of their file enter the ledger, in one statement."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from beckon.core.actors import Actor
from beckon.core.clock import wall_now
from beckon.core.events.registry import NewEvent, on

# Inside `people.imported` the people package has two temporary tables: import_consents(person_id bigint, number_id
# bigint, channel text, basis text, evidence text), where basis "refused" is a no in the file, and
# import_do_not_contact(person_id bigint). What the ledger already says for the same person, number and channel is
# not said again, so a file may come twice. Of people who are new ("are_new") it can say nothing yet, and they come
# with nothing said twice: then there is nothing to search for.
_UNKNOWN = """
WITH incoming AS MATERIALIZED (
    SELECT DISTINCT i.person_id, i.number_id, i.channel, i.basis, i.evidence
      FROM {source} i
     WHERE NOT EXISTS (
               SELECT 1 FROM consent_consententry e
                WHERE e.person_id = i.person_id AND e.number_id IS NOT DISTINCT FROM i.number_id
                  AND e.channel = i.channel AND e.purpose = 'all'
                  AND CASE WHEN i.basis = 'refused' THEN e.state = 'revoked'
                           ELSE e.state = 'granted' AND e.basis = i.basis END
                  AND NOT EXISTS (
                          SELECT 1 FROM consent_consententry later
                           WHERE later.person_id = e.person_id AND later.id > e.id
                             AND later.number_id IS NOT DISTINCT FROM e.number_id
                             AND later.state = CASE e.state WHEN 'revoked' THEN 'opted_in' ELSE 'revoked' END))
     ORDER BY i.person_id, i.number_id, i.channel
)
"""
_INSERT = """
INSERT INTO consent_consententry
       (person_id, number_id, channel, purpose, state, basis, evidence, policy_version, actor, at, recorded_at)
SELECT person_id, number_id, channel, 'all', CASE basis WHEN 'refused' THEN 'revoked' ELSE 'granted' END,
       CASE basis WHEN 'refused' THEN '' ELSE basis END, COALESCE(NULLIF(evidence, ''), %s), '', %s, %s, %s
  FROM {source}
"""


_MARKS = """(SELECT person_id, NULL::bigint AS number_id, 'all' AS channel, 'refused' AS basis, '' AS evidence
        FROM import_do_not_contact)"""
_SOURCES = (("import_consents", "import_consents"), ("import_do_not_contact", _MARKS))


@on("people.imported")
def take_over_consent(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Copy what the file says about consent into the ledger. A grant never undoes an opt-out on record."""
    evidence = f"import {events[0].subject_id}: marked in the file"
    are_new = all(event.data.get("are_new") for event in events)
    with connection.cursor() as cursor:
        for table, source in _SOURCES:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"pg_temp.{table}"])
            if cursor.fetchone() != (True,):
                continue
            statement = _INSERT.format(source=f"{source} i")
            if not are_new:
                cursor.execute(f"ANALYZE pg_temp.{table}")
                statement = _UNKNOWN.format(source=source) + _INSERT.format(source="incoming")
            cursor.execute(statement, [evidence, by.key, now, wall_now()])
