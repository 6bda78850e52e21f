"""Random weeks at a desk: nobody is lost, tried too often or too soon, or with two agents."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beckon.core.actors import SYSTEM
from beckon.core.tenancy import org_scope
from beckon.desk.actions import dispose, get_queue, take_next, undo_last
from beckon.desk.models import Call, CallTask
from beckon.desk.tests.samples import DANA, LEE, make_person, make_tasks, outcome
from beckon.desk.timing import Moment
from beckon.desk.values import Disposed
from beckon.people.models import Person

CODES = ("NOANS", "LVM", "CBACK", "UNAVLBL", "HUNG_UP", "WNUM", "DCONN", "LOST", "DNC", "DECEASED", "NOT_NOW")
STEPS = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from([1, 5, 24, 168]), st.booleans()), min_size=1, max_size=12
)


class _RolledBackError(Exception):
    """Ends an example without keeping its rows."""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_agents_do_every_task_is_due_or_closed_and_nobody_is_tried_twice_a_week(org, steps) -> None:
    try:
        with org_scope(org):
            _weeks(steps)
            raise _RolledBackError
    except _RolledBackError:
        pass


def _weeks(steps: list[tuple[str, int, bool]]) -> None:
    now = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
    people = [make_person(now, n, phones=2) for n in range(3)]
    make_tasks(now, [*people, people[0]])
    queue = get_queue("calls").pk
    for number, (code, hours, undoes) in enumerate(steps):
        served = take_next([DANA, LEE], [queue], by=SYSTEM, now=now)
        assert len({s.person_id for s in served}) == len(served)
        for s in served:
            details = {"callback": Moment(clock=time(15, 30))} if code == "CBACK" else {}
            answer = dispose([outcome(s, code, f"{number}-{s.task_id}", now, **details)], by=s.agent, now=now)[0]
            assert isinstance(answer, Disposed), answer
            if undoes and s.agent == DANA:
                undo_last(DANA, by=DANA, now=now)
        _check()
        now += timedelta(hours=hours)


def _check() -> None:
    for task in CallTask.objects.all():
        assert task.attempts <= task.max_attempts
        assert (task.status == "closed") == bool(task.closed_reason)
        assert task.status == "closed" or task.due_at is not None
    for person in Person.objects.all():
        tries = list(
            Call.objects.filter(person_id=person.pk, undone_at=None, counted=True)
            .order_by("started_at")
            .values_list("started_at", flat=True)
        )
        assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(tries))
        assert person.call_attempts == Call.objects.filter(person_id=person.pk, undone_at=None).count()
