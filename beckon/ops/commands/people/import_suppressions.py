"""`beckon import suppressions`."""

import argparse
import dataclasses
import json
from pathlib import Path

from beckon.consent.models import SuppressionKind
from beckon.consent.suppression import import_suppression_list
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope

HELP = "Take in a list of phones and e-mails not to be contacted: a do-not-call registry, earlier opt-outs, complaints."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One value a line, or CSV; with or without a header."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--org", required=True)
    parser.add_argument("--name", required=True, help="of the list; the same name again adds to it")
    parser.add_argument("--kind", choices=SuppressionKind.values, default=SuppressionKind.values[0])
    parser.add_argument("--channel", default="all", help="all, or one of sms, voicemail, voice, email, postal")
    parser.add_argument("--replace", action="store_true", help="take off what is no longer in the file")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Prints how many rows were read, added, already there, and unusable."""
    organization = get_organization(args.org)
    with org_scope(organization), args.file.open(encoding="utf-8-sig", errors="replace") as lines:
        counts = import_suppression_list(
            lines,
            name=args.name,
            kind=SuppressionKind(args.kind),
            channel=args.channel,
            replace=args.replace,
            by=COMMAND_LINE,
            now=domain_now(organization),
        )
    if args.json:
        print(json.dumps(dataclasses.asdict(counts)))
    else:
        print(
            f"{counts.rows:,} rows: {counts.added:,} added, {counts.already:,} already on the list, "
            f"{counts.rejected:,} without a phone or e-mail"
            + (f", {counts.removed:,} taken off" if args.replace else "")
        )
    return 0
