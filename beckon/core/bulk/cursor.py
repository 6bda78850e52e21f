"""Plain psycopg on the open scope's connection, for statements over thousands of rows.

Parameters are bound by the server and values read by psycopg's own loaders: Django's client-side cursor quotes every
element of an array and reads every time in Python, which cost half of a core at 10,000 messages a second (ADR 0009).
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.datetime import TimestamptzBinaryLoader, TimestamptzLoader
from psycopg.types.json import JsonbBinaryLoader, JsonbLoader

RawCursor = psycopg.Cursor[tuple[Any, ...]]


@contextmanager
def raw_cursor() -> Iterator[RawCursor]:
    """A cursor that sees the scope's tables and takes part in its transaction. Cast arrays in the SQL."""
    connection.cursor().close()  # opens the connection and sets the search path where that is still to be done
    opened = connection.connection
    assert opened is not None
    with psycopg.Cursor(opened) as cursor:
        for loader in (TimestamptzLoader, TimestamptzBinaryLoader):
            cursor.adapters.register_loader("timestamptz", loader)
        for json_loader in (JsonbLoader, JsonbBinaryLoader):
            cursor.adapters.register_loader("jsonb", json_loader)
        yield cursor


def id_array(values: Iterable[int]) -> str:
    """Ids as a PostgreSQL array literal, to be cast to bigint[]: many times faster to send than a list."""
    return "{" + ",".join(map(str, values)) + "}"


def read_json(value: Any) -> Any:
    """JSON as Django's cursor gives it (text) or as psycopg does (read)."""
    return json.loads(value) if isinstance(value, str | bytes) else value
