"""The embedded PostgreSQL of an installation: make, start, stop, ask. Knows nothing of Django.

The server is left running until `stop`; any number of processes may call `ensure_running` at once.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psycopg

from beckon.config import DatabaseAddress
from beckon.ops.database import cluster
from beckon.ops.database.account import Account, server_account
from beckon.ops.database.binaries import Binaries, find_binaries
from beckon.ops.database.errors import DatabaseError, FolderUnreachable, StartFailed
from beckon.ops.database.layout import (
    OWNER,
    Layout,
    Secrets,
    new_secrets,
    read_address,
    read_secrets,
    with_port,
    write_address,
    write_secrets,
)
from beckon.ops.database.liveness import Answer, ask, is_held, postmaster, postmaster_line, server_token, turn
from beckon.ops.database.roles import close_statistics, prepare_embedded, prepare_roles

START_SECONDS = 120.0
"""How long a start may take, crash recovery included."""
STOP_SECONDS = 60.0
TURN_SECONDS = START_SECONDS + STOP_SECONDS
START_ATTEMPTS = 5

Tell = Callable[[str], None]


class State(StrEnum):
    """What `status` found."""

    STOPPED = "stopped"
    RUNNING = "running"
    UNREACHABLE = (
        "unreachable"  # a server process lives but does not let us in (starting, recovering, full, wrong password)
    )


@dataclass(frozen=True)
class Status:
    """The embedded server at a glance.

    `size_bytes` is None when unknown; `detail` says why a server is unreachable.
    """

    state: State
    version: str | None
    port: int | None
    data_dir: Path
    size_bytes: int | None
    pid: int | None
    detail: str = ""


def ensure_running(home: Path, *, tell: Tell) -> DatabaseAddress:
    """Make the database if there is none, start its server if it is down, and return where the application logs in.

    `tell` gets one sentence per thing done, for people; nothing is told when the server runs already.
    Raises DatabaseError whose message says what to do.
    """
    layout = Layout(home)
    address = _running(layout)
    if address is not None:
        return address
    _make_home(layout)
    with turn(layout, seconds=TURN_SECONDS, tell=tell) as waited:
        address = _running(layout) if waited else None  # whoever was before us may have started it
        return address if address is not None else _bring_up(layout, tell)


def stop(home: Path) -> bool:
    """Stop the server (open transactions are rolled back). False when none was running.

    Raises DatabaseError when it does not end.
    """
    layout = Layout(home)
    if not layout.turn_lock.exists():
        return False  # nothing was ever made here
    server_account(layout.server)  # refuses another user's installation in words
    with turn(layout, seconds=TURN_SECONDS, tell=lambda _: None):
        if not _is_alive(layout):
            return False
        for wish, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0)):  # fast, then immediate
            _signal(layout, wish)
            if _wait_until_gone(layout, seconds):
                return True
        raise DatabaseError(
            f"The database server in {layout.data} does not stop (process {postmaster(layout)}). Its last log "
            f"lines:\n{cluster.log_tail(layout)}"
        )


def restart(home: Path, *, tell: Tell) -> DatabaseAddress:
    """Stop the server if it runs, and start it, so that new settings take effect."""
    stop(home)
    return ensure_running(home, tell=tell)


def status(home: Path) -> Status:
    """Look, without changing anything. Never raises for a server that is down."""
    layout = Layout(home)
    secrets, address = read_secrets(layout), read_address(layout)
    port = secrets.port if secrets else address.port if address else None
    known = address or (secrets.as_superuser() if secrets else None)
    answer, words = ask(known, secrets.cluster if secrets else None) if known else (Answer.NOBODY, "")
    if answer is Answer.OURS and known is not None:
        version, size = _facts(known)
        return Status(State.RUNNING, version, port, layout.data, size, postmaster(layout))
    alive = _is_alive(layout)
    return Status(
        State.UNREACHABLE if alive else State.STOPPED,
        _made_by(layout),
        port,
        layout.data,
        cluster.folder_size(layout.data),
        postmaster(layout),
        words if alive else "",
    )


def _running(layout: Layout) -> DatabaseAddress | None:
    address = read_address(layout)
    if address is None:
        return None
    secrets = read_secrets(layout)
    answer, _ = ask(address, secrets.cluster if secrets else None)
    return address if answer in (Answer.OURS, Answer.FULL) else None


def _make_home(layout: Layout) -> None:
    # root's server account must pass through; reading stays closed
    try:
        layout.home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderUnreachable(
            f"{layout.home} cannot be made ({error}). Set BECKON_HOME to a folder of your own."
        ) from error


def _bring_up(layout: Layout, tell: Tell) -> DatabaseAddress:
    account = server_account(layout.server)
    binaries = find_binaries(cluster.data_major(layout))
    cluster.make_folders(layout, account, tell)
    binaries = cluster.usable_programs(layout, account, binaries, tell)
    secrets = read_secrets(layout)
    complete = layout.address_file.exists()
    if cluster.data_major(layout) is None:
        secrets, complete = _make(layout, account, binaries, secrets, tell), False
    if secrets is None:
        raise DatabaseError(
            f"{layout.secrets_file} is missing, which holds the passwords of the data in {layout.data}. Restore it "
            "from a backup, "
            f"or, to start over with nothing, remove {layout.server} and {layout.address_file}."
        )
    secrets = _start(layout, account, binaries, secrets, tell)
    if not complete:
        _prepare(secrets)
    write_address(layout, secrets)
    return secrets.as_app()


def _make(layout: Layout, account: Account, binaries: Binaries, secrets: Secrets | None, tell: Tell) -> Secrets:
    """A new data folder. Secrets are on disk before it exists, so an interruption at any point can be resumed."""
    tell(f"making the database (PostgreSQL {binaries.version}) in {layout.server}")
    layout.address_file.unlink(missing_ok=True)
    secrets = secrets or new_secrets(cluster.free_port())
    write_secrets(layout, secrets)
    cluster.init_data(layout, account, binaries, secrets)
    return secrets


def _start(layout: Layout, account: Account, binaries: Binaries, secrets: Secrets, tell: Tell) -> Secrets:
    """Bring the server up, or wait for the one that is coming up already. Returns the secrets with its port."""
    deadline = time.monotonic() + START_SECONDS
    for attempt in range(START_ATTEMPTS):
        with server_token(layout) as token:
            if token is None or postmaster(layout) is not None:
                secrets = _port_in_use(layout, secrets)
                retry = True  # what lives may be the last processes of a killed server: when they are gone, ours starts
            else:
                secrets = _settle_port(layout, secrets, tell)
                cluster.clear_leftovers(layout, account, tell)
                cluster.write_settings(layout, account, secrets)
                if attempt == 0:
                    tell(f"starting the database on 127.0.0.1:{secrets.port}")
                cluster.launch(layout, account, binaries, token)
                retry = False
        if _wait_until_up(layout, secrets, deadline, tell):
            return secrets
        # the port was taken this very moment, or shared memory is not yet given back
        if not retry and "in use" not in cluster.log_tail(layout):
            break
        time.sleep(0.3)
    raise StartFailed(
        f"The database server did not start. Its data is in {layout.data}; "
        f"its last log lines:\n{cluster.log_tail(layout)}"
    )


def _settle_port(layout: Layout, secrets: Secrets, tell: Tell) -> Secrets:
    port = cluster.free_port(secrets.port)
    if port == secrets.port:
        return secrets
    tell(f"port {secrets.port} is taken by another program; the database moves to {port}")
    return _remember_port(layout, secrets, port)


def _remember_port(layout: Layout, secrets: Secrets, port: int) -> Secrets:
    secrets = with_port(secrets, port)
    write_secrets(layout, secrets)
    if layout.address_file.exists():
        write_address(layout, secrets)
    return secrets


def _port_in_use(layout: Layout, secrets: Secrets) -> Secrets:
    """What the living server says about its port, should it differ from what we remember."""
    claimed = postmaster_line(layout, 3)
    if claimed and claimed.isdigit() and int(claimed) != secrets.port:
        return _remember_port(layout, secrets, int(claimed))
    return secrets


def _wait_until_up(layout: Layout, secrets: Secrets, deadline: float, tell: Tell) -> bool:
    """True when the server answers, False when it is gone.

    Raises StartFailed at the deadline or when it will not let us in.
    """
    address, pause, notice = secrets.as_superuser(), 0.01, time.monotonic() + 5
    while True:
        answer, words = ask(address, secrets.cluster)
        if answer in (Answer.OURS, Answer.FULL):
            return True
        if answer is Answer.REFUSED:
            raise StartFailed(
                f"The database server runs but does not accept the password in {layout.secrets_file} ({words}). "
                "Restore that file as it was when the data was made."
            )
        if not _is_alive(layout):
            return False
        if time.monotonic() > deadline:
            raise StartFailed(
                f"The database server has not answered within {START_SECONDS:.0f} s ({words or answer}). It was left "
                "running: after a crash "
                "it may still be recovering; try again in some minutes. Its last log "
                f"lines:\n{cluster.log_tail(layout)}"
            )
        if time.monotonic() > notice:
            tell(
                "the database is not ready yet"
                + (" (recovering after a crash)" if answer is Answer.NOT_YET else "")
                + "; waiting"
            )
            notice = time.monotonic() + 15
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def _prepare(secrets: Secrets) -> None:
    """Roles, database and rights; repeats harmlessly what an interrupted run had done."""
    admin = secrets.as_superuser()
    with _connect(admin) as connection:
        prepare_embedded(connection, secrets)
    for name in ("template1", secrets.as_owner().name):  # template1: databases made later, such as a test's
        with _connect(DatabaseAddress(admin.host, admin.port, name, admin.user, admin.password)) as connection:
            close_statistics(connection, (OWNER, "pg_monitor"))
    with _connect(secrets.as_owner()) as connection:
        prepare_roles(connection, secrets.as_app().user)


def _connect(address: DatabaseAddress) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=address.host,
        port=address.port,
        dbname=address.name,
        user=address.user,
        password=address.password,
        autocommit=True,
        connect_timeout=10,
    )


def _is_alive(layout: Layout) -> bool:
    # the second covers a server started by hand, without our lock
    return is_held(layout) or postmaster(layout) is not None


def _signal(layout: Layout, wish: signal.Signals) -> None:
    pid = postmaster(layout)
    if pid is None:
        return  # only leftovers of a killed server; they end by themselves
    try:
        os.kill(pid, wish)
    except ProcessLookupError:
        pass  # gone this moment
    except PermissionError as error:
        raise FolderUnreachable(
            f"The database server (process {pid}) belongs to another user. Stop it as the user who made this "
            "installation, or as root."
        ) from error


def _wait_until_gone(layout: Layout, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _is_alive(layout):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _made_by(layout: Layout) -> str | None:
    try:
        major = cluster.data_major(layout)
    except FolderUnreachable:
        return None
    return str(major) if major else None


def _facts(address: DatabaseAddress) -> tuple[str | None, int | None]:
    try:
        with _connect(address) as connection:
            row = connection.execute(
                "SELECT split_part(current_setting('server_version'), ' ', 1), pg_database_size(current_database())"
            ).fetchone()
    except psycopg.Error:
        return None, None
    return (str(row[0]), int(str(row[1]))) if row else (None, None)
