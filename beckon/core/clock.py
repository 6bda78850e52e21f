"""Domain time: an organization's own clock, on the wall or virtual. Leases and time-outs use the wall clock instead."""

from datetime import UTC, datetime

from beckon.core.models import ClockKind, Organization


def wall_now() -> datetime:
    """The wall clock, UTC. For leases, time-outs, rate limits and `recorded_at` only."""
    return datetime.now(UTC)


def domain_now(organization: Organization) -> datetime:
    """The organization's present: the wall clock, or its virtual clock in sandbox and rehearsal."""
    match ClockKind(organization.clock_kind):
        case ClockKind.WALL:
            return wall_now()
        case ClockKind.VIRTUAL:
            if organization.clock_at is None:
                raise ValueError("a virtual clock needs clock_at")
            return organization.clock_at


def set_speed(organization: Organization, speed: int) -> None:
    """Let a sandbox's clock run `speed` virtual seconds a second while it lives by itself; 0 stops it.

    Raises ValueError for a wall clock or a speed below 0. `beckon demo` moves the clock; see lab.living.
    """
    if organization.clock_kind != ClockKind.VIRTUAL or speed < 0:
        raise ValueError("only a virtual clock has a speed, and it is 0 or more")
    Organization.objects.filter(pk=organization.pk).update(clock_speed=speed)
    organization.clock_speed = speed


def set_clock(organization: Organization, at: datetime) -> None:
    """Move a virtual clock to `at` (aware), never backwards. Raises ValueError for a wall clock or a step back."""
    if organization.clock_kind != ClockKind.VIRTUAL:
        raise ValueError("only a virtual clock can be set")
    if organization.clock_at is not None and at < organization.clock_at:
        raise ValueError("a clock does not run backwards")
    Organization.objects.filter(pk=organization.pk).update(clock_at=at)
    organization.clock_at = at
