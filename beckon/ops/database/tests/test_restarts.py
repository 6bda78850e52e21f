"""Stops, kills, stale files, taken ports, two at once: the embedded server on the wheel's programs."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from beckon.config import DatabaseAddress
from beckon.ops.database import server as driver
from beckon.ops.database.account import server_account
from beckon.ops.database.binaries import find_binaries
from beckon.ops.database.cluster import PORTS, data_major, log_tail
from beckon.ops.database.errors import DatabaseError, StartFailed
from beckon.ops.database.layout import Layout, read_secrets
from beckon.ops.database.tests.conftest import UP, kill_hard

NewHome = Callable[[str], Path]
Quiet = Callable[[str], None]


def write_row(home: Path, value: str) -> None:
    secrets = read_secrets(Layout(home))
    assert secrets is not None
    with psycopg.connect(secrets.as_owner().url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        connection.execute("GRANT SELECT ON kept TO beckon_app")
        connection.execute("TRUNCATE kept")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


@contextmanager
def rude_listener(port: int) -> Iterator[None]:
    """Somebody else's server: takes every connection and hangs up."""

    def hang_up() -> None:
        while True:
            try:
                listener.accept()[0].close()
            except OSError:
                return

    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=hang_up)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def read_rows(address: DatabaseAddress) -> list[str]:
    with psycopg.connect(address.url()) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept")]


def test_a_stopped_server_keeps_its_data_and_its_port(wheel_home: Path, quiet: Quiet) -> None:
    before = driver.ensure_running(wheel_home, tell=quiet)
    write_row(wheel_home, "stopped")
    assert driver.stop(wheel_home)
    found = driver.status(wheel_home)
    assert found.state is driver.State.STOPPED
    assert found.size_bytes
    assert not driver.stop(wheel_home)
    told: list[str] = []
    assert driver.ensure_running(wheel_home, tell=told.append) == before
    assert len(told) == 1
    assert read_rows(before) == ["stopped"]


def test_a_restart_takes_settings_from_local_conf(wheel_home: Path, quiet: Quiet) -> None:
    layout = Layout(wheel_home)
    layout.local_settings.write_text("max_connections = 57\n")
    layout.local_settings.chmod(0o644)
    address = driver.restart(wheel_home, tell=quiet)
    with psycopg.connect(address.url()) as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("57",)
    layout.local_settings.unlink()
    driver.restart(wheel_home, tell=quiet)


def test_a_wrong_setting_is_reported_with_the_line_that_is_wrong(wheel_home: Path, quiet: Quiet) -> None:
    driver.stop(wheel_home)
    own = Layout(wheel_home).local_settings
    own.write_text("max_connectoins = 5\n")
    own.chmod(0o644)
    with pytest.raises(StartFailed, match="max_connectoins"):
        driver.ensure_running(wheel_home, tell=quiet)
    own.unlink()
    driver.ensure_running(wheel_home, tell=quiet)


def test_after_kill_9_what_was_committed_is_there(wheel_home: Path, quiet: Quiet) -> None:
    driver.ensure_running(wheel_home, tell=quiet)
    write_row(wheel_home, "committed")
    kill_hard(wheel_home)
    assert driver.status(wheel_home).state is driver.State.STOPPED
    assert read_rows(driver.ensure_running(wheel_home, tell=quiet)) == ["committed"]


def test_a_reused_process_id_neither_blocks_the_start_nor_is_ever_signalled(wheel_home: Path, quiet: Quiet) -> None:
    layout = Layout(wheel_home)
    driver.ensure_running(wheel_home, tell=quiet)
    write_row(wheel_home, "reused")
    port = driver.status(wheel_home).port
    pid_text = (layout.data / "postmaster.pid").read_text()
    kill_hard(wheel_home)
    # of the server's own account: PostgreSQL takes exactly such a process for its predecessor
    account = server_account(layout.server)
    bystander = subprocess.Popen(["sleep", "120"], **account.identity())
    try:
        (layout.data / "postmaster.pid").write_text("\n".join([str(bystander.pid), *pid_text.split("\n")[1:]]))
        lock = layout.socket / f".s.PGSQL.{port}.lock"
        if lock.exists():
            lock.write_text("\n".join([str(bystander.pid), *pid_text.split("\n")[1:]]))
        assert driver.status(wheel_home).state is driver.State.STOPPED
        assert not driver.stop(wheel_home)
        assert read_rows(driver.ensure_running(wheel_home, tell=quiet)) == ["reused"]
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("content", ["", "\n", "garbage\nlines\n"])
def test_a_ruined_pid_file_does_not_block_the_start(wheel_home: Path, quiet: Quiet, content: str) -> None:
    driver.ensure_running(wheel_home, tell=quiet)
    driver.stop(wheel_home)
    (Layout(wheel_home).data / "postmaster.pid").write_text(content)
    driver.ensure_running(wheel_home, tell=quiet)


def test_a_taken_port_is_left_to_its_user_and_the_new_one_is_kept(wheel_home: Path, quiet: Quiet) -> None:
    old = driver.ensure_running(wheel_home, tell=quiet)
    write_row(wheel_home, "moved")
    driver.stop(wheel_home)
    with rude_listener(old.port):
        told: list[str] = []
        new = driver.ensure_running(wheel_home, tell=told.append)
        assert new.port != old.port
        assert new.port in PORTS
        assert any(f"port {old.port} is taken" in sentence for sentence in told)
        assert read_rows(new) == ["moved"]
    assert driver.restart(wheel_home, tell=quiet).port == new.port


def test_a_server_started_by_hand_is_joined_not_doubled(wheel_home: Path, quiet: Quiet) -> None:
    layout = Layout(wheel_home)
    address = driver.ensure_running(wheel_home, tell=quiet)
    postgres = find_binaries(data_major(layout)).program("postgres")
    driver.stop(wheel_home)
    by_hand = subprocess.Popen(
        [postgres, "-D", str(layout.data)], stderr=subprocess.DEVNULL, **server_account(layout.server).identity()
    )
    try:
        layout.address_file.rename(layout.home / "aside")  # so that nobody knows that it runs
        assert driver.ensure_running(wheel_home, tell=quiet) == address
        assert driver.status(wheel_home).pid == by_hand.pid
        assert driver.stop(wheel_home)
    finally:
        by_hand.wait(timeout=30)


def test_two_processes_at_once_make_one_server(new_home: NewHome) -> None:
    home = new_home("two")
    both = [
        subprocess.Popen([sys.executable, "-c", UP, str(home)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]
    assert "beckon_app" in said[0]


def test_an_interrupted_beginning_is_taken_up_again(
    new_home: NewHome, quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home("interrupted")
    with monkeypatch.context() as patch:

        def no_power(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(driver, "_prepare", no_power)
        with pytest.raises(KeyboardInterrupt):
            driver.ensure_running(home, tell=quiet)
    layout = Layout(home)
    assert layout.data.exists()
    assert not layout.address_file.exists()
    address = driver.ensure_running(home, tell=quiet)
    with psycopg.connect(address.url()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("beckon_app",)


def test_lost_passwords_are_explained(wheel_home: Path, quiet: Quiet) -> None:
    layout = Layout(wheel_home)
    driver.stop(wheel_home)
    layout.secrets_file.rename(layout.home / "secrets.aside")
    with pytest.raises(DatabaseError, match=r"database-superuser\.json is missing"):
        driver.ensure_running(wheel_home, tell=quiet)
    (layout.home / "secrets.aside").rename(layout.secrets_file)
    driver.ensure_running(wheel_home, tell=quiet)
    assert "ready to accept connections" in log_tail(layout)


def test_an_odd_path_with_an_earlier_tries_remains_serves(new_home: NewHome, quiet: Quiet) -> None:
    home = new_home("with space, ünï 'quote' $HOME \"x\" `date`")
    Layout(home).partial.mkdir(parents=True)
    (Layout(home).partial / "PG_VERSION").write_text("18\n")  # a killed initdb leaves such things
    with psycopg.connect(driver.ensure_running(home, tell=quiet).url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert driver.stop(home)
