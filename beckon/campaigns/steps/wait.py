"""The step that lets time pass: a duration, a weekday and hour, until an event, or relative to an appointment."""

import calendar
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from beckon.campaigns.journey.values import EVENT_PREFIX, WAITING_TIME, Facts, Go, Outcome, Snapshot, Stay
from beckon.campaigns.steps.base import Run, StepSpec
from beckon.core.wording.words import Mistake

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST = timedelta(minutes=1)


class AppointmentOffset(BaseModel):
    """So many days and hours before the person's next appointment (negative: after it)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days_before: int = Field(default=0, ge=-30, le=60)
    hours_before: int = Field(default=0, ge=-48, le=48)


class WaitStep(StepSpec):
    """Rest for `months`, `days` and `hours`, then to the next of `weekdays` and to `hour` where the person is.

    With `until` (reply or call) such an event goes on to `on_event` at once; the duration is then the time-out.
    """

    kind: Literal["wait"]
    pauses: ClassVar[bool] = True
    months: int = Field(default=0, ge=0, le=12)
    days: int = Field(default=0, ge=0, le=366)
    hours: int = Field(default=0, ge=0, le=72)
    weekdays: tuple[Weekday, ...] = ()
    hour: int | None = Field(default=None, ge=8, le=20)
    until: Literal["", "reply", "call"] = ""
    on_event: str = ""
    appointment: AppointmentOffset | None = None

    @model_validator(mode="after")
    def _waits_for_something(self) -> "WaitStep":
        has_time = bool(self.months or self.days or self.hours or self.weekdays or self.hour is not None)
        if not has_time and self.appointment is None:
            raise Mistake(
                "a wait needs months, days, hours, weekdays, an hour or an appointment",
                "una espera necesita meses, días, horas, días de la semana, una hora o una cita",
            )
        if self.until and not (self.months or self.days or self.hours):
            raise Mistake(
                "a wait until an event needs a time-out: give months, days or hours",
                "una espera hasta un suceso necesita un límite: escriba meses, días u horas",
            )
        if self.on_event and not self.until:
            raise Mistake("on_event needs until", "on_event necesita until")
        return self

    def arrive(self, run: Run) -> Outcome:
        """Rest until the time."""
        waiting = EVENT_PREFIX + self.until if self.until else WAITING_TIME
        until = max(self.due(run), run.now + SHORTEST)
        return Stay(until, waiting)

    def resume(self, run: Run) -> Outcome:
        """Go on."""
        return Go(run.playbook.after(self.id))

    def targets(self) -> Mapping[str, str]:
        """Where the event leads."""
        return {"on_event": self.on_event} if self.on_event else {}

    def due(self, run: Run) -> datetime:
        """When the rest is over, UTC-aware; weekday and hour where the person is."""
        appointment_at = run.learn(next_appointment) if self.appointment is not None else None
        if self.appointment is not None and appointment_at is not None:
            offset = self.appointment
            return appointment_at - timedelta(days=offset.days_before, hours=offset.hours_before)
        at = add_months(run.now, self.months) + timedelta(days=self.days, hours=self.hours)
        if not self.weekdays and self.hour is None:
            return at
        return _on_weekday_and_hour(at, run.learn(time_zone), self.weekdays, self.hour)


def next_appointment(facts: Facts, snapshot: Snapshot, now: datetime) -> datetime | None:
    """A question: when is the person's next visit?"""
    return facts.next_appointment_at


def time_zone(facts: Facts, snapshot: Snapshot, now: datetime) -> str:
    """A question: which clock does the person live by?"""
    return facts.time_zone


def add_months(at: datetime, months: int) -> datetime:
    """The same day `months` later, or the last of that month."""
    if not months:
        return at
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=1_000)  # a batch has one `now`, a few waits and a few zones
def _on_weekday_and_hour(at: datetime, zone: str, weekdays: tuple[Weekday, ...], hour: int | None) -> datetime:
    """The first moment not before `at` on one of the weekdays at the hour of the zone."""
    local = at.astimezone(ZoneInfo(zone))
    for days in range(15):
        day = local + timedelta(days=days)
        if hour is not None:
            day = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        elif days:
            day = day.replace(hour=0, minute=0, second=0, microsecond=0)
        if (not weekdays or _WEEKDAYS[day.weekday()] in weekdays) and day >= local:
            return day.astimezone(at.tzinfo)
    raise AssertionError("every week has every weekday")
