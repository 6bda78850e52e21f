"""Which rows of the file are one person, and the one row they collapse into. SQL over the staging database only.

Two rows are one person when
- name (nicknames made formal) and birth date agree and they share a contact point or the ZIP; or
- neither has a birth date, and name, a contact point and the ZIP agree, or the rows are equal in everything; or
- their record number is the same and the given name, the whole name or the birth date agrees.
The same phone alone is a household. A row with a birth date and one without are never joined by name.
"""

from beckon.people.importing.stage import Stage, spread
from beckon.people.normal.staged import BODY_COLUMNS, GUARDIAN_COLUMNS, HEAD_COLUMNS, POINT_COLUMNS


def find_clusters(stage: Stage) -> None:
    """Makes `lab(line, rep)` for rows that have another of the same person, and `rn_problems`."""
    stage.make("g", "SELECT match_key, birth_date FROM r GROUP BY ALL HAVING count(*) > 1")
    stage.make(
        "m",
        (
            "SELECT r.line, hash(r.match_key, r.birth_date) AS g, r.birth_date <> '' AS dated, r.postal_code AS zip "
            "FROM r JOIN g USING (match_key, birth_date)"
        ),
    )
    _clear_stolen_record_numbers(stage)
    stage.make(
        "tokens",
        f"""
        SELECT line, hash('zip', g, zip) AS t FROM m WHERE dated AND zip <> ''
        UNION ALL
        SELECT m.line, CASE WHEN dated THEN hash('point', g, p.kind, p.value) ELSE hash('both', g, p.kind,
               p.value, m.zip) END
          FROM m JOIN p USING (line) WHERE dated OR m.zip <> ''
        UNION ALL
        SELECT line, hash('same', whole) FROM ({_WHOLE_ROWS})
        UNION ALL
        SELECT line, hash('number', record_number) FROM rn
    """,
    )
    stage.make(
        "tokens", ("SELECT line, t FROM tokens WHERE t IN (SELECT t FROM tokens GROUP BY t HAVING count(*) > 1)")
    )
    stage.make("lab", "SELECT DISTINCT line, line AS rep FROM tokens")
    _spread_labels(stage)
    stage.run("DELETE FROM lab WHERE rep NOT IN (SELECT rep FROM lab GROUP BY rep HAVING count(*) > 1)")
    stage.drop("g", "m", "rn", "tokens")


_SEX, _LANGUAGE = BODY_COLUMNS.index("sex") + 1, BODY_COLUMNS.index("language") + 1
_GUARDIAN_PHONE = GUARDIAN_COLUMNS.index("guardian_phone") + 1
_WHOLE_ROWS = f"""
    SELECT m.line, hash(m.g, m.zip, coalesce(x.points, 0), split_part(r.body, chr(31), {_SEX}),
           split_part(r.body, chr(31), {_LANGUAGE}), r.record_number,
           split_part(r.guardian, chr(31), {_GUARDIAN_PHONE})) AS whole
      FROM (SELECT * FROM m WHERE NOT dated) m JOIN r USING (line)
      LEFT JOIN (SELECT p.line, bit_xor(hash(p.kind, p.value)) AS points
                   FROM p JOIN m USING (line) WHERE NOT m.dated GROUP BY p.line) x USING (line)
"""


def _clear_stolen_record_numbers(stage: Stage) -> None:
    """`rn`: rows that share a record number with its first owner; others lose the number and are reported."""
    stage.make("rn_problems", "SELECT line, record_number, line AS owner FROM r WHERE false")
    stage.make("rn", "SELECT line, record_number FROM r WHERE false")
    if not stage.number("SELECT count(*) FROM (SELECT 1 FROM r WHERE record_number <> '' LIMIT 1)"):
        return
    stage.make(
        "owners",
        (
            "SELECT record_number, min(line) AS owner, arg_min(match_key, line) AS match_key, "
            "arg_min(birth_date, line) AS birth_date "
            "FROM r WHERE record_number <> '' GROUP BY record_number HAVING count(*) > 1"
        ),
    )
    same = (
        "(r.match_key = o.match_key OR split_part(r.match_key, '|', 2) = split_part(o.match_key, '|', 2) "
        "OR (r.birth_date = o.birth_date AND r.birth_date <> ''))"
    )
    stage.make("rn", f"SELECT r.line, r.record_number FROM r JOIN owners o USING (record_number) WHERE {same}")
    stage.make(
        "rn_problems",
        (f"SELECT r.line, r.record_number, o.owner FROM r JOIN owners o USING (record_number) WHERE NOT {same}"),
    )
    stage.run("UPDATE r SET record_number = '' WHERE line IN (SELECT line FROM rn_problems)")
    stage.drop("owners")


def _spread_labels(stage: Stage) -> None:
    """Every row takes the smallest line among those it shares a token with, until nothing changes."""
    while True:
        stage.make(
            "next_lab",
            (
                "SELECT t.line, least(min(x.rep), min(own.rep)) AS rep FROM tokens t "
                "JOIN (SELECT t.t, min(lab.rep) AS rep FROM tokens t JOIN lab USING (line) GROUP BY t.t) x USING (t) "
                "JOIN lab own USING (line) GROUP BY t.line"
            ),
        )
        changed = stage.number("SELECT count(*) FROM next_lab n JOIN lab USING (line) WHERE n.rep <> lab.rep")
        stage.make("lab", "SELECT * FROM next_lab")
        stage.drop("next_lab")
        if not changed:
            return


_OF_FIRST = ("given", "family", "name_key", "match_key", "phonetic")
_COLLAPSED = (
    *(name for name in HEAD_COLUMNS if name not in ("points", "guardian", "numbers")),
    *BODY_COLUMNS,
    *GUARDIAN_COLUMNS,
)
_VALUES = ", ".join(
    f"arg_min({name}, line) AS {name}"
    if name in _OF_FIRST
    else f"coalesce(arg_min({name}, line) FILTER ({name} <> ''), '') AS {name}"
    for name in _COLLAPSED
)
_ROW_COLUMNS = ("line", *(name for name in HEAD_COLUMNS if name not in ("points", "numbers")), "body", "digest", "key")
_ROW = ", ".join(_ROW_COLUMNS)
_JOINED = {
    "body": f"concat_ws(chr(31), {', '.join(BODY_COLUMNS)})",
    "guardian": f"CASE WHEN concat({', '.join(GUARDIAN_COLUMNS)}) = '' THEN '' "
    f"ELSE concat_ws(chr(31), {', '.join(GUARDIAN_COLUMNS)}) END",
}
_SELECTED = ", ".join(_JOINED.get(name, name) for name in _ROW_COLUMNS)
_POINT = ", ".join(("line", "place", *POINT_COLUMNS))
VIEWS = """
CREATE OR REPLACE VIEW f AS
SELECT line AS rep, * EXCLUDE (line) REPLACE (CASE WHEN record_number <> '' THEN '#' || record_number
       ELSE key END AS key) FROM r;
CREATE OR REPLACE VIEW pf AS SELECT line AS rep, * EXCLUDE (line) FROM p;
"""
"""`f`: one row per person of the file, `rep` its first line; `pf`: their points."""


def collapse(stage: Stage) -> None:
    """The rows of `lab` become one row each in `r`, their points one set each in `p`; then `lab` is empty.

    Of duplicates the first non-empty value wins; contact points are joined. The digest of the one row changes when
    that of any of its rows does.
    """
    _leave_out_equal(stage)
    stage.make("several", "SELECT r.*, lab.rep FROM r JOIN lab USING (line)")
    stage.make(
        "multi",
        f"""
        SELECT rep AS line, {_VALUES}, left(md5(string_agg(digest, ',' ORDER BY digest)), 16) AS digest,
               min(key) AS key FROM ({spread("several")}) GROUP BY rep
    """,
    )
    stage.make(
        "multi_points",
        """
        SELECT line, (row_number() OVER (PARTITION BY line ORDER BY k) - 1)::SMALLINT AS place, * EXCLUDE (line,
               k) FROM (
            SELECT lab.rep AS line, p.kind, p.value, min(p.line * 64 + p.place) AS k, arg_min(p.use, p.line) AS use,
                   coalesce(arg_min(p.line_type, p.line) FILTER (p.line_type <> 'unknown'), 'unknown') AS line_type,
                   coalesce(arg_min(p.extension, p.line) FILTER (p.extension <> ''), '') AS extension,
                   arg_min(p.postal, p.line) AS postal
              FROM p JOIN lab USING (line) GROUP BY lab.rep, p.kind, p.value)
    """,
    )
    stage.run("DELETE FROM r WHERE line IN (SELECT line FROM lab)")
    stage.run(f"INSERT INTO r ({_ROW}) SELECT {_SELECTED} FROM multi")
    stage.run("DELETE FROM p WHERE line IN (SELECT line FROM lab)")
    stage.run(f"INSERT INTO p ({_POINT}) SELECT {_POINT} FROM multi_points")
    stage.run("DELETE FROM lab")
    stage.drop("several", "multi", "multi_points")
    stage.run(VIEWS)
    _make_keys_unique(stage)


def _leave_out_equal(stage: Stage) -> None:
    """Rows of one person that are equal in every value need no joining: the first of them stays, the others go."""
    stage.make(
        "equal",
        "SELECT line, rep FROM lab WHERE rep IN (SELECT lab.rep FROM lab JOIN r USING (line) "
        "GROUP BY lab.rep HAVING min(digest) = max(digest))",
    )
    for table in ("r", "p"):
        stage.run(f"DELETE FROM {table} WHERE line IN (SELECT line FROM equal WHERE line <> rep)")
    stage.run("DELETE FROM lab WHERE rep IN (SELECT rep FROM equal)")
    stage.drop("equal")


def _make_keys_unique(stage: Stage) -> None:
    """Different people for whom everything in the key agrees (there is no birth date to tell) get numbered keys."""
    stage.make(
        "twice",
        (
            "SELECT key FROM r WHERE key IN (SELECT key FROM r WHERE birth_date = '' "
            f"OR split_part(guardian, chr(31), {_GUARDIAN_PHONE}) <> '') "
            "AND record_number = '' GROUP BY key HAVING count(*) > 1"
        ),
    )
    if stage.number("SELECT count(*) FROM twice"):
        stage.run("""
            UPDATE r SET key = r.key || ':' || n.n FROM (
                SELECT line, row_number() OVER (PARTITION BY key ORDER BY line) AS n FROM r
                       WHERE key IN (SELECT key FROM twice)
            ) n WHERE n.line = r.line AND n.n > 1
        """)
    stage.drop("twice")
