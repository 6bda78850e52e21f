"""Decides what becomes of every person of the file and gives out ids; writes the plan into the staging database.

After `make_plan` the merge needs nothing but the plan: a killed import goes on where it was.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.people.importing.clusters import collapse
from beckon.people.importing.meeting import meet_database, was_joined
from beckon.people.importing.options import ImportOptions
from beckon.people.importing.stage import LINE_TYPES, Stage, spread
from beckon.people.normal.staged import BODY_COLUMNS

PEOPLE_PER_CHUNK = 40_000
NUMBERS_PER_CHUNK = 150_000
UPDATES_PER_CHUNK = 20_000
_NAME_KEY = BODY_COLUMNS.index("name_key") + 1
CHANGEABLE = (
    ("given", "given_name"),
    ("middle", "middle_name"),
    ("family", "family_name"),
    ("suffix", "name_suffix"),
    ("birth_date", "birth_date"),
    ("sex", "sex"),
    ("language", "language"),
    ("zone", "time_zone"),
    ("state", "state"),
    ("postal_code", "postal_code"),
    ("last_appointment", "last_appointment_at"),
    ("outcome", "last_appointment_outcome"),
    ("next_appointment", "next_appointment_at"),
)
"""Staged column -> Person column, for values that a newer file overwrites. An empty value never overwrites."""


@dataclass(frozen=True)
class Counts:
    """What the people of the file come to; with the rejected rows they add up to the rows by construction."""

    created: int
    updated: int
    unchanged: int
    duplicates: int


@dataclass(frozen=True)
class Plan:
    """How much there is to merge, in chunks, and under which attempt's name."""

    attempt: int
    number_chunks: int
    people_chunks: int
    update_chunks: int
    line_types: int
    numbers_per_chunk: int


@dataclass(frozen=True)
class Context:
    """Whose import it is: ids, times and words that go into the rows."""

    import_id: int
    source_id: int
    source_name: str
    file_name: str
    options: ImportOptions
    now: datetime

    @property
    def identifier_system(self) -> str:
        """Under which name record numbers of this source are kept."""
        return f"record:{self.source_name}"[:120]

    @property
    def stamp(self) -> str:
        """`now` as PostgreSQL reads it."""
        return self.now.isoformat()


def count_people(stage: Stage, context: Context, usable_rows: int) -> Counts:
    """Collapse, meet the database, compare. Leaves `f`, `pf`, `known`, `new` and `touched` behind."""
    consent = ",".join(f"{k}={v}" for k, v in sorted(context.options.consent.items()))
    collapse(stage)
    if consent:
        stage.run("UPDATE r SET digest = left(md5(digest || ?), 16)", [consent])
    meet_database(stage, context.source_id)
    if was_joined(stage):
        collapse(stage)
    stage.drop("same")
    stage.make(
        "new", "SELECT rep, row_number() OVER (ORDER BY rep) - 1 AS n FROM f WHERE rep NOT IN (SELECT rep FROM known)"
    )
    _compare(stage, bool(consent))
    people = stage.number("SELECT count(*) FROM f")
    created = stage.number("SELECT count(*) FROM new")
    updated = stage.number("SELECT count(*) FROM touched WHERE changes")
    return Counts(created, updated, people - created - updated, usable_rows - people)


def _compare(stage: Stage, list_consent: bool) -> None:
    """`touched`: known people whose row differs from last time; `changes` says whether anything follows from it."""
    differs = " OR ".join(f"(f.{n} <> '' AND f.{n} <> k.{n})" for n, _ in CHANGEABLE)
    stage.make(
        "touched",
        f"""
        WITH fresh AS MATERIALIZED (
            SELECT f.* FROM f JOIN known k USING (rep)
             WHERE f.digest <> k.digest OR k.record_retired OR k.retired OR k.record_id IS NULL
        ), points AS (
            SELECT pf.rep FROM pf JOIN known k USING (rep) JOIN fresh ON fresh.rep = pf.rep
              LEFT JOIN known_numbers n ON n.kind = pf.kind AND n.value = pf.value
              LEFT JOIN known_links l ON l.person_id = k.person_id AND l.number_id = n.id
             WHERE l.number_id IS NULL OR l.ended IN ('replaced', 'retired') GROUP BY pf.rep
        )
        SELECT f.rep, k.person_id, k.record_id,
               row_number() OVER (ORDER BY f.rep) - 1 AS n,
               ({differs}) OR f.last_encounter > k.last_encounter OR k.retired OR k.record_retired
               OR (f.do_not_contact <> '' AND NOT k.do_not_contact) OR (f.deceased <> '' AND NOT k.deceased)
               OR f.consent <> '' OR {"true" if list_consent else "false"} OR points.rep IS NOT NULL AS changes
          FROM ({spread("fresh")}) f JOIN known k USING (rep) LEFT JOIN points USING (rep)
    """,
    )


def make_plan(stage: Stage, context: Context, organization: Organization, attempt: int) -> Plan:
    """Give out ids and lay out the tables to merge. Afterwards the plan is on disk."""
    _plan_guardians(stage, context.now)
    guardians = stage.number("SELECT count(*) FROM guardians")
    created = stage.number("SELECT count(*) FROM new")
    first = _reserve(organization, "people_person", created + guardians)
    each = _even(created, PEOPLE_PER_CHUNK)
    stage.make(
        "ids",
        f"""
        SELECT rep, {first} + n AS person_id, n // {each} AS chunk, true AS is_new FROM new
        UNION ALL SELECT rep, person_id, n // {UPDATES_PER_CHUNK}, false FROM touched
    """,
    )
    stage.make("ranges", "SELECT is_new, chunk, min(rep) AS low, max(rep) AS high FROM ids GROUP BY is_new, chunk")
    stage.make("guardians", f"SELECT * REPLACE ({first} + {created} + person_id AS person_id) FROM guardians")
    numbers = _plan_numbers(stage, organization)
    _lay_out(stage)
    plan = Plan(
        attempt,
        _chunks(numbers, _even(numbers, NUMBERS_PER_CHUNK)),
        _chunks(created, each),
        _chunks(stage.number("SELECT count(*) FROM touched"), UPDATES_PER_CHUNK),
        stage.number("SELECT count(*) FROM line_types"),
        _even(numbers, NUMBERS_PER_CHUNK),
    )
    stage.drop("new", "known_numbers")
    stage.make("plan", "SELECT " + ", ".join(f"{value} AS {name}" for name, value in asdict(plan).items()))
    return plan


def stored_plan(stage: Stage) -> Plan | None:
    """The plan of an earlier run that was killed after making it."""
    if not stage.has("plan"):
        return None
    row: tuple[Any, ...] = stage.run("SELECT * FROM plan")[0]
    return Plan(*map(int, row))


def _chunks(count: int, size: int) -> int:
    return -(-count // size)


def _even(count: int, most: int) -> int:
    """How large chunks of at most `most` are, so that there are equally many for each of the two connections."""
    return max(1, _chunks(count, 2 * max(1, _chunks(count, 2 * most))))


def _plan_guardians(stage: Stage, now: datetime) -> None:
    """`guardians`: people to be made because a minor's row names them; `wards`: who cares for whom.

    One guardian per name and phone. Somebody in the file with that name and phone is taken instead of a new person.
    """
    stage.make(
        "wards",
        f"""
        SELECT f.rep, f.guardian_given AS given, f.guardian_family AS family, f.guardian_phone AS phone,
               f.guardian_key AS key, f.guardian_match AS match
          FROM ({spread("(SELECT * FROM f SEMI JOIN new USING (rep) WHERE guardian <> '' AND birth_date <> '')")}) f
         WHERE f.guardian_given <> ''
           AND f.birth_date::DATE > DATE '{now.date()}' - INTERVAL 18 YEAR
                  AND (f.guardian_given <> f.given OR f.guardian_family <> f.family)
    """,
    )
    stage.make(
        "adults",
        f"""
        SELECT w.key, w.phone, min(f.rep) AS guardian_rep FROM (SELECT DISTINCT key, phone FROM wards
               WHERE phone <> '') w
          JOIN (SELECT rep, split_part(body, chr(31), {_NAME_KEY}) AS name_key FROM f) f ON f.name_key = w.key
          JOIN pf ON pf.rep = f.rep AND pf.kind = 'phone' AND pf.value = w.phone
          JOIN new ON new.rep = f.rep GROUP BY ALL
    """,
    )
    stage.make(
        "guardians",
        """
        SELECT row_number() OVER (ORDER BY min(rep)) - 1 AS person_id, key, phone, arg_min(given, rep) AS given,
               arg_min(family, rep) AS family,
               min(rep) AS first_rep, any_value(match) AS match
          FROM wards LEFT JOIN adults a USING (key, phone) WHERE a.guardian_rep IS NULL GROUP BY key, phone
    """,
    )


_TYPE_BIT = 1 << 56
NO_TYPE = len(LINE_TYPES) - 1
_NO_TYPE = NO_TYPE * _TYPE_BIT
"""`k` of a number: its line type's place in LINE_TYPES, the row, the place in the row; so the least `k` decides."""
HASHES = tuple(f"hash(kind::point_kind, value{marks})" for marks in ("", " || '#'", " || '##'"))
"""How numbers are told apart; the second is asked when two of a file share the first, once in millions of files."""
TYPE_NAME = " ".join(f"WHEN {code} THEN '{name}'" for code, name in enumerate(LINE_TYPES))


def _plan_numbers(stage: Stage, organization: Organization) -> int:
    """`numbers`: the new ones with their ids, in the order of their index; `number_ids`: the ids of all by hash.

    When several rows name one number, the first of the line types above counts: a mobile somebody else calls their
    home phone is a mobile.
    """
    everyone = stage.number("SELECT count(*) FROM ids") == stage.number("SELECT count(*) FROM f")
    _find_wanted(stage, "" if everyone else "SEMI JOIN ids USING (rep)")
    stage.make(
        "of_wards",
        "SELECT DISTINCT phone, number_hash('phone', phone) AS h FROM wards "
        "WHERE phone <> '' AND number_hash('phone', phone) NOT IN (SELECT h FROM wanted)",
    )
    stage.make(
        "line_types",
        f"""
        SELECT n.id, CASE w.k // {_TYPE_BIT} {TYPE_NAME} END AS line_type
          FROM known_numbers n JOIN wanted w ON w.h = number_hash(n.kind, n.value)
         WHERE n.kind = 'phone' AND n.line_type = 'unknown' AND w.k < {_NO_TYPE}
    """,
    )
    fresh = "true"
    if stage.number("SELECT count(*) FROM known_numbers"):
        fresh = "h NOT IN (SELECT number_hash(kind, value) FROM known_numbers)"
    stage.make(
        "numbers",
        f"""
        SELECT h, kind, value, k // {_TYPE_BIT} AS line_type, postal FROM (
            SELECT w.h, p.kind, p.value, w.k, CASE WHEN p.kind = 'postal' THEN p.postal END AS postal
              FROM (SELECT * FROM wanted WHERE {fresh}) w JOIN p ON p.line * 64 + p.place = w.k % {_TYPE_BIT}
            UNION ALL SELECT h, 'phone', phone, {_NO_TYPE}, NULL FROM of_wards WHERE {fresh})
         ORDER BY value, kind
    """,
    )
    count = stage.number("SELECT count(*) FROM numbers")
    first = _reserve(organization, "people_number", count)
    stage.make("first_number", f"SELECT {first} AS id")
    stage.make(
        "number_ids",
        f"SELECT h, {first} + rowid AS id FROM numbers "
        "UNION ALL SELECT number_hash(kind, value), id FROM known_numbers",
    )
    stage.drop("wanted", "of_wards")
    return count


def _find_wanted(stage: Stage, only: str) -> None:
    """`wanted`: the file's numbers by their hash, which no two of them share: they are told apart by a second one."""
    for form in HASHES:
        stage.run(f"CREATE OR REPLACE MACRO number_hash(kind, value) AS {form}")
        stage.make(
            "wanted",
            f"""
            SELECT h, min(enum_code(line_type) * {_TYPE_BIT} + rep * 64 + place) AS k,
                   min(other) <> max(other) AS is_two
              FROM (SELECT *, number_hash(kind, value) AS h, hash(reverse(value)) AS other FROM pf {only}) GROUP BY h
        """,
        )
        if not stage.number("SELECT count(*) FROM wanted WHERE is_two"):
            return
    raise RuntimeError("the file's numbers cannot be told apart by their hashes")


def _lay_out(stage: Stage) -> None:
    """`links`: who has which number, joined by hash, of which no two numbers here share one."""
    stage.make(
        "links",
        """
        SELECT pf.rep, n.id AS number_id, pf.kind, pf.use, pf.line_type, pf.extension, pf.place + 1 AS rank
          FROM pf JOIN number_ids n ON n.h = number_hash(pf.kind, pf.value)
    """,
    )
    stage.make(
        "ward_links",
        """
        SELECT i.person_id, coalesce(g.person_id, ai.person_id) AS guardian_id,
               g.person_id IS NOT NULL AND g.first_rep = w.rep AS is_first,
               w.given, w.family, w.key, w.match, n.id AS number_id
          FROM wards w JOIN ids i USING (rep)
          LEFT JOIN guardians g ON g.key = w.key AND g.phone = w.phone
          LEFT JOIN adults a ON a.key = w.key AND a.phone = w.phone LEFT JOIN ids ai ON ai.rep = a.guardian_rep
          LEFT JOIN number_ids n ON n.h = number_hash('phone', w.phone) AND w.phone <> ''
    """,
    )
    stage.drop("number_ids", "wards", "adults", "guardians")


_FEW = 5_000


def _reserve(organization: Organization, table: str, count: int) -> int:
    """`count` consecutive ids of a table; returns the first. Ids given out in vain are harmless.

    Many are taken in one step while nobody else can insert (inserters hold a lock that this one waits for).
    """
    if count == 0:
        return 0
    with org_scope(organization), connection.cursor() as cursor:
        if count > _FEW:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(
                "WITH s AS (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name), "
                "first AS MATERIALIZED (SELECT name, nextval(name) AS id FROM s) "
                "SELECT id, setval(name, id + %s) FROM first",
                [table, count],
            )
            return int((cursor.fetchone() or (0,))[0])
        for _ in range(20):
            cursor.execute(
                "SELECT min(v), max(v) FROM (SELECT nextval(pg_get_serial_sequence(%s, 'id')) AS v "
                "FROM generate_series(1, %s)) s",
                [table, count],
            )
            first, last = cursor.fetchone() or (0, 0)
            if last - first + 1 == count:
                return int(first)
    raise RuntimeError(f"no {count} consecutive ids of {table} could be had")
