"""Processes of a bench: started in this run's database, watched for their memory, ended with all their children."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Any

from django.db import connections

from beckon.config import DatabaseAddress
from beckon.core.organizations import ADMIN
from beckon.ops.bench.values import BenchFailed

_BETWEEN_SAMPLES = 0.05
_PATIENCE = 10.0
BASE_URL = "https://beckon.example.org"


@contextmanager
def child(module: str, *arguments: str | float | Path, own_group: bool = False) -> Iterator[Popen[str]]:
    """`python -m module arguments` with pipes to its input and output; ended at the end of the block.

    `own_group` puts it and its children into a process group that Ctrl-C does not reach and that ends as a whole.
    """
    process = Popen(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, *map(str, arguments)], stdin=PIPE, stdout=PIPE, text=True,
        env=_environment(), start_new_session=own_group,
    )  # fmt: skip
    try:
        yield process
    finally:
        _end(process, whole_group=own_group)


def wait_ready(processes: Sequence[Popen[str]]) -> None:
    """Until each has said that it is. Raises BenchFailed."""
    for process in processes:
        if _line(process) != "ready":
            raise BenchFailed("a helper process did not start")


def work_together(processes: Sequence[Popen[str]]) -> list[dict[str, Any]]:
    """Let them begin at the same moment; what each tells at its end. Raises BenchFailed."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [_line(process) for process in processes]
    if not all(told):
        raise BenchFailed("a helper process ended before it was done")
    return [json.loads(line) for line in told]


def _line(process: Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _environment() -> dict[str, str]:
    """Ours, with the database this process is really in (tests make one of their own), and an https address,
    without which no e-mail may carry its unsubscribe link.
    """
    urls = {"BECKON_DATABASE_URL": _url("default"), "BECKON_DATABASE_ADMIN_URL": _url(ADMIN)}
    return (
        {"BECKON_LOG_LEVEL": "WARNING"}
        | os.environ
        | urls
        | {"DJANGO_SETTINGS_MODULE": "beckon.settings", "BECKON_BASE_URL": BASE_URL}
    )


def _url(alias: str) -> str:
    s = connections[alias].settings_dict
    return DatabaseAddress(str(s["HOST"]), int(s["PORT"] or 5432), str(s["NAME"]), s["USER"], s["PASSWORD"]).url()


def _end(process: Popen[str], *, whole_group: bool) -> None:
    _close(process.stdin)
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            process.wait(timeout=0 if number == signal.SIGTERM else _PATIENCE)
            break
        except subprocess.TimeoutExpired:
            _signal(process, number, whole_group=whole_group)
    if whole_group:
        _signal(process, signal.SIGKILL, whole_group=True)  # whoever outlived it
    process.wait()
    _close(process.stdout)  # not before: a server says that it ends


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except OSError:
            pass  # it had ended before reading everything


def _signal(process: Popen[str], number: signal.Signals, *, whole_group: bool) -> None:
    try:
        if whole_group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    except ProcessLookupError:
        pass  # nobody is left


class MemoryWatch:
    """Greatest resident memory of a process and its descendants together, sampled 20 times a second (Linux).

    Pages that processes share count in each of them. PostgreSQL is never among the descendants.
    """

    def __init__(self, pid: int) -> None:
        self.peak_mb = 0.0
        self._pid = pid
        self._is_on = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Watch from now on. Looks once at once: what is timed may be over before the next sample."""
        self.peak_mb = max(self.peak_mb, self._now())
        self._is_on.set()

    def stop(self) -> None:
        """Do not count what follows."""
        self._is_on.clear()

    def close(self) -> None:
        """End the thread."""
        self._is_over.set()
        self._thread.join()

    def _now(self) -> float:
        return sum(map(_resident, _family(self._pid))) / 1e6

    def _watch(self) -> None:
        while not self._is_over.wait(_BETWEEN_SAMPLES):
            if self._is_on.is_set():
                found = self._now()
                if self._is_on.is_set():
                    self.peak_mb = max(self.peak_mb, found)


def _family(pid: int) -> Iterator[int]:
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in listed.read_text().split()]
        except OSError:
            continue  # the thread ended meanwhile
        for one in children:
            yield from _family(one)


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
