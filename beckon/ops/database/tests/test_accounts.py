"""Root and ordinary users, versions that do not fit, programs that are not there."""

import os
import pwd
import shutil
import stat
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from beckon.ops.database import account as accounts
from beckon.ops.database import server as driver
from beckon.ops.database.account import Account, let_through, server_account
from beckon.ops.database.binaries import Binaries, find_binaries
from beckon.ops.database.cluster import free_port, init_data, make_folders, usable_programs
from beckon.ops.database.errors import BinariesMissing, FolderUnreachable, VersionMismatch
from beckon.ops.database.layout import Layout, new_secrets
from beckon.ops.database.tests.conftest import as_root

NewHome = Callable[[str], Path]
Quiet = Callable[[str], None]
needs_root = pytest.mark.skipif(not as_root(), reason="only root can become somebody else")


def as_nobody(action: Callable[[], str]) -> str:
    """Run `action` in a child process that is nobody, and return what it returned or raised."""
    entry = pwd.getpwnam("nobody")
    "127.0.0.1".encode("idna")  # what Python loads on first use may be closed to nobody (an interpreter in /root)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            text = action()
        except BaseException as error:
            text = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


@needs_root
def test_an_ordinary_user_runs_the_server_as_itself(folder: Path, quiet: Quiet) -> None:
    let_through(Account("nobody", *_ids("nobody"), switched=True), folder, quiet)
    home = folder / "own"
    home.mkdir(mode=0o700)
    os.chown(home, *_ids("nobody"))

    def use() -> str:
        with psycopg.connect(driver.ensure_running(home, tell=quiet).url()) as connection:
            row = connection.execute("SELECT current_user").fetchone()
        return f"{row} {driver.stop(home)}"

    said = as_nobody(use)
    assert said == "('beckon_app',) True", said
    assert Layout(home).data.stat().st_uid == _ids("nobody")[0]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@needs_root
def test_another_users_installation_is_refused_in_words(wheel_home: Path, quiet: Quiet) -> None:
    for action in (lambda: str(driver.ensure_running(wheel_home, tell=quiet)), lambda: str(driver.stop(wheel_home))):
        said = as_nobody(action)
        assert said.startswith("FolderUnreachable"), said
        assert "the user who made this installation" in said


@needs_root
def test_root_adds_only_passing_through_and_says_so(folder: Path) -> None:
    closed = folder / "closed"
    inner = closed / "inner"
    inner.mkdir(parents=True)
    closed.chmod(0o700)
    inner.chmod(0o750)
    told: list[str] = []
    nobody = Account("nobody", *_ids("nobody"), switched=True)
    let_through(nobody, inner, told.append)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o701
    assert stat.S_IMODE(inner.stat().st_mode) == 0o751
    assert [line for line in told if str(closed) in line and "o+x" in line]
    told.clear()
    let_through(nobody, inner, told.append)
    assert told == []


@needs_root
def test_a_folder_that_stays_closed_is_explained(tmp_path: Path, quiet: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "can", lambda *_: False)
    with pytest.raises(FolderUnreachable, match="Set BECKON_HOME"):
        let_through(Account("nobody", *_ids("nobody"), switched=True), tmp_path, quiet)


@needs_root
def test_without_an_account_to_run_as_root_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "PREFERRED", ("no-such-account",))
    with pytest.raises(FolderUnreachable, match="useradd"):
        server_account(tmp_path / "new")


def test_a_user_without_a_name_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 987_654)
    with pytest.raises(FolderUnreachable, match="/etc/passwd"):
        server_account(tmp_path / "new")


@needs_root
def test_as_root_the_owner_of_the_data_stays_the_servers_account(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    os.chown(folder, *_ids("nobody"))
    assert server_account(folder).name == "nobody"


def fake_programs(folder: Path, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_wheel_offers_its_newest_postgresql_and_any_it_has_for_existing_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BECKON_PG_BIN", raising=False)
    newest = find_binaries(None)
    assert newest.major >= 18
    assert find_binaries(newest.major) == newest
    with pytest.raises(VersionMismatch, match=r"made by PostgreSQL 12.*Set BECKON_PG_BIN"):
        find_binaries(12)


@pytest.mark.parametrize(
    ("says", "major", "version"),
    [
        ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", 15, "15.20"),
        ("postgres (PostgreSQL) 17.2", 17, "17.2"),
        ("postgres (PostgreSQL) 19beta1", 19, "19beta1"),
    ],
)
def test_versions_are_read_as_vendors_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, major: int, version: str
) -> None:
    monkeypatch.setenv("BECKON_PG_BIN", str(fake_programs(tmp_path / "bin", says)))
    found = find_binaries(None)
    assert (found.major, found.version) == (major, version)


def test_data_of_another_version_is_refused_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quiet: Quiet
) -> None:
    layout = Layout(tmp_path / "home")
    layout.data.mkdir(parents=True)
    (layout.data / "PG_VERSION").write_text("14\n")
    monkeypatch.setenv("BECKON_PG_BIN", str(fake_programs(tmp_path / "bin", "postgres (PostgreSQL) 17.2")))
    with pytest.raises(VersionMismatch, match="pg_dump with version 14"):
        driver.ensure_running(layout.home, tell=quiet)
    assert sorted(path.name for path in layout.data.iterdir()) == ["PG_VERSION"]


@pytest.mark.parametrize("says", ["postgres (PostgreSQL) 14.9", "nothing at all"])
def test_too_old_or_strange_programs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    monkeypatch.setenv("BECKON_PG_BIN", str(fake_programs(tmp_path / "bin", says)))
    with pytest.raises(BinariesMissing, match="BECKON_PG_BIN"):
        find_binaries(None)


@needs_root
@pytest.mark.storm
def test_programs_closed_to_the_server_account_are_copied_and_run(
    folder: Path, quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BECKON_PG_BIN", raising=False)
    found = find_binaries(None)
    package = found.folder.parent.parent
    closed = folder / "closed" / package.name
    shutil.copytree(found.folder.parent, closed / found.folder.parent.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed.with_name(f"{package.name}.libs"))
    for path in (closed.parent, closed, closed / found.folder.parent.name):
        path.chmod(0o700)
    nobody = Account("nobody", *_ids("nobody"), switched=True)
    layout = Layout(folder / "home")
    layout.home.mkdir(mode=0o711)
    make_folders(layout, nobody, quiet)
    programs = usable_programs(layout, nobody, replace(found, folder=closed / found.folder.parent.name / "bin"), quiet)
    assert layout.server in programs.folder.parents
    secrets = new_secrets(free_port())
    init_data(layout, nobody, programs, secrets)
    assert (layout.data / "PG_VERSION").exists()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_given_programs_closed_to_the_server_account_are_explained(tmp_path: Path, quiet: Quiet) -> None:
    programs = fake_programs(tmp_path / "bin", "postgres (PostgreSQL) 17.2")
    (programs / "initdb").chmod(0o700)
    nobody = Account("nobody", *_ids("nobody"), switched=True)
    with pytest.raises(FolderUnreachable, match=r"chmod -R o\+rX"):
        usable_programs(Layout(tmp_path / "home"), nobody, Binaries(programs, 17, "17.2"), quiet)


def test_a_folder_without_programs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BECKON_PG_BIN", str(tmp_path))
    with pytest.raises(BinariesMissing, match="There is no postgres in"):
        find_binaries(None)


def _ids(name: str) -> tuple[int, int]:
    entry = pwd.getpwnam(name)
    return entry.pw_uid, entry.pw_gid
