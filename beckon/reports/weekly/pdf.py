"""Turns a gathered week into the two-page PDF, by Typst. Uses the shipped typeface only."""

import json
import tempfile
from pathlib import Path
from typing import Any

import typst

from beckon.core.typeface import typeface_folder
from beckon.reports.figures import ChannelFigures, Funnel
from beckon.reports.weekly.charts import answer_heat_map, visits_by_week
from beckon.reports.weekly.content import WeeklyReport, is_busy
from beckon.reports.weekly.wording import words

TEMPLATE = Path(__file__).parent / "weekly.typ"


def render(report: WeeklyReport) -> bytes:
    """The PDF, two pages of US letter."""
    said = words(report.language)
    weekdays = said["weekdays"].split()
    with tempfile.TemporaryDirectory(prefix="beckon-report-") as folder:
        room = Path(folder)
        (room / "weekly.typ").write_text(TEMPLATE.read_text())
        (room / "report.json").write_text(json.dumps(_values(report, said)))
        (room / "visits.svg").write_text(visits_by_week(report.series, said["booked"], said["kept"]))
        if report.this.hours:
            (room / "hours.svg").write_text(answer_heat_map(report.this.hours, weekdays, said["answered"]))
        pdf: bytes = typst.compile(
            str(room / "weekly.typ"), root=folder, font_paths=[str(typeface_folder())], ignore_system_fonts=True
        )
    return pdf


def _values(report: WeeklyReport, said: dict[str, str]) -> dict[str, Any]:
    first, last = report.period.first_day, report.period.last_day
    return {
        "words": said,
        "language": report.language,
        "practice": report.practice,
        "week": report.week,
        "span": f"{_day(first.day, first.month, report.language)} - "
        f"{_day(last.day, last.month, report.language)} {last.year}",
        "made": f"{_day(report.made.day, report.made.month, report.language)} {report.made:%Y, %H:%M}"
        f" {report.period.zone}",
        "busy": is_busy(report.this),
        "tiles": _tiles(report, said),
        "channels": [_channel(c, said) for c in report.this.channels],
        "calls": [
            f"{report.this.dials:,}",
            f"{report.this.answered:,}",
            f"{report.this.agent_days:,.1f}",
            _money(report.this.agent_cost_cents),
        ],
        "total_cost": _money(report.this.cost_cents),
        "replies": _replies(report, said),
        "dispositions": [[d.code, d.in_language(report.language), f"{d.calls:,}"] for d in report.this.dispositions],
        "attempts": [
            [
                str(a.attempt) if a.attempt else said["promised"],
                f"{a.dials:,}",
                f"{a.answered:,}",
                _share(a.answered, a.dials),
                f"{a.booked:,}",
                _share(a.booked, a.dials),
            ]
            for a in report.this.attempts[:6]
        ],
        "has_hours": bool(report.this.hours),
        "lessons": report.lessons,
        "plan": _plan(report, said),
        "campaigns": [_campaign(name, funnel) for name, funnel in report.campaigns[:4]],
    }


_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
}


def _day(day: int, month: int, language: str) -> str:
    return f"{day} {_MONTHS.get(language, _MONTHS['en'])[month - 1]}"


def _money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) / 100:,.2f}" if abs(cents) < 100_000 else f"{sign}${round(abs(cents) / 100):,}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def _change(now: int, before: int | None) -> str:
    if before is None:
        return ""
    return f"{now - before:+,}" if now != before else "="


def _replies(report: WeeklyReport, said: dict[str, str]) -> list[list[str]]:
    """Answers by meaning, most frequent first, then who opted out by whatever way."""
    ordered = sorted(report.this.replies.items(), key=lambda pair: (-pair[1], pair[0]))[:8]
    rows = [[said.get(f"reply_{meaning}", meaning.replace("_", " ")), f"{count:,}"] for meaning, count in ordered]
    return [*rows, [said["opt_outs"], f"{report.this.opt_outs:,}"]] if rows or report.this.opt_outs else []


def _tiles(report: WeeklyReport, said: dict[str, str]) -> list[list[str]]:
    this, before = report.this, report.before
    texts = sum(this.replies.values())

    def tile(name: str, value: str, now: int, then: int | None, *, money: bool = False) -> list[str]:
        change = _change(now, then)
        if money and then is not None and now != then:
            change = ("+" if now > then else "") + _money(now - then)
        return [said[name], value, change]

    old = before
    return [
        tile(
            "conversations",
            f"{this.answered + texts:,}",
            this.answered + texts,
            old.answered + sum(old.replies.values()) if old else None,
        ),
        tile("goals", f"{this.goals:,}", this.goals, old.goals if old else None),
        tile("booked", f"{this.visits.booked:,}", this.visits.booked, old.visits.booked if old else None),
        tile("kept", f"{this.visits.kept:,}", this.visits.kept, old.visits.kept if old else None),
        tile(
            "revenue",
            _money(this.visits.revenue_cents),
            this.visits.revenue_cents,
            old.visits.revenue_cents if old else None,
            money=True,
        ),
        tile("cost", _money(this.cost_cents), this.cost_cents, old.cost_cents if old else None, money=True),
    ]


def _channel(channel: ChannelFigures, said: dict[str, str]) -> list[str]:
    return [
        said.get(channel.channel, channel.channel),
        f"{channel.sent:,}",
        f"{channel.delivered:,}",
        f"{channel.failed:,}",
        f"{channel.pending:,}",
        _money(channel.cost_cents),
    ]


def _plan(report: WeeklyReport, said: dict[str, str]) -> list[str]:
    ahead = report.outlook
    lines = []
    if ahead.calls_due:
        lines.append(said["plan_calls"].format(n=f"{ahead.calls_due:,}", c=f"{ahead.callbacks:,}"))
    if ahead.steps_due:
        lines.append(said["plan_steps"].format(n=f"{sum(ahead.steps_due.values()):,}"))
    if ahead.visits:
        lines.append(said["plan_visits"].format(n=f"{ahead.visits:,}"))
    return lines or [said["plan_quiet"]]


def _campaign(name: str, funnel: Funnel) -> list[Any]:
    stages = (
        funnel.people,
        funnel.enrolled,
        funnel.contacted,
        funnel.answered,
        funnel.goal_met,
        funnel.booked,
        funnel.kept,
    )
    return [name, [f"{n:,}" for n in stages], [n / funnel.people if funnel.people else 0 for n in stages]]
