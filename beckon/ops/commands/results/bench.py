"""`beckon bench`: measures this machine against the speed goals of the design."""

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from beckon.ops.bench.running import run_bench
from beckon.ops.bench.values import MEASURES, Report, Result, Verdict, measures_named
from beckon.ops.printing import console_for

HELP = (
    "Measure this machine against the speed goals, each beside its physical limit measured in the same run. Everything "
    "happens on made-up people in a scratch organization that is dropped afterwards, also on Ctrl-C."
)
_COLOURS = {Verdict.MET: "green", Verdict.HALF: "yellow", Verdict.MISSED: "red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many people, which measures, how to print."""
    parser.add_argument(
        "--people", type=_people, default=100_000, metavar="N", help="default 100,000; 1,000,000 takes some ten minutes"
    )
    names = ", ".join(measure.name for measure in MEASURES)
    parser.add_argument("--only", default="", metavar="NAME,...", help=f"some of: {names}")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object; progress and remarks go to standard error"
    )


def _people(text: str) -> int:
    number = int(text.replace(",", "").replace("_", ""))
    if number < 200:
        raise argparse.ArgumentTypeError("must be 200 or more")
    return number


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when everything asked for was measured, whatever the figures; 1 when a measure failed."""
    report = _with_progress(args)
    if args.json:
        for name, result in report.results.items():
            print(f"{name}: {'; '.join(result.figures.notes)}", file=sys.stderr)
        print(json.dumps(report.as_json()))
    else:
        _print(report)
    for reason in report.failed.values():
        print(f"beckon: {reason}", file=sys.stderr)
    return 1 if report.failed else 0


def _with_progress(args: argparse.Namespace) -> Report:
    console = Console(stderr=True, highlight=False)
    measures = measures_named(args.only)
    if not console.is_terminal:
        return run_bench(measures, args.people, tell=lambda text: print(text, file=sys.stderr, flush=True))
    with console.status("starting") as status:
        return run_bench(measures, args.people, tell=status.update)


def _print(report: Report) -> None:
    machine = report.machine
    print(f"{machine['people']:,} people on {machine['cores']} cores, {machine['processor']}, PostgreSQL "
          f"{machine['postgresql']}, load before {machine['load_before'][0]}")  # fmt: skip
    table = Table(box=None, pad_edge=False)
    for name in ("", "value", "limit", "ratio", "target", "", "peak"):
        table.add_column(name, justify="left" if not name else "right")
    for name, result in report.results.items():
        table.add_row(*_row(name, result))
    console = console_for()
    console.print(table)
    for name, result in report.results.items():
        console.print(f"{name}: {result.measure.what}; {'; '.join(result.figures.notes)}", style="dim", soft_wrap=True)
        console.print(f"  limit: {result.measure.against}", style="dim", soft_wrap=True)
    console.print("ratio: value / limit, for times lower is better; peak: resident memory of the process and its "
                  "children, sampled while timed, without PostgreSQL", style="dim", soft_wrap=True)  # fmt: skip


def _row(name: str, result: Result) -> list[str]:
    figures, unit = result.as_json(), result.measure.unit
    colour = _COLOURS[result.verdict]
    return [
        name, f"{figures['value']:,} {unit}", f"{figures['limit']:,}", f"{figures['ratio']:.3g}",
        f"{figures['target']:,}", f"[{colour}]{result.verdict}[/]", f"{figures['peak_mb']:,.0f} MB",
    ]  # fmt: skip
