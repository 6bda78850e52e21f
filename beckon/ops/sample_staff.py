"""Sample staff for the demo: one user for each role, and a second practice. Never for a live practice."""

from dataclasses import dataclass

from beckon.campaigns.defaults import install_defaults
from beckon.core.actors import SYSTEM
from beckon.core.clock import domain_now
from beckon.core.models import Membership, Organization, OrganizationKind, Role, User
from beckon.core.organizations import create_organization
from beckon.core.tenancy import org_scope

PASSWORD = "beckon-demo-only"  # noqa: S105 - printed on the screen, for sandboxes that hold nobody real
SECOND_SLUG, SECOND_NAME = "lakeside", "Lakeside Sample Practice"


@dataclass(frozen=True)
class LogIn:
    """A log-in to print."""

    role: Role
    email: str
    is_second: bool


def make_sample_staff(organization: Organization) -> list[LogIn]:
    """One user per role of a sandbox; the manager also serves a second, empty practice. Safe to repeat.

    Raises ValueError for a live practice or beside one: the password is known to everybody.
    """
    if organization.kind != OrganizationKind.SANDBOX or has_real_people():
        raise ValueError("sample staff are for sandboxes only, where no practice is live")
    second = create_organization(
        slug=SECOND_SLUG, name=SECOND_NAME, kind=OrganizationKind.SANDBOX, clock_at=domain_now(organization)
    )
    with org_scope(second):
        install_defaults(by=SYSTEM, now=domain_now(organization), signed_off_by="Sample Manager")
    found = []
    for role in Role:
        email = f"{role.value}@example.org"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, PASSWORD, name=f"Sample {role.label.lower()}"
        )
        if role is Role.ADMINISTRATOR and not user.is_operator:
            user.is_operator = True
            user.save(update_fields=["is_operator"])
        _join(user, organization, role)
        if role in (Role.MANAGER, Role.ADMINISTRATOR):
            _join(user, second, role)
        found.append(LogIn(role, email, role is Role.MANAGER))
    return found


def has_real_people() -> bool:
    """True where a practice of this installation is live: everybody knows the sample staff's password."""
    return Organization.objects.filter(kind=OrganizationKind.LIVE).exists()


def _join(user: User, organization: Organization, role: Role) -> None:
    Membership.objects.get_or_create(user=user, organization=organization, ended_at=None, defaults={"role": role})
