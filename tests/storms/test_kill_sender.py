"""A sending process is killed again and again in mid-send: the vendor sees every reference at most once, ever."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from beckon.channels.models import Sender
from beckon.channels.testing.http_sink import Answer, HttpSink, SinkRequest
from beckon.core.actors import SYSTEM
from beckon.core.models import Organization, OrganizationKind
from beckon.core.organizations import create_organization, drop_organization
from beckon.core.tenancy import org_scope
from beckon.messaging.actions import queue_messages
from beckon.messaging.models import Message
from beckon.messaging.sending.dispatch import IN_FLIGHT, dispatch
from beckon.messaging.sending.mark import PART
from beckon.messaging.sending.settle import settle_unknown
from beckon.messaging.tests.samples import make_people, make_sender, texts

pytestmark = pytest.mark.storm
MESSAGES = 4_000
KILLS = 4
NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)

WORKER = textwrap.dedent("""
    import json, os, sys
    from datetime import datetime
    os.environ["DJANGO_SETTINGS_MODULE"], database, slug, sender, noon = json.loads(sys.argv[1])
    import django
    django.setup()
    from django.conf import settings
    from django.db import connections
    for alias in ("default", "admin"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = database
    from beckon.core.actors import SYSTEM
    from beckon.core.tenancy import get_organization
    from beckon.messaging.sending.dispatch import dispatch
    now = datetime.fromisoformat(noon)
    print("ready", flush=True)
    dispatch(get_organization(slug), sender, by=SYSTEM, clock=lambda: now, seconds=60)
    print("done", flush=True)
""")


class CountingVendor:
    """Counts requests by reference in a thread of its own, answers after a moment, and can be asked."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._sink = HttpSink(self._answer)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def _answer(self, request: SinkRequest) -> Answer:
        if request.method == "GET":
            return Answer(status=200, body=json.dumps({"status": "delivered"}).encode())
        reference = json.loads(request.body)["Ref"]
        self.seen[reference] += 1
        return Answer(body=json.dumps({"id": f"v-{reference}"}).encode(), delay=0.005)

    def __enter__(self) -> "CountingVendor":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._sink.start(), self._loop).result(10)
        return self

    def __exit__(self, *exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._sink.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return self._sink.url


@pytest.fixture
def live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Organization]:
    with django_db_blocker.unblock():
        organization = create_organization(
            slug=f"storm-{secrets.token_hex(4)}", name="Storm", kind=OrganizationKind.LIVE
        )
        try:
            yield organization
        finally:
            drop_organization(organization)
            connections.close_all()


def prepare(live: Organization, vendor: CountingVendor) -> Sender:
    config = {
        "url": f"{vendor.url}/send",
        "fields": {"To": "{to}", "Body": "{body}", "Ref": "{reference}"},
        "answer": {"id": "id"},
    }
    with org_scope(live):
        people, sender = make_people(MESSAGES, NOON), make_sender("http", config=config)
        queue_messages(texts(people, sender, NOON, expires_at=NOON + timedelta(days=1)), by=SYSTEM, now=NOON)
    return sender


def start_worker(live: Organization, sender: Sender) -> subprocess.Popen[str]:
    arguments = [
        os.environ["DJANGO_SETTINGS_MODULE"],
        settings.DATABASES["default"]["NAME"],
        live.slug,
        sender.pk,
        NOON.isoformat(),
    ]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, json.dumps(arguments)], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def let_the_lease_run_out(live: Organization) -> None:
    """A lease lasts 20 s on the wall clock; the test does not wait for it."""
    with org_scope(live):
        Sender.objects.update(dispatcher_until=datetime(2026, 1, 1, tzinfo=UTC))


def count(live: Organization, *statuses: str) -> int:
    with org_scope(live):
        return Message.objects.filter(status__in=statuses).count()


def test_kill_minus_nine_in_mid_send_never_sends_twice(live: Organization) -> None:
    with CountingVendor() as vendor:
        sender = prepare(live, vendor)
        for _ in range(KILLS):
            before = len(vendor.seen)
            worker = start_worker(live, sender)
            while len(vendor.seen) < before + 250 and worker.poll() is None:
                time.sleep(0.005)
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            assert worker.stdout is not None
            worker.stdout.close()
            assert count(live, "sending") <= IN_FLIGHT * PART
            let_the_lease_run_out(live)
        killed = count(live, "sending", "unknown")
        assert killed > 0, "no kill hit a message on its way; the storm proves nothing"
        dispatch(live, sender.pk, by=SYSTEM, clock=lambda: NOON, seconds=60)
        while settle_unknown(live, sender.pk, by=SYSTEM).delivered:
            pass
        assert max(vendor.seen.values()) == 1
        assert count(live, "queued", "sending") == 0
        with org_scope(live):
            for message in Message.objects.exclude(status="unknown"):
                assert message.status in ("sent", "delivered")
                assert vendor.seen[f"b{live.pk}-{message.pk}"] == 1
        assert count(live, "sent", "delivered", "unknown") == MESSAGES
