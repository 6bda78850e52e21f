"""`beckon db status`."""

import argparse

from beckon import config

HELP = "Say whether the embedded database runs, on which port, and where its files are."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when it runs, 1 when not."""
    from beckon.ops.database.server import status

    found = status(config.home())
    print(found)
    return 0 if str(found.state).endswith("running") else 1
