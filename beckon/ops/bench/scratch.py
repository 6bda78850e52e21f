"""The scratch organization of a bench run: dropped at the end, on Ctrl-C, on SIGTERM, and after a kill by the next run.

A session-level advisory lock marks the organization as being worked in.
"""

import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import psycopg

from beckon import config
from beckon.core.models import Organization, OrganizationKind
from beckon.core.organizations import create_rehearsal, drop_organization
from beckon.ops.bench.bare import connect_as_owner
from beckon.ops.bench.days import IMPORT_DAY

NAME = "Beckon bench"
_ENDING = tuple(signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__)
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"


@contextmanager
def scratch_organization(seed: int = 1) -> Iterator[Organization]:
    """A rehearsal organization for the length of the block."""
    with connect_as_owner() as marker, _ending_as_interrupt():
        drop_left_behind(marker)
        name = f"{NAME} {secrets.token_hex(4)}"
        marker.execute(_LOCK, [name])
        organization = None
        try:
            organization = create_rehearsal(clock_at=IMPORT_DAY, seed=seed, name=name)
            yield organization
        finally:
            with _undisturbed():
                for left in [organization] if organization else Organization.objects.filter(name=name):
                    _drop(left)


def drop_left_behind(marker: psycopg.Connection) -> int:
    """Drop organizations of runs that were killed; returns how many. Those of living runs are left alone."""
    dropped = 0
    for organization in Organization.objects.filter(kind=OrganizationKind.REHEARSAL, name__startswith=NAME):
        row = marker.execute(_LOCK, [organization.name]).fetchone()
        if row == (True,):
            _drop(organization)
            dropped += 1
            marker.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [organization.name])
    return dropped


def _drop(organization: Organization) -> None:
    drop_organization(organization)
    shutil.rmtree(config.home() / "imports" / organization.schema_name, ignore_errors=True)


@contextmanager
def _ending_as_interrupt() -> Iterator[None]:
    """A polite request to end is treated like Ctrl-C, so that what stands in `finally` is done."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not stop the tidying up."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, *_ENDING)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
