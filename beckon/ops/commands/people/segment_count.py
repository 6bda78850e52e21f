"""`beckon segment count`."""

import argparse
import json
import sys
import time
from pathlib import Path

from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.segments.conditions import Definition, parse_text
from beckon.segments.queries import count, get_definition, sample

HELP = "Count the people a condition describes. docs/howto/add-a-segment-field.md tells how conditions are written."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The condition comes from a file, a saved segment or the command line."""
    add_condition_arguments(parser)
    parser.add_argument("--limit", type=_positive, metavar="N", help="stop counting at N and say so")
    parser.add_argument("--sample", type=_positive, metavar="N", help="also show the ids of N of them")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Prints the number, or {"count", "exact", "seconds"} and "sample" where asked for."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        definition = chosen_definition(args)
        started = time.perf_counter()
        found = count(definition, now=now, limit=args.limit)
        seconds = round(time.perf_counter() - started, 4)
        shown = sample(definition, now=now, size=args.sample) if args.sample else []
    if args.json:
        document: dict[str, object] = {"count": found.value, "exact": found.exact, "seconds": seconds}
        print(json.dumps({**document, "sample": shown} if args.sample else document))
        return 0
    print(f"{found} people")
    if shown:
        print("such as " + ", ".join(str(person_id) for person_id in shown))
    return 0


def add_condition_arguments(parser: argparse.ArgumentParser) -> None:
    """--org and where the condition comes from."""
    parser.add_argument("--org", required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", metavar="COND.json", help="a file with the condition; - reads standard input")
    source.add_argument("--name", help="a saved segment")
    source.add_argument("--condition", metavar="JSON", help='such as {"field": "age", "op": "at_least", "value": 50}')


def chosen_definition(args: argparse.Namespace) -> Definition:
    """The condition the arguments name; inside the organization's scope. Raises InvalidCondition, UnknownSegment."""
    if args.name is not None:
        return get_definition(args.name)
    if args.condition is not None:
        return parse_text(args.condition)
    raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    return parse_text(raw.decode("utf-8-sig", errors="replace"))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a number from 1")
    return number
