"""Reads the secret a configuration only names. Secrets never stand in the database, a log or an error."""

import os
from collections.abc import Callable
from pathlib import Path

from beckon.channels.carriers.errors import MisconfiguredError

SecretSource = Callable[[str], str]


def read_secret(reference: str) -> str:
    """The secret behind `env:NAME` or `file:/absolute/path`; a trailing line end is dropped.

    Raises MisconfiguredError, naming the reference and never a value.
    """
    kind, _, place = reference.partition(":")
    if kind == "env" and place:
        value = os.environ.get(place, "")
    elif kind == "file" and Path(place).is_absolute():
        try:
            value = Path(place).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise MisconfiguredError(f"secret {reference} cannot be read: {type(error).__name__}") from None
    else:
        raise MisconfiguredError("a secret is named env:NAME or file:/absolute/path, never written out")
    if not value:
        raise MisconfiguredError(f"secret {reference} is empty or not set")
    return value
