"""Receipts and replies as they come: repeated, out of order, from households, ahead of their message."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from beckon.channels.carriers.base import Channel, Inbound, Receipt, Word
from beckon.channels.carriers.sandbox.carrier import SandboxCarrier
from beckon.channels.models import Sender
from beckon.consent.models import ConsentEntry
from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.messaging.actions import queue_messages
from beckon.messaging.keys import reference_of
from beckon.messaging.models import Inbox, Message
from beckon.messaging.receiving.inbound import record_inbound
from beckon.messaging.receiving.inbox import handle_inbox, store_callbacks
from beckon.messaging.receiving.receipts import record_receipts
from beckon.messaging.replies.meanings import Meaning
from beckon.messaging.sending.virtual import dispatch_due
from beckon.messaging.tests.samples import make_people, make_sender, texts
from beckon.people.models import ContactPoint, Person


def deliver(now: datetime, word: Word = Word.ACCEPTED) -> None:
    dispatch_due(by=SYSTEM, now=now, tick_seconds=3600, carrier_of=lambda _: SandboxCarrier(lambda _: word))


def sent(count: int, now: datetime, word: Word = Word.ACCEPTED, **more: Any) -> tuple[list[Person], Sender]:
    people, sender = make_people(count, now), make_sender()
    queue_messages(texts(people, sender, now, **more), by=SYSTEM, now=now)
    deliver(now, word)
    return people, sender


def say(person: Person, body: str, sender: Sender, now: datetime, ref: str = "i1", **more: Any) -> Any:
    phone = ContactPoint.objects.get(person=person, kind="phone").number.value
    item = Inbound(ref, Channel.SMS, phone, sender.address, body, **more)
    return record_inbound([item], sender_id=sender.pk, carrier="sandbox", by=SYSTEM, now=now)[0]


@pytest.mark.parametrize("order", list(permutations([Word.ACCEPTED, Word.DELIVERED, Word.ACCEPTED])))
def test_receipts_in_any_order_end_at_delivered(org: Any, now: datetime, order: tuple[Word, ...]) -> None:
    _, sender = sent(1, now)
    ref = Message.objects.get().carrier_ref
    for word in order:
        assert record_receipts([Receipt(ref, word)], sender_id=sender.pk, by=SYSTEM, now=now) == [True]
    assert Message.objects.get().status == "delivered"


def test_a_failure_receipt_tells_the_journey_once(org: Any, now: datetime) -> None:
    people, sender = sent(1, now, enrollment_id=4, step="text-1")
    ref = Message.objects.get().carrier_ref
    receipts = [Receipt(ref, Word.TRY_LATER, vendor_code="30003")] * 2
    record_receipts(receipts, sender_id=sender.pk, by=SYSTEM, now=now)
    record_receipts(receipts, sender_id=sender.pk, by=SYSTEM, now=now)
    row = Message.objects.get()
    assert (row.status, row.reason, row.vendor_code) == ("failed", "unreachable", "30003")
    assert Event.objects.filter(kind="message.failed", person_id=people[0].pk).count() == 1


def test_delivered_is_never_taken_back(org: Any, now: datetime) -> None:
    _, sender = sent(1, now, Word.DELIVERED)
    ref = Message.objects.get().carrier_ref
    record_receipts([Receipt(ref, Word.FAILED)], sender_id=sender.pk, by=SYSTEM, now=now)
    assert Message.objects.get().status == "delivered"
    assert not Event.objects.filter(kind="message.failed").exists()


def test_a_receipt_settles_an_unknown(org: Any, now: datetime) -> None:
    _, sender = sent(1, now, Word.UNKNOWN)
    row = Message.objects.get()
    assert (row.status, row.look_up_at is not None) == ("unknown", True)
    receipt = Receipt("vendor-7", Word.DELIVERED, reference=reference_of(org.pk, row.pk))
    record_receipts([receipt], sender_id=sender.pk, by=SYSTEM, now=now)
    row.refresh_from_db()
    assert (row.status, row.carrier_ref, row.look_up_at) == ("delivered", row.carrier_ref, None)


def test_another_organizations_reference_finds_nothing(org: Any, now: datetime) -> None:
    _, sender = sent(1, now)
    foreign = Receipt("", Word.FAILED, reference=reference_of(org.pk + 1, Message.objects.get().pk))
    assert record_receipts([foreign], sender_id=sender.pk, by=SYSTEM, now=now) == [False]
    assert Message.objects.get().status == "sent"


def test_a_landline_receipt_changes_the_number_and_drops_its_other_texts(org: Any, now: datetime) -> None:
    people, sender = sent(1, now)
    ref = Message.objects.get().carrier_ref
    more = texts(people, sender, now, expires_at=now + timedelta(days=2))[0]
    queue_messages([more._replace(dedupe_key="manual:2")], by=SYSTEM, now=now)
    record_receipts([Receipt(ref, Word.LANDLINE, vendor_code="30006")], sender_id=sender.pk, by=SYSTEM, now=now)
    assert ContactPoint.objects.get(person=people[0], kind="phone").number.line_type == "landline"
    assert Message.objects.get(dedupe_key="manual:2").reason == "landline"
    assert Event.objects.filter(kind="message.failed").count() == 2


def test_stop_opts_out_at_once_drops_the_queue_and_is_confirmed_once(org: Any, now: datetime) -> None:
    people, sender = sent(1, now, enrollment_id=3)
    more = texts(people, sender, now)[0]
    queue_messages([more._replace(dedupe_key="manual:2")], by=SYSTEM, now=now)
    received = say(people[0], "Stop texting me!", sender, now)
    assert (received.reading.meaning, received.enrollment_id) == (Meaning.STOP, 3)
    assert Message.objects.get(dedupe_key="manual:2").reason == "opted_out"
    assert ConsentEntry.objects.filter(state="revoked", person_id=people[0].pk).count() == 1
    notice = Message.objects.get(dedupe_key=f"reply:{received.message_id}")
    assert "START" in notice.body
    assert say(people[0], "Stop texting me!", sender, now).message_id is None
    deliver(now)
    assert Message.objects.filter(purpose="opt_out_notice", status="sent").count() == 1
    event = Event.objects.get(kind="message.received")
    assert (event.person_id, event.data["meaning"], event.data["enrollment_id"]) == (people[0].pk, "stop", 3)


def test_cancel_is_an_opt_out_whose_confirmation_asks_about_the_visit(org: Any, now: datetime) -> None:
    people, sender = sent(1, now)
    received = say(people[0], "CANCELAR", sender, now)
    notice = Message.objects.get(dedupe_key=f"reply:{received.message_id}")
    assert "cita" in notice.body
    assert "312-555-0100" in notice.body
    assert notice.segments == 1


def test_no_confirmation_where_the_carrier_answered_already(org: Any, now: datetime) -> None:
    people, sender = sent(1, now)
    received = say(people[0], "STOP", sender, now, opt_out=True)
    assert not Message.objects.filter(dedupe_key=f"reply:{received.message_id}").exists()
    assert ConsentEntry.objects.filter(state="revoked").exists()


def test_start_restores_what_stop_ended(org: Any, now: datetime) -> None:
    people, sender = sent(1, now)
    say(people[0], "stop", sender, now)
    later = now + timedelta(days=2)
    say(people[0], "START", sender, later, ref="i2")
    more = texts(people, sender, later)[0]
    queue_messages([more._replace(dedupe_key="manual:2")], by=SYSTEM, now=later)
    deliver(later + timedelta(minutes=1))
    assert Message.objects.get(dedupe_key="manual:2").status == "sent"


def test_a_wrong_person_ends_that_persons_contact_point_only(org: Any, now: datetime) -> None:
    people, sender = make_people(2, now), make_sender()
    shared = ContactPoint.objects.get(person=people[0], kind="phone").number
    ContactPoint.objects.filter(person=people[1], kind="phone").update(number=shared)
    queue_messages(texts(people[1:], sender, now), by=SYSTEM, now=now)
    deliver(now)
    received = say(people[1], "Wrong number", sender, now)
    assert received.person_id == people[1].pk
    ended = ContactPoint.objects.filter(kind="phone").exclude(ended_at=None)
    assert [(p.person_id, p.ended_reason) for p in ended] == [(people[1].pk, "wrong_person")]
    shared.refresh_from_db()
    assert shared.dead_at is None


def test_a_death_is_marked_and_everything_queued_is_dropped(org: Any, now: datetime) -> None:
    people, sender = sent(1, now)
    more = texts(people, sender, now)[0]
    queue_messages([more._replace(dedupe_key="manual:2")], by=SYSTEM, now=now)
    say(people[0], "He passed away in March", sender, now)
    assert Person.objects.get().deceased_at == now
    assert Message.objects.get(dedupe_key="manual:2").reason == "deceased"
    assert Event.objects.filter(kind="person.deceased", person_id=people[0].pk).count() == 1


def test_a_reply_from_an_unknown_number_is_kept_and_a_stop_from_it_harms_nothing(org: Any, now: datetime) -> None:
    sender = make_sender()
    item = Inbound("i9", Channel.SMS, "+13125550177", sender.address, "STOP")
    received = record_inbound([item], sender_id=sender.pk, carrier="sandbox", by=SYSTEM, now=now)[0]
    assert (received.person_id, received.number_id) == (None, None)
    assert Message.objects.get().meaning == "stop"


def test_the_inbox_takes_a_repeat_once_and_keeps_a_receipt_that_came_too_early(org: Any, now: datetime) -> None:
    people, sender = sent(1, now)
    phone = ContactPoint.objects.get(person=people[0], kind="phone").number.value
    items: list[Receipt | Inbound] = [
        Receipt("not-yet", Word.DELIVERED),
        Inbound("i1", Channel.SMS, phone, sender.address, "yes"),
        Receipt(Message.objects.get().carrier_ref, Word.DELIVERED),
    ]
    assert store_callbacks(items, sender_id=sender.pk, carrier="sandbox") == 3
    assert store_callbacks(items, sender_id=sender.pk, carrier="sandbox") == 0
    assert handle_inbox(by=SYSTEM, now=now) == 2
    assert handle_inbox(by=SYSTEM, now=now) == 0
    assert Message.objects.get(is_inbound=False).status == "delivered"
    assert Message.objects.get(is_inbound=True).meaning == "yes"
    Message.objects.filter(is_inbound=False).update(carrier_ref="not-yet")
    assert handle_inbox(by=SYSTEM, now=now) == 1
    assert not Inbox.objects.filter(handled_at=None).exists()
