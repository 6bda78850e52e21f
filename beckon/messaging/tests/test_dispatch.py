"""The real sender: leases, marks before the network, STOP in between, crashes, unknowns."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from beckon.channels.carriers.base import Word
from beckon.channels.models import Sender
from beckon.consent.actions import OptOut, record_opt_out
from beckon.core.actors import SYSTEM
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.messaging.actions import cancel_messages, queue_messages
from beckon.messaging.models import Message, SenderPace
from beckon.messaging.sending import dispatch as dispatching
from beckon.messaging.sending.dispatch import dispatch
from beckon.messaging.sending.settle import settle_unknown
from beckon.messaging.tests.fakes import RecordingCarrier
from beckon.messaging.tests.samples import make_people, make_sender, statuses, texts
from beckon.people.models import Person

NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)


def queue(organization: Organization, count: int, **more: Any) -> tuple[list[Person], Sender]:
    with org_scope(organization):
        people, sender = make_people(count, NOON), make_sender("http", **more)
        queue_messages(texts(people, sender, NOON, campaign_id=8, enrollment_id=1), by=SYSTEM, now=NOON)
    return people, sender


def run(organization: Organization, sender: Sender, carrier: RecordingCarrier, *, minutes: int = 0) -> Any:
    return dispatch(
        organization,
        sender.pk,
        by=SYSTEM,
        clock=lambda: NOON + timedelta(minutes=minutes),
        carrier_of=lambda _: carrier,
        seconds=10,
    )


def standing(organization: Organization) -> dict[str, int]:
    with org_scope(organization):
        return statuses()


def test_everything_due_leaves_once_and_is_recorded(live: Organization) -> None:
    _, sender = queue(live, 330)
    carrier = RecordingCarrier()
    assert run(live, sender, carrier).sent == 330
    assert standing(live) == {"sent": 330}
    assert len(carrier.left) == 330
    assert set(carrier.left.values()) == {1}
    assert run(live, sender, carrier).sent == 0
    with org_scope(live):
        row = Message.objects.earliest("id")
        assert (row.carrier_ref, row.sent_at) == (f"v-b{live.pk}-{row.pk}", NOON)
        assert Sender.objects.get().dispatcher == ""


def test_rows_are_marked_and_committed_before_the_carrier_is_asked(live: Organization) -> None:
    _, sender = queue(live, 30)
    carrier, seen = RecordingCarrier(), []
    seen_by_others = threading.Event()

    def look() -> None:
        def other_connection() -> None:
            seen.append(standing(live))
            connection.close()
            seen_by_others.set()

        thread = threading.Thread(target=other_connection)
        thread.start()
        thread.join()

    carrier.before_send = look
    run(live, sender, carrier)
    assert seen == [{"sending": 30}]


def test_a_stop_committed_between_claim_and_permission_is_honoured(
    live: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, sender = queue(live, 5)
    claim = dispatching.claim_due

    def claim_then_stop(*args: Any, **kwargs: Any) -> Any:
        due = claim(*args, **kwargs)

        def stop() -> None:
            with org_scope(live):
                record_opt_out([OptOut("STOP by text", person_id=people[2].pk)], by=SYSTEM, now=NOON)
            connection.close()

        if due:
            thread = threading.Thread(target=stop)
            thread.start()
            thread.join()
        return due

    monkeypatch.setattr(dispatching, "claim_due", claim_then_stop)
    carrier = RecordingCarrier()
    done = run(live, sender, carrier)
    assert (done.sent, done.dropped) == (4, 0)  # the stop itself has dropped it
    with org_scope(live):
        assert Message.objects.get(person_id=people[2].pk).reason == "opted_out"


def test_what_is_cancelled_between_permission_and_mark_does_not_leave(
    live: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sender = queue(live, 5)
    mark = dispatching.mark_sending

    def cancel_then_mark(sends: Any, **kwargs: Any) -> Any:
        cancel_messages([1], "goal_met", campaign_ids={8}, by=SYSTEM, now=NOON)
        return mark(sends, **kwargs)

    monkeypatch.setattr(dispatching, "mark_sending", cancel_then_mark)
    carrier = RecordingCarrier()
    assert run(live, sender, carrier).sent == 0
    assert not carrier.left
    assert standing(live) == {"dropped": 5}


def test_a_contact_made_since_the_decision_is_seen_under_the_lock(
    live: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, sender = queue(live, 2)
    mark = dispatching.mark_sending
    called = []

    def call_then_mark(sends: Any, **kwargs: Any) -> Any:
        if not called:
            called.append(Person.objects.filter(pk=people[0].pk).update(recent_contacts=[NOON - timedelta(hours=1)]))
        return mark(sends, **kwargs)

    monkeypatch.setattr(dispatching, "mark_sending", call_then_mark)
    carrier = RecordingCarrier()
    done = run(live, sender, carrier)
    assert done.sent == 1
    with org_scope(live):
        assert Message.objects.get(person_id=people[0].pk).status != "sent"


def test_a_sender_has_one_dispatcher_at_a_time(live: Organization) -> None:
    _, sender = queue(live, 10)
    carrier, other = RecordingCarrier(), RecordingCarrier()
    answers = []

    def second_worker() -> None:
        answers.append(run(live, sender, other))
        connection.close()

    def start_second() -> None:
        thread = threading.Thread(target=second_worker)
        thread.start()
        thread.join()

    carrier.before_send = start_second
    assert run(live, sender, carrier).sent == 10
    assert [answer.busy for answer in answers] == [True]
    assert not other.left


def test_a_carrier_that_breaks_leaves_unknowns_that_are_never_sent_again(live: Organization) -> None:
    _, sender = queue(live, 20)
    carrier = RecordingCarrier()

    def burst() -> None:
        raise RuntimeError("boom")

    carrier.before_send = burst
    assert run(live, sender, carrier).unknown == 20
    calm = RecordingCarrier()
    assert run(live, sender, calm, minutes=5).sent == 0
    assert not calm.left
    assert standing(live) == {"unknown": 20}


def test_rows_of_a_dead_worker_become_unknown_and_are_settled_by_asking(live: Organization) -> None:
    people, sender = queue(live, 10)
    left = RecordingCarrier()
    with org_scope(live):
        Message.objects.update(status="sending", claimed_by="dead-worker")
        gone = Message.objects.filter(person_id__in=[p.pk for p in people[:6]])
        left.left.update({f"b{live.pk}-{pk}": 1 for pk in gone.values_list("pk", flat=True)})
    assert run(live, sender, left).sent == 0
    assert standing(live) == {"unknown": 10}
    with org_scope(live):
        assert set(Message.objects.values_list("reason", flat=True)) == {"worker_died"}
    settled = settle_unknown(live, sender.pk, by=SYSTEM, carrier_of=lambda _: left)
    assert (settled.delivered, settled.failed) == (6, 4)
    assert set(left.left.values()) == {1}


def test_what_the_carrier_cannot_say_is_asked_again_later(live: Organization) -> None:
    _, sender = queue(live, 1)
    with org_scope(live):
        Message.objects.update(status="sending", claimed_by="dead-worker")
    carrier = RecordingCarrier()
    run(live, sender, carrier)

    class Silent(RecordingCarrier):
        async def look_up(self, reference: str, carrier_ref: str = "") -> None:  # type: ignore[override]
            return None

    assert settle_unknown(live, sender.pk, by=SYSTEM, carrier_of=lambda _: Silent()).sent == 0
    assert standing(live) == {"unknown": 1}
    assert settle_unknown(live, sender.pk, by=SYSTEM, carrier_of=lambda _: carrier).failed == 0  # not due yet


def test_the_rate_is_kept_over_runs(live: Organization) -> None:
    _, sender = queue(live, 30, rate_per_second=5)
    carrier = RecordingCarrier()
    first = dispatch(live, sender.pk, by=SYSTEM, clock=lambda: NOON, carrier_of=lambda _: carrier, seconds=0.2)
    second = dispatch(live, sender.pk, by=SYSTEM, clock=lambda: NOON, carrier_of=lambda _: carrier, seconds=0.2)
    assert 0 < first.sent + second.sent <= 5 + 10
    with org_scope(live):
        assert SenderPace.objects.get().sent_today == first.sent + second.sent


def test_the_daily_cap_holds_on_the_wall_clock(live: Organization) -> None:
    _, sender = queue(live, 30, daily_cap=12)
    carrier = RecordingCarrier()
    assert run(live, sender, carrier).sent == 12
    assert run(live, sender, carrier).sent == 0


def test_failures_in_the_middle_of_a_part_hold_nobody_else_up(live: Organization) -> None:
    _, sender = queue(live, 120)
    words = iter([Word.FAILED, Word.TRY_LATER, Word.UNKNOWN] + [Word.ACCEPTED] * 200)
    done = run(live, sender, RecordingCarrier(lambda _: next(words)))
    assert (done.failed, done.retried, done.unknown, done.sent) == (1, 1, 1, 117)


def test_it_refuses_to_run_inside_a_transaction(live: Organization) -> None:
    with org_scope(live), pytest.raises(RuntimeError, match="outside"):
        dispatch(live, 1, by=SYSTEM)
