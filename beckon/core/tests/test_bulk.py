"""Work on thousands of rows: garbage searches come back, and lines for COPY say what their values said."""

import gc
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beckon.core.bulk.copying import copy_line
from beckon.core.bulk.garbage import without_garbage_searches
from beckon.core.bulk.settled import read_once, settled_configuration


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


def test_configuration_is_read_anew_but_where_somebody_promises_that_it_stands_still(org: Any) -> None:
    stored = {"cap": 1}

    @read_once
    def cap_for(who: str) -> str:
        return f"{who} {stored['cap']}"

    told = [cap_for("ana")]
    stored["cap"] = 2
    told.append(cap_for("ana"))
    with settled_configuration():
        told.append(cap_for("ana"))
        stored["cap"] = 3
        with settled_configuration():
            told.append(cap_for("ana"))
        told += [cap_for("ana"), cap_for("bea")]
    told.append(cap_for("ana"))
    assert told == ["ana 1", "ana 2", "ana 2", "ana 2", "ana 2", "bea 3", "ana 3"]
