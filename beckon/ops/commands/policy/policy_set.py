"""`beckon policy set`."""

import argparse

from beckon.consent.actions import change_policy
from beckon.consent.policies.fields import FIELDS, Problem, Value, check_together, read_value
from beckon.consent.policies.reading import stored_policy
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.errors import BeckonError
from beckon.core.tenancy import get_organization, org_scope
from beckon.core.wording.words import Words

HELP = (
    "Change a practice's contact policy, such as `max_per_week=2 preferred_channel_only=no`. Holds from the next "
    "decision on; before and after are put on record. `beckon policy show` lists the fields."
)
_FORM = Words("write it as FIELD=VALUE", "escríbalo como CAMPO=VALOR")


class NotAPolicy(BeckonError):
    """Nothing was changed; the message says which values are wrong."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All changes in one command count as one version."""
    parser.add_argument("changes", nargs="+", metavar="FIELD=VALUE", help=", ".join(field.name for field in FIELDS))
    parser.add_argument("--org", required=True)


def run(args: argparse.Namespace) -> int:
    """All changes or none."""
    organization = get_organization(args.org)
    changes, problems = _read(args.changes)
    with org_scope(organization):
        stored = stored_policy()
        problems += check_together({**stored.values, **changes})
        if problems:
            raise NotAPolicy("\n  ".join(["nothing was changed:", *(f"{p.field}: {p.words.en}" for p in problems)]))
        changes = {name: value for name, value in changes.items() if stored.values[name] != value}
        if not changes:
            print("the policy says so already")
            return 0
        policy = change_policy(dict(changes), by=COMMAND_LINE, now=domain_now(organization))
    for name, value in changes.items():
        print(f"{name}: {stored.values[name]} -> {value}")
    print(f"version {policy.version} of the policy")
    return 0


def _read(texts: list[str]) -> tuple[dict[str, Value], list[Problem]]:
    changes: dict[str, Value] = {}
    problems: list[Problem] = []
    for text in texts:
        name, equals, value = text.partition("=")
        read = read_value(name.strip(), value) if equals else Problem(text, _FORM)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            changes[name.strip()] = read
    return changes, problems
