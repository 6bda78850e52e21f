"""The file meets the database: which of its people are known, which numbers, and what would change.

Reads PostgreSQL (into temporary tables of one transaction), writes only the staging database.
"""

from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from beckon.people.importing.stage import COPY_FORMAT, LINES_FORMAT, Stage
from beckon.people.normal.staged import GUARDIAN_COLUMNS

_TEMP = """
DROP TABLE IF EXISTS pg_temp.import_rows, pg_temp.import_points, pg_temp.import_links, pg_temp.import_match,
       pg_temp.import_differing;
CREATE TEMP TABLE import_differing (person_id bigint) ON COMMIT DROP;
CREATE TEMP TABLE import_rows (rep bigint, key text, match_key text, birth_date date, zip text) ON COMMIT DROP;
CREATE TEMP TABLE import_points (rep bigint, kind text, value text) ON COMMIT DROP;
CREATE TEMP TABLE import_links (rep bigint, number_id bigint) ON COMMIT DROP;
CREATE TEMP TABLE import_match (rep bigint, person_id bigint, how smallint, source_record_id bigint) ON COMMIT DROP;
"""
_POINTS = f"""
SELECT rep, kind, value FROM pf
UNION ALL
SELECT DISTINCT 0, 'phone', split_part(guardian, chr(31), {GUARDIAN_COLUMNS.index("guardian_phone") + 1}) FROM f
 WHERE split_part(guardian, chr(31), {GUARDIAN_COLUMNS.index("guardian_phone") + 1}) <> ''
"""
"""What is looked up among the known numbers; those of guardians (row 0) tell nobody's identity."""
_KNOWN_NUMBERS = """
INSERT INTO import_links
WITH found AS MATERIALIZED (
    SELECT i.rep, n.id FROM import_points i JOIN people_number n ON n.kind = i.kind AND n.value = i.value
) SELECT rep, id FROM found
"""
_BY_KEY = """
INSERT INTO import_match
WITH found AS MATERIALIZED (
    SELECT i.rep, coalesce(p.merged_into, p.id) AS person_id, s.id
      FROM import_rows i JOIN people_sourcerecord s ON s.source_id = %s AND s.key = i.key
      JOIN people_person p ON p.id = s.person_id
     WHERE i.key NOT LIKE '#%%' OR p.match_key = i.match_key OR p.birth_date = i.birth_date
        OR split_part(p.match_key, '|', 2) = split_part(i.match_key, '|', 2)
) SELECT rep, person_id, 1, id FROM found
"""
_TAKEN_KEYS = """
SELECT i.rep FROM import_rows i JOIN people_sourcerecord s ON s.source_id = {source} AND s.key = i.key
 WHERE NOT EXISTS (SELECT FROM import_match m WHERE m.rep = i.rep)
"""
_BY_NAME = """
INSERT INTO import_match
WITH found AS MATERIALIZED (
    SELECT i.rep, p.id, coalesce(p.merged_into, p.id) AS person_id, p.postal_code = i.zip AND i.zip <> '' AS same_zip
      FROM import_rows i JOIN people_person p ON p.match_key = i.match_key AND p.birth_date = i.birth_date
     WHERE NOT EXISTS (SELECT FROM import_match m WHERE m.rep = i.rep)
) SELECT rep, person_id, 2, NULL FROM found f
   WHERE same_zip OR EXISTS (
       SELECT FROM import_links l JOIN people_contactpoint c ON c.number_id = l.number_id
        WHERE l.rep = f.rep AND c.person_id = f.id AND c.ended_reason <> 'wrong_person')
"""
_BY_NAME_UNDATED = """
INSERT INTO import_match
WITH found AS MATERIALIZED (
    SELECT i.rep, p.id, coalesce(p.merged_into, p.id) AS person_id
      FROM import_rows i JOIN people_person p ON p.name_key IS NOT NULL AND p.match_key = i.match_key
       AND p.birth_date IS NULL AND i.birth_date IS NULL AND p.postal_code = i.zip AND i.zip <> ''
     WHERE NOT EXISTS (SELECT FROM import_match m WHERE m.rep = i.rep)
) SELECT rep, person_id, 3, NULL FROM found f
   WHERE EXISTS (
       SELECT FROM import_links l JOIN people_contactpoint c ON c.number_id = l.number_id
        WHERE l.rep = f.rep AND c.person_id = f.id AND c.ended_reason <> 'wrong_person')
"""
_MATCHES = """
SELECT DISTINCT ON (m.rep) m.rep, m.person_id, coalesce(s.id, mine.id), coalesce(s.digest, mine.digest, ''),
       coalesce(s.retired_at, mine.retired_at) IS NOT NULL, p.retired_at IS NOT NULL,
       p.given_name, p.middle_name, p.family_name, p.name_suffix, coalesce(p.birth_date::text, ''), p.sex,
              p.language, p.time_zone,
       p.state, p.postal_code, p.do_not_contact_at IS NOT NULL, p.deceased_at IS NOT NULL,
       coalesce(to_char(p.last_encounter_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       coalesce(to_char(p.last_appointment_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
              p.last_appointment_outcome,
       coalesce(to_char(p.next_appointment_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
  FROM import_match m JOIN people_person p ON p.id = m.person_id
  LEFT JOIN people_sourcerecord s ON s.id = m.source_record_id
  LEFT JOIN LATERAL (SELECT id, digest, retired_at FROM people_sourcerecord x
                      WHERE x.person_id = m.person_id AND x.source_id = {source}
                             AND s.id IS NULL ORDER BY x.id LIMIT 1) mine ON true
 ORDER BY m.rep, m.how, m.person_id
"""
_MATCH_COLUMNS = {
    "rep": "BIGINT",
    "person_id": "BIGINT",
    "record_id": "BIGINT",
    "digest": "VARCHAR",
    "record_retired": "BOOLEAN",
    "retired": "BOOLEAN",
    **dict.fromkeys(
        (
            "given",
            "middle",
            "family",
            "suffix",
            "birth_date",
            "sex",
            "language",
            "zone",
            "state",
            "postal_code",
        ),
        "VARCHAR",
    ),
    "do_not_contact": "BOOLEAN",
    "deceased": "BOOLEAN",
    **dict.fromkeys(("last_encounter", "last_appointment", "outcome", "next_appointment"), "VARCHAR"),
}


def meet_database(stage: Stage, source_id: int) -> None:
    """Makes `known` (people of the file that are in the database), `known_numbers` and `known_links`.

    Runs in the caller's transaction. When two people of the file turn out to be one known person, they are joined
    in `lab` and the caller collapses again: the function then returns with `known` for the joined ones.
    """
    stage.make("known", f"SELECT {', '.join(f'NULL::{k} AS {n}' for n, k in _MATCH_COLUMNS.items())} WHERE false")
    stage.make("known_numbers", "SELECT '' AS kind, '' AS value, 0::BIGINT AS id, '' AS line_type WHERE false")
    stage.make(
        "known_links", ("SELECT 0::BIGINT AS person_id, 0::BIGINT AS number_id, ''::VARCHAR AS ended WHERE false")
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM people_number) OR EXISTS (SELECT FROM people_person)")
        if cursor.fetchone() == (False,):
            return
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_TEMP)
    _copy_in(stage.export(_POINTS, "match-points.csv"), "import_points")
    _copy_in(
        stage.export("SELECT rep, key, match_key, nullif(birth_date, ''), postal_code FROM f", "match-rows.csv"),
        "import_rows",
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE import_points; ANALYZE import_rows")
        cursor.execute(_KNOWN_NUMBERS)
        cursor.execute("CREATE INDEX ON import_links (rep); ANALYZE import_links")
        cursor.execute(_BY_KEY, [source_id])
        cursor.execute("CREATE INDEX ON import_match (rep); ANALYZE import_match")
    _drop_taken_record_numbers(stage, source_id)
    with connection.cursor() as cursor:
        cursor.execute(_BY_NAME)
        cursor.execute(_BY_NAME_UNDATED)
        cursor.execute("ANALYZE import_match")
    _pull(stage, "known", _MATCHES.format(source=int(source_id)), _MATCH_COLUMNS)
    _pull(
        stage,
        "known_numbers",
        (
            "SELECT n.kind, n.value, n.id, n.line_type FROM people_number n "
            "WHERE n.id IN (SELECT number_id FROM import_links)"
        ),
        {"kind": "VARCHAR", "value": "VARCHAR", "id": "BIGINT", "line_type": "VARCHAR"},
    )
    _join_people_of_one(stage)
    _pull_links(stage)


def _drop_taken_record_numbers(stage: Stage, source_id: int) -> None:
    """A record number that belongs to somebody else, by name and by birth date, is left out and reported."""
    _pull(stage, "taken", _TAKEN_KEYS.format(source=int(source_id)), {"rep": "BIGINT"})
    stage.run("INSERT INTO rn_problems SELECT rep, record_number, 0 FROM f WHERE rep IN (SELECT rep FROM taken)")
    stage.run(
        "UPDATE r SET record_number = '', key = 't' || left(md5(key || record_number), 24) "
        "WHERE line IN (SELECT rep FROM taken)"
    )
    stage.drop("taken")


def _join_people_of_one(stage: Stage) -> None:
    """`joined` > 0: several people of the file are one known person; their rows get one label."""
    stage.make(
        "same",
        (
            "SELECT rep, min(rep) OVER (PARTITION BY person_id) AS first FROM known "
            "WHERE person_id IN (SELECT person_id FROM known GROUP BY person_id HAVING count(*) > 1)"
        ),
    )
    if stage.number("SELECT count(*) FROM same"):
        stage.run("UPDATE lab SET rep = s.first FROM same s WHERE s.rep = lab.rep")
        stage.run("INSERT INTO lab SELECT rep, first FROM same WHERE rep NOT IN (SELECT line FROM lab)")
        stage.run("DELETE FROM known WHERE rep IN (SELECT rep FROM same WHERE rep <> first)")


def was_joined(stage: Stage) -> bool:
    """True when `meet_database` joined people of the file, so that they must be collapsed again."""
    return stage.has("same") and stage.number("SELECT count(*) FROM same") > 0


def _pull_links(stage: Stage) -> None:
    """The numbers of known people whose row differs from the last time; those that do not differ need none."""
    stage.make(
        "differing",
        (
            "SELECT DISTINCT k.person_id FROM known k JOIN f ON f.rep = k.rep "
            "WHERE f.digest <> k.digest OR k.record_retired OR k.retired"
        ),
    )
    if not stage.number("SELECT count(*) FROM differing"):
        return
    _copy_in(stage.export("SELECT person_id FROM differing", "differing.csv"), "import_differing")
    _pull(
        stage,
        "known_links",
        (
            "SELECT c.person_id, c.number_id, c.ended_reason FROM people_contactpoint c "
            "JOIN import_differing USING (person_id)"
        ),
        {"person_id": "BIGINT", "number_id": "BIGINT", "ended": "VARCHAR"},
    )


def _pull(stage: Stage, table: str, query: str, columns: dict[str, str]) -> None:
    path = stage.folder.out / f"{table}.csv"
    with (
        connection.cursor() as cursor,
        path.open("wb") as file,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '\\N')") as copy,
    ):
        for block in copy:
            file.write(block)
    stage.load_export(table, path, columns)


def _copy_in(path: Path, table: str) -> None:
    copy_file(path, table, ())


def copy_file(path: Path, table: str, columns: Iterable[str], *, never_null: Iterable[str] = ()) -> int:
    """COPY a file that the stage exported into a table, inside the caller's transaction; returns the rows,
    removes the file. `never_null`: it is a file of whole lines, in which these columns are texts.
    """
    names = ", ".join(columns)
    target = f"{table} ({names})" if names else table
    texts = ", ".join(never_null)
    form = LINES_FORMAT.format(texts) if texts else COPY_FORMAT
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {target} FROM STDIN {form}") as copy, path.open("rb") as file:
            while block := file.read(1 << 18):
                copy.write(block)
        rows = int(cursor.rowcount)
    path.unlink()
    return rows
