"""`beckon duplicates`."""

import argparse
import json
from datetime import datetime, timedelta

from beckon.core.actors import COMMAND_LINE
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.desk.queries import ReportedDuplicate, reported_duplicates
from beckon.people.queries import likely_duplicates

HELP = (
    "List the records that agents reported to be of one person (disposition DUPLICATE) and nobody has merged since, "
    "with the records that look alike. `beckon person merge` makes two one."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """People are named by id; `beckon person ID` shows one."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--days", type=int, default=90, metavar="N", help="reported in the last N days (default 90)")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Earliest first. The look is on record."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        found = [(each, _alike(each)) for each in reported_duplicates(now, now - timedelta(days=args.days))]
        ids = sorted({i for each, alike in found for i in (each.person_id, *alike)})
        if ids:
            record_audit(action="duplicates.listed", object_kind="person", object_ids=ids, by=COMMAND_LINE, now=now)
    if args.json:
        print(json.dumps([_document(each, alike) for each, alike in found]))
    elif not found:
        print(f"agents reported none in the last {args.days} days that is not merged")
    for each, alike in [] if args.json else found:
        print("\n".join(_lines(each, alike, args.org)))
    return 0


def _alike(each: ReportedDuplicate) -> list[int]:
    """The record the agent named, else those that look alike, best first."""
    if each.other_person_id is not None:
        return [each.other_person_id]
    return likely_duplicates(each.person_id)


def _document(each: ReportedDuplicate, alike: list[int]) -> dict[str, object]:
    at: datetime = each.at
    return {
        "person": each.person_id,
        "named": each.other_person_id,
        "alike": [] if each.other_person_id is not None else alike,
        "at": at.isoformat(),
    }


def _lines(each: ReportedDuplicate, alike: list[int], slug: str) -> list[str]:
    said = "agent named" if each.other_person_id is not None else "look alike"
    others = ", ".join(str(i) for i in alike) or "nobody looks alike"
    lines = [f"{each.at:%Y-%m-%d}  person {each.person_id}  {said}: {others}"]
    if alike:
        lines.append(f"    beckon person merge {each.person_id} {alike[0]} --org {slug}")
    return lines
