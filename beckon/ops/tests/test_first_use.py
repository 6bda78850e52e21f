"""Commands that need nothing of an installation work on a machine where nothing was set up."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from beckon import config


def _url(*, admin: bool, name: str) -> str:
    a = config.database_address(admin=admin)
    options = "".join(f"{'&' if n else '?'}{k}={v}" for n, (k, v) in enumerate(dict(a.options).items()))
    who = quote(a.user) + (f":{quote(a.password)}" if a.password else "")
    return f"postgresql://{who}@{a.host}:{a.port}/{name}{options}"


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[dict[str, str]]:
    """The environment of an installation whose database has nothing in it."""
    a = config.database_address(admin=True)
    name = f"beckon_first_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(
        host=a.host, port=a.port, user=a.user, password=a.password, dbname=a.name, autocommit=True
    ) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield {
                **os.environ,
                "BECKON_DATABASE_URL": _url(admin=False, name=name),
                "BECKON_DATABASE_ADMIN_URL": _url(admin=True, name=name),
            }
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _beckon(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "beckon.ops.cli", *words], env=environment, capture_output=True, text=True, check=False
    )


def test_a_rehearsal_needs_no_set_up_and_leaves_no_organization(empty_database: dict[str, str]) -> None:
    words = ("rehearse", "reactivation", "--people", "20", "--weeks", "1", "--agents", "1", "--json")
    done = _beckon(empty_database, *words)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["people"] == 20
    listed = _beckon(empty_database, "organizations")
    assert (listed.returncode, listed.stdout.startswith("none yet")) == (0, True)


def test_a_command_about_a_practice_still_says_what_to_set_up(empty_database: dict[str, str]) -> None:
    done = _beckon(empty_database, "organizations")
    assert done.returncode == 1
    assert "beckon init" in done.stderr
