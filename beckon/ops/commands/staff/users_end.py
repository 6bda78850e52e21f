"""`beckon users end`."""

import argparse

from beckon.core.actors import COMMAND_LINE, user
from beckon.core.clock import domain_now
from beckon.core.staff.actions import NotChanged, end_membership
from beckon.core.staff.queries import find_member
from beckon.core.tenancy import get_organization, org_scope
from beckon.desk.actions import leave_desk
from beckon.ops.commands.calls.desk_next import agent_of
from beckon.ops.commands.staff.users_add import refusal

HELP = "End somebody's membership: their callbacks go to another agent, or to anyone. What they did stays on record."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The user stays, for other practices."""
    parser.add_argument("email")
    parser.add_argument("--org", required=True)
    parser.add_argument("--callbacks-to", metavar="EMAIL", help="who keeps their promises; default: anyone")


def run(args: argparse.Namespace) -> int:
    """All or nothing."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    to = agent_of(args.callbacks_to, organization) if args.callbacks_to else None
    with org_scope(organization):
        member = find_member(args.email)
        given_back, promised = leave_desk(user(member.user_id), to, by=COMMAND_LINE, now=now) if member else (0, 0)
        answer = end_membership(email=args.email, by=COMMAND_LINE, now=now)
        if isinstance(answer, NotChanged):
            raise refusal(answer)
    print(f"{args.email.strip().lower()} is no member of {organization.slug} any more (was {answer.was})")
    if given_back or promised:
        print(f"calls given back: {given_back:,}; callbacks handed to {args.callbacks_to or 'anyone'}: {promised:,}")
    return 0
