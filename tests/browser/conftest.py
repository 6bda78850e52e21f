"""A real site for a real browser: a sample practice after four weeks, served by `beckon web`, and Debian's Chromium.

They run in a pytest of their own (`make test`): one site, one event loop. Without Chromium they are skipped, aloud.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.pages import Visitor

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STARTS = date(2026, 8, 17)
ZONE = "America/New_York"
PEOPLE = 150
SERVERS_HASHER = "django.contrib.auth.hashers.ScryptPasswordHasher"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium here: apt-get install chromium"))


@dataclass
class Site:
    """A running site. `slug`: the practice with people; `other`: one without; `password`: everybody's."""

    url: str
    slug: str
    other: str
    password: str
    organization: Any
    campaign_id: int
    folder: Path
    environment: Mapping[str, str]


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of this run; its practice is dropped at the end."""
    folder = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock():
        organization, campaign_id = _sample_practice(folder)
        port = _free_port()
        environment = _environment(port, folder)
        server = _start(["web", "--port", str(port)], environment, folder / "web.log")
        try:
            _wait_for(f"http://localhost:{port}/healthz", server, folder)
            from beckon.ops.sample_staff import PASSWORD, SECOND_SLUG

            yield Site(
                f"http://localhost:{port}", organization.slug, SECOND_SLUG, PASSWORD, organization, campaign_id,
                folder, environment,
            )  # fmt: skip
        finally:
            server.terminate()
            server.wait(20)
            _forget(organization)


def _sample_practice(folder: Path) -> tuple[Any, int]:
    from beckon.campaigns.defaults import install_defaults
    from beckon.core.actors import SYSTEM
    from beckon.core.models import OrganizationKind
    from beckon.core.organizations import create_organization
    from beckon.core.tenancy import org_scope
    from beckon.lab.campaign import Plan, launch_in_sandbox
    from beckon.lab.clockwork import run_days
    from beckon.lab.intake import take_in
    from beckon.lab.population import default_population
    from beckon.lab.practice import set_up_practice
    from beckon.lab.sample.demo import SAMPLE
    from beckon.lab.sample.living import begin_a_day
    from beckon.lab.world import World, agents_named, load_people
    from beckon.ops.sample_staff import make_sample_staff

    sample = folder / "people.csv"
    sample.write_bytes(b"".join(SAMPLE.read_bytes().splitlines(keepends=True)[: PEOPLE + 1]))
    clock_at = datetime(STARTS.year, STARTS.month, STARTS.day, 7, tzinfo=ZoneInfo(ZONE))
    organization = create_organization(
        slug="browser", name="Browser Sample Practice", kind=OrganizationKind.SANDBOX, time_zone=ZONE,
        clock_at=clock_at, seed=11,
    )  # fmt: skip
    population = default_population()
    with org_scope(organization):
        install_defaults(by=SYSTEM, now=clock_at, signed_off_by="Sample Manager")
    consent = "sms=written,voicemail=written"
    take_in(sample, organization, source="Prospects", consent=consent, now=clock_at)
    with org_scope(organization):
        practice = set_up_practice(organization, population, clinicians=2)
        world = World(organization, practice, population, agents_named(1))
        load_people(world)
        plan = Plan("Outreach", "community-outreach", clock_at + timedelta(hours=1), days_to_enrol=5)
        campaign = launch_in_sandbox(world, plan, now=clock_at + timedelta(minutes=30))
    run_days(world, first=STARTS, days=4 * 7)
    begin_a_day(world)
    from beckon.core.clock import set_speed

    with org_scope(organization):
        set_speed(organization, 0)
    with override_settings(PASSWORD_HASHERS=[SERVERS_HASHER]):  # the server knows no other
        make_sample_staff(organization)
    return organization, campaign.pk


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(port: int, folder: Path) -> dict[str, str]:
    """What a process of this site is told: the run's database, a home of its own."""
    from django.conf import settings

    def url(alias: str) -> str:
        found = settings.DATABASES[alias]
        secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
        return f"postgresql://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"

    return {
        **os.environ,
        "BECKON_HOME": str(folder),
        "BECKON_DATABASE_URL": url("default"),
        "BECKON_DATABASE_ADMIN_URL": url("admin"),
        "BECKON_SECRET_KEY": settings.SECRET_KEY,
        "BECKON_BASE_URL": f"http://localhost:{port}",
    }


def _start(words: list[str], environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as out:
        command = [sys.executable, "-m", "beckon.ops.cli", *words]
        return subprocess.Popen(command, env=dict(environment), stdout=out, stderr=out, stdin=subprocess.DEVNULL)


def _wait_for(url: str, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own server
                return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"the site did not start:\n{(folder / 'web.log').read_text()[-2000:]}")


def _forget(organization: Any) -> None:
    from django.db import connections

    from beckon.core.models import Organization
    from beckon.core.organizations import drop_organization
    from beckon.ops.sample_staff import SECOND_SLUG

    for found in Organization.objects.filter(slug__in=[organization.slug, SECOND_SLUG]):
        drop_organization(found)
    connections.close_all()


@pytest.fixture
def worker(site: Site) -> Iterator[None]:
    """A worker that does the site's jobs while the test runs."""
    process = _start(["worker"], site.environment, site.folder / "worker.log")
    yield
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def inside(site: Site, django_db_blocker: Any) -> Callable[[], AbstractContextManager[Any]]:
    """with inside(): the tables of the site's practice, in one transaction that is committed."""
    from beckon.core.tenancy import org_scope

    @contextmanager
    def scope() -> Iterator[Any]:
        with django_db_blocker.unblock(), org_scope(site.organization) as organization:
            yield organization

    return scope


@pytest.fixture(scope="session")
def chromium(site: Site) -> Iterator[Browser]:
    """The browser. The site is made first: Django refuses queries once Playwright's loop runs in this thread."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update"]
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Any]:
    """visit("manager", width=390, language="es", theme="dark"): a visitor of that role with a browser of their own.

    Instead of a role the e-mail of somebody in particular; without one, nobody is logged in.
    """
    opened: list[tuple[BrowserContext, Visitor]] = []

    def come(role: str = "", *, width: int = 1280, language: str = "en", theme: str = "light") -> Visitor:
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="en-US")
        context.add_cookies([
            {"name": "django_language", "value": language, "url": site.url},
            {"name": "theme", "value": theme, "url": site.url},
        ])  # fmt: skip
        page: Page = context.new_page()
        visitor = Visitor(page, site.url, site.slug)
        opened.append((context, visitor))
        if role:
            visitor.log_in(role if "@" in role else f"{role}@example.org", site.password)
        return visitor

    yield come
    for context, visitor in opened:
        complaints = visitor.complaints
        context.close()
        assert complaints == [], complaints
