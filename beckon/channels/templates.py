"""Templates people write: checked when written, so that rendering them never raises when sending.

A small part of Jinja, run by MiniJinja with fuel: variables, `or`, comparisons, if/elif/else, a few
filters. No loops, no includes, no calls, no arithmetic: nothing that could grow or reach anything.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import minijinja

from beckon.core.wording.words import Words

FUEL: Final = 20_000
MAX_SOURCE: Final = 100_000
MAX_RENDERED: Final = 500_000
TAGS: Final = frozenset({"if", "elif", "else", "endif"})
FILTERS: Final = frozenset({"upper", "lower", "title", "capitalize", "trim", "default", "d", "length"})
_OPERATORS: Final = frozenset({"==", "!=", "<", ">", "<=", ">=", "(", ")", ",", "|", "~", "."})
_WORDS: Final = frozenset({"and", "or", "not", "is", "in", "if", "else", "elif", "endif", "true", "false"})
_TESTS: Final = frozenset({"defined", "undefined", "none"})

_TOO_LONG: Final = Words(
    "The template is longer than {n:,} characters. Shorten it.",
    "La plantilla tiene más de {n:,} caracteres. Acórtela.",
)
_NO_TAG: Final = Words(
    "“{{% {word} %}}” is not available. Use {{% if %}}, {{% elif %}}, {{% else %}}, {{% endif %}}.",
    "«{{% {word} %}}» no está disponible. Use {{% if %}}, {{% elif %}}, {{% else %}}, {{% endif %}}.",
)
_NO_OPERATOR: Final = Words(
    "“{text}” is not available inside {{{{ }}}}. Remove it.",
    "«{text}» no se puede usar dentro de {{{{ }}}}. Quítelo.",
)
_NO_BAR: Final = Words(
    'Write the fallback without a bar: {{ first_name or "there" }}.',
    'Escriba el valor de reserva sin barra: {{ first_name or "there" }}.',
)
_NO_FILTER: Final = Words(
    "The filter “{text}” is not available. Use: {known}.", "El filtro «{text}» no está disponible. Use: {known}."
)
_NO_PART: Final = Words(
    "“.{text}” is not available: a variable is one word. Remove it.",
    "«.{text}» no está disponible: una variable es una sola palabra. Quítelo.",
)
_NO_CALL: Final = Words(
    "“{text}(…)” is not available: templates cannot call anything. Remove it.",
    "«{text}(…)» no está disponible: las plantillas no pueden llamar a nada. Quítelo.",
)
_NO_VARIABLE: Final = Words("“{name}” is not a variable here. {hint}", "«{name}» no es una variable aquí. {hint}")
_NEAR: Final = Words("Did you mean “{name}”?", "¿Quiso decir «{name}»?")
_KNOWN: Final = Words("Use one of: {names}.", "Use una de estas: {names}.")
_HOLE: Final = Words(
    '“{name}” may be missing and nothing takes its place. Write {{{{ {name} or "…" }}}}, '
    "or put the sentence between {{% if {name} %}} and {{% endif %}}.",
    '«{name}» puede faltar y nada ocupa su lugar. Escriba {{{{ {name} or "…" }}}}, '
    "o ponga la frase entre {{% if {name} %}} y {{% endif %}}.",
)
_UNREADABLE_ES: Final = "No se entiende la plantilla aquí: revise llaves y comillas y que cada if tenga su endif."

_STRING = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
_BLOCK = re.compile(
    rf"\{{#.*?#\}}"
    rf"|\{{\{{[-+]?(?P<out>(?:{_STRING}|(?!\}}\}}).)*?)[-+]?\}}\}}"
    rf"|\{{%[-+]?(?P<tag>(?:{_STRING}|(?!%\}}).)*?)[-+]?%\}}",
    re.DOTALL,
)
_TOKEN = re.compile(rf"\s+|(?P<string>{_STRING})|(?P<name>[A-Za-z_]\w*)|(?P<number>\d+)|(?P<op>[=!<>]=|.)", re.S)


@dataclass(frozen=True, slots=True)
class Variable:
    """A value a template may use. `always` there, or filled by `default`, or the template has a fallback."""

    name: str
    always: bool = False
    default: str = ""
    example: str = "Example"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a template, where (1 is the first line), and what to do about it."""

    line: int
    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class RenderFailure:
    """Why one text could not be made. Holds the kind of error only, never the values."""

    reason: str


Context = Mapping[str, object]


class Template:
    """A checked template, compiled once. `html` escapes every value."""

    def __init__(self, source: str, variables: Iterable[Variable] = (), *, html: bool = False) -> None:
        self._name = "t.html" if html else "t.txt"
        self._environment = _environment()
        self._environment.add_template(self._name, source)
        used = self._environment.undeclared_variables_in_template(self._name)
        known = [v for v in variables if v.name in used]
        self._defaults = {v.name: v.default for v in known if v.default}
        self._needed = frozenset(v.name for v in known if v.always and not v.default)

    def render(self, context: Context) -> str | RenderFailure:
        """One text. Values that are missing, None or blank take the default or the template's fallback.

        A variable that is `always` there and yet is not makes a failure, never a text with a hole.
        """
        return self.render_many((context,))[0]

    def render_many(self, contexts: Sequence[Context]) -> list[str | RenderFailure]:
        """One text per context, in order; a failure is a value in its place, nothing raises."""
        render, name = self._environment.render_template, self._name
        defaults, needed = self._defaults, self._needed
        texts: list[str | RenderFailure] = []
        for context in contexts:
            filled = {**defaults, **{k: v for k, v in context.items() if v is not None and v != ""}}
            if not filled.keys() >= needed:
                texts.append(RenderFailure(f"missing {min(needed - filled.keys())}"))
                continue
            try:
                text = render(name, **filled)
            except (minijinja.TemplateError, TypeError, ValueError) as error:
                texts.append(RenderFailure(str(getattr(error, "kind", type(error).__name__))))
                continue
            texts.append(text if len(text) <= MAX_RENDERED else RenderFailure("TooLong"))
        return texts


def check_template(source: str, variables: Iterable[Variable], *, html: bool = False) -> list[Problem]:
    """Everything wrong with a template, in order of lines. Empty: it may be saved and will render."""
    known = {v.name: v for v in variables}
    if len(source) > MAX_SOURCE:
        return [Problem(1, "too_long", _TOO_LONG.filled(n=MAX_SOURCE))]
    problems = _forbidden(source)
    if problems:
        return problems
    environment = _environment()
    try:
        environment.add_template("t", source)
    except minijinja.TemplateError as error:
        return [Problem(error.line or 1, "syntax", _unreadable(error))]
    used = environment.undeclared_variables_in_str(source)
    problems = [_unknown(source, name, known) for name in used if name not in known]
    if not problems:
        problems = _without_fallback(source, [known[name] for name in used], html=html)
    return sorted(problems, key=lambda p: (p.line, p.words.en))


def variables_used(source: str) -> frozenset[str]:
    """The names a template uses, to gather only those. Raises TemplateError if it cannot be read."""
    return frozenset(_environment().undeclared_variables_in_str(source))


def _environment() -> minijinja.Environment:
    environment = minijinja.Environment(debug=False, fuel=FUEL, pycompat=False, keep_trailing_newline=True)
    for name in ("range", "dict", "debug", "namespace"):
        environment.remove_global(name)
    environment.remove_filter("safe")
    return environment


def _forbidden(source: str) -> list[Problem]:
    """Problems of vocabulary: what the small language of templates does not have."""
    problems: list[Problem] = []
    for match in _BLOCK.finditer(source):
        inner = match["out"] if match["out"] is not None else match["tag"]
        if inner is None:  # a comment
            continue
        line = source.count("\n", 0, match.start()) + 1
        foreign = _foreign(inner, is_tag=match["tag"] is not None)
        if foreign is not None:
            problems.append(Problem(line, "not_allowed", foreign))
    return problems


def _foreign(inner: str, *, is_tag: bool) -> Words | None:
    """What is foreign in one block, or None."""
    tokens = [m for m in _TOKEN.finditer(inner) if not m[0].isspace()]
    if is_tag and (not tokens or tokens[0][0] not in TAGS):
        word = tokens[0][0] if tokens else ""
        return _NO_TAG.filled(word=word)
    before = ""
    for index, token in enumerate(tokens):
        text = token[0]
        after = tokens[index + 1][0] if index + 1 < len(tokens) else ""
        if token["op"] and text not in _OPERATORS:
            return _NO_OPERATOR.filled(text=text)
        foreign = _foreign_name(text, before, after) if token["name"] else None
        if foreign is not None:
            return foreign
        before = text
    return None


def _foreign_name(text: str, before: str, after: str) -> Words | None:
    if before == "|" and text == "or":
        return _NO_BAR
    if before == "|":
        return None if text in FILTERS else _NO_FILTER.filled(text=text, known=_listed(FILTERS))
    if before == ".":
        return _NO_PART.filled(text=text)
    if before in {"is", "not"} and text in _TESTS:
        return None
    if after == "(" and text not in _WORDS:
        return _NO_CALL.filled(text=text)
    return None


def _unknown(source: str, name: str, known: Mapping[str, Variable]) -> Problem:
    near = difflib.get_close_matches(name, known, n=1)
    hint = _NEAR.filled(name=near[0]) if near else _KNOWN.filled(names=_listed(known))
    return Problem(_line_of(source, name), "unknown_variable", _NO_VARIABLE.filled(name=name, hint=hint))


def _without_fallback(source: str, used: Sequence[Variable], *, html: bool) -> list[Problem]:
    """Renders with each optional value missing: where it is still printed, the text would have a hole."""
    missing: list[str] = []

    def spot_hole(value: object) -> object:
        if value is None:
            missing.append("")
        return value

    environment = _environment()
    environment.finalizer = spot_hole
    environment.add_template("t.html" if html else "t.txt", source)
    name = "t.html" if html else "t.txt"
    full: dict[str, object] = {v.name: v.example for v in used}
    problems: list[Problem] = []
    try:
        environment.render_template(name, **full)
        for variable in used:
            if variable.always or variable.default:
                continue
            missing.clear()
            environment.render_template(name, **{k: v for k, v in full.items() if k != variable.name})
            if missing:
                problems.append(_hole(source, variable.name))
    except minijinja.TemplateError as error:
        problems.append(Problem(error.line or 1, "render", _unreadable(error)))
    return problems


def _hole(source: str, name: str) -> Problem:
    return Problem(_line_of(source, name), "no_fallback", _HOLE.filled(name=name))


def _unreadable(error: minijinja.TemplateError) -> Words:
    """MiniJinja's own words are English only; the Spanish says where to look."""
    detail = error.detail or error.kind
    return Words(f"{detail[:1].upper()}{detail[1:]}. Mend or remove it.", _UNREADABLE_ES)


def _line_of(source: str, name: str) -> int:
    """The line of the first block that names the variable (MiniJinja does not tell)."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for match in _BLOCK.finditer(source):
        found = word.search(match[0])
        if found:
            return source.count("\n", 0, match.start() + found.start()) + 1
    return 1


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
