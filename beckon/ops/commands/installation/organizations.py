"""`beckon organizations`."""

import argparse

from beckon.core.models import Organization

HELP = "List the organizations of this installation."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """One line each: short name, kind, clock, name."""
    found = Organization.objects.order_by("slug")
    if not found:
        print("none yet; `beckon init --org SHORT-NAME` makes one")
    for organization in found:
        print(f"{organization.slug:<24} {organization.kind:<10} {organization.clock_kind:<8} {organization.name}")
    return 0
