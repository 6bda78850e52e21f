"""The only door to an organization's tables: org_scope. Outside it there are none, and a query fails loudly."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, cast

from django.db import connections, transaction

from beckon.core.errors import NoOrganization, ScopeConflict, UnknownOrganization
from beckon.core.models import Organization


class SchemaConnection(Protocol):
    """What the database backend of django-tenants adds to Django's connection."""

    schema_name: str

    def set_schema(self, schema_name: str) -> None:
        """Show this schema, then `public`, from the next cursor on."""

    def set_schema_to_public(self) -> None:
        """Show `public` only, from the next cursor on."""


def schema_connection(alias: str = "default") -> SchemaConnection:
    """The connection `alias` of this thread, typed with the schema switch."""
    return cast(SchemaConnection, connections[alias])


_current: ContextVar[Organization | None] = ContextVar("beckon_organization", default=None)


def get_organization(slug: str) -> Organization:
    """The organization with this slug. Raises UnknownOrganization."""
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise UnknownOrganization(f"there is no organization {slug!r}; `beckon organizations` lists them")
    return organization


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
    connection = schema_connection()
    connection.set_schema(organization.schema_name)
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
