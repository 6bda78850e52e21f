"""`beckon report weekly`."""

import argparse
import errno
from pathlib import Path

from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.reports.periods import iso_week, week_name
from beckon.reports.weekly.content import gather
from beckon.reports.weekly.pdf import render

HELP = "Write the week's report, two pages of PDF for the owner of the practice."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Week defaults to the one the practice's clock stands in."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--week", help="ISO week such as 2026-W47 (default: the present one)")
    parser.add_argument("--language", choices=["en", "es"], help="default: the practice's")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.pdf")


def run(args: argparse.Namespace) -> int:
    """Writes the file whole or not at all."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        period = iso_week(args.week or week_name(now.date()), organization.time_zone)
        pdf = render(gather(period, now=now, language=args.language))
    if not args.output.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(args.output.parent))
    unfinished = args.output.with_suffix(".part")
    unfinished.write_bytes(pdf)
    unfinished.replace(args.output)
    print(f"{args.output}: {week_name(period.first_day)}, {len(pdf):,} bytes")
    return 0
