"""Statements that the server binds and keeps prepared: for requests that run the same few statements all day.

Half of what PostgreSQL spent on serving a call was planning statements it had planned a thousand times (ADR 0011).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor  # type: ignore[attr-defined]  # not in the stubs

PREPARED_AFTER = 4
"""A statement is prepared when a connection has run it so often."""


@contextmanager
def prepared_statements() -> Iterator[None]:
    """Inside, statements of this thread's connection are prepared; inside another such block this does nothing.

    PostgreSQL plans anew by itself where the search path shows another organization's tables. Statements inside name
    their columns: the result of a kept `SELECT *` may not change with its table.
    """
    connection.ensure_connection()
    opened, features = connection.connection, connection.features.__dict__
    assert opened is not None
    if opened.prepare_threshold is not None:
        yield
        return
    factory, had = opened.cursor_factory, features.get("uses_server_side_binding")
    opened.cursor_factory, opened.prepare_threshold = ServerBindingCursor, PREPARED_AFTER
    features["uses_server_side_binding"] = True
    try:
        yield
    finally:
        opened.cursor_factory, opened.prepare_threshold = factory, None
        features.pop("uses_server_side_binding")
        if had is not None:
            features["uses_server_side_binding"] = had
