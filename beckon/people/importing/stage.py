"""The staging database of one import (a DuckDB file): loads what the workers wrote, keeps the plan on disk.

Everything the plan needs survives a kill; the memory limit holds whatever the file's size.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from beckon.people.importing.folders import ImportFolder
from beckon.people.normal.fields import POINT_COLUMNS, ROW_COLUMNS

MEMORY_LIMIT = "300MB"
_NULL = "\x01"
COPY_FORMAT = "(FORMAT csv, NULL '\\N', DELIMITER E'\\x1f', QUOTE E'\\x02', ESCAPE E'\\x02')"
"""How exported files look to PostgreSQL: separators that no value holds, so that next to none needs quotes."""


class Stage:
    """An open staging database. Close it before another process opens it."""

    def __init__(self, folder: ImportFolder) -> None:
        self.folder = folder
        folder.spill.mkdir(exist_ok=True)
        folder.out.mkdir(exist_ok=True)
        self._db = duckdb.connect(
            str(folder.stage),
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": str(folder.spill),
                "threads": 2,
                "preserve_insertion_order": False,
            },
        )

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
        """Tables `r` (rows) and `p` (points) from the workers' files."""
        self._load("r", "rows-*.tsv", ROW_COLUMNS, {"line": "BIGINT"})
        self._load("p", "points-*.tsv", POINT_COLUMNS, {"line": "BIGINT", "place": "SMALLINT"})

    def _load(self, table: str, pattern: str, columns: Iterable[str], types: dict[str, str]) -> None:
        described = ", ".join(f"'{name}': '{types.get(name, 'VARCHAR')}'" for name in columns)
        source = str(self.folder.parts / pattern).replace("'", "''")
        self.make(
            table,
            (
                f"SELECT * FROM read_csv('{source}', delim='\t', header=false, quote='', escape='', "
                f"nullstr='{_NULL}', "
                f"auto_detect=false, columns={{{described}}}, max_line_size=8000000)"
            ),
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

    def export(self, query: str, name: str) -> Path:
        """Write a query's rows for PostgreSQL's COPY, in the form of COPY_FORMAT; returns the file."""
        path = self.folder.out / name
        self.run(
            f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER false, NULLSTR '\\N', "
            f"DELIMITER '\x1f', QUOTE '\x02', ESCAPE '\x02')"
        )
        return path
