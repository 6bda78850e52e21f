"""`beckon doctor`."""

import argparse
import dataclasses
import json

from beckon.ops.doctor import Health, examine

HELP = "Say what is wrong with this set-up and how to mend it. Changes nothing."
MARKS = {Health.GOOD: "ok     ", Health.WARNING: "look   ", Health.BAD: "WRONG  "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json for machines."""
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when something is wrong."""
    findings = list(examine())
    wrong = sum(f.health is Health.BAD for f in findings)
    if args.json:
        print(json.dumps([dataclasses.asdict(f) for f in findings]))
        return 1 if wrong else 0
    for finding in findings:
        print(f"{MARKS[finding.health]}{finding.check:<18} {finding.found}")
        if finding.mend:
            print(f"{'':<26} -> {finding.mend}")
    print(f"\n{wrong} wrong" if wrong else "\nall is well")
    return 1 if wrong else 0
