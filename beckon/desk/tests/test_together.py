"""Several agents at once, on rows that are really committed. Twenty processes: tests/storms/test_twenty_agents.py."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Event
from time import sleep

from django.db import connections

from beckon.core.actors import SYSTEM, simulated_agent
from beckon.core.tenancy import org_scope
from beckon.desk.actions import dispose, get_queue, take_next
from beckon.desk.models import Call, CallTask
from beckon.desk.tests.samples import make_person, make_tasks, outcome
from beckon.people.models import Person
from beckon.scheduling.actions import Booked, NewAppointment, book
from beckon.scheduling.models import Appointment
from beckon.scheduling.tests.samples import make_clinician, make_visit_type

AGENTS = 6


def at_once(work: Callable[[int], list[int]], agents: int = AGENTS) -> list[list[int]]:
    """Run `work` once per agent, each in a thread with connections of its own."""

    def one(n: int) -> list[int]:
        try:
            return work(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(agents) as pool:
        return list(pool.map(one, range(agents)))


def test_agents_asking_at_once_share_nobody_and_leave_nobody_out(committed_org, now) -> None:
    with org_scope(committed_org):
        people = [make_person(now, n) for n in range(30)]
        make_tasks(now, [*people, *people[:10]])
        queue = get_queue("calls").pk

    def work(n: int) -> list[int]:
        agent, mine = simulated_agent(f"a{n}"), []
        while True:
            with org_scope(committed_org):
                served = take_next(agent, [queue], by=agent, now=now)
            if not served:
                return mine
            mine.append(served[0].person_id)
            with org_scope(committed_org):
                done = outcome(served[0], "NOANS", f"{served[0].task_id}", now)
                dispose([done], by=agent, now=now)

    shown = [person for mine in at_once(work) for person in mine]
    assert sorted(shown) == sorted(p.pk for p in people)
    with org_scope(committed_org):
        assert Call.objects.count() == 30
        assert set(Person.objects.values_list("call_attempts", flat=True)) == {1}
        assert CallTask.objects.filter(status="leased").count() == 0
        assert CallTask.objects.filter(status="open", held_reason="").count() == 0


def test_who_asks_while_another_looks_through_a_short_list_is_served_too(committed_org, now) -> None:
    with org_scope(committed_org):
        make_tasks(now, [make_person(now, n) for n in range(2)])
        queue = get_queue("calls").pk
    looking, asking = Event(), Event()

    def work(n: int) -> list[int]:
        agent = simulated_agent(f"a{n}")
        if n:
            looking.wait(10)
            asking.set()
        with org_scope(committed_org):
            served = take_next(agent, [queue], by=agent, now=now)
            if not n:
                looking.set()
                asking.wait(10)
                sleep(0.03)  # the first still has both people locked while the second asks
            return [s.person_id for s in served]

    first, second = at_once(work, 2)
    assert len({*first, *second}) == 2


def test_agents_booking_at_once_never_sell_a_slot_twice(committed_org, now) -> None:
    with org_scope(committed_org):
        people = [make_person(now, n).pk for n in range(AGENTS * 12)]
        clinician, visit = make_clinician().pk, make_visit_type().pk
    day = now.replace(day=17, hour=14, minute=0)

    def work(n: int) -> list[int]:
        taken = []
        for k in range(12):
            minute = ((n * 5 + k * 7) % 16) * 10
            starts = day.replace(hour=14 + minute // 60, minute=minute % 60)
            with org_scope(committed_org):
                wish = NewAppointment(people[n * 12 + k], clinician, visit, starts)
                (answer,) = book([wish], by=SYSTEM, now=now)
            if isinstance(answer, Booked):
                taken.append(answer.appointment_id)
        return taken

    booked = [pk for mine in at_once(work) for pk in mine]
    with org_scope(committed_org):
        spans = list(Appointment.objects.order_by("starts_at").values_list("starts_at", "ends_at"))
    assert len(spans) == len(booked) >= 3
    assert all(ends <= starts for (_, ends), (starts, _) in pairwise(spans))
