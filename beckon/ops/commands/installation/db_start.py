"""`beckon db start`."""

import argparse
import sys

from beckon import config

HELP = "Start the embedded database of this installation (made on first use). It goes on until `beckon db stop`."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Start, or find it running."""
    from beckon.ops.database.server import ensure_running

    if not config.uses_embedded_database():
        print("BECKON_DATABASE_URL is set: the embedded database is not used")
        return 0
    address = ensure_running(config.home(), tell=lambda text: print(text, file=sys.stderr))
    print(f"running on {address.host}:{address.port}")
    return 0
