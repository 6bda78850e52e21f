"""Is the server alive, and is it ours? Answered by a real connection, and by a lock that its processes hold.

The lock (flock on a file whose descriptor the server inherits) is freed by the kernel when the last of its
processes is gone, whatever killed them, so no process id needs to be trusted.
"""

import fcntl
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import psycopg

from beckon.config import DatabaseAddress
from beckon.ops.database.errors import Busy, FolderUnreachable
from beckon.ops.database.layout import Layout

CONNECT_SECONDS = 3


class Answer(StrEnum):
    """What came back from the address."""

    OURS = "ours"
    FULL = "full"  # alive, but every connection is taken
    NOT_YET = "not yet"  # starting, recovering or shutting down
    NOBODY = "nobody"  # no one listens
    STRANGER = "stranger"  # something else answers there
    REFUSED = "refused"  # a PostgreSQL that does not let us in


def ask(address: DatabaseAddress, cluster: str | None) -> tuple[Answer, str]:
    """Connect for real and say who answered, with the server's own words.

    `cluster` None: any PostgreSQL that lets us in counts.
    """
    try:
        socket.create_connection((address.host, address.port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        return Answer.NOBODY, str(error)
    try:
        with psycopg.connect(
            host=address.host,
            port=address.port,
            dbname=address.name,
            user=address.user,
            password=address.password,
            connect_timeout=CONNECT_SECONDS,
            autocommit=True,
        ) as connection:
            name = connection.execute("SHOW cluster_name").fetchone()
    except psycopg.Error as error:
        return _understood(str(error)), str(error).strip()
    if cluster is not None and (name is None or name[0] != cluster):
        return Answer.STRANGER, "another PostgreSQL server answers there"
    return Answer.OURS, ""


def _understood(words: str) -> Answer:
    # libpq gives no SQLSTATE for a refused connection; our server speaks English (lc_messages)
    if "the database system is" in words:
        return Answer.NOT_YET
    if "too many clients" in words or "connection slots are reserved" in words:
        return Answer.FULL
    return Answer.REFUSED if "FATAL" in words else Answer.STRANGER


@contextmanager
def turn(layout: Layout, *, seconds: float, tell: Callable[[str], None]) -> Iterator[bool]:
    """Be the only process that makes, starts or stops this server; True when another one came first.

    Raises Busy after `seconds`.
    """
    descriptor = _open(layout.turn_lock)
    try:
        deadline = time.monotonic() + seconds
        told = False
        while not _lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise Busy(
                    f"Another process has held {layout.turn_lock} for over {seconds:.0f} s. "
                    "Look for a beckon command that hangs, end it, and try again."
                )
            if not told:
                tell("another process is starting or stopping the database; waiting for it")
                told = True
            time.sleep(0.05)
        yield told
    finally:
        os.close(descriptor)


@contextmanager
def server_token(layout: Layout) -> Iterator[int | None]:
    """A descriptor holding the server's lock, to be inherited by the server; None when a server process holds it
    already.
    """
    descriptor = _open(layout.server_lock)
    try:
        for _ in range(20):  # someone who only looks holds it for microseconds
            if _lock(descriptor, fcntl.LOCK_EX):
                yield descriptor
                return
            time.sleep(0.01)
        yield None
    finally:
        os.close(descriptor)


def is_held(layout: Layout) -> bool:
    """True while any process of the server lives."""
    if not layout.server_lock.exists():
        return False
    descriptor = _open(layout.server_lock)
    try:
        return not _lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def postmaster_line(layout: Layout, number: int) -> str | None:
    """One line of postmaster.pid (0: process id, 3: port), or None. A claim, not a fact: see is_postmaster."""
    try:
        lines = (layout.data / "postmaster.pid").read_text(errors="replace").splitlines()
    except OSError:
        return None
    return lines[number].strip() if number < len(lines) else None


def postmaster(layout: Layout) -> int | None:
    """The process id of the server of this data folder if such a process really runs there, else None."""
    claimed = postmaster_line(layout, 0)
    if claimed is None or not claimed.lstrip("-").isdigit():
        return None
    pid = abs(int(claimed))
    return pid if is_postmaster(pid, layout.data) else None


def is_postmaster(pid: int, data: Path) -> bool:
    """True when process `pid` is a PostgreSQL server started on exactly this data folder."""
    words = _command_line(pid)
    if not words or Path(words[0]).name not in ("postgres", "postmaster"):
        return False
    if str(data) in words or " ".join(words).rstrip().endswith(f"-D {data}"):  # ps knows no word boundaries
        return True
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _command_line(pid: int) -> list[str]:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="surrogateescape").split("\0")
        except OSError:
            return []
    try:
        out = subprocess.run(  # noqa: S603  our own arguments
            ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return []
    return out.split()


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except PermissionError as error:
        raise FolderUnreachable(
            f"{path} belongs to another user. Run beckon as the user who made this installation, "
            "or set BECKON_HOME to a folder of your own."
        ) from error


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
