"""`next_call`: how long an agent waits for the next person, 200 at once in four processes."""

import statistics
import time
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

from django.db import connection

from beckon.core.actors import SYSTEM
from beckon.core.tenancy import org_scope
from beckon.desk.actions import get_queue, open_tasks
from beckon.desk.values import NewTask
from beckon.ops.bench.bare import connect_as_owner, settle
from beckon.ops.bench.children import child, wait_ready, work_together
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import CALL_DAY
from beckon.ops.bench.scene import SCRIPT, ensure_consent, ensure_people, ensure_practice, parts, people_with
from beckon.ops.bench.values import BenchFailed, Figures

QUEUE = "Bench"
MOST = 200_000
AGENTS, PROCESSES = 200, 4
ROUNDS, PAUSE = 3, 20.0
"""Each agent asks three times, every twenty seconds: seven times as often as 200 calls in an eight-hour day."""
_SMALL = 5_000
_LOOK_UPS = 1_000


def prepare(bench: Bench) -> None:
    """A list of people to be called, worth more and less."""
    ensure_people(bench)
    ensure_consent(bench)
    with org_scope(bench.organization):
        ensure_practice(bench)
        queue_id = get_queue(QUEUE).pk
        people = people_with("n.kind = 'phone' AND n.dead_at IS NULL", MOST)
    bench.tell(f"putting {len(people):,} people on a call list")
    for part in parts(people):
        tasks = [
            NewTask(person, queue_id, CALL_DAY, script_key=SCRIPT, value=person * 7919 % 50 * 100) for person in part
        ]
        with org_scope(bench.organization):
            open_tasks(tasks, by=SYSTEM, now=CALL_DAY)
    settle(bench.organization)


def measure(bench: Bench) -> Figures:
    """p95 in ms over all agents; nobody may have been shown to two of them."""
    with org_scope(bench.organization):
        queue_id = get_queue(QUEUE).pk
    is_small = bench.people < _SMALL
    agents = max(PROCESSES, min(AGENTS, bench.people // 50))
    rounds, pause = (2, 1.0) if is_small else (ROUNDS, PAUSE)
    limit = _limit(bench, queue_id)
    bounds = [agents * n // PROCESSES for n in range(PROCESSES + 1)]
    with ExitStack() as stack:
        floors = [
            stack.enter_context(
                child("beckon.ops.bench.agents", bench.organization.slug, queue_id, first, last, rounds, pause)
            )
            for first, last in pairwise(bounds)
        ]
        wait_ready(floors)
        with bench.timing():
            told = work_together(floors)
    return _figures(told, limit, agents)


def _figures(told: list[dict[str, Any]], limit: float, agents: int) -> Figures:
    people = [person for one in told for person in one["people"]]
    if len(people) != len(set(people)):
        raise BenchFailed(f"{len(people) - len(set(people))} people were shown to two agents")
    empty = sum(one["empty"] for one in told)
    if empty:
        raise BenchFailed(f"{empty} of {empty + len(people)} times nobody was served although people wait")
    waits = [wait for one in told for wait in one["waits"]]
    work = [spent for one in told for spent in one["work"]]
    note = f"{agents} agents asked {len(waits):,} times, median {statistics.median(waits):.0f} ms, none shared"
    alone = f"p95 without waiting for the process to be free {_p95(work):.0f} ms"
    return Figures(_p95(waits), limit, (note, alone))


def _p95(values: list[float]) -> float:
    return sorted(values)[round(0.95 * (len(values) - 1))]


def _limit(bench: Bench, queue_id: int) -> float:
    """p95 of fetching and locking the first ready task of the fullest place, alone on the machine."""
    with org_scope(bench.organization), connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, count(*) FROM desk_calltask WHERE queue_id = %s AND is_ready GROUP BY place"
            " ORDER BY count(*) DESC, place LIMIT 1",
            [queue_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise BenchFailed("nobody is on the call list")
    look_up = f"""
        SELECT id FROM desk_calltask
         WHERE queue_id = {queue_id} AND place = {row[0]} AND status = 'open' AND is_ready AND callback_at IS NULL
         ORDER BY value DESC, attempts, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"""
    times = []
    with connect_as_owner(bench.organization) as owner:
        for _ in range(_LOOK_UPS):
            began = time.perf_counter()
            owner.execute(look_up.encode())
            times.append(1000 * (time.perf_counter() - began))
    return _p95(times)
