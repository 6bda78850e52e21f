"""Work on thousands of rows: garbage searches come back, and lines for COPY say what their values said."""

import gc
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beckon.core.bulk.copying import copy_line
from beckon.core.bulk.garbage import without_garbage_searches


def _fail_while_nothing_is_searched() -> None:
    with without_garbage_searches():
        with without_garbage_searches():
            pass
        assert not gc.isenabled()
        raise ValueError("inside")


def test_nothing_is_searched_inside_and_everything_as_before_after_an_error() -> None:
    with pytest.raises(ValueError, match="inside"):
        _fail_while_nothing_is_searched()
    assert gc.isenabled()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(
    ["\\N", "\\.", "a\\tb", "tab\t", "line\nnext", "\r", "\\", ""]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, st.none() | texts, st.integers(-9, 9), st.booleans()), max_size=6))
def test_whatever_goes_into_a_line_comes_out_of_the_table(db: Any, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS lines (n serial, a text, b text, c integer, d boolean)")
        cursor.execute("TRUNCATE lines RESTART IDENTITY")
        with cursor.copy("COPY lines (a, b, c, d) FROM STDIN") as copy:
            copy.write("".join(map(copy_line, rows)))
        cursor.execute("SELECT a, b, c, d FROM lines ORDER BY n")
        assert cursor.fetchall() == rows
