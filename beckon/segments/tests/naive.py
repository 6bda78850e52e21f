"""The meaning of a segment in the plainest Python: one person at a time, straight from the JSON. The tests' oracle."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from beckon.segments.tests.sample_fields import LADDER


@dataclass
class Someone:
    """A person as the oracle sees them."""

    id: int
    family: str
    sex: str
    consent: str
    tries: int
    hour: int | None
    do_not_contact: bool
    last_visit: datetime | None
    next_visit: datetime | None
    born: date | None
    contacts: list[datetime]
    retired: bool
    merged: bool
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    events: list[tuple[str, datetime]] = field(default_factory=list)


def inside(document: dict[str, Any], one: Someone, now: datetime) -> bool:
    """Whether the person is in the segment."""
    if one.merged or (one.retired and not document.get("include_retired")):
        return False
    return holds(document["where"], one, now)


def holds(node: dict[str, Any], one: Someone, now: datetime) -> bool:
    """Whether a condition holds."""
    if "all" in node:
        return all(holds(part, one, now) for part in node["all"])
    if "any" in node:
        return any(holds(part, one, now) for part in node["any"])
    if "not" in node:
        return not holds(node["not"], one, now)
    if "everyone" in node:
        return True
    return _clause(node, one, now)


def _clause(node: dict[str, Any], one: Someone, now: datetime) -> bool:
    op, wanted = node["op"], node["value"]
    if op == "is_not":
        return not _clause({**node, "op": "is"}, one, now)
    if op == "none_of":
        return not _clause({**node, "op": "one_of"}, one, now)
    values = [value for value in _values(node, one, now) if value is not None and value != ""]
    if op == "known":
        return bool(values) is wanted
    if node["field"] == "consent":
        ranks = [LADDER.index(value) for value in values]
        if op in ("at_least", "at_most"):
            return any(_compare(op, rank, LADDER.index(wanted), now) for rank in ranks)
    return any(_compare(op, value, wanted, now) for value in values)


def _values(node: dict[str, Any], one: Someone, now: datetime) -> list[Any]:
    asked = node.get("with", {})

    def in_window(at: datetime) -> bool:
        if "last_days" in asked and not now - timedelta(days=asked["last_days"]) <= at <= now:
            return False
        return not ("next_days" in asked and not now <= at <= now + timedelta(days=asked["next_days"]))

    match node["field"]:
        case "late":
            return [None if one.hour is None else one.hour >= 12]
        case "age":
            return [None if one.born is None else _age(one.born, now.astimezone(UTC).date())]
        case "identifier":
            return [value for system, value in one.identifiers if system == asked["system"]]
        case "event_time":
            return [at for _, at in one.events if in_window(at)]
        case "any_event":
            return [any(in_window(at) for _, at in one.events)]
        case "events":
            return [sum(kind == asked["kind"] and in_window(at) for kind, at in one.events)]
        case "contacts":
            return [sum(in_window(at) for at in one.contacts)]
        case name:
            return [getattr(one, name)]


def _age(born: date, today: date) -> int:
    years = today.year - born.year
    if (today.month, today.day) < (born.month, born.day):
        years -= 1
    return years


def _compare(op: str, value: Any, wanted: Any, now: datetime) -> bool:
    if op in ("before", "on_or_after"):
        limit: Any = date.fromisoformat(wanted)
        if isinstance(value, datetime):
            limit = datetime(limit.year, limit.month, limit.day, tzinfo=UTC)
        return bool((value < limit) is (op == "before"))
    if op in _RELATIVE:
        present: Any = now if isinstance(value, datetime) else now.astimezone(UTC).date()
        return bool(_RELATIVE[op](value, present, timedelta(days=wanted)))
    return bool(_PLAIN[op](value, wanted))


_RELATIVE: dict[str, Callable[[Any, Any, timedelta], bool]] = {
    "more_than_ago": lambda value, present, span: value < present - span,
    "within_last": lambda value, present, span: present - span <= value <= present,
    "within_next": lambda value, present, span: present <= value <= present + span,
    "more_than_ahead": lambda value, present, span: value > present + span,
}
_PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, wanted: value == wanted,
    "one_of": lambda value, wanted: value in wanted,
    "starts_with": lambda value, wanted: value.startswith(wanted),
    "at_least": lambda value, wanted: value >= wanted,
    "at_most": lambda value, wanted: value <= wanted,
    "more_than": lambda value, wanted: value > wanted,
    "fewer_than": lambda value, wanted: value < wanted,
    "between": lambda value, wanted: wanted[0] <= value <= wanted[1],
}
