"""What a measurement was made on. No names of machines, users or folders."""

import os
import platform
from pathlib import Path
from typing import Any

from django.db import connections

from beckon import config

_SETTINGS = (
    "fsync", "synchronous_commit", "shared_buffers", "max_wal_size", "max_parallel_workers_per_gather", "wal_level",
)  # fmt: skip


def describe_machine(people: int) -> dict[str, Any]:
    """Processor, memory, versions, database settings, load before the run, and how many people were asked for."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        server = cursor.fetchone()
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS s(name)", [list(_SETTINGS)])
        settings = dict(cursor.fetchall())
    return {
        "people": people,
        "processor": _processor(),
        "cores": cores(),
        "memory_mb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": server[0] if server else "",
        "embedded_database": config.uses_embedded_database(),
        "database_settings": settings,
        "load_before": [round(load, 1) for load in os.getloadavg()],
    }


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()
