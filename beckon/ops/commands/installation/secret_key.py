"""`beckon secret-key`."""

import argparse
import secrets

HELP = "Print a new random key for BECKON_SECRET_KEY."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """86 characters from the operating system's random source."""
    print(secrets.token_urlsafe(64))
    return 0
