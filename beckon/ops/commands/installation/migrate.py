"""`beckon migrate`."""

import argparse

from beckon.ops.migrations import migrate_all

HELP = "Bring the shared tables and every organization's tables to this version. Safe to stop and to repeat."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Shows each organization as it is done."""
    migrate_all(print)
    return 0
