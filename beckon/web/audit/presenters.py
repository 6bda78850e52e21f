"""Entries of the audit record in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from beckon.core.audit.models import AuditEntry
from beckon.core.models import Role
from beckon.web.access import access_of
from beckon.web.audit.words import ACTIONS, OBJECTS, PAGES

FEW = 3


@dataclass(frozen=True)
class Thing:
    """An object of an entry: its name, and its page where it has one."""

    name: str
    url: str


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it. `more`: how many objects are not among `things`."""

    entry: AuditEntry
    who: str
    what: str
    things: tuple[Thing, ...]
    more: int
    is_erased: bool


def line_of(entry: AuditEntry, names: Mapping[int, str], slug: str, role: Role, *, most: int = FEW) -> Line:
    """One entry with its first few objects, linked where `role` may open them."""
    shown = entry.object_ids[:most]
    return Line(
        entry=entry,
        who=who(entry.actor, names),
        what=str(ACTIONS.get(entry.action, entry.action)),
        things=tuple(thing(entry.object_kind, number, names, slug, role) for number in shown),
        more=len(entry.object_ids) - len(shown),
        is_erased=entry.detail is None,
    )


def who(actor: str, names: Mapping[int, str]) -> str:
    """An actor in words."""
    kind, _colon, value = actor.partition(":")
    match kind:
        case "user":
            return names.get(int(value), actor) if value.isdecimal() else actor
        case "person":
            return gettext("Person %s themselves") % value
        case "agent":
            return gettext("Simulated agent %s") % value
        case "system":
            return "Beckon" if value == "beckon" else gettext("Command line")
        case _:
            return actor


def thing(kind: str, number: int, names: Mapping[int, str], slug: str, role: Role) -> Thing:
    """One object with its link, where it has a page that `role` may open."""
    name = names[number] if kind == "user" and number in names else f"{OBJECTS.get(kind, kind)} {number}"
    if role not in _openers(kind):
        return Thing(name, "")
    try:
        return Thing(name, reverse(PAGES[kind], args=[slug, number]))
    except NoReverseMatch:
        return Thing(name, "")


@cache
def _openers(kind: str) -> frozenset[Role]:
    """Who may open the pages of this kind of thing. To ask for each thing was half of the page."""
    try:
        return access_of(reverse(PAGES[kind], args=["practice", 1])).roles if kind in PAGES else frozenset()
    except NoReverseMatch:
        return frozenset()


def detail_lines(detail: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What changed, key by key; before and after side by side where the entry has both."""
    if not detail:
        return []
    before, after = detail.get("before"), detail.get("after")
    lines: list[tuple[str, str]] = []
    if isinstance(after, dict):
        old = before if isinstance(before, dict) else {}
        lines += [(key, f"{_text(old.get(key))} → {_text(value)}") for key, value in after.items()]
        detail = {key: value for key, value in detail.items() if key not in ("before", "after")}
    return lines + [(key, _text(value)) for key, value in detail.items()]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
