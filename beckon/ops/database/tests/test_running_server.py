"""What a running embedded server lets the two log-ins do, on the wheel's PostgreSQL and on Debian's."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import errors as pg

from beckon import config
from beckon.ops.database import server as driver
from beckon.ops.database.layout import Layout, Secrets, read_secrets
from beckon.ops.database.liveness import Answer, ask


@pytest.fixture
def home(either_home: Path) -> Path:
    """A running server, whatever the test before this one did."""
    driver.ensure_running(either_home, tell=print)
    return either_home


@pytest.fixture
def secrets(home: Path) -> Secrets:
    found = read_secrets(Layout(home))
    assert found is not None
    return found


@pytest.fixture
def app(secrets: Secrets) -> Iterator[psycopg.Connection]:
    with psycopg.connect(secrets.as_app().url(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(secrets: Secrets) -> Iterator[psycopg.Connection]:
    with psycopg.connect(secrets.as_owner().url(), autocommit=True) as connection:
        yield connection


def test_a_second_start_tells_nothing_and_keeps_the_process(home: Path) -> None:
    before = driver.status(home)
    told: list[str] = []
    address = driver.ensure_running(home, tell=told.append)
    assert told == []
    assert address.user == "beckon_app"
    assert before.pid is not None
    assert driver.status(home).pid == before.pid


def test_the_status_of_a_running_server_is_complete(home: Path, secrets: Secrets) -> None:
    found = driver.status(home)
    assert found.state is driver.State.RUNNING
    assert found.port == secrets.port
    assert found.version is not None
    assert int(found.version.split(".")[0]) >= 15
    assert found.size_bytes is not None
    assert found.size_bytes > 1_000_000


def test_the_configuration_reads_what_the_driver_wrote(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BECKON_DATABASE_URL", "BECKON_DATABASE_ADMIN_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BECKON_HOME", str(home))
    for admin, user in ((False, "beckon_app"), (True, "beckon_owner")):
        with psycopg.connect(config.database_address(admin=admin).url()) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (user,)
    facts = json.loads((home / config.EMBEDDED_FILE).read_text())
    assert set(facts) == {"host", "port", "name", "owner", "owner_password", "app", "app_password"}


def test_every_secret_is_closed_to_others(home: Path) -> None:
    layout = Layout(home)
    for path in (layout.address_file, layout.secrets_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(layout.server.stat().st_mode) == 0o700
    assert not (layout.server / "initdb.password").exists()


@pytest.mark.parametrize("user", ["postgres", "beckon_owner", "beckon_app"])
def test_a_wrong_or_missing_password_is_refused_for_everyone(secrets: Secrets, user: str) -> None:
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(replace(secrets.as_app(), user=user, password=password).url())


def test_the_socket_asks_for_the_password_too(home: Path, secrets: Secrets) -> None:
    folder = Layout(home).socket
    if not any(folder.glob(".s.PGSQL.*")):
        pytest.skip("the temporary folder's path is too long for a socket")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(folder), port=secrets.port, dbname="beckon", user="postgres", password="wrong")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.x (a int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "CREATE EXTENSION plpgsql SCHEMA public",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_stats",
        "SELECT query FROM pg_stat_activity",
        "SELECT * FROM pg_stat_get_activity(NULL)",
        "SET ROLE beckon_owner",
        "ALTER ROLE beckon_app SUPERUSER",
    ],
)
def test_the_application_cannot(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises((pg.InsufficientPrivilege, pg.DuplicateObject)) as refusal:
        app.execute(statement)
    assert isinstance(refusal.value, pg.InsufficientPrivilege) or "plpgsql" in statement


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_the_application_cannot_enter_other_databases(secrets: Secrets, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(replace(secrets.as_app(), name=database).url())


def test_the_owner_is_no_superuser_but_makes_schemas_and_databases(owner: psycopg.Connection, secrets: Secrets) -> None:
    assert owner.execute("SHOW is_superuser").fetchone() == ("off",)
    owner.execute("CREATE SCHEMA org_one")
    owner.execute("DROP SCHEMA org_one")
    owner.execute("CREATE DATABASE beckon_test_of_owner")
    try:
        elsewhere = replace(secrets.as_app(), name="beckon_test_of_owner")
        with psycopg.connect(elsewhere.url()) as app, pytest.raises(pg.InsufficientPrivilege):
            app.execute("SELECT * FROM pg_stats")
    finally:
        owner.execute("DROP DATABASE beckon_test_of_owner")


def test_the_owner_can_change_the_password_of_the_application(owner: psycopg.Connection, secrets: Secrets) -> None:
    owner.execute(f"ALTER ROLE beckon_app PASSWORD '{secrets.app_password}'")
    psycopg.connect(secrets.as_app().url()).close()


def test_letters_of_other_languages_have_cases_and_order_is_by_code_point(app: psycopg.Connection) -> None:
    row = app.execute("SELECT lower('ÑÉÜ'), 'Z' < 'a', current_setting('server_encoding')").fetchone()
    assert row == ("ñéü", True, "UTF8")


def test_the_settings_are_in_force(app: psycopg.Connection) -> None:
    wanted = {
        "listen_addresses": "127.0.0.1",
        "max_connections": "200",
        "max_locks_per_transaction": "256",
        "jit": "off",
        "TimeZone": "UTC",
        "password_encryption": "scram-sha-256",
    }
    for name, value in wanted.items():
        assert app.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,), name


def test_nothing_people_said_reaches_the_log(home: Path, owner: psycopg.Connection) -> None:
    owner.execute("CREATE TEMP TABLE told (phone text PRIMARY KEY, age int)")
    owner.execute("INSERT INTO told VALUES ('555-0142', 1)")
    for statement in (
        "INSERT INTO told VALUES ('555-0142', 2)",
        "SELECT 'Jane 555-0142'::int",
        "SELECT '555-0142' FROM missing_table",
        "DO $$ BEGIN RAISE WARNING 'Jane 555-0142'; RAISE EXCEPTION 'Jane 555-0142'; END $$",
    ):
        with pytest.raises(psycopg.Error):
            owner.execute(statement)
    with pytest.raises(psycopg.Error):
        owner.execute("INSERT INTO told VALUES (%s, %s)", ["555-0142", 3])
    said = "".join(path.read_text() for path in Layout(home).log.iterdir())
    assert "ready to accept connections" in said
    assert "555-0142" not in said
    assert "Jane" not in said


def test_a_server_of_another_name_is_a_stranger(secrets: Secrets) -> None:
    assert ask(secrets.as_app(), secrets.cluster) == (Answer.OURS, "")
    assert ask(secrets.as_app(), "beckon-of-someone-else")[0] is Answer.STRANGER
    assert ask(replace(secrets.as_app(), password="wrong"), secrets.cluster)[0] is Answer.REFUSED
