"""Turns playbooks, previews and figures of campaigns into what the pages show. Reads no database."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from beckon.campaigns.life import LaunchNo, Refusal, playbook_of
from beckon.campaigns.models import Campaign, PlaybookVersion
from beckon.campaigns.planning.preview import Preview
from beckon.campaigns.playbooks.schema import Playbook
from beckon.channels.models import Sender
from beckon.segments.conditions import parse_definition
from beckon.segments.explain import lines_of
from beckon.segments.wording import Language
from beckon.web.campaigns import words
from beckon.web.campaigns.words import Words, word
from beckon.web.charts import Stacks, stacks
from beckon.web.spoken import language

STEPS = ("campaign_playbook", "campaign_audience", "campaign_plan", "campaign_check")
MOST_DAYS = 70
"""More days than these are drawn week by week."""


@dataclass(frozen=True)
class Stage:
    """One of the four steps in the bar on top. `view` "" where it cannot be opened yet."""

    number: int
    name: str
    view: str
    is_here: bool
    is_done: bool


def stages(here: int, *, has_draft: bool = True) -> list[Stage]:
    """The bar of the four steps; `here` from 1."""
    names = (_("Playbook"), _("People"), _("Plan"), _("Check and launch"))
    return [
        Stage(number, name, view if has_draft else "", number == here, number < here)
        for number, (name, view) in enumerate(zip(names, STEPS, strict=True), 1)
    ]


@dataclass(frozen=True)
class Need:
    """A channel a playbook uses, and whether there is a sender (or an agent) for it."""

    channel: str
    name: Words
    icon: str
    is_there: bool


@dataclass(frozen=True)
class PlaybookCard:
    """A playbook as step 1 shows it."""

    version: PlaybookVersion
    title: str
    purpose: str
    goal: str
    second_goal: str
    steps: int
    days: int
    needs: tuple[Need, ...]
    hipaa: Words
    tcpa: Words
    takes_events: bool


def card_of(version: PlaybookVersion, senders: Mapping[str, Sequence[Sender]], agents: int) -> PlaybookCard:
    """The card of a version; `senders` by channel and `agents` say what is there of what it needs."""
    playbook, spoken = playbook_of(version), language()
    channels = [(channel, bool(senders.get(channel))) for channel in sorted(playbook.channels())]
    if playbook.has_calls():
        channels.append(("voice", agents > 0))
    return PlaybookCard(
        version=version,
        title=playbook.title.in_language(spoken),
        purpose=playbook.purpose.in_language(spoken),
        goal=playbook.goal.name.in_language(spoken),
        second_goal=playbook.second_goal.name.in_language(spoken) if playbook.second_goal else "",
        steps=len(playbook.steps),
        days=playbook.max_days,
        needs=tuple(
            Need(channel, word(words.CHANNELS, channel), words.CHANNEL_ICONS[channel], there)
            for channel, there in channels
        ),
        hipaa=word(words.HIPAA, playbook.hipaa_class),
        tcpa=word(words.TCPA, playbook.tcpa_class),
        takes_events=bool(playbook.entry.events),
    )


def condition_lines(definition: Mapping[str, Any]) -> list[tuple[int, str]]:
    """A segment's condition in words: (depth, line)."""
    return lines_of(parse_definition(dict(definition)), Language(language()[:2]))


@dataclass(frozen=True)
class Wording:
    """A message or script to be read before it is signed off."""

    name: str
    channel: Words
    texts: tuple[tuple[str, str, str], ...]
    """(language, subject, body)"""


def wordings(playbook: Playbook) -> list[Wording]:
    """Everything a playbook says, in both languages."""
    found = [
        Wording(
            name,
            word(words.CHANNELS, template.channel),
            (("en", template.en.subject, template.en.body), ("es", template.es.subject, template.es.body)),
        )
        for name, template in playbook.templates.items()
    ]
    scripts = [
        Wording(name, _("Script"), (("en", "", script.en), ("es", "", script.es)))
        for name, script in playbook.scripts.items()
    ]
    return found + scripts


@dataclass(frozen=True)
class Forecast:
    """Step 4's picture of what would happen."""

    preview: Preview
    chart: Stacks
    table: tuple[tuple[str, int, tuple[int, ...]], ...]
    channels: tuple[Words, ...]
    by_week: bool
    left_out: tuple[tuple[str, str, int], ...]
    refused: tuple[tuple[str, str, int], ...]
    busiest: tuple[str, int] | None

    @property
    def left_out_people(self) -> int:
        """Everybody who would not come in."""
        return sum(self.preview.excluded.values())

    @property
    def is_sampled(self) -> bool:
        """True where figures are scaled up from a part of the people."""
        return self.preview.looked_at < self.preview.people


def forecast_of(preview: Preview) -> Forecast:
    """Days (weeks, where there are many), channels and reasons of a preview."""
    days = [(day.day, day.enrolled, day.pieces) for day in preview.days]
    by_week = len(days) > MOST_DAYS
    if by_week:
        days = _weeks(days)
    channels = sorted({channel for _day, _number, pieces in days for channel in pieces})
    names = [word(words.CHANNELS, channel) for channel in channels]
    labels = [formats.date_format(day, _("M j")) for day, _n, _p in days]
    series = {str(name): [p.get(c, 0) for _d, _n, p in days] for name, c in zip(names, channels, strict=True)}
    table = tuple(
        (label, enrolled, tuple(pieces.get(channel, 0) for channel in channels))
        for label, (_day, enrolled, pieces) in zip(labels, days, strict=True)
    )
    busiest = max(((label, sum(numbers)) for label, _n, numbers in table), key=lambda pair: pair[1], default=None)
    return Forecast(
        preview=preview,
        chart=stacks(labels, series),
        table=table,
        channels=tuple(names),
        by_week=by_week,
        left_out=_reasons(preview.excluded),
        refused=_refusals(preview.refused),
        busiest=busiest,
    )


def _weeks(days: Sequence[tuple[date, int, Mapping[str, int]]]) -> list[tuple[date, int, Mapping[str, int]]]:
    found: dict[date, tuple[int, dict[str, int]]] = {}
    for day, enrolled, pieces in days:
        monday = day - timedelta(days=day.weekday())
        before, counted = found.get(monday, (0, {}))
        for channel, number in pieces.items():
            counted[channel] = counted.get(channel, 0) + number
        found[monday] = (before + enrolled, counted)
    return [(monday, enrolled, pieces) for monday, (enrolled, pieces) in found.items()]


def _reasons(counts: Mapping[str, int]) -> tuple[tuple[str, str, int], ...]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((code, words.reason(code), number) for code, number in ordered)


def _refusals(counts: Mapping[str, int]) -> tuple[tuple[str, str, int], ...]:
    found = []
    for said, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        channel, _sep, code = said.rpartition(": ")
        found.append((str(word(words.CHANNELS, channel)) if channel else "", words.reason(code), number))
    return tuple(found)


@dataclass(frozen=True)
class Against:
    """A reason against the launch, what it is about, what to do and where."""

    reason: LaunchNo
    title: Words
    details: tuple[str, ...]
    more: int
    remedy: Words
    view: str
    may_be_accepted: bool


def against(refusals: Sequence[Refusal]) -> list[Against]:
    """Refusals grouped by reason; not yet being confirmed is no refusal while one reads the page."""
    grouped: dict[LaunchNo, list[str]] = {}
    for refusal in refusals:
        if refusal.reason is not LaunchNo.NOT_CONFIRMED:
            grouped.setdefault(refusal.reason, []).append(_detail(refusal))
    found = []
    for reason, details in grouped.items():
        title, remedy = words.REFUSALS[reason]
        named = [detail for detail in details if detail]
        accept = reason in words.MAY_BE_ACCEPTED
        view = words.REFUSAL_STEPS.get(reason, "")
        found.append(Against(reason, title, tuple(named[:4]), len(named[4:]), remedy, view, accept))
    return found


def _detail(refusal: Refusal) -> str:
    if refusal.reason is LaunchNo.NO_SENDER:
        return str(word(words.CHANNELS, refusal.detail))
    if refusal.reason in words.MAY_BE_ACCEPTED:
        return ""  # the figures stand beside, in the table of what is needed and what is there
    return refusal.detail


def digest_of(economics: Mapping[str, Any]) -> str:
    """What was read, so that something else is not confirmed by mistake."""
    read = {name: value for name, value in economics.items() if name not in ("accepted", "rehearsal")}
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Span:
    """A rehearsed figure over several runs."""

    low: int
    high: int


@dataclass(frozen=True)
class Rehearsal:
    """What rehearsals of a draft found so far, scaled to its people."""

    state: str
    done: int
    of: int
    share: float
    people: int
    error: str
    booked: Span | None
    kept: Span | None
    calls: Span | None
    revenue: Span | None
    cost: Span | None
    asked_at: str
    scale: float


def rehearsal_of(campaign: Campaign) -> Rehearsal | None:
    """The rehearsal kept with the draft, None where none was asked for (or the draft was changed since)."""
    kept = campaign.economics.get("rehearsal")
    if not kept:
        return None
    results = kept.get("results", [])
    scale = float(kept.get("scale", 1))
    return Rehearsal(
        state=str(kept.get("state", "waiting")),
        done=len(results),
        of=int(kept.get("of", 3)),
        share=float(kept.get("share", 0)),
        people=int(kept.get("people", 0)),
        error=str(kept.get("error", "")),
        booked=_span(results, "appointments", scale),
        kept=_span(results, "kept", scale),
        calls=_span(results, "calls", scale),
        revenue=_span(results, "revenue", scale * 100),
        cost=_span(results, "cost", scale * 100),
        asked_at=str(kept.get("asked_at", "")),
        scale=scale,
    )


def _span(results: Sequence[Mapping[str, Any]], name: str, scale: float) -> Span | None:
    numbers = [round(float(result.get(name, 0)) * scale) for result in results]
    return Span(min(numbers), max(numbers)) if numbers else None


def change_words(action: str, detail: Mapping[str, Any]) -> str:
    """What a line of the change log changed, in words."""
    if "fields" in detail:
        return ", ".join(str(word(words.FIELDS, name)) for name in detail["fields"])
    if isinstance(detail.get("daily_volume"), list):
        before, after = detail["daily_volume"]
        return _("from %(before)s to %(after)s people a day") % {"before": before, "after": after}
    if "version" in detail:
        return _("playbook version %(n)s") % {"n": detail["version"]}
    if detail.get("accepted"):
        said = ", ".join(str(words.ACCEPTED.get(LaunchNo(one), one)) for one in detail["accepted"])
        return _("accepted: %(what)s") % {"what": said}
    return ""
