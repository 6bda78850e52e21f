"""`beckon db status`."""

import argparse

from beckon import config

HELP = "Say whether the embedded database runs, on which port, and where its files are."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when it runs, 1 when not."""
    from beckon.ops.database.server import State, status

    found = status(config.home())
    print(f"{found.state}" + (f", PostgreSQL {found.version}" if found.version else ""))
    if found.port:
        print(f"port {found.port}, data in {found.data_dir}, {(found.size_bytes or 0) / 1024**2:,.0f} MiB")
    if found.detail:
        print(found.detail)
    return 0 if found.state is State.RUNNING else 1
