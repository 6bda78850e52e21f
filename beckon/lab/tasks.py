"""Jobs of the lab: a draft rehearsed on made-up people, several times, so that its result has a range."""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

from beckon.campaigns.drafts import note_rehearsal
from beckon.campaigns.models import Campaign
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.lab.clockwork import BLOCKS_A_DAY
from beckon.lab.rehearsal import Order, rehearse
from beckon.scheduling.models import Clinician
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import count

log = logging.getLogger("beckon.lab")

SEEDS = (11, 12, 13)
MOST_PEOPLE = 300
"""Made-up people in a run; figures of larger campaigns are scaled up from them."""
WEEKS = 14
_TOLD_EVERY = 2.0
"""Seconds between two notes of how far it has come."""


@dataclass
class _Told:
    """What stands with the draft while it is rehearsed."""

    organization: Organization
    campaign_id: int
    note: dict[str, Any]
    at: float = field(default=0.0)

    def tell(self, *, now: bool = True, **more: Any) -> bool:
        """Note it, at most every few seconds unless `now`. False where nobody waits for it any more."""
        self.note |= more
        if not now and time.monotonic() - self.at < _TOLD_EVERY:
            return True
        self.at = time.monotonic()
        with org_scope(self.organization):
            return note_rehearsal(self.campaign_id, self.note, only_for=str(self.note["token"]))


class _NobodyWaits(Exception):
    """The draft was changed, launched or thrown away."""


@app.task(name="lab.rehearse_campaign")
def rehearse_campaign(organization_id: int, campaign_id: int, token: str) -> None:
    """Rehearse a draft with each of SEEDS; results stand with the draft as they come. Stops where it was changed."""
    close_old_connections()
    organization = Organization.objects.get(pk=organization_id)
    with org_scope(organization):
        campaign = Campaign.objects.select_related("playbook").filter(pk=campaign_id, status="draft").first()
        if campaign is None or campaign.economics.get("rehearsal", {}).get("token") != token:
            return
        told = _Told(organization, campaign_id, dict(campaign.economics["rehearsal"]))
        order, scale = _order_of(campaign, domain_now(organization))
    told.note |= {"state": "running", "of": len(SEEDS), "results": [], "people": order["people"], "scale": scale}
    try:
        for number, seed in enumerate(SEEDS):
            _run(told, Order(seed=seed, **order), number)
    except _NobodyWaits:
        log.info("rehearsal left campaign=%s", campaign_id)
        return
    except Exception as error:
        told.tell(state="failed", error=type(error).__name__)
        raise
    told.tell(state="done", share=1)
    log.info("rehearsal done campaign=%s runs=%s", campaign_id, len(SEEDS))


def _run(told: _Told, order: Order, number: int) -> None:
    blocks = WEEKS * 7 * BLOCKS_A_DAY
    passed = 0

    def progress(at: datetime) -> None:
        nonlocal passed
        passed += 1
        share = (number + min(1.0, passed / blocks)) / len(SEEDS)
        if not told.tell(now=False, share=round(share, 3)):
            raise _NobodyWaits

    done = rehearse(order, progress=progress).as_json()
    kept = {name: done[name] for name in ("people", "appointments", "kept", "calls", "cost", "revenue")}
    if not told.tell(results=[*told.note["results"], kept]):
        raise _NobodyWaits


def _order_of(campaign: Campaign, now: datetime) -> tuple[dict[str, Any], float]:
    """The order without its seed, and how many people who would come in one made-up person stands for."""
    taken_in = int(campaign.economics.get("taken_in") or 0)
    people = taken_in or max(1, count(parse_definition(dict(campaign.segment_definition)), now=now).value)
    made_up = min(people, MOST_PEOPLE)
    scale = people / made_up
    agents = int(campaign.economics.get("agents") or 0)
    clinicians = Clinician.objects.filter(is_active=True).count()
    order = {
        "playbook": campaign.playbook.key,
        "definition": campaign.playbook.definition,
        "weeks": WEEKS,
        "people": made_up,
        "agents": max(1, round(agents / scale)) if agents else 0,
        "clinicians": max(1, round(clinicians / scale)),
    }
    return order, scale
