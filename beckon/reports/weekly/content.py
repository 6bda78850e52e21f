"""Gathers one week's report into plain values for printing. Reads through reports.queries only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.core.tenancy import current_organization
from beckon.reports import queries
from beckon.reports.figures import Activity, Funnel, Outlook
from beckon.reports.periods import Period, days, week_before, week_name
from beckon.reports.weekly.lessons import lessons

SERIES_WEEKS = 8


@dataclass(frozen=True)
class WeeklyReport:
    """Everything the two pages show."""

    practice: str
    language: str
    week: str
    period: Period
    made: datetime
    this: Activity
    before: Activity | None
    series: list[tuple[str, Activity]]
    campaigns: list[tuple[str, Funnel]]
    lessons: list[str]
    outlook: Outlook


def gather(period: Period, *, now: datetime, language: str | None = None) -> WeeklyReport:
    """The report of one week as of `now`; `language` defaults to the practice's own."""
    organization = current_organization()
    spoken = language or organization.language
    starts = [period.first_day - timedelta(days=7 * back) for back in reversed(range(SERIES_WEEKS))]
    series = queries.weekly_series([days(first, 7, period.zone) for first in starts])
    this = series[-1][1]
    earlier = series[-2][1]
    return WeeklyReport(
        practice=organization.name,
        language=spoken,
        week=week_name(period.first_day),
        period=period,
        made=now.astimezone(ZoneInfo(period.zone)),
        this=this,
        before=earlier if is_busy(earlier) else None,
        series=_from_first_work(series),
        campaigns=queries.campaign_funnels(now),
        lessons=lessons(this, spoken),
        outlook=queries.outlook(max(now, week_before(period).end)),
    )


def is_busy(activity: Activity) -> bool:
    """Whether anything at all was done or came of it."""
    return bool(activity.messages or activity.dials or activity.visits.booked or activity.visits.kept)


def _from_first_work(series: list[tuple[str, Activity]]) -> list[tuple[str, Activity]]:
    busy = [i for i, (_, activity) in enumerate(series) if is_busy(activity)]
    return series[min(busy[0], len(series) - 2) :] if busy else series[-2:]
