"""Homes for real servers, stopped again whatever happens."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beckon.ops.database import server as driver

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
def new_home(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A function giving folders for installations; their servers are stopped at the end."""
    given: list[Path] = []

    def make(name: str = "home") -> Path:
        given.append(tmp_path / name)
        return given[-1]

    yield make
    for home in given:
        driver.stop(home)


@pytest.fixture(scope="module")
def wheel_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One installation on the wheel's programs, shared by the tests of a module; each leaves it usable."""
    home = tmp_path_factory.mktemp("wheel") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BECKON_PG_BIN", raising=False)
        driver.ensure_running(home, tell=print)
        yield home
        driver.stop(home)


@pytest.fixture
def quiet() -> Callable[[str], None]:
    """For tests that do not care what is told."""
    return lambda _: None


def as_root() -> bool:
    """Whether the tests run as root."""
    return os.geteuid() == 0
