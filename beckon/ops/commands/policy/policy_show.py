"""`beckon policy show`."""

import argparse
import dataclasses
import json

from beckon.consent.policies.fields import FIELDS
from beckon.consent.policies.reading import stored_policy
from beckon.core.tenancy import get_organization, org_scope

HELP = (
    "Show a practice's contact policy: hours, caps, what an opt-out stops. Legal hours and the consent each kind of "
    "message needs are law tables (docs/adr/0006-consent-gate.md); attempts per person are the playbook's."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json prints the stored values."""
    parser.add_argument("--org", required=True)
    parser.add_argument("--language", choices=["en", "es"], default="en")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """One line a field: name, value, what it means."""
    with org_scope(get_organization(args.org)):
        stored = stored_policy()
    if args.json:
        print(json.dumps(dataclasses.asdict(stored)))
        return 0
    print(f"version {stored.version}" + ("" if stored.is_own else " (the defaults; nobody has changed them)"))
    for field in FIELDS:
        words = field.words.in_language(args.language)
        print(f"{field.name:<28} {_shown(stored.values[field.name]):<10} {words}")
    return 0


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}={basis}" for key, basis in value.items()) or "none"
    return str(value)
