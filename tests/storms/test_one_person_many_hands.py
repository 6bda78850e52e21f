"""Whoever changes calls and enrollments of the same people at once waits: PostgreSQL never has to end one of them.

The order of locks: people first, in id order, then anything of theirs. Who claims with SKIP LOCKED skips busy people.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError

from beckon.campaigns.actions import advance_due, stop_enrollments
from beckon.campaigns.models import Enrollment
from beckon.campaigns.rounds import run_round
from beckon.campaigns.tests.scene import install, launch, make_desk, make_people, make_senders
from beckon.consent.actions import OptOut, record_opt_out
from beckon.core.actors import SYSTEM, simulated_agent
from beckon.core.tenancy import org_scope
from beckon.desk.actions import dispose, take_next
from beckon.desk.models import CallQueue, CallTask, TaskStatus
from beckon.desk.values import Outcome
from beckon.scheduling.actions import NewAppointment, book
from beckon.scheduling.tests.samples import make_clinician, make_visit_type

pytestmark = pytest.mark.storm
ROUNDS, TOGETHER = 8, 25
AGENT, OTHER = simulated_agent("dana"), simulated_agent("lee")


class Hands:
    """What can be done to the people of one round, each in one transaction."""

    def __init__(self, organization: Any, now: datetime) -> None:
        self.organization, self.now = organization, now
        with org_scope(organization):
            self.clinicians = [make_clinician().pk for _ in range(TOGETHER)]
            self.visit = make_visit_type().pk
            self.queue = CallQueue.objects.get(name="outreach").pk

    def disposing(self, people: list[int]) -> None:
        tasks = CallTask.objects.filter(person_id__in=people).exclude(status=TaskStatus.CLOSED).order_by("pk")
        said = [
            Outcome(f"f{t.pk}", AGENT, "NOANS" if t.pk % 2 else "LOST", self.now, task_id=t.pk, number_id=t.number_id)
            for t in tasks
        ]
        dispose(said, by=AGENT, now=self.now)

    def booking(self, people: list[int]) -> None:
        day = self.now + timedelta(days=1 + people[0] % 3)
        pairs = zip(people, self.clinicians, strict=True)
        book([NewAppointment(p, c, self.visit, day) for p, c in pairs], by=OTHER, now=self.now)

    def advancing(self, people: list[int]) -> None:
        advance_due(now=self.now, limit=TOGETHER)

    def stopping(self, people: list[int]) -> None:
        ids = list(Enrollment.objects.filter(person_id__in=people).values_list("pk", flat=True))
        stop_enrollments(ids, by=SYSTEM, now=self.now)

    def opting_out(self, people: list[int]) -> None:
        record_opt_out([OptOut("texted STOP", person_id=p) for p in reversed(people)], by=SYSTEM, now=self.now)

    def serving(self, people: list[int]) -> None:
        take_next(OTHER, [self.queue], by=OTHER, now=self.now, limit=5)


KINDS = ("disposing", "booking", "advancing", "stopping", "opting_out", "serving")


@pytest.fixture
def scene(committed_org: Any, now: datetime) -> tuple[Hands, list[list[int]]]:
    """People of whom everybody is to be called, in groups; each enrollment's call has waited until now."""
    with org_scope(committed_org):
        make_senders()
        make_desk(now)
        people = make_people(now, ROUNDS * TOGETHER)
        launch(install("no-encounter", now), now)
    for day in range(40):
        run_round(committed_org, now=now + timedelta(days=day))
        with org_scope(committed_org):
            if CallTask.objects.count() == len(people):
                break
    later = now + timedelta(days=day)
    with org_scope(committed_org):
        assert CallTask.objects.exclude(status=TaskStatus.CLOSED).count() == len(people)
        Enrollment.objects.update(due_at=later)
        CallTask.objects.update(due_at=later)
    return Hands(committed_org, later), [people[n : n + TOGETHER] for n in range(0, len(people), TOGETHER)]


def together(hands: Hands, people: list[int], *kinds: str) -> list[str]:
    """Do all of it at once; returns who was ended by the database."""
    barrier = threading.Barrier(len(kinds))

    def one(kind: str) -> str:
        act: Callable[[list[int]], None] = getattr(hands, kind)
        try:
            with org_scope(hands.organization):
                barrier.wait()
                act(people)
        except OperationalError as error:
            if "deadlock" not in str(error):
                raise
            return f"{kind}: {' '.join(str(error).split())}"
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(kinds)) as pool:
        return [kind for kind in pool.map(one, kinds) if kind]


@pytest.mark.parametrize("pair", list(combinations(KINDS, 2)), ids="-".join)
def test_two_at_work_on_the_same_people_never_end_each_other(
    scene: tuple[Hands, list[list[int]]], pair: tuple[str, str]
) -> None:
    hands, groups = scene
    assert [ended for people in groups for ended in together(hands, people, *pair)] == []


def test_all_at_once_end_nobody_and_every_task_and_enrollment_keeps_its_reason(
    scene: tuple[Hands, list[list[int]]],
) -> None:
    hands, groups = scene
    assert [ended for people in groups for ended in together(hands, people, *KINDS)] == []
    with org_scope(hands.organization):
        for enrollment in Enrollment.objects.exclude(left_at=None):
            assert enrollment.left_reason
            running = CallTask.objects.filter(enrollment_id=enrollment.pk).exclude(status=TaskStatus.CLOSED)
            assert not running.filter(status=TaskStatus.OPEN).exists()
