"""`beckon desk next`."""

import argparse
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from beckon.core.actors import Actor, user
from beckon.core.clock import domain_now
from beckon.core.errors import BeckonError
from beckon.core.models import Organization
from beckon.core.staff.queries import find_member
from beckon.core.tenancy import get_organization, org_scope
from beckon.desk.actions import take_next
from beckon.desk.models import CallQueue
from beckon.desk.queries import callbacks_of, why_empty
from beckon.desk.values import EmptyList, Served

HELP = (
    "Serve the next best call to an agent: whom, which number, why now, the script filled in; below it the calls this"
    " agent has promised for the next hour. Held for 15 minutes."
)


PROMISED_AHEAD = timedelta(hours=1)


class NoAgent(BeckonError):
    """Nobody with this e-mail may work here."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Agents are named by their e-mail."""
    parser.add_argument("--org", required=True)
    add_agent_argument(parser)
    parser.add_argument("--queue", default="Outreach")


def run(args: argparse.Namespace) -> int:
    """Asking again shows the same person until the call is disposed. Exit code 1 with an empty list, and why."""
    organization = get_organization(args.org)
    agent = agent_of(args.agent, organization)
    now = domain_now(organization)
    with org_scope(organization):
        queues = list(CallQueue.objects.filter(name=args.queue, is_active=True).values_list("pk", flat=True))
        served = take_next(agent, queues, by=agent, now=now)
        empty = None if served else why_empty(queues, now=now)
        promised = _promised(agent, now, ZoneInfo(organization.time_zone))
    print("\n".join([*(_card(served[0]) if empty is None else _why_nobody(empty)), *promised]))
    return 0 if empty is None else 1


def add_agent_argument(parser: argparse.ArgumentParser) -> None:
    """--as EMAIL (or --agent): who sits at the desk."""
    parser.add_argument("--as", "--agent", dest="agent", required=True, metavar="EMAIL", help="a member who calls")


def agent_of(email: str, organization: Organization) -> Actor:
    """The member with this e-mail, whose role calls, as an actor; inside or outside the scope. Raises NoAgent."""
    with org_scope(organization):
        member = find_member(email)
    if member is None:
        raise NoAgent(
            f"{email} is not a member of {organization.slug}; "
            f"`beckon users add {email} --role agent --org {organization.slug}` makes them one"
        )
    if not member.may_call:
        raise NoAgent(f"{email} is here as {member.role}, who is not served people to call")
    return user(member.user_id)


def _promised(agent: Actor, now: datetime, zone: ZoneInfo) -> list[str]:
    """The agent's own callbacks that are overdue or due within the hour; no names."""
    return [
        f"promised: {each.at.astimezone(zone):%H:%M %Z}  task {each.task_id}  person {each.person_id}"
        + ("  overdue" if each.is_overdue else "")
        for each in callbacks_of(agent, now=now, until=now + PROMISED_AHEAD)
    ]


def _card(person: Served) -> list[str]:
    lines = [
        f"task {person.task_id}   {person.given_name} {person.family_name}   "
        + (f"born {person.birth_date:%Y-%m-%d}" if person.birth_date else "birth date not known"),
        f"dial {person.number.value} ({person.number.line_type})   {person.local_time:%a %H:%M %Z} there   "
        f"attempt {person.attempt} of {person.max_attempts}   because: {person.why.replace('_', ' ')}",
    ]
    lines += [f"else {number.value} ({number.line_type})" for number in person.other_numbers]
    if person.callback_note:
        lines.append(f"note: {person.callback_note}")
    lines += [f"{call.at:%Y-%m-%d %H:%M}  {call.code}  {call.remarks}".rstrip() for call in person.calls]
    return [*lines, "", person.script or person.script_problem or "no script", ""]


def _why_nobody(empty: EmptyList) -> list[str]:
    lines = ["nobody to call now:"]
    lines += [f"  {count:>8,}  {reason.replace('_', ' ')}" for reason, count in empty.by_reason.items()]
    if empty.outside_hours:
        opens = f", the first may be called at {empty.opens_at:%a %H:%M %Z}" if empty.opens_at else ""
        lines.append(f"  {empty.outside_hours:>8,}  outside legal hours where they are{opens}")
    if empty.with_agents:
        lines.append(f"  {empty.with_agents:>8,}  with other agents now")
    if empty.next_due_at:
        lines.append(f"next one due {empty.next_due_at:%a %Y-%m-%d %H:%M %Z}")
    return lines if len(lines) > 1 else ["nobody is on this list; a running campaign puts people on it"]
