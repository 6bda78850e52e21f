"""Keeps Python's search for garbage out of work on thousands of rows. Nothing else is changed."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_garbage_searches() -> Iterator[None]:
    """No search for cycles inside; what reference counting frees is freed as ever.

    A batch makes tens of objects for each row, keeps all until it is recorded, and makes no cycles. Searching them
    again and again took a quarter of the time of a step (ADR 0010). For work of a second or two, not for a loop.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
