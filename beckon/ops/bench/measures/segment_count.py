"""`segment_count`: how many people five conditions describe, as a manager sees it while typing."""

import statistics
import time
from collections.abc import Callable

from django.db import connection

from beckon.core.tenancy import org_scope
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import ADVANCE_DAY
from beckon.ops.bench.scene import ensure_people
from beckon.ops.bench.values import BenchFailed, Figures
from beckon.segments.conditions import parse_definition
from beckon.segments.queries import count

CONDITION = {
    "all": [
        {"field": "last_encounter", "op": "more_than_ago", "value": 365},
        {"field": "age", "op": "at_least", "value": 40},
        {"not": {"field": "next_appointment", "op": "within_next", "value": 28}},
        {"field": "contacts", "op": "fewer_than", "value": 3, "with": {"last_days": 90}},
        {"field": "do_not_contact", "op": "is", "value": False},
    ]
}
"""Fallen out of care, forty or older, nothing booked, not written to often, and willing to hear from us."""
REPEATS = 9


def prepare(bench: Bench) -> None:
    """People with statistics."""
    ensure_people(bench)


def measure(bench: Bench) -> Figures:
    """Medians of warm repeats, each in a transaction of its own."""
    definition = parse_definition(CONDITION)
    found = 0

    def counted() -> None:
        nonlocal found
        with org_scope(bench.organization):
            found = count(definition, now=ADVANCE_DAY).value

    with bench.timing():
        value = _median_ms(counted)
    bench.tell("measuring the limit")
    limit = _median_ms(lambda: _scan(bench))
    if found == 0:
        raise BenchFailed("the condition describes nobody: the people are not as expected")
    return Figures(value, limit, (f"{found:,} of {bench.people:,} are in",))


def _scan(bench: Bench) -> None:
    with org_scope(bench.organization), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute("SELECT count(*) FROM people_person")


def _median_ms(work: Callable[[], None]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)
