"""Every address of the site says who may use it, and is opened here as every role, as a stranger and as nobody."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beckon.core.models import Organization, Role, User
from beckon.core.tenancy import get_organization, org_scope
from beckon.web.addresses import PLACE, Address, addresses, table
from tests.architecture.site_world import make_members, make_world, path_of

ALL = list(addresses())
INSIDE = [address for address in ALL if address.route.startswith("/o/<slug:slug>/")]
OUTSIDE = [address for address in ALL if address not in INSIDE]
WRITTEN_BY_LOOKING = ("audit_auditentry", "django_session", "web_cache", "usersessions_usersession")
"""What a GET may write: the record of the look, and the session."""
MAY_WRITE: dict[str, str] = {
    "/o/<slug:slug>/campaigns/<int:pk>/check/forecast/": "the figures of a draft are kept as they are worked out",
}
"""Further addresses whose GET writes, each with its reason."""
LOOKS_ONLY = (Role.AUDITOR, Role.ANALYST)
"""Roles that change nothing, whatever they send."""


@pytest.fixture
def site(db: None) -> dict[Role, User]:
    """One of everything in the practice `test`, with a member of each role; rolled back afterwards."""
    practice = get_organization("test")
    with org_scope(practice):
        make_world()
    return make_members(practice)


def paths(found: list[Address]) -> list[tuple[Address, str]]:
    with org_scope(get_organization("test")):
        return [(address, path_of(address)) for address in found]


def browser_of(user: User | None) -> Client:
    """A browser in which the user is signed in."""
    browser = Client(raise_request_exception=False)
    if user is not None:
        browser.force_login(user)
    return browser


def ask(browser: Client, method: str, path: str) -> tuple[int, str]:
    """Status and where it leads; whatever it changed is taken back."""
    session = browser.cookies.get("sessionid")
    key = session.value if session is not None else None
    with transaction.atomic():
        answer: Any = getattr(browser, method)(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    if key is not None:
        browser.cookies["sessionid"] = key  # the log-off, if it was one, is taken back, too
    return answer.status_code, answer.headers.get("Location", "")


def test_every_address_says_who_may_use_it() -> None:
    assert [address.route for address in ALL if address.access is None] == []


def test_every_address_within_a_practice_asks_for_a_role_there() -> None:
    for address in INSIDE:
        assert address.access is not None
        assert address.access.kind == "organization", address.route
        assert address.access.roles, address.route
    assert [a.route for a in OUTSIDE if a.access is not None and a.access.kind == "organization"] == []


def test_the_table_of_pages_in_the_docs_is_fresh() -> None:
    assert PLACE.read_text(encoding="utf-8") == table(), "run `python -m beckon.web.pages_table`"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_role_opens_what_it_may_and_nothing_else(site: dict[Role, User], role: Role, method: str) -> None:
    wrong, browser = [], browser_of(site[role])
    for address, path in paths(INSIDE):
        assert address.access is not None
        with CaptureQueriesContext(connection) as seen:
            status, _to = ask(browser, method, path)
        if role in LOOKS_ONLY and written(seen):
            wrong.append(f"{method} {path} changed something")
        if role not in address.access.roles:
            fine = status == 403
        else:  # within its roles a view may still refuse to change something
            fine = status < 500 and (status != 403 or method == "post")
        if not fine:
            wrong.append(f"{method} {path}: {status}")
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_who_is_no_member_finds_nothing_in_a_practice(site: dict[Role, User], method: str) -> None:
    stranger = browser_of(User.objects.create_user("stranger@example.org", None))
    some = paths(INSIDE if method in ("get", "post") else INSIDE[::7])
    assert [p for _a, p in some if ask(stranger, method, p)[0] != 404] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_was_a_member_once_finds_nothing_any_more(site: dict[Role, User], method: str) -> None:
    browser = browser_of(site[Role.ADMINISTRATOR])
    site[Role.ADMINISTRATOR].memberships.update(ended_at="2026-11-01T00:00:00Z")
    assert [p for _a, p in paths(INSIDE)[::7] if ask(browser, method, p)[0] != 404] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_is_sent_to_the_log_in(site: dict[Role, User], method: str) -> None:
    wrong, browser = [], browser_of(None)
    for address, path in paths(ALL):
        assert address.access is not None
        if address.access.kind == "public":
            continue
        status, to = ask(browser, method, path)
        if status != 302 or not to.startswith("/accounts/login/"):
            wrong.append(f"{path}: {status} {to}")
    assert wrong == []


def test_the_operators_pages_are_the_operators_alone(site: dict[Role, User]) -> None:
    operator = User.objects.create_user("operator@example.org", None)
    User.objects.filter(pk=operator.pk).update(is_operator=True)
    for address, path in paths(OUTSIDE):
        if address.access is not None and address.access.kind == "operator":
            assert ask(browser_of(site[Role.ADMINISTRATOR]), "get", path)[0] == 403, path
            assert ask(browser_of(operator), "get", path)[0] in (200, 302, 404, 405), path


@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_outside_of_practices_do_not_break(site: dict[Role, User], method: str) -> None:
    browsers = [browser_of(None), browser_of(site[Role.AGENT])]
    for _address, path in paths(OUTSIDE):
        for browser in browsers:
            assert ask(browser, method, path)[0] < 500, path


def test_looking_changes_nothing_but_the_record(site: dict[Role, User]) -> None:
    wrong, browser = [], browser_of(site[Role.ADMINISTRATOR])
    for address, path in paths(ALL):
        if address.route in MAY_WRITE:
            continue
        with CaptureQueriesContext(connection) as seen:
            ask(browser, "get", path)
        wrong += [f"{path}: {text[:90]}" for text in written(seen)]
    assert wrong == []


def written(seen: CaptureQueriesContext) -> list[str]:
    """The statements that changed something else than what a look may write."""
    changes = [q["sql"] for q in seen.captured_queries if q["sql"].lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
    return [sql for sql in changes if not any(table in sql[:120] for table in WRITTEN_BY_LOOKING)]


def test_a_member_finds_nothing_in_another_practice(site: dict[Role, User]) -> None:
    Organization.objects.create(slug="other", schema_name="o_other", name="Other practice")
    browser = browser_of(site[Role.ADMINISTRATOR])
    elsewhere = [path.replace("/o/test/", "/o/other/") for _address, path in paths(INSIDE)[::5]]
    assert [path for path in elsewhere if ask(browser, "get", path)[0] != 404] == []
