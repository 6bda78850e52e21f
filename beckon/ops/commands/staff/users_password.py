"""`beckon users password`."""

import argparse
import getpass
import sys

from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.staff.actions import NotChanged, set_password
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.commands.staff.users_add import StaffRefused, refusal

HELP = "Set a member's password, read from standard input (asked for twice at a terminal); never given as an argument."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The password is the first line of standard input."""
    parser.add_argument("email")
    parser.add_argument("--org", required=True)


def run(args: argparse.Namespace) -> int:
    """At least 12 characters, not a common one, not like the e-mail. Open sessions of the user end."""
    organization = get_organization(args.org)
    password = _read()
    with org_scope(organization):
        answer = set_password(email=args.email, password=password, by=COMMAND_LINE, now=domain_now(organization))
    if isinstance(answer, NotChanged):
        raise refusal(answer)
    print(f"{args.email.strip().lower()} has a new password")
    return 0


def _read() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("new password: ")
    if getpass.getpass("once more: ") != password:
        raise StaffRefused("the two are not the same; nothing was changed")
    return password
