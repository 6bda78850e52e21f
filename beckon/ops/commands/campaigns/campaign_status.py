"""`beckon campaign status`: the figures of a campaign, and pausing, resuming, stopping it."""

import argparse
import json

from beckon.campaigns import life
from beckon.campaigns.models import Campaign
from beckon.campaigns.queries import sums
from beckon.campaigns.reasons import reason_sentence
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope

HELP = "Show a campaign's people and figures, or all campaigns; pause, resume or stop one."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One of the three switches at most."""
    parser.add_argument("name", nargs="?", help="the campaign; without it all are listed")
    parser.add_argument("--org", required=True)
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--pause", action="store_true", help="nobody moves until it is resumed")
    change.add_argument("--resume", action="store_true")
    change.add_argument("--stop", action="store_true", help="everybody leaves; there is no way back")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Prints the figures after the change asked for."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        if not args.name:
            for campaign in Campaign.objects.order_by("pk"):
                print(f"{campaign.name:<40} {campaign.status}")
            return 0
        campaign = life.get_campaign(args.name)
        if args.pause:
            life.pause(campaign, by=COMMAND_LINE, now=now)
        elif args.resume:
            life.resume(campaign, by=COMMAND_LINE, now=now)
        elif args.stop:
            life.stop(campaign, by=COMMAND_LINE, now=now)
        campaign = life.get_campaign(args.name)
        found = sums(campaign, now=now)
    if args.json:
        print(
            json.dumps(
                {
                    "campaign": campaign.name,
                    "status": campaign.status,
                    "people": found.people,
                    "enrolled": found.enrolled,
                    "excluded": dict(found.excluded),
                    "waiting": found.waiting,
                    "left": dict(found.left),
                    "active": found.active,
                    "goal_met": found.goal_met,
                    "second_goal_met": found.second_goal_met,
                }
            )
        )
        return 0
    print(f"{campaign.name}: {campaign.status}")
    print(
        f"  {found.people:,} people = {found.enrolled:,} enrolled + {sum(found.excluded.values()):,} left out "
        f"+ {found.waiting:,} waiting for their day"
    )
    print(f"  in the journey {found.active:,}; goal met {found.goal_met:,}; second goal {found.second_goal_met:,}")
    for reason, number in found.left.items():
        print(f"  left     {number:>7,}  {reason_sentence(reason)}")
    for reason, number in found.excluded.items():
        print(f"  left out {number:>7,}  {reason_sentence(reason)}")
    return 0
