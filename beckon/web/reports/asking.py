"""What a report is asked for: span of time, campaign, location. Kept in the address; read here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beckon.campaigns.models import Campaign
from beckon.reports.periods import Period, days
from beckon.scheduling.models import Location

SPANS: Mapping[str, str | Promise] = {
    "this-week": _("This week"),
    "last-week": _("Last week"),
    "30-days": _("Last 30 days"),
    "custom": _("From – to"),
}
MOST_DAYS = 731


@dataclass(frozen=True)
class Asked:
    """A report's frame. `problem` "" or why the dates typed were not taken."""

    span: str
    period: Period
    campaign: Campaign | None
    location: Location | None
    problem: str | Promise = ""

    @property
    def campaign_id(self) -> int | None:
        """For the queries."""
        return self.campaign.pk if self.campaign else None

    @property
    def location_id(self) -> int | None:
        """For the queries."""
        return self.location.pk if self.location else None

    @property
    def parts(self) -> dict[str, str]:
        """As it stands in an address; what is not narrowed is left out."""
        found = {"span": self.span}
        if self.span == "custom":
            found |= {"from": self.period.first_day.isoformat(), "to": self.period.last_day.isoformat()}
        if self.campaign:
            found["campaign"] = str(self.campaign.pk)
        if self.location:
            found["location"] = str(self.location.pk)
        return found


def campaigns_to_choose() -> list[Campaign]:
    """Those launched, newest first."""
    return list(Campaign.objects.filter(launched_at__isnull=False).order_by("-launched_at", "-pk")[:200])


def locations_to_choose() -> list[Location]:
    """All of them by name."""
    return list(Location.objects.order_by("name")[:200])


def read_asked(
    asked: Mapping[str, str], campaigns: list[Campaign], locations: list[Location], *, now: datetime, zone: str
) -> Asked:
    """The frame; what makes no sense falls back to this week, and says so."""
    today = now.astimezone(ZoneInfo(zone)).date()
    span = asked.get("span", "this-week")
    span = span if span in SPANS else "this-week"
    campaign = next((c for c in campaigns if str(c.pk) == asked.get("campaign")), None)
    location = next((one for one in locations if str(one.pk) == asked.get("location")), None)
    first, count, problem = _span(span, asked, today)
    if problem:
        span = "this-week"
    return Asked(span, days(first, count, zone), campaign, location, problem)


def _span(span: str, asked: Mapping[str, str], today: date) -> tuple[date, int, str | Promise]:
    monday = today - timedelta(days=today.weekday())
    match span:
        case "last-week":
            return monday - timedelta(days=7), 7, ""
        case "30-days":
            return today - timedelta(days=29), 30, ""
        case "custom":
            try:
                first, last = date.fromisoformat(asked.get("from", "")), date.fromisoformat(asked.get("to", ""))
            except ValueError:
                return monday, 7, _("Give a first and a last day, such as 2026-11-01. This week is shown instead.")
            if not 0 <= (last - first).days < MOST_DAYS:
                return (
                    monday,
                    7,
                    _("The last day must not lie before the first, nor more than two years after. This week is shown."),
                )
            return first, (last - first).days + 1, ""
        case _:
            return monday, 7, ""
