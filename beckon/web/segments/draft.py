"""A condition while somebody is building it: from form fields to the JSON form and back. Pure; judges nothing.

In the form every node has a place: `r` is the outermost group, `r.0` its first part, `r.0.2` that one's third.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from beckon.core.segment_registry import (
    FieldKind,
    HasField,
    ManyField,
    ParameterKind,
    SegmentField,
    ValueField,
    find_field,
)
from beckon.segments.checking import LAST_DAYS, NEXT_DAYS
from beckon.segments.operators import LISTS, RELATIVE, Operator, operators_of

ROOT = "r"
MOST_NODES = 150


@dataclass
class Draft:
    """A group (`joiner` is all or any) or a clause. Values are as typed."""

    joiner: str = ""
    negated: bool = False
    parts: list["Draft"] = dataclasses.field(default_factory=list)
    field: str = ""
    operator: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    parameters: dict[str, str] = dataclasses.field(default_factory=dict)
    place: str = ROOT

    @property
    def is_group(self) -> bool:
        """True for a group."""
        return bool(self.joiner)


def read_form(fields: QueryDict) -> Draft:
    """The draft in a posted form; an empty outermost group where there is none."""
    found: dict[str, Draft] = {}
    for place in fields.getlist("node")[:MOST_NODES]:
        draft = _read_node(fields, place)
        found[place] = draft
        above = found.get(place.rpartition(".")[0])
        if above is not None and above.is_group:
            above.parts.append(draft)
    root = found.get(ROOT)
    return placed(root if root is not None and root.is_group else Draft(joiner="all"))


def _read_node(fields: QueryDict, place: str) -> Draft:
    negated = fields.get(f"not:{place}", "") == "1"
    joiner = fields.get(f"join:{place}", "")
    if joiner in ("all", "any"):
        return Draft(joiner=joiner, negated=negated)
    name = fields.get(f"field:{place}", "")
    known = find_field(name)
    parameters = {one: fields.get(f"with:{place}:{one}", "").strip() for one in parameters_of(known)} if known else {}
    return Draft(
        field=name,
        operator=fields.get(f"op:{place}", ""),
        values=[str(value) for value in fields.getlist(f"value:{place}")],
        parameters={one: value for one, value in parameters.items() if value},
        negated=negated,
    )


def parameters_of(known: SegmentField) -> list[str]:
    """Names of what a clause on the field may add under "with"."""
    windows: list[str] = []
    if not isinstance(known, ValueField):
        timed = getattr(known, "timed", None)
        has_time = timed if timed is not None else bool(known.rows.at)  # type: ignore[union-attr]
        windows = [LAST_DAYS] if has_time else []
        if has_time and timed is None:
            windows.append(NEXT_DAYS)
    return [parameter.name for parameter in known.parameters] + windows


def placed(root: Draft) -> Draft:
    """The same draft with every place written in."""
    root.place = root.place or ROOT
    for number, part in enumerate(root.parts):
        part.place = f"{root.place}.{number}"
        placed(part)
    return root


def at_place(root: Draft, place: str) -> tuple[Draft | None, Draft | None]:
    """The node at a place and the group above it; None where there is none."""
    above, node = None, root
    for step in place.split(".")[1:]:
        if not step.isdecimal() or len(step) > 9 or int(step) >= len(node.parts):
            return None, None
        above, node = node, node.parts[int(step)]
    return node, above


def apply(root: Draft, act: str) -> Draft:
    """Do what a button says: `add:PLACE` a clause, `group:PLACE`, `remove:PLACE`; anything else changes nothing."""
    verb, _, place = act.partition(":")
    node, above = at_place(root, place or ROOT)
    if node is None:
        return root
    if verb == "add" and node.is_group:
        node.parts.append(new_clause("last_encounter"))
    elif verb == "group" and node.is_group:
        node.parts.append(Draft(joiner="any" if node.joiner == "all" else "all", parts=[new_clause("age")]))
    elif verb == "remove" and above is not None:
        above.parts.remove(node)
    return placed(root)


def new_clause(name: str) -> Draft:
    """A clause on a field with its first comparison, no value yet."""
    known = find_field(name)
    return Draft(field=name, operator=operators_of(known)[0].value if known else "")


def mended(root: Draft) -> Draft:
    """A comparison that the chosen field does not have becomes the field's first, and its value is forgotten."""
    for part in root.parts:
        mended(part)
        known = None if part.is_group else find_field(part.field)
        if known is not None and part.operator not in {operator.value for operator in operators_of(known)}:
            part.operator, part.values = operators_of(known)[0].value, []
    return root


def to_raw(node: Draft, path: str = "$.where", places: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON form of a node. `places` is filled with JSON path -> place, for the mistakes."""
    places = {} if places is None else places
    inner = f"{path}.not" if node.negated else path
    places[path] = places[inner] = node.place
    if not node.is_group:
        raw = _clause(node)
    elif not node.parts:
        raw = {"everyone": True}
    else:
        below = [to_raw(part, f"{inner}.{node.joiner}[{number}]", places) for number, part in enumerate(node.parts)]
        raw = {node.joiner: below}
    return {"not": raw} if node.negated else raw


def _clause(node: Draft) -> dict[str, Any]:
    known = find_field(node.field)
    raw: dict[str, Any] = {"field": node.field, "op": node.operator, "value": value_of(node, known)}
    parameters = {name: _parameter(known, name, text) for name, text in node.parameters.items()}
    return {**raw, "with": parameters} if parameters else raw


def _parameter(known: SegmentField | None, name: str, text: str) -> object:
    kinds = {parameter.name: parameter.kind for parameter in known.parameters} if known else {}
    if name in (LAST_DAYS, NEXT_DAYS) or kinds.get(name) is ParameterKind.NUMBER:
        return _number(text)
    if kinds.get(name) is ParameterKind.BOOLEAN:
        return text == "yes"
    return text


def value_of(node: Draft, known: SegmentField | None) -> object:
    """The value as the JSON form wants it; what cannot be read stays text, so that the check says what is wrong."""
    values = [value.strip() for value in node.values if value.strip()]
    if node.operator in LISTS:
        pieces = values if len(values) > 1 else [one.strip() for one in "".join(values).split(",") if one.strip()]
        return [_typed(one, node, known) for one in pieces]
    if node.operator == Operator.BETWEEN:
        return [_typed(one, node, known) for one in values]
    return _typed(values[0] if values else "", node, known)


def _typed(text: str, node: Draft, known: SegmentField | None) -> object:
    if is_flag(known, node.operator):
        return text != "no"
    if node.operator in RELATIVE or is_number(known):
        return _number(text)
    return text


def is_flag(known: SegmentField | None, operator: str) -> bool:
    """True where the value is yes or no."""
    boolean = isinstance(known, ValueField | ManyField) and known.kind is FieldKind.BOOLEAN
    return operator == Operator.KNOWN or boolean or isinstance(known, HasField)


def is_number(known: SegmentField | None) -> bool:
    """True where the value is a number (counts and ages too)."""
    if isinstance(known, ValueField | ManyField):
        return known.kind in (FieldKind.NUMBER, FieldKind.AGE)
    return known is not None and not isinstance(known, HasField)


def _number(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def from_raw(raw: Mapping[str, Any]) -> Draft:
    """The draft of a condition in its JSON form (checked before)."""
    node = _from_node(raw.get("where", raw), negated=False)
    if not node.is_group:
        node = Draft(joiner="all", parts=[node])
    return placed(node)


def _from_node(raw: Mapping[str, Any], *, negated: bool) -> Draft:
    if "not" in raw:
        return _from_node(raw["not"], negated=not negated)
    for joiner in ("all", "any"):
        if joiner in raw:
            parts = [_from_node(part, negated=False) for part in raw[joiner]]
            return Draft(joiner=joiner, parts=parts, negated=negated)
    if "everyone" in raw:
        return Draft(joiner="all", negated=negated)
    parameters = {name: _text(value) for name, value in raw.get("with", {}).items()}
    return Draft(
        field=raw["field"], operator=raw["op"], values=_texts(raw["value"]), parameters=parameters, negated=negated
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_text(one) for one in value]
    return [_text(value)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
