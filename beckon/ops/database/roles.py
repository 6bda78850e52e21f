"""The two log-ins of an installation and what they may do, on the embedded server and on any other.

Which tables the application may change is not decided here: migrations grant that, table by table.
"""

from collections.abc import Sequence
from typing import LiteralString

import psycopg
from psycopg import sql

from beckon.ops.database.errors import DatabaseError
from beckon.ops.database.layout import APP, DATABASE, OWNER, Secrets

APP_RIGHTS: LiteralString = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
OWNER_RIGHTS: LiteralString = "LOGIN NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS"

Connection = psycopg.Connection[tuple[object, ...]]


def prepare_roles(admin_connection: Connection, app_role: str, *, app_password: str | None = None) -> list[str]:
    """Make `app_role` what Beckon needs in the connected database; safe to repeat. Returns what to know, in sentences.

    The connection is the database's owner (or a superuser) in autocommit mode. A missing role is created and needs
    `app_password`. Raises DatabaseError when the role could do more than it should (design.md section 8).
    """
    database = str(_one(admin_connection, "SELECT current_database()"))
    notes = _make_role(admin_connection, app_role, app_password)
    _refuse_powers(admin_connection, app_role)
    role, name = sql.Identifier(app_role), sql.Identifier(database)
    for statement in (
        sql.SQL("REVOKE CREATE ON DATABASE {} FROM PUBLIC, {}").format(name, role),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, role),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(role),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
    ):
        admin_connection.execute(statement)
    _refuse_creation(admin_connection, app_role, database)
    return notes


def _make_role(connection: Connection, app_role: str, password: str | None) -> list[str]:
    if _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", [app_role]):
        return []
    if not password:
        raise DatabaseError(
            f"The role {app_role} does not exist. Give a password for it, or create it first: CREATE ROLE {app_role} "
            "LOGIN PASSWORD '...';"
        )
    connection.execute(
        sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
            sql.Identifier(app_role), sql.SQL(APP_RIGHTS), sql.Literal(password)
        )
    )
    return [f"created the role {app_role}"]


def _refuse_powers(connection: Connection, app_role: str) -> None:
    powers = connection.execute(
        """SELECT p.power FROM pg_roles r, LATERAL (VALUES
               (rolsuper, 'SUPERUSER'), (rolcreatedb, 'CREATEDB'), (rolcreaterole, 'CREATEROLE'),
               (rolreplication, 'REPLICATION'), (rolbypassrls, 'BYPASSRLS')) AS p(has, power)
           WHERE rolname = %s AND p.has""",
        [app_role],
    ).fetchall()
    if powers:
        found = [str(row[0]) for row in powers]
        mend = " ".join(f"NO{power}" for power in found)
        raise DatabaseError(
            f"The role {app_role} is {', '.join(found)}; the application must not be. Run: ALTER ROLE {app_role} "
            f"{mend};"
        )
    memberships = connection.execute(
        """SELECT r.rolname FROM pg_roles r WHERE r.rolname <> %s AND pg_has_role(%s, r.oid, 'MEMBER')
           AND (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolname LIKE 'pg\\_%%'
                OR r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database()))
           AND r.rolname <> 'pg_database_owner'""",
        [app_role, app_role],
    ).fetchall()
    if memberships:
        groups = ", ".join(str(row[0]) for row in memberships)
        raise DatabaseError(
            f"The role {app_role} is a member of {groups}; the application must not be. Run: REVOKE {groups} FROM "
            f"{app_role};"
        )
    if _one(
        connection,
        "SELECT 1 FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE datname = current_database() AND "
        "rolname = %s",
        [app_role],
    ):
        raise DatabaseError(
            f"The role {app_role} owns this database; the application must not. Run: ALTER DATABASE ... OWNER TO the "
            "owner role."
        )


def _refuse_creation(connection: Connection, app_role: str, database: str) -> None:
    if _one(connection, "SELECT has_database_privilege(%s, %s, 'CREATE')", [app_role, database]):
        raise DatabaseError(
            f"{app_role} may still create schemas in {database}. As its owner run: REVOKE CREATE ON DATABASE "
            f"{database} FROM PUBLIC, {app_role};"
        )
    if _one(connection, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", [app_role]):
        raise DatabaseError(
            f"{app_role} may still create tables in schema public. As a superuser run: REVOKE CREATE ON SCHEMA "
            f"public FROM PUBLIC, {app_role};"
        )


def prepare_embedded(superuser: Connection, secrets: Secrets) -> None:
    """Owner, application role and database of the embedded server; safe to repeat after an interruption.

    `superuser` is in autocommit mode.
    """
    for role, rights, password in (
        (OWNER, OWNER_RIGHTS, secrets.owner_password),
        (APP, APP_RIGHTS, secrets.app_password),
    ):
        verb = "ALTER" if _one(superuser, "SELECT 1 FROM pg_roles WHERE rolname = %s", [role]) else "CREATE"
        superuser.execute(
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                sql.SQL(verb), sql.Identifier(role), sql.SQL(rights), sql.Literal(password)
            )
        )
    # lets the owner change the application's password, which since PostgreSQL 16 CREATEROLE alone does not
    superuser.execute(sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(sql.Identifier(APP), sql.Identifier(OWNER)))
    if not _one(superuser, "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]):
        superuser.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
        )
    superuser.execute(
        sql.SQL("REVOKE ALL ON DATABASE {}, postgres, template1 FROM PUBLIC").format(sql.Identifier(DATABASE))
    )
    superuser.execute(sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(sql.Identifier(OWNER)))
    # temporary tables stay allowed: bulk loads stage in them, and they vanish with the session
    superuser.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), sql.Identifier(APP))
    )


def close_statistics(superuser: Connection, readers: Sequence[str]) -> None:
    """Keep everyone but `readers` from the system views that show values and statements across practices.

    pg_stats holds sample values of every column, pg_stat_activity the statements of other sessions.
    """
    views = "pg_catalog.pg_stats, pg_catalog.pg_stats_ext, pg_catalog.pg_stats_ext_exprs, pg_catalog.pg_stat_activity"
    functions = "pg_catalog.pg_stat_get_activity(integer), pg_catalog.pg_stat_get_backend_activity(integer)"
    for kind, things, right in (("TABLE", views, "SELECT"), ("FUNCTION", functions, "EXECUTE")):
        superuser.execute(
            sql.SQL("REVOKE {} ON {} {} FROM PUBLIC").format(sql.SQL(right), sql.SQL(kind), sql.SQL(things))
        )
        for reader in readers:
            superuser.execute(
                sql.SQL("GRANT {} ON {} {} TO {}").format(
                    sql.SQL(right), sql.SQL(kind), sql.SQL(things), sql.Identifier(reader)
                )
            )


def _one(connection: Connection, query: LiteralString, values: Sequence[object] = ()) -> object:
    row = connection.execute(query, values or None).fetchone()
    return row[0] if row else None
