"""The JSON form of a segment and its checked form. Outside JSON enters here and nowhere else; knows no SQL.

{"version": 1, "where": NODE, "include_retired": false} where NODE is one of
{"all": [NODE, ...]}, {"any": [NODE, ...]}, {"not": NODE}, {"everyone": true} and
{"field": NAME, "op": OPERATOR, "value": VALUE, "with": {PARAMETER: VALUE}}.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from beckon.core.segment_registry import ParameterValue
from beckon.core.wording.outside import words_of
from beckon.core.wording.words import Words
from beckon.segments.checking import check_operation, check_parameters, known_field
from beckon.segments.errors import InvalidCondition, Problem
from beckon.segments.operators import Operator, Value

VERSION = 1
MAX_DEPTH = 8
MAX_CLAUSES = 100
MAX_CHARACTERS = 200_000
FORMS = '"all", "any", "not", "everyone": true, "field"'
_TOO_LONG = Words(
    "longer than {n:,} characters; use a list as a source", "más de {n:,} caracteres; use una lista como fuente"
)
_NOT_JSON = Words(
    "not JSON: {said} at line {line}, column {column}", "no es JSON: error en la línea {line}, columna {column}"
)
_UNREADABLE = Words(
    "nested too deeply, or a number too long to read",
    "demasiados niveles, o un número demasiado largo para leerlo",
)
_TOO_MANY_CLAUSES = Words(
    "{n} clauses; {most} are allowed. Use one_of with a list, or an import's source",
    "{n} condiciones; se permiten {most}. Use one_of con una lista, o la fuente de una importación",
)
_TOO_DEEP = Words(
    "nested more than {n} deep; join groups of the same kind into one",
    "más de {n} niveles; una los grupos del mismo tipo en uno",
)
_GIVE_OBJECT = Words("give an object with one of {forms}", "escriba un objeto con uno de {forms}")
_GIVE_ONE = Words(
    "give exactly one of {forms}, each in an object of its own",
    "escriba exactamente uno de {forms}, cada uno en su propio objeto",
)
_NOT_UNDERSTOOD = Words(
    "{key!r} is not understood here; give one of {forms}", "{key!r} no se entiende aquí; escriba uno de {forms}"
)
_GIVE_LIST = Words(
    'give a list of one condition or more; everybody is {"everyone": true}',
    'escriba una lista de una condición o más; todas las personas es {"everyone": true}',
)
_TOO_MANY_PARTS = Words("{n} parts; {most} are allowed", "{n} partes; se permiten {most}")


@dataclass(frozen=True)
class Clause:
    """One comparison on one field. `path` is where it stands in the JSON document."""

    field: str
    operator: Operator
    value: Value
    parameters: Mapping[str, ParameterValue] = dataclasses.field(default_factory=dict)
    path: str = "$"


@dataclass(frozen=True)
class Group:
    """Several conditions joined by all (and) or any (or); never empty."""

    joiner: Literal["all", "any"]
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """Everybody whom the part does not hold for, the people about whom nothing is known included."""

    part: "Node"


@dataclass(frozen=True)
class Everyone:
    """Holds for everybody; written {"everyone": true}, since an empty group is refused."""


Node = Clause | Group | Not | Everyone


@dataclass(frozen=True)
class Definition:
    """A checked segment. Merged people are never in it; retired ones only with `include_retired`."""

    where: Node
    include_retired: bool = False
    version: int = VERSION


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    where: Any
    include_retired: StrictBool = False


class _ClauseForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    field: StrictStr
    op: StrictStr
    value: Any
    parameters: dict[StrictStr, Any] = Field(default_factory=dict, alias="with")


def parse_text(text: str) -> Definition:
    """The definition in a JSON text. Raises InvalidCondition with every mistake and its JSON path."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidCondition([Problem("$", _TOO_LONG.filled(n=MAX_CHARACTERS))])
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        not_json = _NOT_JSON.filled(said=error.msg, line=error.lineno, column=error.colno)
        raise InvalidCondition([Problem("$", not_json)]) from error
    except (RecursionError, ValueError) as error:
        raise InvalidCondition([Problem("$", _UNREADABLE)]) from error
    return parse_definition(raw)


def parse_definition(raw: object) -> Definition:
    """The definition in decoded JSON; a bare NODE is taken as version 1. Raises InvalidCondition, see parse_text."""
    if isinstance(raw, dict) and not {"where", "version"} & raw.keys():
        raw = {"version": VERSION, "where": raw}
    try:
        envelope = _Envelope.model_validate(raw)
    except ValidationError as error:
        raise InvalidCondition(_problems_of(error, "$")) from error
    reader = _Reader()
    where = reader.node(envelope.where, "$.where", 1)
    if reader.clauses > MAX_CLAUSES:
        reader.problems.append(Problem("$.where", _TOO_MANY_CLAUSES.filled(n=reader.clauses, most=MAX_CLAUSES)))
    if reader.problems or where is None:
        raise InvalidCondition(reader.problems)
    return Definition(where=where, include_retired=envelope.include_retired)


def to_json(definition: Definition) -> dict[str, Any]:
    """The JSON form that parse_definition reads back as the same definition."""
    document: dict[str, Any] = {"version": definition.version, "where": _node_json(definition.where)}
    if definition.include_retired:
        document["include_retired"] = True
    return document


def clauses_of(node: Node) -> Iterator[Clause]:
    """Every clause below a node, in reading order."""
    match node:
        case Clause():
            yield node
        case Group(parts=parts):
            for part in parts:
                yield from clauses_of(part)
        case Not(part=part):
            yield from clauses_of(part)
        case Everyone():
            return
        case _:
            assert_never(node)


class _Reader:
    """Walks a document once and collects every mistake on the way; a part with a mistake becomes None."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.clauses = 0

    def node(self, raw: object, path: str, depth: int) -> Node | None:
        """One node at `path`."""
        try:
            return self.whole_node(raw, path, depth)
        except ValidationError as error:
            self.problems += _problems_of(error, path)
        except InvalidCondition as error:
            self.problems += error.problems
        return None

    def whole_node(self, raw: object, path: str, depth: int) -> Node | None:
        """One node; raises for a mistake of its own, None when a part has one."""
        if depth > MAX_DEPTH:
            raise _mistake(path, _TOO_DEEP.filled(n=MAX_DEPTH))
        if not isinstance(raw, dict):
            raise _mistake(path, _GIVE_OBJECT.filled(forms=FORMS))
        if "field" in raw:
            return self.clause(raw, path)
        if len(raw) != 1:
            raise _mistake(path, _GIVE_ONE.filled(forms=FORMS))
        key, inner = next(iter(raw.items()))
        if key in ("all", "any"):
            return self.group(key, inner, path, depth)
        if key == "not":
            part = self.node(inner, f"{path}.not", depth + 1)
            return None if part is None else Not(part)
        if key == "everyone" and inner is True:
            return Everyone()
        raise _mistake(path, _NOT_UNDERSTOOD.filled(key=str(key)[:40], forms=FORMS))

    def group(self, joiner: Literal["all", "any"], raw: object, path: str, depth: int) -> Node | None:
        """An all or any group."""
        place = f"{path}.{joiner}"
        if not isinstance(raw, list) or not raw:
            raise _mistake(place, _GIVE_LIST)
        if len(raw) > MAX_CLAUSES:
            raise _mistake(place, _TOO_MANY_PARTS.filled(n=len(raw), most=MAX_CLAUSES))
        parts = [self.node(part, f"{place}[{index}]", depth + 1) for index, part in enumerate(raw)]
        whole = tuple(part for part in parts if part is not None)
        return Group(joiner, whole) if len(whole) == len(parts) else None

    def clause(self, raw: dict[Any, Any], path: str) -> Clause:
        """A clause, checked against its field."""
        self.clauses += 1
        form = _ClauseForm.model_validate(raw)
        known = known_field(form.field, f"{path}.field")
        parameters = check_parameters(known, form.parameters, f"{path}.with")
        operator, value = check_operation(known, form.op, form.value, path)
        return Clause(form.field, operator, value, parameters, path)


def _mistake(path: str, words: Words) -> InvalidCondition:
    return InvalidCondition([Problem(path, words)])


def _problems_of(error: ValidationError, path: str) -> list[Problem]:
    found = []
    for mistake in error.errors(include_url=False, include_input=False):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in mistake["loc"])
        found.append(Problem(path + place, words_of({**mistake})))
    return found


def _node_json(node: Node) -> dict[str, Any]:
    match node:
        case Clause():
            document: dict[str, Any] = {
                "field": node.field,
                "op": node.operator.value,
                "value": _value_json(node.value),
            }
            return {**document, "with": dict(node.parameters)} if node.parameters else document
        case Group():
            return {node.joiner: [_node_json(part) for part in node.parts]}
        case Not():
            return {"not": _node_json(node.part)}
        case Everyone():
            return {"everyone": True}
        case _:
            assert_never(node)


def _value_json(value: Value) -> object:
    if isinstance(value, tuple):
        return [_value_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
