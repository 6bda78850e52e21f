"""`beckon users factors-off`."""

import argparse

from beckon.core.actors import COMMAND_LINE
from beckon.core.models import User
from beckon.ops.commands.staff.users_add import StaffRefused
from beckon.web.accounts.queries import practices_of
from beckon.web.accounts.second_factor import take_off_all

HELP = (
    "Take off somebody's lost second factor: app, passkeys, recovery codes. Sessions end, a letter tells them, and "
    "it is on record in every practice they work for. Be sure that it is them who asks."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An account is one for all practices, so no practice is named."""
    parser.add_argument("email")


def run(args: argparse.Namespace) -> int:
    """Says what is gone and where it is on record."""
    email = args.email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        raise StaffRefused("there is no user with this e-mail")
    if not take_off_all(user, by=COMMAND_LINE, practice=""):
        print(f"{email} has no second factor; nothing was changed")
        return 0
    places = ", ".join(row.organization.slug for row in practices_of(user)) or "no practice"
    print(f"the second factor of {email} is off, at the next log-in they set up a new one; on record at {places}")
    return 0
