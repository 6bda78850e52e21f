"""Everything that can be wrong with a playbook beyond its shape. Pure; each problem names its place."""

from collections.abc import Iterator

from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.playbooks.schema import Wording as Words
from beckon.campaigns.steps.call import CallStep
from beckon.channels.templates import check_template
from beckon.consent.facts import Channel
from beckon.desk.outcomes.defaults import DEFAULTS
from beckon.desk.rules import behaviour_json, behaviour_of
from beckon.desk.words import SCRIPT_VARIABLES
from beckon.messaging.wording.checks import Wording, check_wording
from beckon.segments.conditions import parse_definition
from beckon.segments.errors import InvalidCondition

MAX_POSTCARD = 900


def problems_of(playbook: Playbook) -> list[str]:
    """Every problem, in the order of the file. Empty: it may be installed."""
    return [
        *_steps(playbook),
        *_targets(playbook),
        *_ends(playbook),
        *_circles(playbook),
        *_unreached(playbook),
        *_references(playbook),
        *_dispositions(playbook),
        *_wordings(playbook),
        *_entry(playbook),
    ]


def _steps(playbook: Playbook) -> Iterator[str]:
    seen: set[str] = set()
    for index, step in enumerate(playbook.steps):
        if step.id in seen:
            yield f"steps[{index}]: the id {step.id!r} is taken"
        seen.add(step.id)


def _targets(playbook: Playbook) -> Iterator[str]:
    known = playbook.by_id
    for step in playbook.steps:
        for label, target in {"next": step.next, **step.targets()}.items():
            if target and target not in known:
                yield f"steps.{step.id}.{label}: there is no step {target!r}"
    for trigger, reaction in playbook.on.items():
        if reaction.go and reaction.go not in known:
            yield f"on.{trigger}.go: there is no step {reaction.go!r}"


def _ends(playbook: Playbook) -> Iterator[str]:
    last = playbook.steps[-1]
    if not last.ends() and not last.next:
        yield f"steps.{last.id}: the last step is no exit and has no next; a person would be stuck there"


def _ways(playbook: Playbook, step_id: str) -> list[str]:
    step = playbook.by_id.get(step_id)
    if step is None:
        return []
    following = [] if step.ends() else [playbook.after(step_id)]
    return [target for target in [*step.targets().values(), *following] if target in playbook.by_id]


def _reach(playbook: Playbook) -> set[str]:
    waiting = [playbook.first, *(reaction.go for reaction in playbook.on.values() if reaction.go)]
    reached: set[str] = set()
    while waiting:
        step = waiting.pop()
        if step not in reached:
            reached.add(step)
            waiting += _ways(playbook, step)
    return reached


def _unreached(playbook: Playbook) -> Iterator[str]:
    reached = _reach(playbook)
    for step in playbook.steps:
        if step.id not in reached:
            yield f"steps.{step.id}: no way leads here"


def _circles(playbook: Playbook) -> Iterator[str]:
    """A circle must pass a step that lets time pass, and from every step an exit must be in reach."""
    for step in playbook.steps:
        if not step.pauses and _returns_at_once(playbook, step.id):
            yield f"steps.{step.id}: a circle comes back here without any wait or call in it"
    exits = {step.id for step in playbook.steps if step.ends()}
    for step in playbook.steps:
        if not _leads_to(playbook, step.id, exits):
            yield f"steps.{step.id}: no exit can be reached from here"


def _returns_at_once(playbook: Playbook, start: str) -> bool:
    waiting, seen = _ways(playbook, start), set[str]()
    while waiting:
        here = waiting.pop()
        if here == start:
            return True
        if here not in seen and not playbook.by_id[here].pauses:
            seen.add(here)
            waiting += _ways(playbook, here)
    return False


def _leads_to(playbook: Playbook, start: str, exits: set[str]) -> bool:
    waiting, seen = [start], set[str]()
    while waiting:
        here = waiting.pop()
        if here in exits:
            return True
        if here not in seen:
            seen.add(here)
            waiting += _ways(playbook, here)
    return False


def _references(playbook: Playbook) -> Iterator[str]:
    used: set[str] = set()
    scripts: set[str] = set()
    for step in playbook.steps:
        for channel, name in step.templates():
            used.add(name)
            if name not in playbook.templates:
                yield f"steps.{step.id}: there is no template {name!r}"
            elif playbook.templates[name].channel != channel:
                yield f"steps.{step.id}: template {name!r} is for {playbook.templates[name].channel}, not {channel}"
        for name in step.scripts():
            scripts.add(name)
            if name not in playbook.scripts:
                yield f"steps.{step.id}: there is no script {name!r}"
    yield from (f"templates.{name}: no step sends it" for name in playbook.templates if name not in used)
    yield from (f"scripts.{name}: no step reads it" for name in playbook.scripts if name not in scripts)


def _dispositions(playbook: Playbook) -> Iterator[str]:
    defaults = {default.code: behaviour_json(default.behaviour) for default in DEFAULTS}
    for step in playbook.steps:
        for code, changes in (step.dispositions if isinstance(step, CallStep) else {}).items():
            try:
                behaviour_of(defaults.get(code, {}), changes)
            except ValueError as error:
                yield f"steps.{step.id}.dispositions.{code}: {error}"


def _entry(playbook: Playbook) -> Iterator[str]:
    try:
        parse_definition(dict(playbook.entry.segment))
    except InvalidCondition as error:
        yield from (f"entry.segment {problem}" for problem in error.problems)


def _wordings(playbook: Playbook) -> Iterator[str]:
    """The words themselves are judged by messaging, which sends them, and by the desk's language of scripts."""
    for name, template in playbook.templates.items():
        for language, words in (("en", template.en), ("es", template.es)):
            for finding in check_wording(wording_of(playbook, name, language, words)):
                if finding.is_error or finding.code == "private":
                    yield f"templates.{name}.{language}.{finding.part} line {finding.line}: {finding.message}"
            if template.channel == "postal" and not words.back:
                yield f"templates.{name}.{language}: a postcard needs both sides, body and back"
            if template.channel == "postal" and len(words.body) + len(words.back) > MAX_POSTCARD:
                yield f"templates.{name}.{language}: more than {MAX_POSTCARD} characters do not fit on a postcard"
    for name, script in playbook.scripts.items():
        for language, text in (("en", script.en), ("es", script.es)):
            for problem in check_template(text, SCRIPT_VARIABLES):
                yield f"scripts.{name}.{language} line {problem.line}: {problem.message}"


def wording_of(playbook: Playbook, name: str, language: str, words: Words) -> Wording:
    """A wording of the playbook as messaging knows it."""
    return Wording(
        key=playbook.template_key(name),
        channel=Channel(playbook.templates[name].channel),
        language=language,
        body=words.body,
        subject=words.subject,
        back=words.back,
    )
