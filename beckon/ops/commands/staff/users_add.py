"""`beckon users add`."""

import argparse

from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.errors import BeckonError
from beckon.core.models import Role
from beckon.core.staff.actions import NotChanged, StaffNo, add_member
from beckon.core.tenancy import get_organization, org_scope

HELP = "Make somebody a member of a practice with a role, or give a member another role. Put on record."

SENTENCES = {
    StaffNo.BAD_EMAIL: "that is not an e-mail address",
    StaffNo.USER_SWITCHED_OFF: "this user is switched off for the whole installation",
    StaffNo.NO_MEMBER: "nobody with this e-mail is a member here; `beckon users list` shows who is",
    StaffNo.LAST_ADMINISTRATOR: "the last administrator stays one: make somebody else administrator first",
    StaffNo.WEAK_PASSWORD: "the password is too weak",
}


class StaffRefused(BeckonError):
    """Nothing was changed; the message says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Safe to repeat."""
    parser.add_argument("email")
    parser.add_argument("--org", required=True)
    parser.add_argument("--role", required=True, choices=Role.values)
    parser.add_argument("--name", default="", help="as colleagues should see it; kept for a user who exists")


def run(args: argparse.Namespace) -> int:
    """Says what to do next for a user without a password."""
    organization = get_organization(args.org)
    with org_scope(organization):
        answer = add_member(
            email=args.email, role=Role(args.role), name=args.name, by=COMMAND_LINE, now=domain_now(organization)
        )
    if isinstance(answer, NotChanged):
        raise refusal(answer)
    email = args.email.strip().lower()
    before = "" if answer.was is None else " already" if answer.was is answer.role else f", was {answer.was}"
    print(f"{email} is {answer.role} at {organization.slug}{before}")
    if answer.is_new_user:
        print(f"no password yet: `beckon users password {email} --org {organization.slug}` reads one")
    return 0


def refusal(no: NotChanged) -> StaffRefused:
    """What to raise for a refusal, in words."""
    return StaffRefused("\n  ".join([SENTENCES[no.reason], *no.details]))
