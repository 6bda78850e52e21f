"""Lays a report's figures out for the page and for the CSV: the same rows, so that they agree. Reads no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beckon.campaigns.models import Campaign
from beckon.reports.figures import Activity, AgentDay, ChannelFigures, Cohort, Funnel, HourCell
from beckon.web.campaigns import words
from beckon.web.campaigns.words import word
from beckon.web.charts import shade
from beckon.web.reports.figures import Figures
from beckon.web.spoken import hour_name

VISITS: Mapping[str, str | Promise] = {
    "booked": gettext_lazy("booked"),
    "kept": gettext_lazy("kept"),
    "missed": gettext_lazy("missed"),
    "cancelled_by_practice": gettext_lazy("cancelled by the practice"),
    "cancelled_by_patient": gettext_lazy("cancelled by the patient"),
}


@dataclass(frozen=True)
class Figure:
    """A number and the list behind it ("" kind: none)."""

    name: str
    value: int
    kind: str = ""
    of: str = ""


@dataclass(frozen=True)
class Stage:
    """A stage of the funnel of those enrolled in the period."""

    name: str
    number: int
    share: float
    kind: str


@dataclass(frozen=True)
class Cell:
    """One hour of one weekday."""

    key: str
    dials: int
    answered: int
    share: float
    shade: int
    label: str
    hour: str


@dataclass(frozen=True)
class HeatRow:
    """A weekday with a cell per hour, None where nobody was called."""

    name: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Attempt:
    """Conversion by attempt."""

    name: str
    key: int
    dials: int
    answered: int
    answered_share: float
    booked: int
    booked_share: float


@dataclass(frozen=True)
class AgentRow:
    """An agent's local day."""

    key: str
    name: str
    day: AgentDay
    minutes: int


@dataclass(frozen=True)
class Answer:
    """Answers by meaning, or calls by disposition."""

    code: str
    name: str
    number: int
    share: float


@dataclass(frozen=True)
class CampaignRow:
    """A campaign's funnel up to now: (list of people behind it, number), from the list to the visit kept."""

    campaign: Campaign
    numbers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Channel:
    """A channel's figures with its name."""

    name: str
    icon: str
    figures: ChannelFigures


def headlines(activity: Activity) -> list[Figure]:
    """The figures on top."""
    visits = activity.visits
    return [
        Figure(_("Messages sent"), activity.messages, "sent"),
        Figure(_("Calls made"), activity.dials, "dials"),
        Figure(_("Calls answered"), activity.answered, "answered"),
        Figure(_("Goals met"), activity.goals, "goals"),
        Figure(_("Visits booked"), visits.booked, "booked"),
        Figure(_("Visits kept"), visits.kept, "kept"),
        Figure(_("Visits missed"), visits.missed, "missed"),
        Figure(_("Opted out"), activity.opt_outs, "opt_outs"),
    ]


def money(activity: Activity) -> list[Figure]:
    """What it cost and brought, to the cent."""
    visits = activity.visits
    lines = [Figure(str(word(words.CHANNELS, c.channel)), c.cost_cents, "sent", c.channel) for c in activity.channels]
    agent_days = formats.number_format(round(activity.agent_days, 1), 1)
    return [
        *lines,
        Figure(_("Agents, %(days)s days") % {"days": agent_days}, activity.agent_cost_cents, "dials"),
        Figure(_("Cost"), activity.cost_cents),
        Figure(_("Collected"), visits.revenue_cents, "kept"),
        Figure(_("Net"), visits.revenue_cents - activity.cost_cents),
    ]


def stages(cohort: Cohort) -> list[Stage]:
    """Those enrolled in the period, down to the visit kept."""
    found = (
        (_("Enrolled"), cohort.enrolled, "cohort_enrolled"),
        (_("Contacted"), cohort.contacted, "cohort_contacted"),
        (_("Answered"), cohort.answered, "cohort_answered"),
        (_("Goal met"), cohort.goal, "cohort_goal"),
        (_("Booked"), cohort.booked, "cohort_booked"),
        (_("Visit kept"), cohort.kept, "cohort_kept"),
    )
    return [Stage(name, number, number / max(1, cohort.enrolled), kind) for name, number, kind in found]


def campaign_rows(funnels: tuple[tuple[Campaign, Funnel], ...]) -> list[CampaignRow]:
    """By campaign, as the weekly PDF has them."""
    return [
        CampaignRow(
            campaign,
            (
                ("", funnel.people),
                ("enrolled", funnel.enrolled),
                ("contacted", funnel.contacted),
                ("answered", funnel.answered),
                ("goal", funnel.goal_met),
                ("visit", funnel.booked),
                ("kept", funnel.kept),
            ),
        )
        for campaign, funnel in funnels
    ]


def campaign_heads() -> list[str]:
    """What the numbers of a CampaignRow are."""
    return [
        _("On the list"), _("Enrolled"), _("Contacted"), _("Answered"), _("Goal met"), _("Booked"), _("Visit kept"),
    ]  # fmt: skip


def channels(activity: Activity) -> list[Channel]:
    """By channel."""
    return [
        Channel(str(word(words.CHANNELS, c.channel)), words.CHANNEL_ICONS.get(c.channel, "send"), c)
        for c in activity.channels
    ]


def replies(activity: Activity) -> list[Answer]:
    """Commonest first."""
    total = max(1, sum(activity.replies.values()))
    ordered = sorted(activity.replies.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Answer(code, str(word(words.MEANINGS, code)), n, n / total) for code, n in ordered]


def dispositions(activity: Activity, language: str) -> list[Answer]:
    """Commonest first."""
    total = max(1, activity.dials)
    return [Answer(d.code, d.in_language(language), d.calls, d.calls / total) for d in activity.dispositions]


def attempts(activity: Activity) -> list[Attempt]:
    """First attempts first; calls people had asked for last."""
    rows = sorted(activity.attempts, key=lambda row: (row.attempt == 0, row.attempt))
    return [
        Attempt(
            str(row.attempt) if row.attempt else _("asked for by the person"),
            row.attempt,
            row.dials,
            row.answered,
            row.answered / max(1, row.dials),
            row.booked,
            row.booked / max(1, row.dials),
        )
        for row in rows
    ]


def hours_of(cells: tuple[HourCell, ...]) -> list[int]:
    """The hours that any call was made in, and those between."""
    hours = [cell.hour for cell in cells]
    return list(range(min(hours), max(hours) + 1)) if hours else []


def heat_rows(cells: tuple[HourCell, ...]) -> list[HeatRow]:
    """A row for each weekday with calls; the shade follows the share answered, where enough calls were made."""
    by_place = {(cell.weekday, cell.hour): cell for cell in cells}
    hours = hours_of(cells)
    most = max((c.answered / c.dials for c in cells if c.dials >= 10), default=0.0)
    rows = []
    for weekday in sorted({cell.weekday for cell in cells}):
        name = weekday_name(weekday)
        found = [by_place.get((weekday, hour)) for hour in hours]
        rows.append(HeatRow(name, tuple(_cell(cell, most, name) if cell else None for cell in found)))
    return rows


def weekday_name(weekday: int) -> str:
    """Monday for 0, in the page's language."""
    return formats.date_format(date(2026, 11, 16) + timedelta(days=weekday), "l").capitalize()


def _cell(cell: HourCell, most: float, name: str) -> Cell:
    share = cell.answered / cell.dials if cell.dials else 0.0
    label = _("%(day)s, %(hour)s: %(answered)s of %(dials)s answered") % {
        "day": name,
        "hour": hour_name(cell.hour),
        "answered": cell.answered,
        "dials": cell.dials,
    }
    strength = shade(share, most) if cell.dials >= 10 else 0
    return Cell(f"{cell.weekday}-{cell.hour}", cell.dials, cell.answered, share, strength, label, hour_name(cell.hour))


def agent_rows(days: tuple[AgentDay, ...], names: Mapping[str, str]) -> list[AgentRow]:
    """By name and day: no ranking by calls (mission: accuracy and empathy outrank volume)."""
    rows = [AgentRow(f"{d.agent}|{d.day}", names.get(d.agent, d.agent), d, round(d.seconds / 60)) for d in days]
    return sorted(rows, key=lambda row: (row.name, row.day.day))


def csv_rows(found: Figures, names: Mapping[str, str], language: str) -> Iterator[tuple[str, ...]]:
    """Every figure of the page: section, what, measure, value. Money in dollars, shares not repeated."""
    yield (_("Section"), _("What"), _("Measure"), _("Value"))
    activity = found.activity
    for figure in headlines(activity):
        yield (_("Summary"), figure.name, "", str(figure.value))
    for figure in money(activity):
        yield (_("Cost and return"), figure.name, "USD", f"{figure.value / 100:.2f}")
    for stage in stages(found.cohort):
        yield (_("Funnel"), stage.name, _("people"), str(stage.number))
    for row in campaign_rows(found.campaigns):
        for head, (_kind, number) in zip(campaign_heads(), row.numbers, strict=True):
            yield (_("Campaigns so far"), row.campaign.name, head, str(number))
    for channel in channels(activity):
        one = channel.figures
        for measure, value in (
            (_("sent"), one.sent),
            (_("delivered"), one.delivered),
            (_("failed"), one.failed),
            (_("no receipt yet"), one.pending),
        ):
            yield (_("Messages"), channel.name, measure, str(value))
    for answer in replies(activity):
        yield (_("Answers"), answer.name, "", str(answer.number))
    for answer in dispositions(activity, language):
        yield (_("How calls ended"), answer.name, answer.code, str(answer.number))
    yield from _csv_calls(found, names)


def _csv_calls(found: Figures, names: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for cell in found.activity.hours:
        what = f"{weekday_name(cell.weekday)} {hour_name(cell.hour)}"
        yield (_("Answer rate"), what, _("calls"), str(cell.dials))
        yield (_("Answer rate"), what, _("answered"), str(cell.answered))
    for row in attempts(found.activity):
        for measure, value in ((_("calls"), row.dials), (_("answered"), row.answered), (_("booked"), row.booked)):
            yield (_("By attempt"), row.name, measure, str(value))
    for agent in agent_rows(found.agents, names):
        what = f"{agent.name} {agent.day.day.isoformat()}"
        for measure, value in (
            (_("calls"), agent.day.dials),
            (_("answered"), agent.day.answered),
            (_("booked"), agent.day.booked),
            (_("minutes"), agent.minutes),
        ):
            yield (_("Agents' day"), what, measure, str(value))
