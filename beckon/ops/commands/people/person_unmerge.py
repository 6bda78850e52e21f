"""`beckon person unmerge`."""

import argparse

from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.people.joining import unmerge_people

HELP = "Take a merge back: the record stands for itself again. What it filled in on the other one stays."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """By the id of the record that was merged away."""
    parser.add_argument("other", type=int, metavar="OTHER_ID")
    parser.add_argument("--org", required=True)


def run(args: argparse.Namespace) -> int:
    """Put on record."""
    organization = get_organization(args.org)
    with org_scope(organization):
        survivor = unmerge_people(args.other, by=COMMAND_LINE, now=domain_now(organization))
    print(f"person {args.other} stands for itself again; check what person {survivor} was filled with")
    return 0
