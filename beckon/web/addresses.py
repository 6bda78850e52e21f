"""Every address of the site with who may use it: read from the views' doors. For docs/pages.md and for the tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from beckon.core.models import Role
from beckon.web.access import Access

_REGEX_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Address:
    """One address: its route as Django has it, without anchors; its name; what the view says of itself."""

    route: str
    name: str
    access: Access | None
    summary: str

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Converter and name of each part that varies, in order: ("int", "pk"); "str" where none is stated."""
        found = re.findall(r"<(?:(\w+):)?(\w+)>", self.route)
        return tuple((kind or "str", name) for kind, name in found)


def addresses(resolver: URLResolver | None = None, start: str = "") -> Iterator[Address]:
    """Every address of the site, in the order in which they are tried."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield _address(route, pattern)


def _address(route: str, pattern: URLPattern) -> Address:
    access = getattr(pattern.callback, "access", None)
    said = (pattern.callback.__doc__ or "").strip().split("\n\n")[0]
    plain = _REGEX_GROUP.sub(r"<\1>", route).replace("^", "").replace("$", "")
    return Address(
        route="/" + plain,
        name=pattern.name or "",
        access=access if isinstance(access, Access) else None,
        summary=" ".join(said.split()),
    )


PLACE = Path(__file__).resolve().parents[2] / "docs" / "pages.md"
HEAD = """# Pages

Every address of the site and who may use it. Made by `python -m beckon.web.pages_table` from the views' own doors
(`beckon.web.access`); a test fails when this file is stale, and another opens every address as every role, as a member
of another practice and as nobody.

Within a practice (`/o/<slug>/`): administrator (Adm), manager (Man), supervisor (Sup), agent (Age), scheduler (Sch),
analyst (Ana: figures, never names), auditor (Aud: sees, never changes). Who is no member of the practice finds
nothing there (404); a member with another role is refused (403).

"""
ROLES = (
    (Role.ADMINISTRATOR, "Adm"),
    (Role.MANAGER, "Man"),
    (Role.SUPERVISOR, "Sup"),
    (Role.AGENT, "Age"),
    (Role.SCHEDULER, "Sch"),
    (Role.ANALYST, "Ana"),
    (Role.AUDITOR, "Aud"),
)
WIDE = 110


def table() -> str:
    """The whole file."""
    found = sorted(addresses(), key=lambda address: address.route)
    inside = [a for a in found if a.access is not None and a.access.kind == "organization"]
    outside = [a for a in found if a not in inside]
    names = " | ".join(short for _role, short in ROLES)
    lines = ["## Within a practice", "", f"| address | {names} | what |", f"|---|{'---|' * len(ROLES)}---|"]
    lines += [_inside(address) for address in inside]
    lines += ["", "## Outside of practices", "", "| address | who | what |", "|---|---|---|"]
    lines += [_outside(address) for address in outside]
    return HEAD + "\n".join(lines) + "\n"


def _inside(address: Address) -> str:
    assert address.access is not None
    marks = " | ".join("x" if role in address.access.roles else "" for role, _short in ROLES)
    return f"| `{address.route}` | {marks} | {_short(address.summary)} |"


def _outside(address: Address) -> str:
    kinds = {"public": "anybody", "signed-in": "who is signed in", "operator": "the operator of the installation"}
    who = kinds[address.access.kind] if address.access else "not said"
    return f"| `{address.route}` | {who} | {_short(address.summary)} |"


def _short(text: str) -> str:
    plain = text.replace("|", "/")
    return plain if len(plain) <= WIDE else plain[: WIDE - 3].rsplit(" ", 1)[0] + "..."
