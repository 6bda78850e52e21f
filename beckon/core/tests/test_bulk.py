"""Work on thousands of rows: the search for garbage comes back, whatever happens inside."""

import gc

import pytest

from beckon.core.bulk.garbage import without_garbage_searches


def test_nothing_is_searched_inside_and_everything_as_before_after_an_error() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="inside"), without_garbage_searches():
        with without_garbage_searches():
            pass
        assert not gc.isenabled()
        raise ValueError("inside")
    assert gc.isenabled()
