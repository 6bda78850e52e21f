"""Launches a campaign in a sandbox: signed off, costed, confirmed and launched through the same doors as a real one."""

from dataclasses import dataclass
from datetime import datetime

from beckon.campaigns.life import Launched, LaunchNo, confirm, draft_campaign, launch
from beckon.campaigns.models import Campaign, PlaybookVersion
from beckon.campaigns.playbooks.installing import sign_off_playbook
from beckon.core.actors import SYSTEM
from beckon.core.errors import BeckonError
from beckon.lab.world import World
from beckon.people.models import Person


class NotLaunchable(BeckonError):
    """The campaign was refused; the message lists every reason."""


@dataclass(frozen=True)
class Plan:
    """How a campaign is to be run. `days_to_enrol`: the people are taken in over so many working days."""

    name: str
    playbook: str
    starts_at: datetime
    days_to_enrol: int = 10
    signed_off_by: str = "Sandbox"


def launch_in_sandbox(world: World, plan: Plan, *, now: datetime) -> Campaign:
    """The running campaign. Shortages of slots and agents are accepted: seeing them is what a sandbox is for.

    Raises NotLaunchable.
    """
    version = PlaybookVersion.objects.filter(key=plan.playbook).order_by("-version").first()
    if version is None:
        raise NotLaunchable(f"the playbook {plan.playbook!r} is not installed")
    sign_off_playbook(version, plan.signed_off_by, by=SYSTEM, now=now)
    version.refresh_from_db()
    people = Person.objects.filter(merged_into=None, retired_at=None).count()
    campaign = draft_campaign(
        name=plan.name,
        version=version,
        starts_at=plan.starts_at,
        daily_volume=max(1, -(-people // plan.days_to_enrol)),
        agents=max(1, len(world.agents)),
        senders=world.practice.senders,
        queue_id=world.practice.queue_id,
        by=SYSTEM,
        now=now,
    )
    confirm(campaign, accepts=[LaunchNo.TOO_FEW_SLOTS, LaunchNo.TOO_FEW_AGENTS], by=SYSTEM, now=now)
    result = launch(campaign, by=SYSTEM, now=now)
    if not isinstance(result, Launched):
        raise NotLaunchable("; ".join(f"{r.reason} {r.detail}".strip() for r in result.refusals))
    campaign.refresh_from_db()
    return campaign
