"""`beckon campaign launch`: draft, cost, confirm, launch. Without --confirm it only shows the expected return."""

import argparse
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.campaigns import life
from beckon.campaigns.errors import WrongStatus
from beckon.campaigns.life import LaunchNo, NotLaunched
from beckon.campaigns.models import Campaign, CampaignStatus
from beckon.campaigns.playbooks.installing import install_playbook, sign_off_playbook
from beckon.campaigns.playbooks.reading import FOLDER, read_definition, read_library
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.printing import channel_words
from beckon.segments.conditions import to_json
from beckon.segments.queries import get_definition

HELP = "Draft a campaign from a playbook, show what it should cost and bring, and launch it once you confirm."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The same command again with --confirm launches the draft."""
    parser.add_argument("playbook", help="`beckon playbooks` lists them")
    parser.add_argument("--org", required=True)
    parser.add_argument("--name", help="name of the campaign; default: playbook and month")
    parser.add_argument("--segment", metavar="NAME", help="a saved segment; default: the playbook's own condition")
    parser.add_argument("--starts", metavar="DATE", help="first day, YYYY-MM-DD; default: now")
    parser.add_argument("--weeks", type=int, help="end after so many weeks; default: when nobody is left")
    parser.add_argument("--daily", type=int, default=200, metavar="N", help="people taken in a day")
    parser.add_argument("--agents", type=int, default=1, metavar="N", help="agents who will call")
    parser.add_argument("--signed-off-by", metavar="NAME", help="who has read and approved wording and scripts")
    parser.add_argument("--confirm", action="store_true", help="the expected return is understood: launch")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        choices=["too_few_slots", "too_few_agents"],
        help="launch in spite of this shortage",
    )
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 where the launch is refused; every reason is printed."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    read_library(args.playbook)
    with org_scope(organization):
        campaign = _draft(args, organization, now)
        _show(campaign, as_json=args.json)
        if not args.confirm:
            print("\nNothing runs yet. The same command with --confirm launches it.")
            return 0
        life.confirm(campaign, accepts=[LaunchNo(value) for value in args.accept], by=COMMAND_LINE, now=now)
        answer = life.launch(campaign, by=COMMAND_LINE, now=now)
    if isinstance(answer, NotLaunched):
        print("\n".join(_refused(answer)))
        return 1
    print(f"launched: {campaign.name}")
    return 0


REMEDIES = {
    LaunchNo.NOT_CONFIRMED: "add --confirm",
    LaunchNo.NOT_SIGNED_OFF: 'read the wording (`beckon playbooks`), then add --signed-off-by "NAME"',
    LaunchNo.NO_SENDER: "load a sender for it: `beckon practice FILE --org ...`, see docs/howto/practice.yaml",
    LaunchNo.NO_QUEUE: "`beckon init --org ...` makes the call queue",
    LaunchNo.EMPTY_SEGMENT: "import people first, or name another --segment",
    LaunchNo.TOO_FEW_SLOTS: "lower --daily, open more slots, or add --accept too_few_slots",
    LaunchNo.TOO_FEW_AGENTS: "raise --agents, lower --daily, or add --accept too_few_agents",
    LaunchNo.ENDS_BEFORE_START: "give an end after the start",
    LaunchNo.CALLS_TOO_OFTEN: "raise days_between in the playbook's call step, or change the rule for everybody: "
    "`beckon policy set days_between_calls=N --org ...`",
    LaunchNo.NEEDS_AUTHORIZATION: "marketing to patients needs each one's signed authorization (45 CFR 164.508), which "
    "Beckon does not keep yet; use a playbook of class treatment or operations, or prospect for people who are no "
    "patients",
}


def _refused(answer: NotLaunched) -> list[str]:
    """One line a reason: what it is about, and what to do."""
    about: dict[LaunchNo, list[str]] = {}
    for refusal in answer.refusals:
        about.setdefault(refusal.reason, []).append(refusal.detail)
    lines = ["not launched:"]
    for reason, details in about.items():
        named = [d for d in details if d]
        more = f" and {len(named) - 2} more" if len(named) > 2 else ""
        lines.append(f"  {reason.value.replace('_', ' ')}" + (f": {'; '.join(named[:2])}{more}" if named else ""))
        if reason in REMEDIES:
            lines.append(f"    -> {REMEDIES[reason]}")
    return lines


def _draft(args: argparse.Namespace, organization: Organization, now: datetime) -> Campaign:
    version = install_playbook(read_definition(FOLDER / args.playbook / "playbook.yaml"), by=COMMAND_LINE, now=now)
    if args.signed_off_by:
        sign_off_playbook(version, args.signed_off_by, by=COMMAND_LINE, now=now)
    name = args.name or f"{args.playbook} {now:%Y-%m}"
    existing = Campaign.objects.select_related("playbook").filter(name=name).first()
    if existing is not None:
        if existing.status != CampaignStatus.DRAFT:
            raise WrongStatus(f"{name!r} is {existing.status} already; give the new campaign another --name")
        life.economics_for(existing, agents=args.agents, now=now)
        return existing
    starts_at = now
    if args.starts:
        starts_at = datetime.fromisoformat(args.starts).replace(hour=9, tzinfo=ZoneInfo(organization.time_zone))
    segment = to_json(get_definition(args.segment)) if args.segment else None
    return life.draft_campaign(
        name=name,
        version=version,
        starts_at=starts_at,
        daily_volume=args.daily,
        agents=args.agents,
        segment=segment,
        ends_at=starts_at + timedelta(weeks=args.weeks) if args.weeks else None,
        by=COMMAND_LINE,
        now=now,
    )


def _show(campaign: Campaign, *, as_json: bool) -> None:
    e = campaign.economics
    if as_json:
        print(json.dumps({"campaign": campaign.name, **e}))
        return
    taken, left_out = e.get("taken_in", e["people"]), e["people"] - e.get("taken_in", e["people"])
    print(f"{campaign.name}: {e['people']:,} people in the segment")
    print(
        f"  may be contacted {taken:,}, {left_out:,} may not (`beckon campaign preview` says why); "
        f"{campaign.daily_volume} a day for {e['days_to_enrol']} days"
    )
    for channel, people in e.get("reach", {}).items():
        cost = f", {_money(e['message_cents'][channel])} in all" if channel in e["message_cents"] else ""
        print(f"  {channel_words(channel):<16} {people:,} people at most{cost}")
    revenue = _money(e["expected_revenue_cents"])
    print(f"  expected   {e['expected_booked']:,} booked, {e['expected_kept']:,} kept, {revenue}")
    print(f"  costs      {_money(e['cost_cents'])} (agents {_money(e['agent_cents'])} for {e['agent_days']} days)")
    print(f"  profit     {_money(e['profit_cents'])}; pays for itself from {e['break_even_visits']:,} kept visits on")
    print(f"  a week     {e['bookings_per_week']} bookings; a day {e['calls_per_day']} calls")
    print(f"  agents     {e['agents_needed']} needed, {e['agents']} given")


def _money(cents: int) -> str:
    return f"${cents / 100:,.2f}"
