"""`beckon segment explain`."""

import argparse
import json
from typing import Any

from beckon.core.actors import COMMAND_LINE
from beckon.core.audit.actions import record_audit
from beckon.core.clock import domain_now
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.commands.people.segment_count import add_condition_arguments, chosen_definition
from beckon.segments.explain import Explanation
from beckon.segments.queries import explain
from beckon.segments.wording import Language

HELP = "Say clause by clause why a person is in or out of a segment. The look is put on record."
_VERDICTS = {Language.ENGLISH: ("in", "out"), Language.SPANISH: ("dentro", "fuera")}
_MARKS = {Language.ENGLISH: ("yes", "no"), Language.SPANISH: ("sí", "no")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One person or several."""
    add_condition_arguments(parser)
    parser.add_argument("--person", type=int, required=True, nargs="+", metavar="ID")
    parser.add_argument("--language", choices=[language.value for language in Language], help="default: the practice's")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 whether in or out; the answer is what is printed."""
    organization = get_organization(args.org)
    now = domain_now(organization)
    language = Language(args.language or ("es" if organization.language == "es" else "en"))
    with org_scope(organization):
        explanations = explain(chosen_definition(args), args.person, now=now)
        record_audit(action="segment.explained", object_kind="person", object_ids=args.person, by=COMMAND_LINE, now=now)
    if args.json:
        print(json.dumps([_document(one, language) for one in explanations], ensure_ascii=False))
        return 0
    print("\n\n".join(_text(one, language) for one in explanations))
    return 0


def _document(one: Explanation, language: Language) -> dict[str, Any]:
    return {
        "person": one.person_id,
        "inside": one.inside,
        "barrier": one.barrier.value,
        "steps": [
            {"path": step.path, "holds": step.holds, "sentence": step.sentence, "value": step.value}
            for step in one.steps(language)
        ],
    }


def _text(one: Explanation, language: Language) -> str:
    verdict = _VERDICTS[language][0 if one.inside else 1]
    lines = [f"{one.person_id}: {verdict}"]
    if one.barrier_words(language):
        lines.append("  " + one.barrier_words(language))
    for step in one.steps(language):
        value = f"  [{step.value}]" if step.value else ""
        lines.append(f"  {_MARKS[language][0 if step.holds else 1]:<4}{'  ' * step.depth}{step.sentence}{value}")
    return "\n".join(lines)
