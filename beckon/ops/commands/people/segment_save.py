"""`beckon segment save`."""

import argparse
import sys
from pathlib import Path

from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.segments.actions import archive_segment, save_segment
from beckon.segments.conditions import parse_text
from beckon.segments.queries import count, find_segment

HELP = (
    "Keep a condition under a name, for `beckon campaign launch --segment`. A name that exists gets a new version; "
    "campaigns that run keep the condition they were launched with."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The condition comes from a file or the command line."""
    parser.add_argument("name")
    parser.add_argument("--org", required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", metavar="COND.json", help="a file with the condition; - reads standard input")
    source.add_argument("--condition", metavar="JSON", help='such as {"field": "age", "op": "at_least", "value": 50}')
    source.add_argument("--archive", action="store_true", help="take it out of use; saving brings it back")
    parser.add_argument("--version", type=int, metavar="N", help="refuse if the saved one is not at version N any more")


def run(args: argparse.Namespace) -> int:
    """Prints the version and how many people are in now."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        if args.archive:
            archive_segment(name=args.name, by=COMMAND_LINE, now=now)
            print(f"{args.name} is out of use")
            return 0
        definition = parse_text(args.condition if args.condition is not None else _read(args.file))
        before = find_segment(args.name)
        saved = save_segment(
            name=args.name, definition=definition, by=COMMAND_LINE, now=now, expected_version=args.version
        )
        found = count(definition, now=now)
    same = before is not None and before.version == saved.version
    print(f"{saved.name}: version {saved.version}{' as before' if same else ''}, {found} people now")
    return 0


def _read(file: str) -> str:
    raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    return raw.decode("utf-8-sig", errors="replace")
