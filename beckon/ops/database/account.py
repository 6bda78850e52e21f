"""Which operating-system account the server runs as, and what that account can reach.

PostgreSQL refuses to run as root. As root, another account is used, and the only permission ever added is
o+x (passing through, not reading) on parent folders, always announced.
"""

import os
import pwd
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from beckon.ops.database.errors import FolderUnreachable

PREFERRED = ("postgres", "nobody", "daemon")


class Identity(TypedDict, total=False):
    """The arguments of subprocess that change who the child is."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True)
class Account:
    """An account by its ids; `switched` when it is not the one we run as (we are root)."""

    name: str
    uid: int
    gid: int
    switched: bool

    def identity(self) -> Identity:
        """What subprocess needs to run a child as this account."""
        return Identity(user=self.uid, group=self.gid, extra_groups=[]) if self.switched else Identity()

    def owner(self) -> tuple[int, int] | None:
        """Whom files are to be given to, or None when they are ours anyway."""
        return (self.uid, self.gid) if self.switched else None


def server_account(server_folder: Path) -> Account:
    """The account for the server in `server_folder`: ourselves, or as root the folder's owner or a system account.

    Raises FolderUnreachable when the folder is another user's, or when the account has no name (initdb needs one).
    """
    owner = _owner(server_folder)
    me = os.geteuid()
    if me == 0:
        return _account_for_root(owner)
    if owner is not None and owner != me:
        raise FolderUnreachable(
            f"{server_folder} belongs to {_name(owner)}, not to {_name(me)}. Run beckon as the user who made this "
            "installation (root, if it was made by root), or set BECKON_HOME to a folder of your own."
        )
    try:
        entry = pwd.getpwuid(me)
    except KeyError as error:
        raise FolderUnreachable(
            f"User id {me} has no entry in /etc/passwd, which PostgreSQL needs. In a container: use a named user, "
            f"or add a line such as 'beckon:x:{me}:{os.getegid()}::/tmp:/bin/sh' to /etc/passwd."
        ) from error
    return Account(entry.pw_name, me, os.getegid(), switched=False)


def _account_for_root(owner: int | None) -> Account:
    candidates = [str(owner)] if owner else list(PREFERRED)
    for candidate in candidates:
        try:
            entry = pwd.getpwuid(int(candidate)) if candidate.isdigit() else pwd.getpwnam(candidate)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switched=True)
    raise FolderUnreachable(
        "PostgreSQL does not run as root, and there is no account to run it as (looked for "
        f"{', '.join(candidates)}). "
        "Make one (useradd --system postgres), or run beckon as an ordinary user."
    )


def let_through(account: Account, folder: Path, tell: Callable[[str], None]) -> None:
    """Make sure `account` can pass through to `folder`, adding o+x to parents where it is missing and saying so.

    Raises FolderUnreachable when that is not enough or not possible.
    """
    if not account.switched or can(account, "-x", folder):
        return
    for part in [*reversed(folder.parents), folder]:
        if can(account, "-x", part):
            continue
        mode = stat.S_IMODE(part.stat().st_mode)
        try:
            part.chmod(mode | stat.S_IXOTH)
        except OSError:
            pass  # judged by the result below
        if not can(account, "-x", part):
            raise FolderUnreachable(
                f"The database server runs as {account.name} (PostgreSQL refuses root), which cannot pass through "
                f"{part} even with "
                "o+x (a network share, a read-only disk or an access list forbids it). Set BECKON_HOME to a folder "
                "on a local "
                "disk, such as /var/lib/beckon, or run beckon as an ordinary user."
            )
        tell(
            f"{part}: added o+x so that the database server, which runs as {account.name}, can pass through "
            f"({mode:o} -> {mode | 1:o})."
        )


def may_run(account: Account, folder: Path) -> bool:
    """Whether `account` can run the programs in `folder` and read what lies beside them."""
    return _closed(account, folder) is None


def require_programs(account: Account, folder: Path) -> None:
    """Raise FolderUnreachable unless may_run."""
    closed = _closed(account, folder)
    if closed is not None:
        raise FolderUnreachable(
            f"The database server runs as {account.name}, which may not use {closed}. Allow it with "
            f"'chmod -R o+rX {folder.parent}', or set BECKON_PG_BIN to PostgreSQL programs that everyone may run."
        )


def _closed(account: Account, folder: Path) -> Path | None:
    share = folder.parent / "share"
    checks = [("-x", folder / "postgres"), ("-x", folder / "initdb"), *([("-r", share)] if share.is_dir() else [])]
    return next((path for test, path in checks if not can(account, test, path)), None)


def can(account: Account, test: str, path: Path) -> bool:
    """What the operating system itself says when `account` tries: `test` is -x, -r or -w.

    Raises FolderUnreachable when root may not switch.
    """
    if not account.switched:
        return os.access(path, {"-x": os.X_OK, "-r": os.R_OK, "-w": os.W_OK}[test])
    try:
        return (
            subprocess.run(  # noqa: S603  a fixed program
                ["/bin/sh", "-c", 'test "$0" "$1"', test, str(path)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                **account.identity(),
            ).returncode
            == 0
        )
    except PermissionError as error:
        raise FolderUnreachable(
            f"PostgreSQL does not run as root, and this root may not become {account.name} (a container without the "
            "capability SETUID?). Run the container as an ordinary named user instead."
        ) from error


def _owner(folder: Path) -> int | None:
    try:
        return folder.stat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise FolderUnreachable(
            f"{folder} cannot be looked at by {_name(os.geteuid())}: set BECKON_HOME to a folder of your own."
        ) from error


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user id {uid}"
