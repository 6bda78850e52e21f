"""`beckon desk callbacks`."""

import argparse
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.core.actors import COMMAND_LINE, Actor
from beckon.core.clock import domain_now
from beckon.core.errors import BeckonError
from beckon.core.models import Organization
from beckon.core.staff.queries import list_members
from beckon.core.tenancy import get_organization, org_scope
from beckon.desk.actions import hand_over_callbacks
from beckon.desk.queries import Callback, callbacks_of
from beckon.ops.commands.calls.desk_next import agent_of

HELP = "List the calls agents have promised, overdue ones first; hand an agent's on to another one, or to anyone."


class NothingToHandOver(BeckonError):
    """--to without whose callbacks they are."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Without --as those of all agents."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--as", "--agent", dest="agent", metavar="EMAIL", help="only what this agent has promised")
    parser.add_argument("--hours", type=int, default=24, metavar="N", help="due within N hours (default 24)")
    parser.add_argument("--to", metavar="EMAIL", help="hand the agent's callbacks to this one; `anyone` to anyone")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """People are named by id; the person's own time is shown in the practice's zone."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    agent = agent_of(args.agent, organization) if args.agent else None
    with org_scope(organization):
        if args.to:
            return _hand_over(args, agent, organization, now)
        found = callbacks_of(agent, now=now, until=now + timedelta(hours=args.hours))
        emails = {f"user:{m.user_id}": m.email for m in list_members(with_ended=True)}
    if args.json:
        print(json.dumps([_document(each, emails) for each in found]))
    elif found:
        print("\n".join(_line(each, emails, ZoneInfo(organization.time_zone)) for each in found))
    else:
        print(f"no callback is due within {args.hours} hours")
    return 0


def _hand_over(args: argparse.Namespace, agent: Actor | None, organization: Organization, now: datetime) -> int:
    if agent is None:
        raise NothingToHandOver("name whose callbacks they are with --as EMAIL")
    to = None if args.to == "anyone" else agent_of(args.to, organization)
    print(f"{hand_over_callbacks(agent, to, by=COMMAND_LINE, now=now):,} callbacks handed over to {args.to}")
    return 0


def _document(each: Callback, emails: dict[str, str]) -> dict[str, object]:
    return {
        "task": each.task_id,
        "person": each.person_id,
        "at": each.at.isoformat(),
        "promised_by": emails.get(each.promised_by, each.promised_by),
        "overdue": each.is_overdue,
    }


def _line(each: Callback, emails: dict[str, str], zone: ZoneInfo) -> str:
    whose = emails.get(each.promised_by, each.promised_by) or "anyone"
    late = "  overdue" if each.is_overdue else ""
    return (
        f"{each.at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}  task {each.task_id}  person {each.person_id}  {whose}{late}"
    )
