"""`beckon report funnel`."""

import argparse
import dataclasses
import json

from beckon.campaigns.life import get_campaign
from beckon.campaigns.models import Campaign
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.printing import activity_lines, funnel_lines
from beckon.reports import queries
from beckon.reports.periods import Period

HELP = "A campaign's figures so far: funnel, messages, how calls ended, conversion by attempt."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Without --campaign the newest one."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--campaign", help="its name (default: the newest)")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Figures from the campaign's launch to now."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        campaign = get_campaign(args.campaign) if args.campaign else _newest()
        if campaign is None or campaign.launched_at is None:
            print("no campaign was launched yet; `beckon campaign launch --help` tells how")
            return 1
        funnel = queries.funnel(campaign, now=now)
        activity = queries.activity(Period(campaign.launched_at, now, organization.time_zone), campaign_id=campaign.pk)
    if args.json:
        print(json.dumps({"funnel": dataclasses.asdict(funnel), "activity": dataclasses.asdict(activity)}))
        return 0
    print("\n".join([campaign.name, "", *funnel_lines(funnel, funnel.excluded), "", *activity_lines(activity)]))
    return 0


def _newest() -> Campaign | None:
    return Campaign.objects.filter(launched_at__isnull=False).order_by("-launched_at", "-id").first()
