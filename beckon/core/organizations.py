"""Making and dropping organizations: schema, tables, rights. Uses the owner's connection; nothing else does."""

import re
import secrets
from datetime import datetime

from django.apps import apps
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from beckon import config
from beckon.core.errors import BeckonError
from beckon.core.models import ClockKind, Organization, OrganizationKind
from beckon.core.routers import PUBLIC, is_shared
from beckon.core.tenancy import schema_connection

ADMIN = "admin"
_SLUG = re.compile(r"^[a-z][a-z0-9-]{0,48}[a-z0-9]$")


class InvalidSlug(BeckonError):
    """A slug is 2 to 50 lower-case letters, digits and dashes, starting with a letter."""


def migrate_schema(schema: str) -> int:
    """Bring one schema (`public` or an organization's) to the newest migrations; returns how many were applied.

    Safe to repeat and to resume. Also renews the application role's rights.
    """
    connection = schema_connection(ADMIN)
    connection.set_schema(schema)
    try:
        executor = MigrationExecutor(connections[ADMIN])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            executor.migrate(executor.loader.graph.leaf_nodes(), plan=plan)
        grant_rights(schema)
    finally:
        connection.set_schema_to_public()
    return len(plan)


def grant_rights(schema: str) -> None:
    """Give the application role what it needs in `schema` and no more.

    Tables of models with `append_only = True` can be read and added to, never changed (design, invariant 9).
    """
    role = sql.Identifier(config.database_address(admin=False).user)
    space = sql.Identifier(schema)
    statements: list[sql.Composable] = [
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(space, role),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}").format(space, role),
        sql.SQL("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {} TO {}").format(space, role),
    ]
    if schema == PUBLIC:
        statements.append(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    statements += [
        sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {}.{} FROM {}").format(space, sql.Identifier(table), role)
        for table in _append_only_tables(schema)
    ]
    with connections[ADMIN].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _append_only_tables(schema: str) -> list[str]:
    return [
        model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "append_only", False) and is_shared(model._meta.app_label) == (schema == PUBLIC)
    ]


def create_organization(
    *,
    slug: str,
    name: str,
    kind: OrganizationKind,
    time_zone: str = "America/New_York",
    language: str = "en",
    clock_at: datetime | None = None,
    seed: int = 0,
) -> Organization:
    """A new organization with its schema, tables and rights. Give `clock_at` for a virtual clock.

    Raises InvalidSlug. What was half made by a crash is finished by calling it again with the same slug.
    """
    if not _SLUG.match(slug):
        raise InvalidSlug(f"{slug!r} is not usable as a short name: {InvalidSlug.__doc__}")
    organization, _ = Organization.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "kind": kind,
            "time_zone": time_zone,
            "language": language,
            "seed": seed,
            "schema_name": "o_" + slug.replace("-", "_"),
            "clock_kind": ClockKind.WALL if clock_at is None else ClockKind.VIRTUAL,
            "clock_at": clock_at,
        },
    )
    with connections[ADMIN].cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(organization.schema_name)))
    migrate_schema(organization.schema_name)
    return organization


def create_rehearsal(
    *, clock_at: datetime, seed: int, time_zone: str = "America/New_York", name: str = "Rehearsal"
) -> Organization:
    """A scratch organization under a random short name; the caller drops it with `drop_organization`."""
    return create_organization(
        slug=f"rehearsal-{secrets.token_hex(6)}",
        name=name,
        kind=OrganizationKind.REHEARSAL,
        clock_at=clock_at,
        seed=seed,
        time_zone=time_zone,
    )


def refresh_statistics(organization: Organization) -> None:
    """Let PostgreSQL count what the organization's tables hold, as autovacuum does sooner or later.

    For organizations that are filled in one go: without figures, the first queries are planned for empty tables.
    Only the owner of the tables may do this. Call outside of any scope: nothing uncommitted is counted.
    """
    space = organization.schema_name
    with connections[ADMIN].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [space])
        tables = [sql.Identifier(space, name) for (name,) in cursor.fetchall()]
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(tables)))


def drop_organization(organization: Organization) -> None:
    """Delete an organization with everything in it. There is no way back."""
    with transaction.atomic(using=ADMIN), connections[ADMIN].cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(organization.schema_name)))
    Organization.objects.filter(pk=organization.pk).delete()
