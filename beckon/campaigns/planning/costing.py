"""The expected return of a real campaign: people counted, messages foreseen, senders' prices. Reads only."""

from dataclasses import replace
from datetime import datetime

from beckon.campaigns.models import Campaign
from beckon.campaigns.planning.economics import Assumptions, Economics, economics_of
from beckon.campaigns.planning.preview import preview
from beckon.campaigns.playbooks.schema import Playbook
from beckon.channels.models import Sender

FORESEEN = 300
WEEKS = 14


def compute_economics(
    campaign: Campaign,
    playbook: Playbook,
    *,
    agents: int,
    assumptions: Assumptions | None,
    list_cents: int,
    now: datetime,
) -> Economics:
    """The calculator's answer: people as the preview counts them, pieces per person from some of their plans (so a text
    costs only where consent allows it), prices from the senders."""
    foreseen = preview(campaign, now=now, weeks=WEEKS, planned=FORESEEN)
    prices = {
        channel: float(cost)
        for channel, cost in Sender.objects.filter(pk__in=list(campaign.senders.values())).values_list(
            "channel", "cost_cents"
        )
    }
    units = {channel: (number, prices.get(channel, 0.0)) for channel, number in foreseen.pieces.items()}
    given = assumptions or replace(
        Assumptions(),
        attempts=playbook.attempts,
        booked_share=playbook.returns.booked_share,
        kept_share=playbook.returns.kept_share,
        revenue_per_visit_cents=playbook.returns.revenue_per_visit_cents,
    )
    return economics_of(
        people=foreseen.people,
        taken_in=foreseen.taken_in,
        reach=dict(foreseen.reach),
        daily_volume=campaign.daily_volume,
        has_calls=playbook.has_calls(),
        agents=agents,
        message_unit_cents=units,
        list_cents=list_cents,
        assumptions=given,
    )
