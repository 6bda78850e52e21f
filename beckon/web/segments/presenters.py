"""A draft as the builder shows it: fields to choose from, comparisons in words, the right box for each value."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beckon.core.segment_registry import (
    FieldKind,
    Label,
    ManyField,
    ParameterKind,
    SegmentField,
    ValueField,
    all_fields,
    find_field,
)
from beckon.segments.checking import LAST_DAYS, NEXT_DAYS
from beckon.segments.operators import LISTS, RELATIVE, Operator, operators_of
from beckon.segments.wording import Language, in_language
from beckon.web import spoken
from beckon.web.segments.draft import Draft, is_flag, is_number, parameters_of

OPERATORS: dict[str, str | Promise] = {
    Operator.IS: _("is"),
    Operator.IS_NOT: _("is not"),
    Operator.ONE_OF: _("is one of"),
    Operator.NONE_OF: _("is none of"),
    Operator.STARTS_WITH: _("starts with"),
    Operator.AT_LEAST: _("is at least"),
    Operator.AT_MOST: _("is at most"),
    Operator.MORE_THAN: _("is more than"),
    Operator.FEWER_THAN: _("is fewer than"),
    Operator.BETWEEN: _("is from … to"),
    Operator.BEFORE: _("is before"),
    Operator.ON_OR_AFTER: _("is on or after"),
    Operator.MORE_THAN_AGO: _("was more than … days ago"),
    Operator.WITHIN_LAST: _("was within the last … days"),
    Operator.WITHIN_NEXT: _("is within the next … days"),
    Operator.MORE_THAN_AHEAD: _("is more than … days ahead"),
    Operator.KNOWN: _("is known"),
}


@dataclass(frozen=True)
class Option:
    """A line of a select."""

    value: str
    label: str | Promise
    is_chosen: bool


@dataclass(frozen=True)
class Box:
    """Where a value is typed or chosen: `kind` is choice, choices, flag, number, date or text."""

    name: str
    label: str | Promise
    kind: str
    value: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A node of the builder with everything its template needs."""

    draft: Draft
    fields: tuple[Option, ...] = ()
    operators: tuple[Option, ...] = ()
    boxes: tuple[Box, ...] = ()
    details: tuple[Box, ...] = ()
    problems: tuple[str, ...] = ()
    parts: tuple["Shown", ...] = ()
    is_root: bool = False
    is_deep: bool = False


@dataclass
class Problems:
    """What the check found, by place."""

    by_place: dict[str, list[str]] = field(default_factory=dict)

    def add(self, place: str, message: str) -> None:
        """Put a mistake to its place."""
        self.by_place.setdefault(place, []).append(message)


def language() -> Language:
    """The language of the page."""
    return Language(spoken.language()[:2])


def words(label: Label) -> str:
    """A label in the page's language, with a capital."""
    text = in_language(label, language())
    return text[:1].upper() + text[1:]


def shown(node: Draft, problems: Problems, *, depth: int = 0) -> Shown:
    """The node and what is below it."""
    told = tuple(problems.by_place.get(node.place, ()))
    if node.is_group:
        parts = tuple(shown(part, problems, depth=depth + 1) for part in node.parts)
        return Shown(node, problems=told, parts=parts, is_root=depth == 0, is_deep=depth >= 5)
    known = find_field(node.field)
    fields = tuple(
        sorted(
            (Option(one.name, words(one.label), one.name == node.field) for one in all_fields()),
            key=lambda option: str(option.label),
        )
    )
    if known is None:
        return Shown(node, fields=fields, problems=told)
    operators = tuple(Option(op.value, OPERATORS[op], op.value == node.operator) for op in operators_of(known))
    return Shown(
        node,
        fields=fields,
        operators=operators,
        boxes=_value_boxes(node, known),
        details=_detail_boxes(node, known),
        problems=told,
    )


def _value_boxes(node: Draft, known: SegmentField) -> tuple[Box, ...]:
    name = f"value:{node.place}"
    given = [*node.values, "", ""]
    if is_flag(known, node.operator):
        return (Box(name, _("Value"), "flag", given[0] or "yes", _flags(given[0] or "yes")),)
    if isinstance(known, ValueField | ManyField) and known.kind is FieldKind.CHOICE:
        options = tuple(Option(c.value, words(c.label), c.value in node.values) for c in known.choices)
        return (Box(name, _("Value"), "choices" if node.operator in LISTS else "choice", given[0], options),)
    if node.operator in RELATIVE:
        return (Box(name, _("Days"), "number", given[0]),)
    kind = "number" if is_number(known) else "text"
    if isinstance(known, ValueField | ManyField) and known.kind in (FieldKind.MOMENT, FieldKind.DATE):
        kind = "date"
    if node.operator == Operator.BETWEEN:
        return (Box(name, _("From"), kind, given[0]), Box(name, _("To"), kind, given[1]))
    if node.operator in LISTS:
        return (Box(name, _("Values, with commas between"), "text", ", ".join(node.values)),)
    return (Box(name, _("Value"), kind, given[0]),)


def _detail_boxes(node: Draft, known: SegmentField) -> tuple[Box, ...]:
    described = {parameter.name: parameter for parameter in known.parameters}
    found = []
    for one in parameters_of(known):
        name, value = f"with:{node.place}:{one}", node.parameters.get(one, "")
        if one in (LAST_DAYS, NEXT_DAYS):
            window = _("in the last … days") if one == LAST_DAYS else _("in the next … days")
            found.append(Box(name, window, "number", value))
            continue
        parameter = described[one]
        label = words(parameter.label)
        if parameter.kind is ParameterKind.CHOICE:
            nothing = () if parameter.required else (Option("", _("any"), not value),)
            options = tuple(Option(c.value, words(c.label), c.value == value) for c in parameter.choices)
            found.append(Box(name, label, "choice", value, (*nothing, *options)))
        elif parameter.kind is ParameterKind.BOOLEAN:
            found.append(Box(name, label, "choice", value, (Option("", _("any"), not value), *_flags(value))))
        else:
            found.append(Box(name, label, "number" if parameter.kind is ParameterKind.NUMBER else "text", value))
    return tuple(found)


def _flags(value: str) -> tuple[Option, ...]:
    return (Option("yes", _("yes"), value == "yes"), Option("no", _("no"), value == "no"))
