"""Sending on a virtual clock: the gate again, outcomes, caps, pace."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from beckon.channels.carriers.base import Word
from beckon.channels.carriers.sandbox.carrier import SandboxCarrier
from beckon.channels.models import Sender
from beckon.consent.actions import OptOut, record_opt_out
from beckon.consent.facts import Purpose
from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.core.tenancy import org_scope
from beckon.messaging.actions import queue_messages
from beckon.messaging.keys import manual_key
from beckon.messaging.models import Message
from beckon.messaging.sending.virtual import dispatch_due
from beckon.messaging.tests.samples import make_people, make_sender, statuses, texts
from beckon.messaging.values import NewMessage
from beckon.people.models import ContactPoint, Number, Person

HOUR = 3600.0


def send(now: datetime, word: Word = Word.DELIVERED, tick: float = HOUR) -> Any:
    return dispatch_due(by=SYSTEM, now=now, tick_seconds=tick, carrier_of=lambda _: SandboxCarrier(lambda _: word))


def test_what_is_due_is_sent_and_counted_as_a_contact(org: Any, now: datetime) -> None:
    people, sender = make_people(250, now), make_sender()
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert send(now).delivered == 250
    row = Message.objects.earliest("id")
    assert (row.status, row.sent_at, row.cost_cents, row.tries) == ("delivered", now, Decimal("0.8"), 1)
    assert Person.objects.get(pk=people[0].pk).recent_contacts == [now]
    assert send(now).delivered == 0


def test_a_contact_is_counted_when_sent_not_when_queued(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert Person.objects.get().recent_contacts == []


def test_after_an_opt_out_nothing_that_was_queued_goes(org: Any, now: datetime) -> None:
    people, sender = make_people(3, now), make_sender()
    queue_messages(texts(people, sender, now, enrollment_id=9, step="text-1"), by=SYSTEM, now=now)
    record_opt_out([OptOut("said so on the phone", person_id=people[1].pk)], by=SYSTEM, now=now)
    done = send(now)
    assert (done.delivered, done.dropped) == (2, 0)  # the opt-out itself has dropped it
    assert Message.objects.get(person_id=people[1].pk).reason == "opted_out"
    event = Event.objects.get(kind="message.failed")
    assert event.person_id == people[1].pk
    assert event.data == {
        "step": "text-1",
        "reason": "opted_out",
        "channel": "sms",
        "enrollment_id": 9,
        "campaign_id": None,
    }


def test_outside_legal_hours_a_text_waits_for_the_morning(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    night = now.replace(hour=9)  # 03:00 in Chicago
    queue_messages(texts(people, sender, night, expires_at=now + timedelta(days=1)), by=SYSTEM, now=night)
    assert send(night).later == 1
    row = Message.objects.get()
    assert (row.status, row.reason) == ("queued", "legal_hours")
    assert row.not_before > night
    assert send(row.not_before - timedelta(seconds=1)).delivered == 0
    assert send(row.not_before).delivered == 1


def test_a_text_that_would_expire_before_the_morning_is_dropped_at_once(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    night = now.replace(hour=9)
    queue_messages(texts(people, sender, night, expires_at=night + timedelta(hours=1)), by=SYSTEM, now=night)
    assert send(night).dropped == 1
    assert Message.objects.get().reason == "expires_before_legal_hours"


def test_an_expired_text_is_dropped_not_sent_late(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now, expires_at=now + timedelta(hours=1)), by=SYSTEM, now=now)
    assert send(now + timedelta(hours=1)).dropped == 1
    assert Message.objects.get().reason == "expired"


def test_two_messages_to_one_person_do_not_both_pass_the_cap(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    first = texts(people, sender, now, expires_at=now + timedelta(days=3))
    second = [
        NewMessage(
            manual_key("again"),
            people[0].pk,
            first[0].channel,
            Purpose.INFORMATIONAL,
            sender.pk,
            body="again",
            expires_at=now + timedelta(days=3),
            hipaa_class="treatment",
        )
    ]
    queue_messages(first + second, by=SYSTEM, now=now)
    done = send(now)
    assert (done.delivered, done.later) == (1, 1)
    assert Message.objects.get(status="queued").reason == "day_cap"


def test_try_later_comes_back_later_and_is_no_contact(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert send(now, Word.TRY_LATER).retried == 1
    row = Message.objects.get()
    assert (row.status, row.not_before, row.sent_at) == ("queued", now + timedelta(minutes=1), None)
    assert Person.objects.get().recent_contacts == []
    assert send(now + timedelta(minutes=1)).delivered == 1


def test_after_five_tries_it_has_failed_for_good(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    at = now
    for _ in range(5):
        send(at, Word.TRY_LATER)
        at = Message.objects.get().not_before
    row = Message.objects.get()
    assert (row.status, row.reason, row.tries) == ("failed", "tries_exhausted", 5)
    assert Event.objects.filter(kind="message.failed").count() == 1


@pytest.mark.parametrize(
    ("word", "field", "value", "event"),
    [
        (Word.LANDLINE, "line_type", "landline", "number.line_type_changed"),
        (Word.DEAD, "dead_reason", "carrier", "number.dead"),
    ],
)
def test_vendor_words_change_the_number(
    org: Any, now: datetime, word: Word, field: str, value: str, event: str
) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert send(now, word).failed == 1
    number = Number.objects.get(contact_points__person=people[0], kind="phone")
    assert getattr(number, field) == value
    assert Event.objects.filter(kind=event, person_id=people[0].pk).count() == 1
    assert Message.objects.get().reason == word.value


def test_an_opt_out_the_vendor_knows_becomes_ours_for_everybody_on_the_number(org: Any, now: datetime) -> None:
    people, sender = make_people(2, now), make_sender()
    shared = ContactPoint.objects.get(person=people[0], kind="phone").number
    ContactPoint.objects.filter(person=people[1], kind="phone").update(number=shared)
    queue_messages(texts(people[:1], sender, now), by=SYSTEM, now=now)
    send(now, Word.OPTED_OUT)
    queue_messages(texts(people[1:], sender, now), by=SYSTEM, now=now)
    assert send(now).delivered == 0
    assert Message.objects.get(person_id=people[1].pk).reason == "number_opted_out"


def test_a_blocking_filter_pauses_the_sender_with_a_reason(org: Any, now: datetime) -> None:
    people, sender = make_people(150, now), make_sender(rate_per_second=100)
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    send(now, Word.BLOCKED, tick=1)
    sender.refresh_from_db()
    assert "blocked" in sender.paused_reason
    assert Event.objects.filter(kind="sender.paused", subject_id=sender.pk).count() == 1
    assert send(now).delivered == 0
    assert statuses() == {"failed": 100, "queued": 50}


def test_a_tick_sends_rate_times_its_seconds_and_the_daily_cap_holds(org: Any, now: datetime) -> None:
    people, sender = make_people(40, now), make_sender(rate_per_second=2, daily_cap=25)
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert send(now, tick=10).delivered == 20
    assert send(now + timedelta(seconds=10), tick=10).delivered == 5
    assert send(now + timedelta(seconds=20), tick=10).delivered == 0
    Sender.objects.filter(pk=sender.pk).update(daily_cap=None)
    assert send(now + timedelta(seconds=30), tick=10).delivered == 15


def test_a_live_organization_cannot_use_the_virtual_clock(live: Any, now: datetime) -> None:
    with org_scope(live), pytest.raises(RuntimeError, match="live"):
        send(now)
