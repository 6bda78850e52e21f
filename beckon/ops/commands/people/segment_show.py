"""`beckon segment show`."""

import argparse
import json

from beckon.core.tenancy import get_organization, org_scope
from beckon.segments.conditions import parse_definition
from beckon.segments.errors import UnknownSegment
from beckon.segments.explain import lines_of
from beckon.segments.queries import get_segment, versions_of
from beckon.segments.wording import Language

HELP = "Show what a saved segment says, in words; --versions for how it changed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The newest version unless one is named."""
    parser.add_argument("name")
    parser.add_argument("--org", required=True)
    parser.add_argument("--version", type=int, metavar="N")
    parser.add_argument("--versions", action="store_true", help="list all versions, newest first")
    parser.add_argument("--language", choices=[language.value for language in Language], help="default: the practice's")
    parser.add_argument("--json", action="store_true", help="print the condition as `segment save` takes it")


def run(args: argparse.Namespace) -> int:
    """A segment out of use is shown as well."""
    organization = get_organization(args.org)
    language = Language(args.language or ("es" if organization.language == "es" else "en"))
    with org_scope(organization):
        segment = get_segment(args.name)
        versions = versions_of(segment)
        shown = next((v for v in versions if v.version == (args.version or segment.version)), None)
        if shown is None:
            raise UnknownSegment(f"{segment.name} has no version {args.version}; it has 1 to {segment.version}")
        words = lines_of(parse_definition(shown.definition), language)
    if args.json:
        print(json.dumps(shown.definition, ensure_ascii=False))
        return 0
    if args.versions:
        for version in versions:
            print(f"version {version.version:<4} {version.at:%Y-%m-%d %H:%M %Z}  {version.by}")
        return 0
    print(f"{segment.name}, version {shown.version}" + (" (out of use)" if segment.archived_at else ""))
    print("\n".join(f"  {'  ' * depth}{sentence}" for depth, sentence in words))
    return 0
