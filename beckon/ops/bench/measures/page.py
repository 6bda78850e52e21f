"""`page`: how long the server takes for the main pages, asked one after the other as one person clicks."""

import http.client
import json
import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from beckon.campaigns.drafts import start_draft
from beckon.campaigns.models import Campaign
from beckon.core.actors import SYSTEM
from beckon.core.models import Membership, Role, User
from beckon.core.tenancy import org_scope
from beckon.ops.bench.children import child
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import ADVANCE_DAY
from beckon.ops.bench.measures import advance
from beckon.ops.bench.measures.advance import NAME
from beckon.ops.bench.measures.segment_count import CONDITION
from beckon.ops.bench.values import BenchFailed, Figures
from beckon.people.models import Person
from beckon.segments.actions import save_segment
from beckon.segments.conditions import parse_definition

REPEATS = 20
SEGMENT, DRAFT = "Bench", "Bench draft"
ROLES = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AGENT, Role.SCHEDULER, Role.ANALYST, Role.AUDITOR)
_TOKEN = secrets.token_hex(16)
"""Any will do for a form that comes with the same in its cookie."""
_PATIENCE = 60.0


@dataclass(frozen=True)
class _Site:
    """Where the server is, and the cookies of its visitors."""

    port: int
    cookies: Mapping[Role, str]


@dataclass(frozen=True)
class _Page:
    """An address with who asks for it. `form`: what is posted. `is_part`: asked for by a page that stands already."""

    path: str
    role: Role = Role.ADMINISTRATOR
    form: str = ""
    is_part: bool = False


def prepare(bench: Bench) -> None:
    """People, a running campaign among them, a draft, a saved segment."""
    with org_scope(bench.organization):
        has_campaign = Campaign.objects.exists()
    if not has_campaign:
        advance.prepare(bench)
    with org_scope(bench.organization):
        save_segment(name=SEGMENT, definition=parse_definition(CONDITION), by=SYSTEM, now=ADVANCE_DAY)
        version = Campaign.objects.order_by("pk")[0].playbook
        start_draft(name=DRAFT, version=version, agents=4, starts_at=ADVANCE_DAY, by=SYSTEM, now=ADVANCE_DAY)


def measure(bench: Bench) -> Figures:
    """p95 in ms over all pages together; the slowest are named, and what follows the pages by itself. The limit is a
    page that asks nothing."""
    port = _free_port()
    with ExitStack() as stack:
        cookies = {role: stack.enter_context(Visitor(bench, role)) for role in ROLES}
        stack.enter_context(child("beckon.ops.cli", "web", "--port", port, own_group=True))
        site = _Site(port, cookies)
        _wait(site)
        pages, parts = _pages(bench), _parts(bench)
        times: dict[str, list[float]] = {}
        for page in pages.values():
            _ask(site, page)
        with bench.timing():
            for _ in range(REPEATS):
                for name, page in pages.items():
                    times.setdefault(name, []).append(_ask(site, page))
        following = {name: _ask(site, part) for name, part in parts.items()}
        bench.tell("measuring the limit")
        limit = _p95([_ask(site, _Page("/gallery/")) for _ in range(5 * REPEATS)])
    every = [one for page in times.values() for one in page]
    slowest = _slowest({name: _p95(took) for name, took in times.items()}, 6)
    return Figures(
        _p95(every),
        limit,
        (
            f"{len(pages)} pages, slowest by p95: {slowest}",
            f"what follows a page by itself, the first time: {_slowest(following, len(following))}",
        ),
    )


def _slowest(times: Mapping[str, float], most: int) -> str:
    return ", ".join(f"{name} {times[name]:.0f} ms" for name in sorted(times, key=lambda n: -times[n])[:most])


def _pages(bench: Bench) -> dict[str, _Page]:
    with org_scope(bench.organization):
        campaign, draft = _campaign(NAME), _campaign(DRAFT)
        person = Person.objects.filter(merged_into=None).exclude(family_name="").order_by("-id")[0]
    name = person.family_name.lower()[:4]
    paths = {
        "home": "", "people": "people/", "search": f"people/?q={quote(name)}", "filter": "people/?seen=over_365",
        "person": f"people/{person.pk}/", "consent": f"people/{person.pk}/consent/",
        "segments": "segments/", "segment builder": "segments/new/", "playbooks": "playbooks/",
        "campaigns": "campaigns/", "live campaign": f"campaigns/{campaign}/",
        "people in it": f"campaigns/{campaign}/who/",
        "its changes": f"campaigns/{campaign}/changes/", "launch, step 2": f"campaigns/{draft}/people/",
        "launch, step 4": f"campaigns/{draft}/check/", "desk": "desk/", "floor": "floor/", "inbox": "inbox/",
        "reports": "reports/", "imports": "import/", "settings": "settings/", "audit": "audit/",
        "audit, filtered": "audit/?action=call.served",
    }  # fmt: skip
    found = {page: _Page(f"/o/{bench.organization.slug}/{path}") for page, path in paths.items()}
    homes = {f"home of {role}": _Page(f"/o/{bench.organization.slug}/", role) for role in ROLES[1:]}
    return found | homes


def _parts(bench: Bench) -> dict[str, _Page]:
    """Figures over everybody, which the pages do not wait for."""
    with org_scope(bench.organization):
        campaign, draft = _campaign(NAME), _campaign(DRAFT)
    counted = urlencode({"definition": json.dumps(CONDITION)})
    paths = {
        "week": ("today/week/", ""), "number of people": ("people/count/", ""),
        "segment's number": ("segments/count/", counted), "live figures": (f"campaigns/{campaign}/", ""),
        "results": (f"campaigns/{campaign}/results/", ""), "report": ("reports/", ""),
        "reach": (f"campaigns/{draft}/people/reach/?people=everyone", ""),
        "forecast": (f"campaigns/{draft}/check/forecast/", ""),
    }  # fmt: skip
    start = f"/o/{bench.organization.slug}/"
    return {name: _Page(start + path, form=form, is_part=True) for name, (path, form) in paths.items()}


def _campaign(name: str) -> int:
    return Campaign.objects.filter(name=name).values_list("pk", flat=True)[0]


class Visitor:
    """A user with a session and a role, for as long as the block lasts; the value is the cookies."""

    def __init__(self, bench: Bench, role: Role) -> None:
        self.bench, self.role = bench, role

    def __enter__(self) -> str:
        self.user = User.objects.create_user(f"bench-{secrets.token_hex(6)}@example.org", secrets.token_urlsafe(20))
        Membership.objects.create(user=self.user, organization=self.bench.organization, role=self.role)
        self.session = SessionStore()
        self.session[SESSION_KEY] = str(self.user.pk)
        self.session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        self.session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        self.session.save()
        return f"{settings.SESSION_COOKIE_NAME}={self.session.session_key}; {settings.CSRF_COOKIE_NAME}={_TOKEN}"

    def __exit__(self, *error: object) -> None:
        self.session.delete()
        self.user.delete()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(site: _Site) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            _ask(site, _Page("/gallery/"))
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise BenchFailed("the pages' server did not start")


def _ask(site: _Site, page: _Page) -> float:
    """ms until the whole page has arrived. Raises BenchFailed for anything but a page."""
    headers = {"Cookie": site.cookies[page.role]}
    if page.is_part:
        headers |= {"HX-Request": "true"}
    if page.form:
        headers |= {"X-CSRFToken": _TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
    began = time.perf_counter()
    connection = http.client.HTTPConnection("localhost", site.port, timeout=120)
    try:
        connection.request("POST" if page.form else "GET", page.path, body=page.form or None, headers=headers)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise BenchFailed(f"{page.path.partition('/o/')[2].partition('/')[2] or page.path} answered {answer.status}")
    return 1000 * (time.perf_counter() - began)


def _p95(values: list[float]) -> float:
    return sorted(values)[round(0.95 * (len(values) - 1))]
