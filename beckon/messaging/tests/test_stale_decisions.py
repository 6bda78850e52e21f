"""A permission that has waited is asked for again before anything leaves."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from beckon.consent.facts import Purpose
from beckon.consent.models import SuppressionKind
from beckon.consent.suppression import import_suppression_list
from beckon.core.actors import SYSTEM
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.messaging.actions import queue_messages
from beckon.messaging.models import Message
from beckon.messaging.sending import dispatch as dispatching
from beckon.messaging.sending.claim import decide_batch
from beckon.messaging.sending.dispatch import dispatch
from beckon.messaging.tests.fakes import RecordingCarrier
from beckon.messaging.tests.samples import make_people, make_sender, texts
from beckon.messaging.values import Dispatched
from beckon.people.models import Number, Person

CLOSING = datetime(2026, 11, 19, 2, 59, 59, tzinfo=UTC)
"""A second before 21:00 in Chicago."""
NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)


class Waiting:
    """A run whose first decision is followed by `pause`, during which `meanwhile` is committed by somebody else."""

    def __init__(self, live: Organization, monkeypatch: pytest.MonkeyPatch, start: datetime) -> None:
        self.live, self.now, self.start = live, start, start
        self.carrier = RecordingCarrier()
        self.monkeypatch = monkeypatch

    def queue(self, **more: Any) -> list[Person]:
        with org_scope(self.live):
            people, self.sender = make_people(5, self.start), make_sender("http")
            queue_messages(texts(people, self.sender, self.start, **more), by=SYSTEM, now=self.start)
        return people

    def run(self, pause: timedelta, meanwhile: Callable[[], object] = lambda: None) -> Dispatched:
        decide = decide_batch
        calls: list[datetime] = []

        def decide_and_wait(*args: Any, **kwargs: Any) -> Any:
            decided = decide(*args, **kwargs)
            if not calls:
                thread = threading.Thread(target=self._commit, args=[meanwhile])
                thread.start()
                thread.join()
                self.now = self.start + pause
            calls.append(kwargs["now"])
            return decided

        self.monkeypatch.setattr(dispatching, "decide_batch", decide_and_wait)
        return dispatch(
            self.live, self.sender.pk, by=SYSTEM, clock=lambda: self.now, carrier_of=lambda _: self.carrier, seconds=10
        )

    def _commit(self, meanwhile: Callable[[], object]) -> None:
        with org_scope(self.live):
            meanwhile()
        connection.close()


def test_nothing_leaves_after_the_hour_closed_while_it_waited(
    live: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Waiting(live, monkeypatch, CLOSING)
    world.queue(expires_at=CLOSING + timedelta(days=2))
    done = world.run(timedelta(seconds=1))
    assert (done.sent, done.later, len(world.carrier.left)) == (0, 5, 0)
    with org_scope(live):
        assert set(Message.objects.values_list("status", "reason")) == {("queued", "legal_hours")}


def test_nothing_leaves_that_expired_while_it_waited(live: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Waiting(live, monkeypatch, NOON)
    world.queue(expires_at=NOON + timedelta(seconds=1))
    assert world.run(timedelta(seconds=1)).sent == 0
    with org_scope(live):
        assert set(Message.objects.values_list("status", "reason")) == {("dropped", "expired")}


def test_a_number_suppressed_while_it_waited_is_not_written_to(
    live: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Waiting(live, monkeypatch, NOON)
    people = world.queue(purpose=Purpose.TELEMARKETING)

    def suppress() -> None:
        value = Number.objects.get(contact_points__person=people[1], kind="phone").value
        import_suppression_list([value], name="stops", kind=SuppressionKind.OPT_OUT, by=SYSTEM, now=NOON)

    done = world.run(timedelta(seconds=3), suppress)
    assert (done.sent, done.dropped) == (4, 1)
    with org_scope(live):
        assert Message.objects.get(status="dropped").reason == "suppressed"
        assert set(Message.objects.filter(status="sent").values_list("decided_at", flat=True)) == {
            NOON + timedelta(seconds=3)
        }


def test_a_person_marked_while_it_waited_however_shortly_is_not_written_to(
    live: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Waiting(live, monkeypatch, NOON)
    people = world.queue()
    done = world.run(timedelta(0), lambda: Person.objects.filter(pk=people[0].pk).update(do_not_contact_at=NOON))
    assert (done.sent, done.dropped) == (4, 1)
