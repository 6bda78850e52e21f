"""`beckon campaign why`."""

import argparse
import json
from zoneinfo import ZoneInfo

from beckon.campaigns.queries import why
from beckon.core.actors import COMMAND_LINE
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope

HELP = "Say why a person stands where they stand in every campaign, with each step taken and each reason kept."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The person is named by id."""
    parser.add_argument("person", type=int, help="the person's id")
    parser.add_argument("--org", required=True)
    parser.add_argument("--language", choices=["en", "es"], default="en")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Prints sentences and the trace; the look is on record."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        found = why(args.person, now=now, language=args.language)
        record_audit(action="person.viewed", object_kind="person", object_ids=[args.person], by=COMMAND_LINE, now=now)
    if args.json:
        print(
            json.dumps(
                [
                    {
                        "campaign": w.campaign,
                        "step": w.step,
                        "due_at": w.due_at.isoformat() if w.due_at else None,
                        "sentences": list(w.sentences),
                        "trace": [[at.isoformat(), *rest] for at, *rest in w.trace],
                    }
                    for w in found
                ],
                ensure_ascii=False,
            )
        )
        return 0
    if not found:
        print(
            "This person was never in a campaign."
            if args.language == "en"
            else "Esta persona nunca estuvo en una campaña."
        )
    zone = ZoneInfo(organization.time_zone)
    for one in found:
        print(one.campaign)
        for sentence in one.sentences:
            print(f"  {sentence}")
        for at, step, outcome, reason in one.trace:
            print(f"    {at.astimezone(zone):%a %Y-%m-%d %H:%M}  {step:<16} {outcome:<14} {reason}")
    return 0
