"""`page`: how long the server takes for the main pages, asked one after the other as one person clicks."""

import http.client
import secrets
import socket
import time
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from beckon.campaigns.models import Campaign
from beckon.core.actors import SYSTEM
from beckon.core.models import Membership, Role, User
from beckon.core.tenancy import org_scope
from beckon.ops.bench.children import child
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import ADVANCE_DAY
from beckon.ops.bench.measures import advance
from beckon.ops.bench.measures.segment_count import CONDITION
from beckon.ops.bench.values import BenchFailed, Figures
from beckon.people.models import Person
from beckon.segments.actions import save_segment
from beckon.segments.conditions import parse_definition

REPEATS = 20
SEGMENT = "Bench"
_PATIENCE = 60.0


@dataclass(frozen=True)
class _Site:
    port: int
    cookie: str
    slug: str


def prepare(bench: Bench) -> None:
    """People, a running campaign among them, a saved segment, and somebody who may see everything."""
    with org_scope(bench.organization):
        has_campaign = Campaign.objects.exists()
    if not has_campaign:
        advance.prepare(bench)
    with org_scope(bench.organization):
        save_segment(name=SEGMENT, definition=parse_definition(CONDITION), by=SYSTEM, now=ADVANCE_DAY)


def measure(bench: Bench) -> Figures:
    """p95 in ms over all main pages together; the slowest page is named. The limit is a page that asks nothing."""
    port = _free_port()
    with Visitor(bench) as cookie, child("beckon.ops.cli", "web", "--port", port, own_group=True):
        site = _Site(port, cookie, bench.organization.slug)
        _wait(site)
        pages = _pages(bench)
        times: dict[str, list[float]] = {}
        for path in pages.values():
            _ask(site, path)
        with bench.timing():
            for _ in range(REPEATS):
                for name, path in pages.items():
                    times.setdefault(name, []).append(_ask(site, path))
        bench.tell("measuring the limit")
        limit = _p95([_ask(site, "/gallery/") for _ in range(5 * REPEATS)])
    slowest = sorted(times, key=lambda name: -_p95(times[name]))[:4]
    every = [one for page in times.values() for one in page]
    notes = ", ".join(f"{name} {_p95(times[name]):.0f} ms" for name in slowest)
    return Figures(_p95(every), limit, (f"{len(pages)} pages, slowest by p95: {notes}",))


def _pages(bench: Bench) -> dict[str, str]:
    start = f"/o/{bench.organization.slug}/"
    with org_scope(bench.organization):
        campaign_id = Campaign.objects.order_by("-id").values_list("pk", flat=True)[0]
        person = Person.objects.filter(merged_into=None).exclude(family_name="").order_by("-id")[0]
    name = person.family_name.lower()[:4]
    paths = {
        "home": "", "people": "people/", "search": f"people/?q={quote(name)}", "person": f"people/{person.pk}/",
        "segments": "segments/", "segment builder": "segments/new/", "playbooks": "playbooks/",
        "campaigns": "campaigns/", "live campaign": f"campaigns/{campaign_id}/", "desk": "desk/", "reports": "reports/",
        "imports": "import/", "settings": "settings/", "audit": "audit/",
    }  # fmt: skip
    return {page: start + path for page, path in paths.items()}


class Visitor:
    """A user with a session, for as long as the block lasts; the value is the cookie."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def __enter__(self) -> str:
        self.user = User.objects.create_user(f"bench-{secrets.token_hex(6)}@example.org", secrets.token_urlsafe(20))
        Membership.objects.create(user=self.user, organization=self.bench.organization, role=Role.ADMINISTRATOR)
        self.session = SessionStore()
        self.session[SESSION_KEY] = str(self.user.pk)
        self.session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        self.session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        self.session.save()
        return f"{settings.SESSION_COOKIE_NAME}={self.session.session_key}"

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
            _ask(site, "/gallery/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise BenchFailed("the pages' server did not start")


def _ask(site: _Site, path: str) -> float:
    """ms until the whole page has arrived. Raises BenchFailed for anything but a page."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("localhost", site.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": site.cookie})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise BenchFailed(f"{path.rsplit('/', 2)[-2] or path} answered {answer.status}")
    return 1000 * (time.perf_counter() - began)


def _p95(values: list[float]) -> float:
    return sorted(values)[round(0.95 * (len(values) - 1))]
