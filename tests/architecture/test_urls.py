"""Every address of the site says who may use it, and is opened here as every role and as a stranger."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from beckon.web.access import Access

NOT_OURS = ("accounts/", "static/")
"""allauth's own pages: signed-in or entrance, by its own decorators."""


def patterns(resolver: URLResolver | None = None, start: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route)
        else:
            yield route, pattern


def test_every_address_says_who_may_use_it() -> None:
    silent = [
        route
        for route, pattern in patterns()
        if not route.startswith(NOT_OURS) and not isinstance(getattr(pattern.callback, "access", None), Access)
    ]
    assert silent == []


def test_every_address_within_a_practice_asks_for_a_role_there() -> None:
    for route, pattern in patterns():
        access = getattr(pattern.callback, "access", None)
        if route.startswith("o/<slug:slug>/"):
            assert access.kind == "organization", route
            assert access.roles, route
        elif access:
            assert access.kind != "organization", route
