"""`beckon playbooks`."""

import argparse
import json
from pathlib import Path

from beckon.campaigns.errors import PlaybookError
from beckon.campaigns.playbooks.reading import library_keys, parse_playbook, read_definition, read_library
from beckon.campaigns.playbooks.schema import Playbook

HELP = "List the playbooks there are, show one step by step, or check one of your own. docs/howto/add-a-playbook.md."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing lists, a key shows, --check judges a file."""
    parser.add_argument("key", nargs="?", help="show this playbook")
    parser.add_argument("--check", type=Path, metavar="FILE", help="check a playbook file and say what is wrong where")
    parser.add_argument("--language", choices=["en", "es"], default="en")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 where the file checked is not whole."""
    if args.check is not None:
        return _check(args.check)
    if args.key:
        _show(read_library(args.key), args.language, as_json=args.json)
        return 0
    found = [read_library(key) for key in library_keys()]
    if args.json:
        print(json.dumps([{"key": p.key, "title": p.title.in_language(args.language)} for p in found]))
        return 0
    for playbook in found:
        print(
            f"{playbook.key:<22} {playbook.title.in_language(args.language)}: "
            f"{' '.join(playbook.purpose.in_language(args.language).split())}"
        )
    return 0


def _check(path: Path) -> int:
    try:
        playbook = parse_playbook(read_definition(path))
    except PlaybookError as error:
        for problem in error.problems:
            print(f"{path}: {problem}")
        return 1
    print(f"{playbook.key}: whole, {len(playbook.steps)} steps, {len(playbook.templates)} wordings in two languages")
    return 0


def _show(playbook: Playbook, language: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(playbook.model_dump(mode="json", by_alias=True), ensure_ascii=False))
        return
    print(f"{playbook.title.in_language(language)}\n{' '.join(playbook.purpose.in_language(language).split())}")
    print(f"HIPAA: {playbook.hipaa_class}  TCPA: {playbook.tcpa_class}  attempts: {playbook.attempts}")
    print(f"goal: {playbook.goal.name.in_language(language)}")
    if playbook.second_goal:
        print(f"second goal: {playbook.second_goal.name.in_language(language)}")
    for step in playbook.steps:
        ways = "".join(f"  {label} -> {target}" for label, target in step.targets().items())
        after = playbook.after(step.id)
        print(f"  {step.id:<18} {step.kind:<7}{' -> ' + after if after and not step.ends() else ''}{ways}")
