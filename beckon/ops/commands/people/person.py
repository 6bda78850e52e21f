"""`beckon person`."""

import argparse

from beckon.campaigns.queries import why
from beckon.core.actors import COMMAND_LINE
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.printing import card_lines, story_lines
from beckon.people.queries import person_card, search_people
from beckon.reports.story import story_of

HELP = "Show one person: everything that happened, day by day, and why. The look is written to the audit record."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """By id, or by name, phone, birth date or record number."""
    parser.add_argument("who", help="id, name, phone, birth date or record number")
    parser.add_argument("--org", required=True)
    parser.add_argument("--language", choices=["en", "es"], default="en")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when nobody fits, or when several do (they are listed)."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    with org_scope(organization):
        ids = (
            [int(args.who)]
            if args.who.isdigit() and len(args.who) < 9
            else [f.person_id for f in search_people(args.who)]
        )
        record_audit(action="person.viewed", object_kind="person", object_ids=ids, by=COMMAND_LINE, now=now)
        stories = [story for story in (story_of(i, args.language) for i in ids[:20]) if story]
        if len(stories) == 1:
            print("\n".join([*card_lines(person_card(stories[0].person_id)), *story_lines(stories[0], most=500)]))
            if not stories[0].lines:
                print("  nothing has happened yet")
            for standing in why(stories[0].person_id, now=now, language=args.language):
                print(f"\n{standing.campaign}:", *standing.sentences, sep="\n  ")
            return 0
    print(
        "nobody fits; a name is looked up by its family name first"
        if not stories
        else f"{len(ids)} people fit; name one by id:"
    )
    for story in stories:
        print(f"  {story.person_id:>8}  {story.name}")
    return 1
