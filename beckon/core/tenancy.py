"""The only door to an organization's tables: org_scope. Outside it there are none, and a query fails loudly."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from beckon.core.errors import NoOrganization, ScopeConflict, UnknownOrganization
from beckon.core.models import Organization

_current: ContextVar[Organization | None] = ContextVar("beckon_organization", default=None)


def get_organization(slug: str) -> Organization:
    """The organization with this slug. Raises UnknownOrganization."""
    try:
        return Organization.objects.get(slug=slug)
    except Organization.DoesNotExist as error:
        raise UnknownOrganization(f"there is no organization {slug!r}; `beckon organizations` lists them") from error


@contextmanager
def org_scope(organization: Organization) -> Iterator[Organization]:
    """One transaction in which this organization's tables, and no other's, are visible.

    Commits at the end, rolls back on an exception. The same organization may be opened again inside
    (a savepoint); another one may not: ScopeConflict.
    """
    outer = _current.get()
    if outer is not None:
        if outer.schema_name != organization.schema_name:
            raise ScopeConflict("close the scope of one organization before opening another's")
        with transaction.atomic():
            yield outer
        return
    connection.set_tenant(organization)
    token = _current.set(organization)
    try:
        with transaction.atomic():
            yield organization
    finally:
        _current.reset(token)
        connection.set_schema_to_public()


def current_organization() -> Organization:
    """The organization whose scope is open. Raises NoOrganization outside one."""
    organization = _current.get()
    if organization is None:
        raise NoOrganization("open an org_scope first")
    return organization
