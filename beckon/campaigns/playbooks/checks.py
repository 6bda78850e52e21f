"""Everything that can be wrong with a playbook beyond its shape. Pure; each problem names its place."""

from collections.abc import Iterator

from beckon.campaigns.errors import PlaybookProblem
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.playbooks.schema import Wording as Side
from beckon.campaigns.steps.call import CallStep
from beckon.channels.templates import check_template
from beckon.consent.facts import Channel
from beckon.core.wording.words import Mistake, Words
from beckon.desk.outcomes.defaults import DEFAULTS
from beckon.desk.rules import behaviour_json, behaviour_of
from beckon.desk.words import SCRIPT_VARIABLES
from beckon.messaging.wording.checks import Wording, check_wording
from beckon.segments.conditions import parse_definition
from beckon.segments.errors import InvalidCondition

MAX_POSTCARD = 900
_TAKEN = Words("the id {id!r} is taken", "el id {id!r} ya se usa")
_NO_STEP = Words("there is no step {id!r}", "no hay un paso {id!r}")
_STUCK = Words(
    "the last step is no exit and has no next; a person would be stuck there",
    "el último paso no es una salida y no tiene siguiente; una persona se quedaría ahí",
)
_NO_WAY_HERE = Words("no way leads here", "ningún camino llega aquí")
_CIRCLE = Words(
    "a circle comes back here without any wait or call in it",
    "un círculo vuelve aquí sin ninguna espera ni llamada",
)
_NO_EXIT = Words("no exit can be reached from here", "desde aquí no se llega a ninguna salida")
_NO_TEMPLATE = Words("there is no template {name!r}", "no hay una plantilla {name!r}")
_NO_SCRIPT = Words("there is no script {name!r}", "no hay un guion {name!r}")
_OTHER_CHANNEL = Words(
    "template {name!r} is for {channel}, not {wanted}", "la plantilla {name!r} es para {channel}, no para {wanted}"
)
_UNSENT = Words("no step sends it", "ningún paso la envía")
_UNREAD = Words("no step reads it", "ningún paso lo lee")
_BOTH_SIDES = Words("a postcard needs both sides, body and back", "una postal necesita sus dos lados, body y back")
_TOO_LONG = Words(
    "more than {n} characters do not fit on a postcard", "más de {n} caracteres no caben en una postal"
).filled(n=MAX_POSTCARD)


def problems_of(playbook: Playbook) -> list[PlaybookProblem]:
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


def _steps(playbook: Playbook) -> Iterator[PlaybookProblem]:
    seen: set[str] = set()
    for index, step in enumerate(playbook.steps):
        if step.id in seen:
            yield PlaybookProblem(f"steps[{index}]", _TAKEN.filled(id=step.id))
        seen.add(step.id)


def _targets(playbook: Playbook) -> Iterator[PlaybookProblem]:
    known = playbook.by_id
    for step in playbook.steps:
        for label, target in {"next": step.next, **step.targets()}.items():
            if target and target not in known:
                yield PlaybookProblem(f"steps.{step.id}.{label}", _NO_STEP.filled(id=target))
    for trigger, reaction in playbook.on.items():
        if reaction.go and reaction.go not in known:
            yield PlaybookProblem(f"on.{trigger}.go", _NO_STEP.filled(id=reaction.go))


def _ends(playbook: Playbook) -> Iterator[PlaybookProblem]:
    last = playbook.steps[-1]
    if not last.ends() and not last.next:
        yield PlaybookProblem(f"steps.{last.id}", _STUCK)


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


def _unreached(playbook: Playbook) -> Iterator[PlaybookProblem]:
    reached = _reach(playbook)
    for step in playbook.steps:
        if step.id not in reached:
            yield PlaybookProblem(f"steps.{step.id}", _NO_WAY_HERE)


def _circles(playbook: Playbook) -> Iterator[PlaybookProblem]:
    """A circle must pass a step that lets time pass, and from every step an exit must be in reach."""
    for step in playbook.steps:
        if not step.pauses and _returns_at_once(playbook, step.id):
            yield PlaybookProblem(f"steps.{step.id}", _CIRCLE)
    exits = {step.id for step in playbook.steps if step.ends()}
    for step in playbook.steps:
        if not _leads_to(playbook, step.id, exits):
            yield PlaybookProblem(f"steps.{step.id}", _NO_EXIT)


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


def _references(playbook: Playbook) -> Iterator[PlaybookProblem]:
    used: set[str] = set()
    scripts: set[str] = set()
    for step in playbook.steps:
        for channel, name in step.templates():
            used.add(name)
            if name not in playbook.templates:
                yield PlaybookProblem(f"steps.{step.id}", _NO_TEMPLATE.filled(name=name))
            elif playbook.templates[name].channel != channel:
                other = _OTHER_CHANNEL.filled(name=name, channel=playbook.templates[name].channel, wanted=channel)
                yield PlaybookProblem(f"steps.{step.id}", other)
        for name in step.scripts():
            scripts.add(name)
            if name not in playbook.scripts:
                yield PlaybookProblem(f"steps.{step.id}", _NO_SCRIPT.filled(name=name))
    yield from (PlaybookProblem(f"templates.{name}", _UNSENT) for name in playbook.templates if name not in used)
    yield from (PlaybookProblem(f"scripts.{name}", _UNREAD) for name in playbook.scripts if name not in scripts)


def _dispositions(playbook: Playbook) -> Iterator[PlaybookProblem]:
    defaults = {default.code: behaviour_json(default.behaviour) for default in DEFAULTS}
    for step in playbook.steps:
        for code, changes in (step.dispositions if isinstance(step, CallStep) else {}).items():
            try:
                behaviour_of(defaults.get(code, {}), changes)
            except Mistake as mistake:
                yield PlaybookProblem(f"steps.{step.id}.dispositions.{code}", mistake.words)


def _entry(playbook: Playbook) -> Iterator[PlaybookProblem]:
    try:
        parse_definition(dict(playbook.entry.segment))
    except InvalidCondition as error:
        yield from (PlaybookProblem(f"entry.segment {problem.path}", problem.words) for problem in error.problems)


def _wordings(playbook: Playbook) -> Iterator[PlaybookProblem]:
    """The words themselves are judged by messaging, which sends them, and by the desk's language of scripts."""
    for name, template in playbook.templates.items():
        for language, words in (("en", template.en), ("es", template.es)):
            for finding in check_wording(wording_of(playbook, name, language, words)):
                if finding.is_error or finding.code == "private":
                    place = f"templates.{name}.{language}.{finding.part} line {finding.line}"
                    yield PlaybookProblem(place, finding.words)
            if template.channel == "postal" and not words.back:
                yield PlaybookProblem(f"templates.{name}.{language}", _BOTH_SIDES)
            if template.channel == "postal" and len(words.body) + len(words.back) > MAX_POSTCARD:
                yield PlaybookProblem(f"templates.{name}.{language}", _TOO_LONG)
    for name, script in playbook.scripts.items():
        for language, text in (("en", script.en), ("es", script.es)):
            for problem in check_template(text, SCRIPT_VARIABLES):
                yield PlaybookProblem(f"scripts.{name}.{language} line {problem.line}", problem.words)


def wording_of(playbook: Playbook, name: str, language: str, words: Side) -> Wording:
    """A wording of the playbook as messaging knows it."""
    return Wording(
        key=playbook.template_key(name),
        channel=Channel(playbook.templates[name].channel),
        language=language,
        body=words.body,
        subject=words.subject,
        back=words.back,
    )
