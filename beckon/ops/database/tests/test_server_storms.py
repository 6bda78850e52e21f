"""Slow ways to hurt the embedded server: crowds, kills at any moment, long paths, silent neighbours."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from beckon.ops.database import server as driver
from beckon.ops.database.layout import Layout, read_secrets
from beckon.ops.database.tests.conftest import UP, choose_programs, kill_hard

pytestmark = pytest.mark.storm

NewHome = Callable[[str], Path]
Quiet = Callable[[str], None]


def start_in_child(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", UP, str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("kind", ["wheel", "debian15"])
def test_a_crowd_starting_at_once_gets_one_server(
    new_home: NewHome, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_programs(kind, monkeypatch)
    home = new_home("crowd")
    for _ in range(3):  # made, then started twice
        crowd = [start_in_child(home) for _ in range(8)]
        said = [process.communicate(timeout=300) for process in crowd]
        assert [process.returncode for process in crowd] == [0] * 8, said
        assert len({out for out, _ in said}) == 1
        assert driver.stop(home)


def test_starters_killed_at_any_moment_leave_something_that_starts(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("killed")
    for tenths in range(1, 26):
        process = start_in_child(home)
        time.sleep(tenths / 10)
        process.kill()
        process.communicate()
        if tenths % 5 == 0 and Layout(home).address_file.exists():
            driver.stop(home)
    with psycopg.connect(driver.ensure_running(home, tell=quiet).url()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("beckon_app",)


def test_kills_under_load_lose_nothing_that_was_committed(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("load")
    driver.ensure_running(home, tell=quiet)
    secrets = read_secrets(Layout(home))
    assert secrets is not None
    with psycopg.connect(secrets.as_owner().url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    committed = 0
    for _ in range(5):
        with psycopg.connect(secrets.as_owner().url(), autocommit=True) as connection:
            for _ in range(200):
                connection.execute("INSERT INTO kept VALUES (%s)", [committed])
                committed += 1
            connection.execute("SELECT pg_sleep(0)")
            pid = driver.status(home).pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            address = driver.ensure_running(home, tell=quiet)  # at once: orphans may still be going
            assert address.port == secrets.port
        with psycopg.connect(secrets.as_owner().url()) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (committed,)


def test_a_killed_server_with_a_busy_orphan_is_started_when_the_orphan_is_gone(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("orphan")
    driver.ensure_running(home, tell=quiet)
    secrets = read_secrets(Layout(home))
    assert secrets is not None
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY, secrets.as_owner().url()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert busy.stdout is not None
    busy.stdout.readline()
    pid = driver.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    address = driver.ensure_running(home, tell=quiet)
    with psycopg.connect(address.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    busy.communicate()


BUSY = """
import sys, psycopg
with psycopg.connect(sys.argv[1]) as connection:
    print("on", flush=True)
    connection.execute("DO $$ BEGIN FOR i IN 1..400000000 LOOP NULL; END LOOP; END $$")
"""


def test_a_crash_right_after_another_keeps_recovering(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("again")
    for _ in range(5):
        driver.ensure_running(home, tell=quiet)
        kill_hard(home)
    assert driver.ensure_running(home, tell=quiet)


def test_a_silent_neighbour_on_the_port_is_left_alone(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("neighbour")
    old = driver.ensure_running(home, tell=quiet)
    driver.stop(home)
    with socket.create_server(("127.0.0.1", old.port)):
        assert driver.status(home).state is driver.State.STOPPED
        assert driver.ensure_running(home, tell=quiet).port != old.port


def test_two_installations_that_swapped_their_pid_files_do_not_stop_each_other(new_home: NewHome, quiet: Quiet) -> None:
    first, second = new_home("first"), new_home("second")
    for home in (first, second):
        driver.ensure_running(home, tell=quiet)
    kill_hard(first)
    path = Layout(first).data / "postmaster.pid"
    theirs = (Layout(second).data / "postmaster.pid").read_text().split("\n")[0]
    path.write_text("\n".join([theirs, *path.read_text().split("\n")[1:]]))
    assert not driver.stop(first)
    assert driver.status(second).state is driver.State.RUNNING
    assert driver.ensure_running(first, tell=quiet).port != driver.ensure_running(second, tell=quiet).port


def test_a_path_too_long_for_a_socket_serves_by_address(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("/".join(["a-rather-long-folder-name"] * 8))
    driver.ensure_running(home, tell=quiet)
    secrets = read_secrets(Layout(home))
    assert secrets is not None
    with psycopg.connect(secrets.as_superuser().url()) as connection:
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)
    assert not list(Layout(home).socket.iterdir())


def test_every_connection_taken_is_still_running(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("full")
    driver.ensure_running(home, tell=quiet)
    own = Layout(home).local_settings
    own.write_text("max_connections = 5\n")
    own.chmod(0o644)
    address = driver.restart(home, tell=quiet)
    taken = [psycopg.connect(address.url()) for _ in range(2)]
    try:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address.url())
        told: list[str] = []
        assert driver.ensure_running(home, tell=told.append) == address
        assert told == []
    finally:
        for connection in taken:
            connection.close()
