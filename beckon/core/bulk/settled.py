"""Configuration read once, for as long as somebody promises that it stands still. Without that promise nothing is kept.

For simulations, which ask for the same policies, wordings and working hours hundreds of times a virtual day.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from beckon.core.tenancy import current_organization

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("beckon_settled", default=None)


@contextmanager
def settled_configuration() -> Iterator[None]:
    """Inside, what `read_once` has read is not read again. Only for code during which no configuration is changed.

    Inside another one this does nothing: the outer promise holds.
    """
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def read_once(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """For a read of configuration with hashable arguments, whose result nobody changes. Kept by organization."""

    @wraps(function)
    def reading(*args: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
        kept = _kept.get()
        if kept is None:
            return function(*args, **named)
        key = (function, current_organization().schema_name, args, tuple(sorted(named.items())))
        if key not in kept:
            kept[key] = function(*args, **named)
        result: _Result = kept[key]
        return result

    return reading
