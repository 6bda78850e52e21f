"""Twenty processes ask, dispose and book at once; some are killed. Nobody is shared or lost, nothing overlaps."""

import json
import os
import subprocess
import sys
import textwrap
import time
from collections import Counter
from itertools import pairwise

import pytest
from django.conf import settings

from beckon import config
from beckon.core.tenancy import org_scope
from beckon.desk.actions import get_queue
from beckon.desk.models import Call, CallTask
from beckon.desk.tests.samples import make_person, make_tasks
from beckon.people.models import Person
from beckon.scheduling.models import Appointment
from beckon.scheduling.tests.samples import make_clinician, make_visit_type

pytestmark = pytest.mark.storm
PROCESSES = 20
PEOPLE = 300

AGENT = textwrap.dedent("""
    import json, os, random, sys
    from datetime import datetime, timedelta
    os.environ["DJANGO_SETTINGS_MODULE"] = "beckon.settings"
    import django
    django.setup()
    from django.conf import settings
    from django.db import connections
    database, slug, name, queue, clinician, visit, start, doomed = json.loads(sys.argv[1])
    for alias in ("default", "admin"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = database
    from beckon.core.actors import simulated_agent
    from beckon.core.tenancy import get_organization, org_scope
    from beckon.desk.actions import dispose, take_next
    from beckon.desk.rules import Details
    from beckon.desk.values import Outcome
    from beckon.scheduling.actions import Booked, NewAppointment, book
    now, me, luck = datetime.fromisoformat(start), simulated_agent(name), random.Random(name)
    organization = get_organization(slug)
    wall = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    shown = []
    while True:
        with org_scope(organization):
            served = take_next(me, [queue], by=me, now=now, wall_now=wall)
        if not served:
            break
        task, person = served[0].task_id, served[0].person_id
        shown.append(person)
        if doomed and len(shown) == 3:
            print(json.dumps(shown), flush=True)
            os.kill(os.getpid(), 9)
        code, details = "NOANS", Details()
        with org_scope(organization):
            if luck.random() < 0.5:
                at = now + timedelta(days=1, minutes=10 * luck.randrange(18))
                wish = NewAppointment(person, clinician, visit, at)
                answer = book([wish], by=me, now=now)[0]
                if isinstance(answer, Booked):
                    code, details = "DONE", Details(appointment_id=answer.appointment_id)
            dispose([Outcome(f"{name}:{task}", me, code, now, task_id=task, details=details)], by=me, now=now)
    print(json.dumps(shown), flush=True)
""")


def start_agent(slug: str, name: str, queue: int, clinician: int, visit: int, now: str, *, doomed: bool):
    """One agent in a process of their own, in this test's database."""
    given = json.dumps([settings.DATABASES["default"]["NAME"], slug, name, queue, clinician, visit, now, doomed])
    urls = {"BECKON_DATABASE_URL": _url(admin=False), "BECKON_DATABASE_ADMIN_URL": _url(admin=True)}
    environment = {**os.environ, **urls}
    return subprocess.Popen([sys.executable, "-c", AGENT, given], stdout=subprocess.PIPE, env=environment, text=True)


def _url(*, admin: bool) -> str:
    address = config.database_address(admin=admin)
    secret = f":{address.password}" if address.password else ""
    return f"postgresql://{address.user}{secret}@{address.host}:{address.port}/{address.name}"


def finished(processes) -> list[list[int]]:
    """What each process was shown; whoever has not ended after ten minutes is killed, and the test fails."""
    deadline = time.monotonic() + 600
    try:
        return [json.loads(p.communicate(timeout=max(1, deadline - time.monotonic()))[0] or "[]") for p in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_twenty_processes_share_nobody_lose_nobody_and_sell_no_slot_twice(committed_org, now) -> None:
    with org_scope(committed_org):
        people = [make_person(now, n) for n in range(PEOPLE)]
        make_tasks(now, [*people, *people[:60]])
        common = (get_queue("calls").pk, make_clinician().pk, make_visit_type().pk, now.isoformat())
    slug = committed_org.slug
    first = finished([start_agent(slug, f"a{n}", *common, doomed=n < 4) for n in range(PROCESSES)])
    shown = Counter(person for mine in first for person in mine)
    assert max(shown.values()) == 1
    with org_scope(committed_org):
        left = CallTask.objects.filter(status="leased").count()
        assert left == sum(1 for mine in first[:4] if len(mine) == 3)
        assert CallTask.objects.filter(status="leased").update(leased_until=now.replace(year=2025)) == left
    second = finished([start_agent(slug, f"b{n}", *common, doomed=False) for n in range(2)])
    again = Counter(person for mine in second for person in mine)
    assert sum(again.values()) == left
    assert set(shown) | set(again) == {p.pk for p in people}
    with org_scope(committed_org):
        assert Call.objects.count() == PEOPLE
        assert set(Person.objects.values_list("call_attempts", flat=True)) == {1}
        held = CallTask.objects.filter(status="open")
        assert held.count() + CallTask.objects.filter(status="closed").exclude(closed_reason="").count() == PEOPLE + 60
        assert held.filter(held_reason="").count() == 0
        spans = list(Appointment.objects.order_by("starts_at").values_list("starts_at", "ends_at"))
    assert spans
    assert all(ends <= starts for (_, ends), (starts, _) in pairwise(spans))
