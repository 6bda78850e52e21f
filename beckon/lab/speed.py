"""Settings of the connection and of Python under which a simulation runs; put back when it is over."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from beckon.core.bulk.prepared import prepared_statements


@contextmanager
def tuned_for_simulation() -> Iterator[None]:
    """Inside, statements are bound and prepared by the server, and commits do not wait for the disk.

    A virtual hour lost to a power cut is lived again. Nothing else may use this thread's connection meanwhile.
    """
    with prepared_statements():
        opened = connection.connection
        assert opened is not None
        _commit("off")
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            gc.unfreeze()
            if not opened.closed:
                _commit("on")


def _commit(synchronous: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit TO {synchronous}")
