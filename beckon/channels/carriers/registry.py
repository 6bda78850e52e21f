"""The carriers there are: one line each. A new carrier adds its folder and its line here."""

import importlib
from collections.abc import Callable, Mapping

from beckon.channels.carriers.base import Carrier
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.secrets import SecretSource, read_secret

CARRIERS: Mapping[str, str] = {
    "http": "beckon.channels.carriers.http.carrier",
    "print": "beckon.channels.carriers.print.carrier",
    "sandbox": "beckon.channels.carriers.sandbox.carrier",
    "smtp": "beckon.channels.carriers.smtp.carrier",
}
"""Kind, as stored on a Sender, to the module whose `build(config, secret)` makes the carrier."""

Config = Mapping[str, object]


def build_carrier(kind: str, config: Config, *, secret: SecretSource = read_secret) -> Carrier:
    """Make a carrier from a sender's configuration. Raises MisconfiguredError with what to mend."""
    if kind not in CARRIERS:
        raise MisconfiguredError(f"there is no carrier {kind!r}; there are: {', '.join(sorted(CARRIERS))}")
    build: Callable[[Config, SecretSource], Carrier] = importlib.import_module(CARRIERS[kind]).build
    return build(config, secret)
