"""Gathers a report's figures through reports.queries, kept for some minutes where they take long to count."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from beckon.campaigns.models import Campaign
from beckon.core.tenancy import current_organization
from beckon.reports import queries
from beckon.reports.figures import Activity, AgentDay, Cohort, Funnel
from beckon.web.reports.asking import Asked

KEPT_SECONDS = 300


@dataclass(frozen=True)
class Figures:
    """Everything the page and the CSV show. `as_of`: domain time they were counted at."""

    activity: Activity
    cohort: Cohort
    agents: tuple[AgentDay, ...]
    campaigns: tuple[tuple[Campaign, Funnel], ...]
    as_of: datetime


MOST_CAMPAIGNS = 10


def has_figures(asked: Asked) -> bool:
    """Whether they can be had at once."""
    return not queries.is_large() or cache.get(_key(asked)) is not None


def figures_of(asked: Asked, campaigns: list[Campaign], *, now: datetime) -> Figures:
    """Counted now, or, of a large practice, within the last minutes. Holds no name of a person."""
    if not queries.is_large():
        return _count(asked, campaigns, now)
    held: Figures | None = cache.get(_key(asked))
    if held is None:
        held = _count(asked, campaigns, now)
        cache.set(_key(asked), held, KEPT_SECONDS)
    return held


def _count(asked: Asked, campaigns: list[Campaign], now: datetime) -> Figures:
    shown = [asked.campaign] if asked.campaign else campaigns[:MOST_CAMPAIGNS]
    return Figures(
        queries.activity(asked.period, campaign_id=asked.campaign_id, location_id=asked.location_id),
        queries.cohort(asked.period, campaign_id=asked.campaign_id),
        tuple(queries.agent_days(asked.period, campaign_id=asked.campaign_id)),
        tuple((campaign, queries.funnel(campaign, now=now)) for campaign in shown),
        now,
    )


def _key(asked: Asked) -> str:
    said = f"{asked.period.start.isoformat()}|{asked.period.end.isoformat()}|{asked.campaign_id}|{asked.location_id}"
    return f"report:{current_organization().schema_name}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"
