"""Bringing all schemas to the newest version, and refusing to run on old ones."""

from collections.abc import Callable

from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.utils import OperationalError, ProgrammingError

from beckon.core.errors import BeckonError
from beckon.core.models import Organization
from beckon.core.organizations import ADMIN, migrate_schema
from beckon.core.routers import PUBLIC, is_shared


class NotMigrated(BeckonError):
    """The database is older than the program, or empty, or does not answer."""


class EmptyDatabase(NotMigrated):
    """Nothing was set up yet."""


def migrate_all(tell: Callable[[str], None]) -> None:
    """Migrate `public`, then each organization that needs it (found in one query). Safe to stop and repeat."""
    applied = migrate_schema(PUBLIC)
    tell(f"shared tables: {applied} migration{'s' * (applied != 1)} applied")
    behind = schemas_behind()
    for done, schema in enumerate(behind, start=1):
        migrate_schema(schema)
        tell(f"organization {done} of {len(behind)}: {schema}")
    if not behind:
        tell("organizations: all up to date")


def schemas_behind() -> list[str]:
    """Schemas of organizations that lack a migration this version has. One query over all of them."""
    wanted = {key for key in MigrationLoader(None).disk_migrations if not is_shared(key[0])}
    schemas = list(Organization.objects.order_by("schema_name").values_list("schema_name", flat=True))
    behind = []
    with connections[ADMIN].cursor() as cursor:
        for schema in schemas:
            quoted = connections[ADMIN].ops.quote_name(schema)
            try:
                cursor.execute(f"SELECT app, name FROM {quoted}.django_migrations")
            except ProgrammingError:
                behind.append(schema)
                continue
            if not wanted <= set(cursor.fetchall()):
                behind.append(schema)
    return behind


def refuse_unmigrated() -> None:
    """Raise NotMigrated when the shared tables are missing (EmptyDatabase) or unreachable; the message says what to
    run."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM core_organization LIMIT 1")
    except ProgrammingError as error:
        raise EmptyDatabase("the database is empty; run `beckon init --org SHORT-NAME` or `beckon migrate`") from error
    except OperationalError as error:
        raise NotMigrated(f"the database does not answer: {error}; `beckon doctor` helps") from error


def make_shared_tables_if_none(tell: Callable[[str], None]) -> None:
    """On a machine where nothing was set up, make the shared tables: what works in scratch organizations needs no more.

    An installation that exists is left as it is; upgrading one is `beckon migrate`'s, on purpose. Raises NotMigrated.
    """
    try:
        refuse_unmigrated()
    except EmptyDatabase:
        tell("first use: making the shared tables")
        migrate_schema(PUBLIC)
