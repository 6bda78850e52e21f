"""What the database does when nothing but the database works: bare tables, bare COPY. As the owner, for limits only."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connections
from psycopg import sql

from beckon.core.models import Organization
from beckon.core.organizations import ADMIN

_BLOCK = 1 << 20


@contextmanager
def connect_as_owner(organization: Organization | None = None) -> Iterator[psycopg.Connection]:
    """A connection of its own, autocommit, that sees the organization's tables (or `public` only)."""
    settings = connections[ADMIN].settings_dict
    schema = organization.schema_name if organization else "public"
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=settings["USER"],
        password=settings["PASSWORD"], autocommit=True, options=f"-c search_path={schema}",
    ) as connection:  # fmt: skip
        yield connection


def settle(organization: Organization) -> None:
    """VACUUM ANALYZE of the organization's tables, which autovacuum would get round to after such a flood."""
    with connect_as_owner(organization) as owner:
        tables = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [organization.schema_name]
        ).fetchall()
        for (table,) in tables:
            owner.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def copy_seconds(owner: psycopg.Connection, tables: Sequence[tuple[str, str]], folder: Path) -> float:
    """Seconds to COPY rows into tables of the same columns without indexes and constraints, one table after another.

    `tables`: name and a condition of ours on its rows. The rows go through a file in `folder`, which is not timed.
    """
    seconds = 0.0
    for table, condition in tables:
        path = folder / f"{table}.copy"
        _write(owner, f"COPY (SELECT * FROM {table} WHERE {condition}) TO STDOUT", path)
        with bare_table(owner, table) as bare:
            began = time.perf_counter()
            _read(owner, f"COPY {bare} FROM STDIN", path)
            seconds += time.perf_counter() - began
        path.unlink()
    return seconds


@contextmanager
def bare_table(owner: psycopg.Connection, table: str) -> Iterator[str]:
    """The name of an empty table with the columns of `table` and nothing else; dropped afterwards."""
    bare = f"bare_{table}"
    owner.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(sql.Identifier(bare), sql.Identifier(table)))
    try:
        yield bare
    finally:
        owner.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(bare)))


def _write(owner: psycopg.Connection, statement: str, path: Path) -> None:
    with path.open("wb") as file, owner.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for block in copy:
            file.write(block)


def _read(owner: psycopg.Connection, statement: str, path: Path) -> None:
    with path.open("rb") as file, owner.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        while block := file.read(_BLOCK):
            copy.write(block)
