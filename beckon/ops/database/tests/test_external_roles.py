"""prepare_roles, as production uses it on a server of its own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import errors as pg

from beckon.ops.database import server
from beckon.ops.database.errors import DatabaseError
from beckon.ops.database.layout import Layout, Secrets, read_secrets
from beckon.ops.database.roles import prepare_roles


@pytest.fixture
def secrets(wheel_home: Path) -> Secrets:
    server.ensure_running(wheel_home, tell=print)
    found = read_secrets(Layout(wheel_home))
    assert found is not None
    return found


@pytest.fixture
def superuser(secrets: Secrets) -> Iterator[psycopg.Connection]:
    with psycopg.connect(secrets.as_superuser().url(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def external(secrets: Secrets, superuser: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The owner's connection to a database that nobody has prepared, on which everyone may create schemas."""
    superuser.execute("CREATE DATABASE external OWNER beckon_owner")
    superuser.execute("GRANT CREATE ON DATABASE external TO PUBLIC")
    address = replace(secrets.as_owner(), name="external")
    with psycopg.connect(address.url(), autocommit=True) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        yield connection
    superuser.execute("DROP DATABASE external")
    superuser.execute("DROP ROLE IF EXISTS outside_app")


def test_a_missing_role_is_made_without_any_power_and_twice_is_once(
    external: psycopg.Connection, secrets: Secrets
) -> None:
    assert prepare_roles(external, "outside_app", app_password="sample-1") == ["created the role outside_app"]
    assert prepare_roles(external, "outside_app") == []
    address = replace(secrets.as_app(), name="external", user="outside_app", password="sample-1")
    with psycopg.connect(address.url(), autocommit=True) as app:
        for statement in ("CREATE TABLE public.x (a int)", "CREATE SCHEMA mine", "CREATE DATABASE mine"):
            with pytest.raises(pg.InsufficientPrivilege):
                app.execute(statement)


def test_without_a_password_a_missing_role_is_refused_in_words(external: psycopg.Connection) -> None:
    with pytest.raises(DatabaseError, match="CREATE ROLE outside_app LOGIN PASSWORD"):
        prepare_roles(external, "outside_app")


@pytest.mark.parametrize("power", ["SUPERUSER", "CREATEDB", "CREATEROLE", "BYPASSRLS", "REPLICATION"])
def test_a_role_with_a_power_is_refused_with_the_statement_that_takes_it_away(
    external: psycopg.Connection, superuser: psycopg.Connection, power: str
) -> None:
    superuser.execute(f"CREATE ROLE outside_app LOGIN {power}")
    with pytest.raises(DatabaseError, match=f"ALTER ROLE outside_app NO{power}"):
        prepare_roles(external, "outside_app")


@pytest.mark.parametrize("group", ["beckon_owner", "pg_read_all_data"])
def test_a_member_of_a_powerful_role_is_refused(
    external: psycopg.Connection, superuser: psycopg.Connection, group: str
) -> None:
    superuser.execute("CREATE ROLE outside_app LOGIN")
    superuser.execute(f"GRANT {group} TO outside_app")
    with pytest.raises(DatabaseError, match=f"REVOKE {group} FROM outside_app"):
        prepare_roles(external, "outside_app")


def test_the_owner_of_the_database_is_refused_as_application(
    external: psycopg.Connection, superuser: psycopg.Connection, secrets: Secrets
) -> None:
    with pytest.raises(DatabaseError, match="beckon_owner NOCREATEDB"):
        prepare_roles(external, "beckon_owner")
    superuser.execute("CREATE ROLE outside_app LOGIN")
    superuser.execute("ALTER DATABASE external OWNER TO outside_app")
    try:
        admin = replace(secrets.as_superuser(), name="external")
        with (
            psycopg.connect(admin.url(), autocommit=True) as connection,
            pytest.raises(DatabaseError, match="owns this database"),
        ):
            prepare_roles(connection, "outside_app")
    finally:
        superuser.execute("ALTER DATABASE external OWNER TO beckon_owner")


def test_the_statements_of_the_howto_do_what_it_says(secrets: Secrets, superuser: psycopg.Connection) -> None:
    page = Path(__file__).resolve().parents[4] / "docs/howto/use-your-own-postgresql.md"
    text = page.read_text().replace("beckon_owner", "howto_owner").replace("beckon_app", "howto_app")
    making, taking, closing = re.findall(r"```sql\n(.*?)```", text.replace("DATABASE beckon", "DATABASE howto"), re.S)
    try:
        for statement in making.split(";\n"):
            superuser.execute(statement)
        owner = replace(secrets.as_owner(), name="howto", user="howto_owner", password="one long random password")
        with psycopg.connect(owner.url(), autocommit=True) as connection:
            for statement in taking.split(";\n"):
                connection.execute(statement)
            assert prepare_roles(connection, "howto_app") == []
        with psycopg.connect(replace(secrets.as_superuser(), name="howto").url()) as connection:
            connection.execute(closing)
        app = replace(secrets.as_app(), name="howto", user="howto_app", password="another one")
        with psycopg.connect(app.url(), autocommit=True) as connection:
            for statement in ("CREATE SCHEMA mine", "SELECT * FROM pg_stats", "SELECT * FROM pg_stat_activity"):
                with pytest.raises(pg.InsufficientPrivilege):
                    connection.execute(statement)
    finally:
        superuser.execute("DROP DATABASE IF EXISTS howto")
        superuser.execute("DROP ROLE IF EXISTS howto_app, howto_owner")
