"""Where the embedded database keeps its files inside BECKON_HOME, and how they are written.

Every file is written whole or not at all, never through a link: some folders belong to the server's account.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from beckon.config import EMBEDDED_FILE, DatabaseAddress
from beckon.ops.database.errors import DatabaseError, FolderUnreachable

DATABASE = "beckon"
OWNER = "beckon_owner"
APP = "beckon_app"
SUPERUSER = "postgres"


@dataclass(frozen=True)
class Layout:
    """The paths of one installation's database; nothing is created by naming them."""

    home: Path

    @property
    def server(self) -> Path:
        """Belongs to the account the server runs as; everything below it does too."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.server / "data"

    @property
    def partial(self) -> Path:
        """Where initdb works; renamed to `data` when it is complete."""
        return self.server / "data.partial"

    @property
    def log(self) -> Path:
        """Seven files, one per weekday, and `start.log` with what came before them."""
        return self.server / "log"

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket, used only where the path is short enough."""
        return self.server / "socket"

    @property
    def local_settings(self) -> Path:
        """An installation's own PostgreSQL settings; they win over Beckon's."""
        return self.server / "local.conf"

    @property
    def address_file(self) -> Path:
        """What beckon.config reads. It exists if and only if the database is complete."""
        return self.home / EMBEDDED_FILE

    @property
    def secrets_file(self) -> Path:
        """What only the driver needs: see Secrets."""
        return self.home / "database-superuser.json"

    @property
    def turn_lock(self) -> Path:
        """Held by whoever makes, starts or stops the server."""
        return self.home / "database.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server's own processes as long as one of them lives."""
        return self.home / "database-server.lock"


@dataclass(frozen=True)
class Secrets:
    """Random at init, kept with mode 0600. `cluster` is the name by which our server is told from a stranger's."""

    cluster: str
    port: int
    superuser: str
    superuser_password: str
    owner_password: str
    app_password: str

    def as_superuser(self) -> DatabaseAddress:
        """Where the driver itself logs in."""
        return DatabaseAddress("127.0.0.1", self.port, "postgres", self.superuser, self.superuser_password)

    def as_owner(self) -> DatabaseAddress:
        """Where migrations log in."""
        return DatabaseAddress("127.0.0.1", self.port, DATABASE, OWNER, self.owner_password)

    def as_app(self) -> DatabaseAddress:
        """Where everything else logs in."""
        return DatabaseAddress("127.0.0.1", self.port, DATABASE, APP, self.app_password)


def new_secrets(port: int) -> Secrets:
    """Fresh passwords of 192 bits each, and a name no other server has."""
    return Secrets(
        cluster=f"beckon-{secrets.token_hex(6)}",
        port=port,
        superuser=SUPERUSER,
        superuser_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
    )


def read_secrets(layout: Layout) -> Secrets | None:
    """The driver's own file, or None before init. Raises DatabaseError when it is damaged."""
    facts = _read(layout.secrets_file)
    if facts is None:
        return None
    try:
        return Secrets(**facts)  # type: ignore[arg-type]
    except TypeError as error:
        raise DatabaseError(_damaged(layout.secrets_file)) from error


def write_secrets(layout: Layout, value: Secrets) -> None:
    """Keep the driver's facts (0600)."""
    write_whole(layout.secrets_file, json.dumps(asdict(value), indent=1) + "\n")


def with_port(value: Secrets, port: int) -> Secrets:
    """The same installation on another port."""
    return replace(value, port=port)


def read_address(layout: Layout) -> DatabaseAddress | None:
    """The application's address from database.json, or None when the database is not complete."""
    facts = _read(layout.address_file)
    if facts is None:
        return None
    try:
        return DatabaseAddress(
            str(facts["host"]),
            int(str(facts["port"])),
            str(facts["name"]),
            str(facts["app"]),
            str(facts["app_password"]),
        )
    except (KeyError, ValueError) as error:
        raise DatabaseError(_damaged(layout.address_file)) from error


def write_address(layout: Layout, value: Secrets) -> None:
    """Write database.json (0600) in exactly the form that beckon.config documents."""
    facts = {
        "host": "127.0.0.1",
        "port": value.port,
        "name": DATABASE,
        "owner": OWNER,
        "owner_password": value.owner_password,
        "app": APP,
        "app_password": value.app_password,
    }
    write_whole(layout.address_file, json.dumps(facts, indent=1) + "\n")


def write_whole(path: Path, text: str, *, owner: tuple[int, int] | None = None) -> None:
    """Replace `path` in one step by a 0600 file with `text`, given to `owner` (uid, gid) if one is named."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if owner is not None:
                os.fchown(file.fileno(), *owner)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read(path: Path) -> dict[str, object] | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise FolderUnreachable(
            f"{path} belongs to another user. Run beckon as the user who made this installation, "
            "or set BECKON_HOME to a folder of your own."
        ) from error
    except ValueError as error:
        raise DatabaseError(_damaged(path)) from error
    if not isinstance(facts, dict):
        raise DatabaseError(_damaged(path))
    return facts


def _damaged(path: Path) -> str:
    return (
        f"{path} is damaged. Restore it from a backup; if there is nothing to keep, "
        f"stop the server and remove the folder {path.parent} to start over."
    )
