"""Fixtures for every test: a database of its own per run, made as the owner, used as the application's role."""

import os
import socket
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import sql

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
"""Monday 2026-11-16, 10:00 in New York: the present of most tests."""

_real_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else "127.0.0.1"
    if not (host in ("localhost", "::1") or str(host).startswith("127.")):
        raise RuntimeError(f"a test tried to reach {host}; only loopback is allowed")
    _real_connect(self, address)


hypothesis.settings.register_profile("beckon", deadline=None)  # never a timed test
hypothesis.settings.load_profile("beckon")


FAST_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""Nobody's password is at stake in a test; scrypt takes a tenth of a second for each."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out tests that never ask a database; for a second run on another server",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    asking = [item for item in items if _asks_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _asks_database(item)])
    items[:] = asking


def _asks_database(item: pytest.Item) -> bool:
    return "django_db_setup" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db") is not None


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = FAST_HASHERS
    socket.socket.connect = _loopback_only  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Make, migrate and finally drop this run's database, with one sandbox organization `test` in it."""
    from django.conf import settings
    from django.db import connections

    from beckon import config

    admin = config.database_address(admin=True)
    name = f"beckon_test_{os.getpid()}_{uuid.uuid4().hex[:6]}"
    server = psycopg.connect(
        host=admin.host, port=admin.port, user=admin.user, password=admin.password, dbname=admin.name, autocommit=True
    )
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    for alias in ("default", "admin"):
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        from beckon.core.models import OrganizationKind
        from beckon.core.organizations import create_organization, migrate_schema

        migrate_schema("public")
        create_organization(slug="test", name="Test practice", kind=OrganizationKind.SANDBOX, clock_at=NOW, seed=7)
        connections["admin"].close()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    server.close()


@pytest.fixture
def now() -> datetime:
    """Monday 2026-11-16 15:00 UTC, 10:00 in New York."""
    return NOW


@pytest.fixture
def org(db: None) -> Iterator[Any]:
    """The sandbox organization `test`, its scope open; everything is rolled back after the test."""
    from beckon.core.tenancy import get_organization, org_scope

    with org_scope(get_organization("test")) as organization:
        yield organization


@pytest.fixture
def committed_org(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A scratch organization whose rows are really committed (for threads and processes); dropped afterwards."""
    from django.db import connections

    from beckon.core.organizations import create_rehearsal, drop_organization

    with django_db_blocker.unblock():
        organization = create_rehearsal(clock_at=NOW, seed=7)
        try:
            yield organization
        finally:
            drop_organization(organization)
            connections.close_all()


@pytest.fixture
def prospects_file() -> Path:
    """The messy month's file of ../shared/data, or skip where that folder is absent."""
    path = Path(__file__).resolve().parent.parent / "shared/data/prospects/riverside-2026-11.csv"
    if not path.exists():
        pytest.skip("shared/data is not here")
    return path
