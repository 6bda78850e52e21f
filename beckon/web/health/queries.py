"""How the installation is doing: workers, jobs, database, practices, disk. No person's data, and none may come here."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from beckon import config
from beckon.channels.models import Sender
from beckon.core.models import Organization
from beckon.core.routers import is_shared
from beckon.core.tenancy import org_scope

SEEN = timedelta(seconds=60)
"""A worker that gave no sign for longer is taken for dead; it gives one every ten seconds."""
SHOWN = 50
LITTLE_DISK = 2 * 1024**3


@dataclass(frozen=True)
class Worker:
    """A process that runs jobs."""

    id: int
    seen_at: datetime
    is_alive: bool


@dataclass(frozen=True)
class Queue:
    """What waits, runs and has failed of one kind of job. `oldest`: since when the oldest waiting one is due."""

    task: str
    waiting: int
    running: int
    failed: int
    oldest: datetime | None


@dataclass(frozen=True)
class FailedJob:
    """A job that will not be tried again by itself. `arguments` are ids."""

    id: int
    task: str
    arguments: str
    attempts: int
    at: datetime | None


@dataclass(frozen=True)
class Database:
    """The server as the application's role sees it, which may not look at other sessions."""

    version: str
    size: int
    connections: int
    most_connections: int

    @property
    def share(self) -> float:
        """How much of the connections is used."""
        return self.connections / self.most_connections if self.most_connections else 0.0


@dataclass(frozen=True)
class Practice:
    """A practice: is its schema of this version, and which of its senders are paused."""

    organization: Organization
    missing: int
    senders: int
    paused: tuple[str, ...]


@dataclass(frozen=True)
class Disk:
    """Where BECKON_HOME lies, in bytes."""

    place: str
    free: int
    total: int

    @property
    def is_low(self) -> bool:
        """Less than 2 GiB left."""
        return self.free < LITTLE_DISK

    @property
    def share(self) -> float:
        """How much is used."""
        return 1 - self.free / self.total if self.total else 0.0


def ping() -> None:
    """Raises where the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def workers(now: datetime) -> list[Worker]:
    """Those that gave a sign in the last day, newest sign first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, last_heartbeat FROM procrastinate_workers WHERE last_heartbeat > %s"
            " ORDER BY last_heartbeat DESC LIMIT 200",
            [now - timedelta(days=1)],
        )
        return [Worker(row[0], row[1], now - row[1] < SEEN) for row in cursor.fetchall()]


def last_round() -> datetime | None:
    """When the minute's round was set going last; None: never."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_timestamp(max(defer_timestamp)) FROM procrastinate_periodic_defers"
            " WHERE task_name = 'beckon.round'"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def queues() -> list[Queue]:
    """By kind of job; those that have failures first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),"
            " count(*) FILTER (WHERE status = 'failed'), min(scheduled_at) FILTER (WHERE status = 'todo')"
            " FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY task_name"
            " ORDER BY 4 DESC, 2 DESC, 1"
        )
        return [Queue(*row) for row in cursor.fetchall()]


def failed_jobs() -> list[FailedJob]:
    """The newest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.id, j.task_name, j.args::text, j.attempts,"
            " (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed')"
            " FROM procrastinate_jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT %s",
            [SHOWN],
        )
        return [FailedJob(*row) for row in cursor.fetchall()]


def database() -> Database:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()), numbackends,"
            " current_setting('max_connections')::int FROM pg_stat_database WHERE datname = current_database()"
        )
        row = cursor.fetchone()
    assert row is not None
    return Database(*row)


def practices() -> list[Practice]:
    """Every practice in a short scope of its own: migrations that lack, senders that are paused."""
    wanted = {key for key in MigrationLoader(None).disk_migrations if not is_shared(key[0])}
    return [_practice(organization, wanted) for organization in Organization.objects.order_by("slug")]


def _practice(organization: Organization, wanted: set[tuple[str, str]]) -> Practice:
    with org_scope(organization), connection.cursor() as cursor:
        table = f"{connection.ops.quote_name(organization.schema_name)}.django_migrations"
        cursor.execute(f"SELECT app, name FROM {table}")
        missing = len(wanted - set(cursor.fetchall()))
        if missing:
            return Practice(organization, missing, 0, ())
        rows = list(Sender.objects.order_by("name").values_list("name", "paused_reason"))
    return Practice(organization, 0, len(rows), tuple(name for name, reason in rows if reason))


def disk() -> Disk:
    """Of BECKON_HOME."""
    usage = shutil.disk_usage(config.home())
    return Disk(str(config.home()), usage.free, usage.total)


def app_version() -> str:
    """Beckon's own."""
    try:
        return version("beckon")
    except PackageNotFoundError:
        return "development"
