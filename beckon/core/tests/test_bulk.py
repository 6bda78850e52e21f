"""Work on thousands of rows: the search for garbage comes back, whatever happens inside."""

import gc

import pytest

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
