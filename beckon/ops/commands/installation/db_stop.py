"""`beckon db stop`."""

import argparse

from beckon import config

HELP = "Stop the embedded database. Its data stays."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Stop, or find it stopped."""
    from beckon.ops.database.server import stop

    print("stopped" if stop(config.home()) else "was not running")
    return 0
