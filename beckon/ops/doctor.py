"""Checks of a set-up: each says what it found and, when something is wrong, how to mend it. Changes nothing."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import psycopg

from beckon import config
from beckon.core.typeface import typeface_folder

OLDEST_SERVER = 150000
LITTLE_DISK = 2 * 1024**3
CLOCK_DRIFT_SECONDS = 5


class Health(StrEnum):
    """Result of a check."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One check: its name, result, what was found and how to mend it."""

    check: str
    health: Health
    found: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """All findings, in an order in which an earlier one may explain a later one. Never raises."""
    for check in (_python, _settings, _home, _secret, _disk, _programs):
        yield from _guarded(check)
    connection = None
    for finding in _guarded(_reachable):
        yield finding
        connection = finding.health is Health.GOOD
    if connection:
        for check in (_server, _rights, _tables, _clock):
            yield from _guarded(check)


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:  # a doctor that falls ill helps nobody
        name = check.__name__.strip("_")
        yield Finding(
            name, Health.BAD, f"{type(error).__name__}: {error}", "see the message; `beckon db status` may help"
        )


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield Finding(
        "python", Health.GOOD if good else Health.BAD, version, "" if good else "install Python 3.11 or newer"
    )


def _settings() -> Iterator[Finding]:
    unknown = sorted(k for k in os.environ if k.startswith("BECKON_") and k not in {v.name for v in config.VARIABLES})
    for name in unknown:
        yield Finding(
            "settings", Health.WARNING, f"{name} is not a setting of Beckon", "see docs/settings.md for its name"
        )
    try:
        import beckon.settings  # noqa: F401 - importing it is the check
    except config.ConfigError as error:
        yield Finding("settings", Health.BAD, str(error), "see docs/settings.md")
        return
    yield Finding("settings", Health.GOOD, "production" if config.is_production() else "development")


def _home() -> Iterator[Finding]:
    home = config.home()
    if not home.exists():
        yield Finding("home", Health.WARNING, f"{home} does not exist yet", "`beckon init --org SHORT-NAME` makes it")
        return
    good = os.access(home, os.W_OK)
    yield Finding(
        "home", Health.GOOD if good else Health.BAD, str(home), "" if good else f"let this user write to {home}"
    )


def _secret() -> Iterator[Finding]:
    for name in ("secret-key", config.EMBEDDED_FILE):
        path = config.home() / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding("secrets", Health.BAD, f"{path} can be read by others", f"chmod 600 {path}")


def _disk() -> Iterator[Finding]:
    home = config.home()
    place = home if home.exists() else home.parent
    free = shutil.disk_usage(place if place.exists() else "/").free
    found = f"{free / 1024**3:.1f} GiB free"
    low = free < LITTLE_DISK
    yield Finding("disk", Health.WARNING if low else Health.GOOD, found, "make room: 2 GiB or more" if low else "")


def _programs() -> Iterator[Finding]:
    good = (typeface_folder() / "SourceSansPro-Regular.ttf").exists()
    mend = "" if good else "run `make setup` again"
    yield Finding("typeface", Health.GOOD if good else Health.BAD, "Source Sans Pro" if good else "missing", mend)


def _connect(*, admin: bool) -> "psycopg.Connection[tuple[object, ...]]":
    a = config.database_address(admin=admin)
    options: dict[str, Any] = {"connect_timeout": 5, **dict(a.options)}
    return psycopg.connect(
        host=a.host, port=a.port, dbname=a.name, user=a.user, password=a.password, autocommit=True, **options
    )


def _reachable() -> Iterator[Finding]:
    embedded = config.uses_embedded_database()
    first = not (config.home() / config.EMBEDDED_FILE).exists()
    start = "`beckon init --org SHORT-NAME` makes it" if first else "`beckon db start`"
    mend = start if embedded else "check BECKON_DATABASE_URL, the server and its pg_hba.conf"
    try:
        for admin in (False, True):
            _connect(admin=admin).close()
    except psycopg.OperationalError as error:
        yield Finding(
            "database", Health.BAD, "not made yet" if embedded and first else str(error).strip().splitlines()[0], mend
        )
        return
    yield Finding("database", Health.GOOD, "embedded server" if embedded else "server by URL")


def _server() -> Iterator[Finding]:
    with _connect(admin=False) as connection:
        version = connection.info.server_version
        encoding = connection.execute("SHOW server_encoding").fetchone()
    old = version < OLDEST_SERVER
    yield Finding(
        "server version",
        Health.BAD if old else Health.GOOD,
        f"PostgreSQL {version // 10000}.{version % 100}",
        "Beckon needs PostgreSQL 15 or newer" if old else "",
    )
    if encoding != ("UTF8",):
        yield Finding("encoding", Health.BAD, str(encoding), "make the database with ENCODING 'UTF8'")


def _rights() -> Iterator[Finding]:
    with _connect(admin=False) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls,"
            " has_schema_privilege(current_user, 'public', 'CREATE'),"
            " has_database_privilege(current_user, current_database(), 'CREATE')"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row is not None
    problems = [
        text
        for flag, text in zip(
            row,
            ("is a superuser", "bypasses row security", "may create tables in public", "may create schemas"),
            strict=True,
        )
        if flag
    ]
    mend = "give BECKON_DATABASE_URL a role without these; docs/howto/use-your-own-postgresql.md says how"
    if problems:
        yield Finding("application role", Health.BAD, "the role " + ", ".join(problems), mend)
    else:
        yield Finding("application role", Health.GOOD, "no superuser, makes no tables")


def _tables() -> Iterator[Finding]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beckon.settings")
    django.setup()
    from beckon.ops.migrations import NotMigrated, refuse_unmigrated, schemas_behind

    try:
        refuse_unmigrated()
    except NotMigrated as error:
        yield Finding("tables", Health.BAD, str(error), "`beckon init --org SHORT-NAME`")
        return
    behind = schemas_behind()
    if behind:
        yield Finding("tables", Health.BAD, f"{len(behind)} organizations are on an older version", "`beckon migrate`")
    else:
        yield Finding("tables", Health.GOOD, "up to date")
    yield from _audit()


def _audit() -> Iterator[Finding]:
    """The chain over each organization's audit record, recomputed."""
    from beckon.core.audit.chain import verify_chain
    from beckon.core.models import Organization
    from beckon.core.tenancy import org_scope

    for organization in Organization.objects.order_by("slug"):
        with org_scope(organization):
            report = verify_chain()
        name = f"audit {organization.slug}"[:18]
        if report.broken:
            mend = "the record was changed behind Beckon's back: keep the database as it is and find out who"
            yield Finding(name, Health.BAD, "; ".join(report.broken[:3]), mend)
        else:
            yield Finding(name, Health.GOOD, f"{report.sealed:,} sealed, {report.unsealed:,} to be sealed")


def _clock() -> Iterator[Finding]:
    with _connect(admin=False) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    assert isinstance(row[0], datetime)
    drift = abs((datetime.now(UTC) - row[0]).total_seconds())
    bad = drift > CLOCK_DRIFT_SECONDS
    mend = "keep both machines' clocks in step (NTP): leases and calling hours depend on it" if bad else ""
    yield Finding("clock", Health.BAD if bad else Health.GOOD, f"{drift:.1f} s from the database's", mend)
