"""`beckon segment list`."""

import argparse
import json

from beckon.core.tenancy import get_organization, org_scope
from beckon.segments.queries import list_segments

HELP = "List a practice's saved segments."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--all shows those out of use, too."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--all", action="store_true", help="also those out of use")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """One line each: name, version, when it was changed."""
    with org_scope(get_organization(args.org)):
        found = list_segments(with_archived=args.all)
    if args.json:
        print(
            json.dumps(
                [
                    {
                        "name": s.name,
                        "version": s.version,
                        "updated_at": s.updated_at.isoformat(),
                        "archived": s.archived_at is not None,
                    }
                    for s in found
                ]
            )
        )
        return 0
    if not found:
        print("none yet; `beckon segment save NAME --org ... --file COND.json` makes one")
    for s in found:
        print(f"{s.name:<40} version {s.version:<4} {s.updated_at:%Y-%m-%d}{'  out of use' if s.archived_at else ''}")
    return 0
