"""Homes for real servers, stopped again whatever happens."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beckon.ops.database import server as driver
from beckon.ops.database.layout import Layout
from beckon.ops.database.liveness import is_held

UP = """
import sys
from pathlib import Path
from beckon.ops.database.server import ensure_running
print(ensure_running(Path(sys.argv[1]), tell=lambda text: None).url())
"""
"""A program that starts the server of the folder it is given and prints the address."""

DEBIAN = Path("/usr/lib/postgresql/15/bin")


def choose_programs(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the driver at the wheel's programs or at Debian's 15; skip where those are not installed."""
    if kind == "wheel":
        monkeypatch.delenv("BECKON_PG_BIN", raising=False)
        return
    if not (DEBIAN / "postgres").exists():
        pytest.skip(f"{DEBIAN} is not on this machine (apt install postgresql-15)")
    monkeypatch.setenv("BECKON_PG_BIN", str(DEBIAN))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder of this test. Not pytest's: every start of pytest closes the parent of those to the server."""
    with tempfile.TemporaryDirectory(prefix="beckon-database-") as name:
        yield Path(name)


@pytest.fixture
def new_home(folder: Path) -> Iterator[Callable[[str], Path]]:
    """A function giving folders for installations; their servers are stopped at the end."""
    given: list[Path] = []

    def make(name: str = "home") -> Path:
        given.append(folder / name)
        return given[-1]

    yield make
    for home in given:
        driver.stop(home)


@pytest.fixture(scope="session")
def wheel_home() -> Iterator[Path]:
    """One installation on the wheel's programs, shared by all tests; each leaves it usable, running or not."""
    yield from _installation("wheel")


@pytest.fixture(scope="session", params=["wheel", "debian15"])
def either_home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """An installation on the wheel's programs (the shared one), then one on Debian's."""
    if request.param == "wheel":
        yield request.getfixturevalue("wheel_home")
    else:
        yield from _installation(request.param)


def _installation(kind: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="beckon-database-") as name, pytest.MonkeyPatch.context() as patch:
        home = Path(name) / "home"
        choose_programs(kind, patch)
        driver.ensure_running(home, tell=print)
        patch.undo()
        yield home
        driver.stop(home)


@pytest.fixture(autouse=True)
def programs_of_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever programs the rest of a test run uses, a test here says so itself when it wants others."""
    choose_programs("wheel", monkeypatch)


@pytest.fixture
def quiet() -> Callable[[str], None]:
    """For tests that do not care what is told."""
    return lambda _: None


def as_root() -> bool:
    """Whether the tests run as root."""
    return os.geteuid() == 0


def kill_hard(home: Path) -> int:
    """End the server as a power cut would, and wait for its orphans. Returns its process id."""
    pid = driver.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while is_held(Layout(home)):
        assert time.monotonic() < deadline, "processes of a killed server stayed"
        time.sleep(0.02)
    return pid
