"""`beckon users list`."""

import argparse
import json

from beckon.core.staff.queries import list_members
from beckon.core.tenancy import get_organization, org_scope

HELP = "List who works for a practice: e-mail, role, since when, whether they can log in."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--all shows those who have left, too."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--all", action="store_true", help="also roles and memberships that have ended")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """One line each."""
    organization = get_organization(args.org)
    with org_scope(organization):
        members = list_members(with_ended=args.all)
    if args.json:
        print(
            json.dumps(
                [
                    {
                        "user": m.user_id,
                        "email": m.email,
                        "name": m.name,
                        "role": m.role.value,
                        "since": m.since.isoformat(),
                        "ended_at": m.ended_at.isoformat() if m.ended_at else None,
                        "can_log_in": m.can_log_in,
                    }
                    for m in members
                ]
            )
        )
        return 0
    for m in members:
        state = f"until {m.ended_at:%Y-%m-%d}" if m.ended_at else "" if m.can_log_in else "no password yet"
        print(f"{m.email:<32} {m.role.value:<14} {m.since:%Y-%m-%d}  {state}".rstrip())
    return 0
