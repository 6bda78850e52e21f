"""`beckon rehearse`."""

import argparse
import json
import sys
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from beckon.campaigns.playbooks.reading import library_keys
from beckon.lab.rehearsal import STARTS, Order, Rehearsed, rehearse
from beckon.ops.printing import funnel_lines

HELP = (
    "Run a playbook on virtual people: the real engine on a virtual clock, in a scratch organization that is dropped "
    "afterwards. The same seed gives the same result."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """People come from a file or are made up."""
    parser.add_argument("playbook", choices=library_keys())
    people = parser.add_mutually_exclusive_group(required=True)
    people.add_argument("--file", type=Path, help="a people file, as for `beckon import people`")
    people.add_argument("--people", type=_count, metavar="N", help="so many made-up people")
    parser.add_argument("--weeks", type=_count, default=14)
    parser.add_argument("--agents", type=int, default=4)
    parser.add_argument("--clinicians", type=_count, default=0, help="default: one for 250 people, two at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--consent", default="", help="for --file: sms=express,voicemail=express for the whole list")
    parser.add_argument("--starts", type=date.fromisoformat, default=STARTS, help=f"first day (default {STARTS})")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def run(args: argparse.Namespace) -> int:
    """Progress goes to standard error, so that the result can be piped."""
    order = Order(
        playbook=args.playbook,
        weeks=args.weeks,
        agents=args.agents,
        seed=args.seed,
        people=args.people or 0,
        file=args.file,
        consent=args.consent,
        clinicians=args.clinicians,
        starts=args.starts,
    )
    done = _with_progress(order, quiet=args.json)
    if args.json:
        print(json.dumps(done.as_json()))
        return 0
    for line in _lines(done):
        print(line)
    return 0


def _with_progress(order: Order, *, quiet: bool) -> Rehearsed:
    if quiet or not sys.stderr.isatty():
        return rehearse(order)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("making people", total=order.weeks * 7 * 13)

        def tell(at: datetime) -> None:
            bar.update(task, advance=1, description=f"{at:%a %d %b}")

        return rehearse(order, progress=tell)


def _lines(done: Rehearsed) -> list[str]:
    figures = done.as_json()
    order = done.order
    lines = [
        f"{order.playbook}: {order.weeks} weeks, {order.agents} agents, seed {order.seed}",
        "",
        *funnel_lines(done.funnel, done.excluded),
        "",
        f"calls {figures['calls']:,}   visits booked {figures['appointments']:,}   kept {figures['kept']:,}",
        "messages " + ("   ".join(f"{k} {v:,}" for k, v in figures["messages"].items()) or "none"),
        f"cost ${figures['cost']:,.2f}   collected ${figures['revenue']:,.2f}   in {done.seconds:.1f} s",
    ]
    if done.short:
        lines += ["", "what limited the result:", *(f"  {name}: {n:,}" for name, n in done.short.items())]
    else:
        lines += ["", "nothing limited the result: agents and slots were free all the time"]
    return lines
