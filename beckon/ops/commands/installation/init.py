"""`beckon init`: an empty installation ready for work, without questions."""

import argparse
import secrets

from django.db import transaction

from beckon.campaigns.defaults import install_defaults
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import wall_now
from beckon.core.models import Membership, Organization, OrganizationKind, Role, User
from beckon.core.organizations import create_organization
from beckon.core.tenancy import org_scope
from beckon.ops.migrations import migrate_all

HELP = "Make an empty installation ready: database, tables, an organization and its administrator. Safe to repeat."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Short name is required; everything else has a default."""
    parser.add_argument("--org", required=True, metavar="SHORT-NAME", help="such as riverside; letters, digits, dashes")
    parser.add_argument("--name", help="full name of the practice (default: the short name)")
    parser.add_argument("--time-zone", default="America/New_York", help="the practice's own zone")
    parser.add_argument("--language", default="en", choices=["en", "es"])
    parser.add_argument("--admin-email", default="admin@example.org", help="the administrator's e-mail")
    parser.add_argument("--kind", default="live", choices=["live", "sandbox"])


def run(args: argparse.Namespace) -> int:
    """Prints the administrator's one-time password when the user is new."""
    migrate_all(print)
    organization = create_organization(
        slug=args.org,
        name=args.name or args.org,
        kind=OrganizationKind(args.kind),
        time_zone=args.time_zone,
        language=args.language,
    )
    with org_scope(organization):
        install_defaults(by=COMMAND_LINE, now=wall_now())
    password = make_administrator(organization, args.admin_email)
    print(f"organization {organization.slug} is ready")
    if password:
        print(
            f"administrator {args.admin_email.lower()}, password {password} (shown once; change it at the first log-in)"
        )
    return 0


@transaction.atomic
def make_administrator(organization: Organization, email: str) -> str | None:
    """A user with the administrator's role; returns the new password, or None when the user existed."""
    user = User.objects.filter(email=email.strip().lower()).first()
    password = None
    if user is None:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(email, password)
    Membership.objects.get_or_create(
        user=user, organization=organization, ended_at=None, defaults={"role": Role.ADMINISTRATOR}
    )
    return password
