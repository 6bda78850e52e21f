"""What came of a campaign, laid out for its pages: funnel, answers, messages, wordings, money, reasons."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from beckon.campaigns.life import playbook_of
from beckon.campaigns.models import Campaign
from beckon.campaigns.playbooks.schema import Playbook
from beckon.reports.figures import Funnel
from beckon.web.campaigns import words
from beckon.web.campaigns.outcomes import Results, VariantFigures, results_of
from beckon.web.campaigns.words import Words, word
from beckon.web.spoken import said

STATES = ("delivered", "sent", "failed", "dropped", "unknown", "queued", "sending")
Z = 1.96
FEW = 30
"""Below so many people a wording, a difference is not judged."""


@dataclass(frozen=True)
class FunnelStep:
    """A stage: its people, and their share of those who came in. `kind`: the list of people behind it."""

    name: str
    number: int
    share: float
    kind: str


def funnel_steps(funnel: Funnel) -> list[FunnelStep]:
    """From the list to the visit kept."""
    stages = (
        (_("On the list"), funnel.people, ""),
        (_("Enrolled"), funnel.enrolled, "enrolled"),
        (_("Contacted"), funnel.contacted, "contacted"),
        (_("Answered"), funnel.answered, "answered"),
        (_("Goal met"), funnel.goal_met, "goal"),
        (_("Booked"), funnel.booked, "visit"),
        (_("Visit kept"), funnel.kept, "kept"),
    )
    most = max(1, funnel.people)
    return [FunnelStep(name, number, number / most, kind) for name, number, kind in stages]


@dataclass(frozen=True)
class ReasonRow:
    """Why people are out: code, sentence, people, share of them all."""

    code: str
    name: str
    sentence: str
    number: int
    share: float


def reasons_of(counts: Mapping[str, int]) -> list[ReasonRow]:
    """Commonest first."""
    total = max(1, sum(counts.values()))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [ReasonRow(c, str(words.LEFT.get(c, "")), words.reason(c), n, n / total) for c, n in ordered]


@dataclass(frozen=True)
class VariantRow:
    """A wording under test, with its interval and whether it is told apart from the step's best by more than chance."""

    step: str
    variant: str
    people: int
    replied: int
    share: float
    low: float
    high: float
    stopped: int
    booked: int
    verdict: str
    tone: str


def _interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's score interval at 95 % (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def _verdict(one: VariantFigures, others: list[VariantFigures]) -> tuple[str, str]:
    if one.people < FEW or any(other.people < FEW for other in others):
        return _("too few to tell"), "calm"
    for other in others:
        pooled = (one.replied + other.replied) / (one.people + other.people)
        spread = math.sqrt(pooled * (1 - pooled) * (1 / one.people + 1 / other.people))
        if not spread or abs(one.replied / one.people - other.replied / other.people) <= Z * spread:
            return _("no difference beyond chance"), "calm"
    if all(one.replied / one.people > other.replied / other.people for other in others):
        return _("answered more often"), "good"
    return _("answered less often"), "warn"


def variant_rows(found: list[VariantFigures], playbook: Playbook) -> list[VariantRow]:
    """Each wording against the others of its step (pooled two-proportion z-test at 95 %)."""
    rows = []
    for one in found:
        others = [v for v in found if v.step == one.step and v.variant != one.variant]
        verdict, tone = _verdict(one, others)
        low, high = _interval(one.replied, one.people)
        share = one.replied / one.people if one.people else 0.0
        rows.append(
            VariantRow(
                said(playbook.title_of(one.step)), one.variant.upper(), one.people, one.replied, share, low, high,
                one.stopped, one.booked, verdict, tone,
            )
        )  # fmt: skip
    return rows


@dataclass(frozen=True)
class ChannelRow:
    """Messages of a channel: one number for each of STATES, and what they cost."""

    channel: str
    name: Words
    icon: str
    numbers: tuple[tuple[str, int], ...]
    total: int
    cents: int


def results_shown(campaign: Campaign) -> dict[str, Any]:
    """Everything the results tab shows."""
    found = results_of(campaign)
    states = [s for s in STATES if any(numbers.get(s) for numbers in found.messages.values())]
    answers = sum(number for _m, number, _p in found.replies)
    return {
        "results": found,
        "answers": [
            (meaning, word(words.MEANINGS, meaning or "other"), number, people, number / max(1, answers))
            for meaning, number, people in found.replies
        ],
        "answers_total": answers,
        "states": [word(words.MESSAGE_STATES, state) for state in states],
        "channels": [_channel(channel, states, found) for channel in sorted(found.messages)],
        "failures": [(word(words.CHANNELS, c), words.reason(code), n) for c, code, n in found.failures],
        "variants": variant_rows(found.variants, playbook_of(campaign.playbook)),
        "money": _money(campaign, found),
    }


def _channel(channel: str, states: list[str], found: Results) -> ChannelRow:
    numbers = found.messages[channel]
    return ChannelRow(
        channel,
        word(words.CHANNELS, channel),
        words.CHANNEL_ICONS.get(channel, "send"),
        tuple((state, numbers.get(state, 0)) for state in states),
        sum(numbers.values()),
        found.message_cents.get(channel, 0),
    )


def _money(campaign: Campaign, found: Results) -> dict[str, Any]:
    stated = campaign.economics
    listed = int(stated.get("list_cents") or 0)
    cost, budget = found.cost_cents + listed, stated.get("budget_cents")
    return {
        "cost": cost,
        "list": listed,
        "calls": found.call_cents,
        "messages": sum(found.message_cents.values()),
        "revenue": found.revenue_cents,
        "net": found.revenue_cents - cost,
        "budget": budget,
        "share": cost / budget if budget else None,
        "is_over": budget is not None and cost > budget,
        "expected": stated,
    }
