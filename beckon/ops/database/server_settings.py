"""The configuration the embedded server runs with. Written anew at every start; own wishes go into postgres/local.conf.

Sized for a small machine and for bulk loads. Nothing a person said or is may reach the server's log.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from beckon.ops.database.layout import Layout

MB = 1024 * 1024
GB = 1024 * MB
SOCKET_LIMIT = 107
"""Bytes of a Unix socket's path on Linux (103 on macOS); unix(7)."""
SOCKET_NAME = 24
"""Room for "/.s.PGSQL.<port>.lock" and macOS's shorter limit."""

HBA = """\
# Written by Beckon at every start. Passwords everywhere, this machine only.
local all all scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class Machine:
    """What the settings are sized by. Sizes in bytes."""

    memory: int
    cores: int
    shared_memory: int
    free_disk: int


def this_machine(folder: Path) -> Machine:
    """Measure the machine or the container we are in; `folder` tells which disk is meant."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            memory = min(memory, int(Path(limit).read_text()))
        except (OSError, ValueError):
            pass  # no such limit, or the word "max"
    return Machine(memory, os.cpu_count() or 1, _size("/dev/shm"), _free(folder))  # noqa: S108  looked at, not written to


def settings_text(layout: Layout, *, cluster: str, port: int, machine: Machine) -> str:
    """The whole postgresql.conf, understood by PostgreSQL 15 to 18."""
    lines = {**_connections(layout, cluster, port), **_sizes(machine), **LOADING, **_logging(layout)}
    body = "\n".join(f"{name} = {value}" for name, value in lines.items())
    own = layout.local_settings
    wishes = f"include = {quoted(str(own))}\n" if own.exists() else ""
    head = f"# Written by Beckon at every start; changes here are lost. Put yours into {own.name}, which wins.\n"
    return f"{head}{body}\n{wishes}"


def socket_folder(layout: Layout) -> Path | None:
    """Where the Unix socket goes, or None when the path is too long for one (then 127.0.0.1 alone serves)."""
    return layout.socket if len(os.fsencode(layout.socket)) + SOCKET_NAME < SOCKET_LIMIT else None


def quoted(value: str) -> str:
    """A value as postgresql.conf wants it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _connections(layout: Layout, cluster: str, port: int) -> dict[str, str]:
    folder = socket_folder(layout)
    # a list of folders: double quotes keep commas and spaces inside one name
    listed = "" if folder is None else '"' + str(folder).replace('"', '""') + '"'
    return {
        "cluster_name": quoted(cluster),
        "listen_addresses": "'127.0.0.1'",
        "port": str(port),
        "unix_socket_directories": quoted(listed),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "password_encryption": "'scram-sha-256'",
        "max_locks_per_transaction": "256",  # hundreds of schemas: a dump or a migration locks them all
        "timezone": "'UTC'",
        "lc_messages": "'C'",
        "bonjour": "off",
    }


def _sizes(machine: Machine) -> dict[str, str]:
    wal = _between(1 * GB, machine.free_disk // 20, 4 * GB)
    sizes = {
        "shared_buffers": _between(64 * MB, machine.memory // 8, 1 * GB),
        "effective_cache_size": _between(256 * MB, machine.memory // 2, 64 * GB),
        "work_mem": _between(4 * MB, machine.memory // 256, 32 * MB),
        "maintenance_work_mem": _between(64 * MB, machine.memory // 16, 512 * MB),
        "max_wal_size": wal,
        "min_wal_size": wal // 4,
    }
    out = {name: f"{size // MB}MB" for name, size in sizes.items()}
    out["max_parallel_workers_per_gather"] = str(min(2, machine.cores))
    if machine.shared_memory < 512 * MB:
        # Docker gives /dev/shm 64 MB, too little for parallel queries; System V memory is not counted there
        out["dynamic_shared_memory_type"] = "sysv"
    return out


LOADING = {
    "jit": "off",  # costs more than it gives on short queries
    "huge_pages": "off",
    "wal_level": "minimal",  # one machine, backed up by dumps: a load into a new table then writes no log twice
    "max_wal_senders": "0",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "20s",
    "autovacuum_vacuum_cost_limit": "1000",
}


def _logging(layout: Layout) -> dict[str, str]:
    return {
        "logging_collector": "on",
        "log_directory": quoted(str(layout.log)),
        "log_filename": "'postgresql-%a.log'",
        "log_truncate_on_rotation": "on",  # a week's files, then over again
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_file_mode": "0600",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] '",
        # An error's text, detail and statement carry people's data ("Key (phone)=(...) already exists"):
        # "log" leaves out ERROR and WARNING (they reach the client), terse leaves out DETAIL and CONTEXT.
        "log_min_messages": "log",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_statement": "'none'",
        "log_min_duration_statement": "-1",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_autovacuum_min_duration": "-1",
        "log_lock_waits": "off",
        "log_temp_files": "-1",
        "log_checkpoints": "on",
    }


def _between(low: int, wish: int, high: int) -> int:
    return max(low, min(wish, high))


def _size(folder: str) -> int:
    try:
        facts = os.statvfs(folder)
    except OSError:
        return 0
    return facts.f_frsize * facts.f_blocks


def _free(folder: Path) -> int:
    try:
        facts = os.statvfs(folder)
    except OSError:
        return 0
    return facts.f_frsize * facts.f_bavail
