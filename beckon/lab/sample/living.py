"""A sandbox that lives by itself: its clock runs at a speed anybody may set, people answer, colleagues call.

Started by `beckon demo`; one process per installation. Every step is a transaction of its own, so it may be killed.
"""

import logging
import time as wall
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from beckon.core.clock import set_clock, set_speed
from beckon.core.models import Organization
from beckon.core.tenancy import get_organization, org_scope
from beckon.lab.clockwork import FIRST_HOUR, LAST_HOUR, live_a_block
from beckon.lab.world import World

log = logging.getLogger("beckon.lab")

LONGEST_STEP = timedelta(hours=1)
PAUSE_SECONDS = 2.0
"""How often the clock is moved on."""
FIRST_SPEED = 60
"""Virtual seconds per second at the start: a minute a second, an hour a minute."""


def morning_after(at: datetime, zone: ZoneInfo) -> datetime:
    """The next working day's first hour after `at`, in `zone`."""
    local = at.astimezone(zone)
    day = local.date()
    if local.time() >= time(FIRST_HOUR) or day.weekday() >= 5:
        day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(FIRST_HOUR), zone)


def begin_a_day(world: World) -> datetime:
    """Let the night pass: the clock stands at nine on the next working day, with the day's work laid out.

    Nobody has called yet, so that whoever visits finds calls to make. Returns that time.
    """
    organization = world.organization
    assert organization.clock_at is not None
    morning = morning_after(organization.clock_at, ZoneInfo(organization.time_zone))
    colleagues, world.agents = world.agents, ()
    try:
        live_a_block(world, morning, length=timedelta(hours=1))
    finally:
        world.agents = colleagues
    with org_scope(organization):
        set_speed(organization, FIRST_SPEED)
    return morning + timedelta(hours=1)


def next_step(at: datetime, speed: int, elapsed: float, zone: ZoneInfo) -> tuple[datetime, timedelta] | None:
    """From when and for how long to live next, `elapsed` seconds after the last step; None while it is not a minute.

    Steps are whole minutes and an hour at most. Nights are passed over: nothing may leave then, and nobody calls.
    """
    minutes = int(speed * elapsed // 60)
    if minutes < 1:
        return None
    local = at.astimezone(zone)
    if not FIRST_HOUR <= local.hour < LAST_HOUR:
        day = local.date() + timedelta(days=1 if local.hour >= LAST_HOUR else 0)
        return datetime.combine(day, time(FIRST_HOUR), zone), timedelta(minutes=min(minutes, 60))
    return at, min(timedelta(minutes=minutes), LONGEST_STEP)


def live_on(world: World, *, stopped: Callable[[], bool]) -> None:
    """Move the clock on until `stopped` says so. A step that fails is told in the log and tried again later."""
    zone = ZoneInfo(world.organization.time_zone)
    last = wall.monotonic()
    first_of_day: datetime | None = None
    while not stopped():
        wall.sleep(PAUSE_SECONDS)
        organization = get_organization(world.organization.slug)
        if organization.clock_at is None or organization.clock_speed == 0:
            last = wall.monotonic()
            continue
        step = next_step(organization.clock_at, organization.clock_speed, wall.monotonic() - last, zone)
        if step is None:
            continue
        at, length = step
        last = wall.monotonic()
        is_new_day = first_of_day is None or first_of_day.date() != at.astimezone(zone).date()
        try:
            _live(world, organization, at, length, is_first=is_new_day)
            first_of_day = at.astimezone(zone)
        except Exception as error:  # by its name only: its words may quote rows
            log.error("sandbox step failed organization=%s error=%s", organization.pk, type(error).__name__)


def _live(world: World, organization: Organization, at: datetime, length: timedelta, *, is_first: bool) -> None:
    world.organization = organization
    if organization.clock_at is not None and at > organization.clock_at:
        with org_scope(organization):
            set_clock(organization, at)
    live_a_block(world, at, is_first=is_first, length=length)
