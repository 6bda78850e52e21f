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
# not said again, so a file may come twice.
_TAKE_OVER = """
WITH incoming AS MATERIALIZED (
    SELECT DISTINCT i.person_id, i.number_id, i.channel, i.basis, COALESCE(NULLIF(i.evidence, ''), %s) AS evidence
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
INSERT INTO consent_consententry
       (person_id, number_id, channel, purpose, state, basis, evidence, policy_version, actor, at, recorded_at)
SELECT person_id, number_id, channel, 'all', CASE basis WHEN 'refused' THEN 'revoked' ELSE 'granted' END,
       CASE basis WHEN 'refused' THEN '' ELSE basis END, evidence, '', %s, %s, %s
  FROM incoming
"""


_MARKS = """(SELECT person_id, NULL::bigint AS number_id, 'all' AS channel, 'refused' AS basis, '' AS evidence
        FROM import_do_not_contact)"""
_SOURCES = (("import_consents", "import_consents"), ("import_do_not_contact", _MARKS))


@on("people.imported")
def take_over_consent(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Copy what the file says about consent into the ledger. A grant never undoes an opt-out on record."""
    evidence = f"import {events[0].subject_id}: marked in the file"
    with connection.cursor() as cursor:
        for table, source in _SOURCES:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"pg_temp.{table}"])
            if cursor.fetchone() != (True,):
                continue
            cursor.execute(f"ANALYZE pg_temp.{table}")
            cursor.execute(_TAKE_OVER.format(source=source), [evidence, by.key, now, wall_now()])
