"""`beckon campaign preview`."""

import argparse
import json
from zoneinfo import ZoneInfo

from beckon.campaigns.life import get_campaign
from beckon.campaigns.planning.preview import Preview, preview
from beckon.campaigns.queries import reason_sentence
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope

HELP = "Show who would get what when if nobody answered, and who is left out and why. Records nothing."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The campaign may be a draft."""
    parser.add_argument("name", help="the campaign; `beckon campaign launch` without --confirm makes a draft")
    parser.add_argument("--org", required=True)
    parser.add_argument("--weeks", type=int, default=14)
    parser.add_argument("--people", type=int, default=3, metavar="N", help="show the plan of the first N people")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Prints weeks, exclusions and some plans; people are shown by id only."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        shown = preview(get_campaign(args.name), now=now, weeks=args.weeks)
    if args.json:
        print(json.dumps(_document(shown)))
        return 0
    print(
        f"{shown.people:,} people: {shown.enrolled:,} enrolled, {sum(shown.excluded.values()):,} left out, "
        f"{shown.waiting:,} waiting"
        + (f" (from {shown.looked_at:,} looked at)" if shown.looked_at < shown.people else "")
    )
    for reason, number in shown.excluded.items():
        print(f"  left out {number:>7,}  {reason_sentence(reason)}")
    zone = ZoneInfo(organization.time_zone)
    for week in shown.weeks:
        sent = "  ".join(f"{name} {number:,}" for name, number in week.messages.items())
        day = week.starts_at.astimezone(zone)
        print(f"  week of {day:%Y-%m-%d}  enrolled {week.enrolled:,}  calls {week.calls:,}  {sent}")
    for refusal, number in shown.refused.items():
        print(f"  not sent {number:>7,}  {refusal}")
    for plan in shown.plans[: args.people]:
        print(f"person {plan.person_id}" + (f", left: {plan.left}" if plan.left else ""))
        for item in plan.planned:
            print(f"  {item.at.astimezone(zone):%a %Y-%m-%d %H:%M}  {item.step:<16} {item.what:<10} {item.detail}")
    return 0


def _document(shown: Preview) -> dict[str, object]:
    return {
        "people": shown.people,
        "looked_at": shown.looked_at,
        "enrolled": shown.enrolled,
        "excluded": dict(shown.excluded),
        "waiting": shown.waiting,
        "refused": dict(shown.refused),
        "left": dict(shown.left),
        "weeks": [
            {
                "starts_at": week.starts_at.isoformat(),
                "enrolled": week.enrolled,
                "messages": dict(week.messages),
                "calls": week.calls,
            }
            for week in shown.weeks
        ],
    }
