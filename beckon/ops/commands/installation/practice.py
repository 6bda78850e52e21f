"""`beckon practice`."""

import argparse
from pathlib import Path

from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.practice_file import load_practice, read_practice_file
from beckon.ops.printing import counted

HELP = "Load a practice's locations, clinicians, visit types and senders from a YAML file (docs/howto/practice.yaml)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file may be loaded again after a change; what it no longer names stays."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--org", required=True)
    parser.add_argument("--check", action="store_true", help="only say whether the file is right")


def run(args: argparse.Namespace) -> int:
    """Loads all of the file or nothing."""
    file = read_practice_file(args.file)
    if args.check:
        print(f"{args.file} is right")
        return 0
    organization = get_organization(args.org)
    with org_scope(organization):
        counts = load_practice(file, by=COMMAND_LINE, now=domain_now(organization))
    print("loaded " + ", ".join(counted(count, kind) for kind, count in counts.items()))
    return 0
