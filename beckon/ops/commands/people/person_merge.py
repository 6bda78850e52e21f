"""`beckon person merge`."""

import argparse

from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.people.joining import merge_people

HELP = (
    "Make two records of one person one: the second points to the first, whose gaps it fills. Opt-outs and deaths of "
    "either hold. `beckon person unmerge` takes it back; `beckon duplicates` lists what agents and the search found."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Both by id."""
    parser.add_argument("keep", type=int, metavar="KEEP_ID", help="the record that stays")
    parser.add_argument("other", type=int, metavar="OTHER_ID", help="the record that becomes part of it")
    parser.add_argument("--org", required=True)


def run(args: argparse.Namespace) -> int:
    """Put on record; the other's campaigns and calls end."""
    organization = get_organization(args.org)
    with org_scope(organization):
        merge_people(args.keep, args.other, by=COMMAND_LINE, now=domain_now(organization))
    print(f"person {args.other} is part of person {args.keep} now")
    print(f"to take it back: beckon person unmerge {args.other} --org {organization.slug}")
    return 0
