"""The staging database of one import (a DuckDB file): loads what the workers wrote, keeps the plan on disk.

Everything the plan needs survives a kill; the memory limit holds whatever the file's size.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from beckon.people.importing.folders import ImportFolder
from beckon.people.normal.staged import (
    BODY_COLUMNS,
    GUARDIAN_COLUMNS,
    HEAD_COLUMNS,
    POINT_COLUMNS,
    ROW_COLUMNS,
)

MEMORY_LIMIT = "300MB"
_ROWS_AT_ONCE = 30_720
"""What one thread takes at a time: few enough that a month's file keeps all of them busy (DuckDB's own: 122,880)."""
_NULL = "\x01"
COPY_FORMAT = "(FORMAT csv, NULL '\\N', DELIMITER E'\\x1f', QUOTE E'\\x02', ESCAPE E'\\x02')"
"""How exported files look to PostgreSQL: separators that no value holds, so that next to none needs quotes."""


LINES_FORMAT = "(FORMAT csv, NULL '', DELIMITER E'\\x1f', QUOTE E'\\x02', ESCAPE E'\\x02', FORCE_NOT_NULL ({}))"
"""How files of whole lines look, put together with `joined`: nothing is NULL but in columns that are not forced."""
_DIGEST = f"hash({', '.join((*HEAD_COLUMNS[:-1], 'body'))})::VARCHAR"
LINE_TYPES = ("mobile", "landline", "toll_free", "voip", "unknown")
"""When rows call one number different things, the first of these counts: a mobile somebody calls home is a mobile."""
_TYPES = {"kind": ("phone", "email", "postal"), "use": ("mobile", "home", "work", ""), "line_type": LINE_TYPES}
"""Columns of points that hold few words, which DuckDB keeps as numbers: half of what making a table of points costs."""
_KEY = "'d' || left(md5(concat_ws(chr(31), match_key, birth_date, postal_code, numbers)), 24)"


def joined(*values: str) -> str:
    """SQL of one line of a file of whole lines, from SQL of its values, none of which may be NULL."""
    return f"concat_ws(chr(31), {', '.join(values)})"


def spread(source: str) -> str:
    """SQL of the rows of `source` (columns of r) with their body and guardian in columns. Dear: only for some rows."""
    body = ", ".join(f"b[{at}] AS {name}" for at, name in enumerate(BODY_COLUMNS, 1))
    guardian = ", ".join(f"coalesce(g[{at}], '') AS {name}" for at, name in enumerate(GUARDIAN_COLUMNS, 1))
    return (
        f"SELECT x.* EXCLUDE (body, guardian, b, g), {body}, {guardian} FROM (SELECT *, "
        f"string_split(body, chr(31)) AS b, string_split(guardian, chr(31)) AS g FROM {source}) x"
    )


class Stage:
    """An open staging database. Close it before another process opens it."""

    def __init__(self, folder: ImportFolder) -> None:
        self.folder = folder
        folder.spill.mkdir(exist_ok=True)
        folder.out.mkdir(exist_ok=True)
        self._db = duckdb.connect(
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": str(folder.spill),
                "threads": 2,
                "preserve_insertion_order": False,
            }
        )
        path = str(folder.stage).replace("'", "''")
        self.run(f"ATTACH '{path}' AS stage (ROW_GROUP_SIZE {_ROWS_AT_ONCE})")
        self.run("USE stage")
        self.run("PRAGMA force_compression = 'uncompressed'")  # it is read a few times and thrown away
        self.run("PRAGMA disable_checkpoint_on_shutdown")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows."""
        return self._db.execute(statement, list(values)).fetchall()

    def number(self, statement: str, values: Sequence[object] = ()) -> int:
        """The one number a statement yields."""
        return int(self.run(statement, values)[0][0] or 0)

    def make(self, table: str, query: str, values: Sequence[object] = ()) -> None:
        """Make (or make again) a table from a query."""
        self.run(f"CREATE OR REPLACE TABLE {table} AS {query}", values)

    def has(self, table: str) -> bool:
        """True when the table is there."""
        return bool(self.run("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]))

    def drop(self, *tables: str) -> None:
        """Drop tables that are no longer needed."""
        for table in tables:
            self.run(f"DROP TABLE IF EXISTS {table}")

    def begin(self) -> None:
        """Start a transaction: a kill before `commit` leaves the file as it was."""
        self.run("BEGIN")

    def commit(self) -> None:
        """Make the work since `begin` last."""
        self.run("COMMIT")

    def load_parts(self) -> None:
        """Tables `r` (rows) and `p` (points) from the workers' files.

        `digest` changes with any value or contact point (and perhaps with a version of DuckDB: then everybody is looked
        at once more, and found unchanged); `key` tells rows without a record number apart by name,
        birth date, ZIP and contact points: 96 bits, never shared by chance.
        """
        described = ", ".join(f"'{name}': '{'BIGINT' if name == 'line' else 'VARCHAR'}'" for name in ROW_COLUMNS)
        source = str(self.folder.parts / "rows-*.tsv").replace("'", "''")
        rows = (
            f"read_csv('{source}', delim='\t', header=false, quote='', escape='', nullstr='{_NULL}', "
            f"auto_detect=false, columns={{{described}}}, max_line_size=8000000)"
        )
        # Reading the files twice costs less than keeping the points in `r` on their way into `p`.
        self.make("r", f"SELECT * EXCLUDE (points, numbers), {_DIGEST} AS digest, {_KEY} AS key FROM {rows}")
        for name, words in _TYPES.items():
            self.run(f"CREATE TYPE point_{name} AS ENUM {words}")
        values = ", ".join(
            f"v[{at}]{f'::point_{name}' if name in _TYPES else ''} AS {name}"
            for at, name in enumerate(POINT_COLUMNS, 1)
        )
        self.make(
            "p",
            f"SELECT line, place, {values} FROM (SELECT line, string_split(unnest(l), chr(29)) AS v, "
            "(generate_subscripts(l, 1) - 1)::SMALLINT AS place FROM (SELECT line, string_split(points, chr(30)) AS l "
            f"FROM {rows} WHERE points <> ''))",
        )

    def load_export(self, table: str, path: Path, columns: dict[str, str]) -> None:
        """A table from a CSV that PostgreSQL wrote (NULL as \\N)."""
        described = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        self.make(
            table,
            (
                f"SELECT * FROM read_csv('{path}', delim=',', header=false, quote='\"', escape='\"', nullstr='\\N', "
                f"auto_detect=false, columns={{{described}}}, max_line_size=8000000)"
            ),
        )
        path.unlink()

    def export_lines(self, query: str, name: str) -> Path:
        """Write a query of one text column, made with `joined`, for PostgreSQL's COPY in the form of LINES_FORMAT."""
        path = self.folder.out / name
        self.run(
            f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER false, DELIMITER '\x03', QUOTE '\x02', ESCAPE '\x02')"
        )
        return path

    def export(self, query: str, name: str) -> Path:
        """Write a query's rows for PostgreSQL's COPY, in the form of COPY_FORMAT; returns the file."""
        path = self.folder.out / name
        self.run(
            f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER false, NULLSTR '\\N', "
            f"DELIMITER '\x1f', QUOTE '\x02', ESCAPE '\x02')"
        )
        return path
