"""Settings of the connection and of Python under which a simulation runs; put back when it is over."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor  # type: ignore[attr-defined]  # not in the stubs

PREPARED_AFTER = 4
"""A statement is prepared when it has been run so often: the same few hundred come again every hour."""


@contextmanager
def tuned_for_simulation() -> Iterator[None]:
    """Inside, statements are bound and prepared by the server, and commits do not wait for the disk.

    A virtual hour lost to a power cut is lived again. Nothing else may use this thread's connection meanwhile.
    """
    connection.ensure_connection()
    opened, features = connection.connection, connection.features.__dict__
    assert opened is not None
    factory, threshold = opened.cursor_factory, opened.prepare_threshold
    had = features.get("uses_server_side_binding")
    opened.cursor_factory, opened.prepare_threshold = ServerBindingCursor, PREPARED_AFTER
    features["uses_server_side_binding"] = True
    _commit("off")
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        opened.cursor_factory, opened.prepare_threshold = factory, threshold
        features.pop("uses_server_side_binding")
        if had is not None:
            features["uses_server_side_binding"] = had
        if not opened.closed:
            _commit("on")


def _commit(synchronous: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit TO {synchronous}")
