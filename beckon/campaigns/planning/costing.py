"""The expected return of a real campaign: people counted, messages foreseen, senders' prices. Reads only."""

from dataclasses import replace
from datetime import datetime

from beckon.campaigns.models import Campaign
from beckon.campaigns.planning.economics import Assumptions, Economics, economics_of
from beckon.campaigns.planning.preview import preview
from beckon.campaigns.playbooks.schema import Playbook
from beckon.channels.models import Sender
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import count

LOOKED_AT = 300
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
    """The calculator's answer: pieces per person come from a preview of some people, prices from the senders."""
    people = count(parse_definition(dict(campaign.segment_definition)), now=now).value
    foreseen = preview(campaign, now=now, weeks=WEEKS, sample=LOOKED_AT)
    prices = {
        channel: float(cost)
        for channel, cost in Sender.objects.filter(pk__in=list(campaign.senders.values())).values_list(
            "channel", "cost_cents"
        )
    }
    everybody = max(1, foreseen.enrolled + sum(foreseen.excluded.values()))
    units = {channel: (number / everybody, prices.get(channel, 0.0)) for channel, number in foreseen.messages().items()}
    given = assumptions or replace(
        Assumptions(),
        attempts=playbook.attempts,
        booked_share=playbook.returns.booked_share,
        kept_share=playbook.returns.kept_share,
        revenue_per_visit_cents=playbook.returns.revenue_per_visit_cents,
    )
    return economics_of(
        people=people,
        daily_volume=campaign.daily_volume,
        has_calls=playbook.has_calls(),
        agents=agents,
        message_unit_cents=units,
        list_cents=list_cents,
        assumptions=given,
    )
