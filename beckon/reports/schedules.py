"""Schedules of the weekly report: made, changed, ended, and what of them is due. The sending is in delivery.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.tenancy import current_organization
from beckon.reports.models import DeliveryStatus, ReportDelivery, ReportSchedule
from beckon.reports.periods import week_name

MOST_RECIPIENTS = 20


@dataclass(frozen=True)
class Due:
    """A report that should have left by now."""

    schedule: ReportSchedule
    week: str


def last_moment(weekday: int, hour: int, *, now: datetime, zone: str) -> datetime:
    """The latest time not after `now` that is `hour` o'clock on `weekday` (0 Monday) in the zone."""
    local = now.astimezone(ZoneInfo(zone))
    at = (local - timedelta(days=(local.weekday() - weekday) % 7)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at <= local else at - timedelta(days=7)


def week_told(at: datetime) -> str:
    """The last whole ISO week before `at`, by its own zone."""
    return week_name((at - timedelta(days=7)).date())


def read_recipients(text: str) -> tuple[list[str], list[str]]:
    """Addresses in a text, by commas, semicolons, spaces or lines: (good ones, lower case, once each; the others)."""
    good: list[str] = []
    bad: list[str] = []
    for word in text.replace(",", " ").replace(";", " ").split():
        try:
            validate_email(word)
        except ValidationError:
            bad.append(word)
        else:
            if word.lower() not in good:
                good.append(word.lower())
    return good, bad


def list_schedules() -> list[ReportSchedule]:
    """Those in force, oldest first."""
    return list(ReportSchedule.objects.filter(ended_at=None).order_by("pk"))


def list_deliveries(limit: int = 20) -> list[ReportDelivery]:
    """What left last, newest first."""
    return list(ReportDelivery.objects.select_related("schedule").order_by("-pk")[:limit])


def save_schedule(
    *, language: str, weekday: int, hour: int, recipients: Sequence[str], by: Actor, now: datetime
) -> ReportSchedule:
    """A new schedule from now on. Raises ValueError without recipients or with more than MOST_RECIPIENTS."""
    if not 1 <= len(recipients) <= MOST_RECIPIENTS:
        raise ValueError(f"a report goes to 1 to {MOST_RECIPIENTS} addresses")
    schedule = ReportSchedule.objects.create(
        language=language, weekday=weekday, hour=hour, recipients=list(recipients), by=by.key, since=now
    )
    record_audit(
        action="report.scheduled",
        object_kind="report_schedule",
        object_ids=[schedule.pk],
        by=by,
        now=now,
        detail={"language": language, "weekday": weekday, "hour": hour, "recipients": list(recipients)},
    )
    return schedule


def end_schedule(schedule_id: int, *, by: Actor, now: datetime) -> bool:
    """Nothing leaves by it any more. False where it had ended or never was."""
    ended = ReportSchedule.objects.filter(pk=schedule_id, ended_at=None).update(ended_at=now)
    if ended:
        record_audit(
            action="report.unscheduled", object_kind="report_schedule", object_ids=[schedule_id], by=by, now=now
        )
    return bool(ended)


def claim_due(*, now: datetime) -> list[Due]:
    """What should have left by now and was not claimed yet; claimed with this. Commit before anything is sent."""
    zone = current_organization().time_zone
    found = []
    for schedule in list_schedules():
        moment = last_moment(schedule.weekday, schedule.hour, now=now, zone=zone)
        if moment < schedule.since:
            continue
        week = week_told(moment)
        _row, is_new = ReportDelivery.objects.get_or_create(
            schedule=schedule, week=week, defaults={"recipients": schedule.recipients, "at": now}
        )
        if is_new:
            found.append(Due(schedule, week))
    return found


def settle(due: Due, *, error: str = "", by: Actor, now: datetime) -> None:
    """Record what became of a report that was claimed."""
    status = DeliveryStatus.FAILED if error else DeliveryStatus.SENT
    ReportDelivery.objects.filter(schedule=due.schedule, week=due.week).update(status=status, reason=error[:60])
    record_audit(
        action=f"report.{status}",
        object_kind="report_schedule",
        object_ids=[due.schedule.pk],
        by=by,
        now=now,
        detail={"week": due.week, "recipients": due.schedule.recipients, **({"error": error} if error else {})},
    )
