"""What carriers really send: no id, no plus, broken letters, strangers, and receipts for nothing."""

from datetime import datetime
from typing import Any

import pytest

from beckon.channels.carriers.base import Channel, Inbound, Receipt, Word
from beckon.consent.actions import Grant, record_consent
from beckon.consent.facts import Ask, Basis, Purpose
from beckon.consent.facts import Channel as Way
from beckon.consent.models import ConsentEntry
from beckon.consent.queries import gather_facts, load_policy
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Allowed, Refused, Verdict
from beckon.core.actors import SYSTEM
from beckon.messaging.models import Inbox, Message
from beckon.messaging.receiving import inbox
from beckon.messaging.receiving.inbound import Received, record_inbound
from beckon.messaging.receiving.inbox import handle_inbox, store_callbacks
from beckon.messaging.tests.samples import make_people, make_sender
from beckon.people.models import Person


def hear(from_: str, body: str, now: datetime, ref: str = "i1") -> Received:
    item = Inbound(ref, Channel.SMS, from_, "+13125550199", body)
    return record_inbound([item], sender_id=make_sender(name=f"{ref}{body}").pk, carrier="sandbox", by=SYSTEM, now=now)[
        0
    ]


def may_text(person: Person, now: datetime) -> Verdict:
    facts = gather_facts([person.pk], now=now)[person.pk]
    return may_contact(facts, Ask(Way.SMS, Purpose.INFORMATIONAL), now, load_policy())


@pytest.mark.parametrize("written", ["+13125550000", "13125550000", "3125550000", "(312) 555-0000"])
def test_a_number_is_understood_however_the_vendor_writes_it(org: Any, now: datetime, written: str) -> None:
    person = make_people(1, now)[0]
    assert hear(written, "STOP", now).person_id == person.pk
    assert may_text(person, now) == Refused(Reason.OPTED_OUT)
    assert Message.objects.get(is_inbound=True).address == "+13125550000"


@pytest.mark.parametrize("written", ["+13125550000", "3125550000"])
def test_a_stop_from_a_stranger_holds_for_whoever_is_imported_with_the_number(
    org: Any, now: datetime, written: str
) -> None:
    hear(written, "STOP", now)
    person = make_people(1, now)[0]
    record_consent([Grant(person.pk, "sms", Basis.WRITTEN, "a later file")], by=SYSTEM, now=now)
    assert may_text(person, now) == Refused(Reason.SUPPRESSED, "opt_out")
    hear("+13125550001", "yes", now, ref="i2")
    hear(written, "START", now, ref="i3")
    assert isinstance(may_text(person, now), Allowed)


def test_two_messages_without_an_id_are_two(org: Any, now: datetime) -> None:
    make_people(1, now)
    first, second = (hear("+13125550000", body, now, ref="") for body in ("hello", "STOP"))
    assert None not in (first.message_id, second.message_id)
    sender = make_sender()
    items = [Inbound("", Channel.SMS, "+13125550000", "x", body) for body in ("hello you", "who is this?")]
    assert store_callbacks(items, sender_id=sender.pk, carrier="sandbox") == 2
    assert handle_inbox(by=SYSTEM, now=now) == 2
    assert Message.objects.filter(is_inbound=True).count() == 4


@pytest.mark.parametrize("body", ["STOP\x00", "STOP \ud83d", "\udc00stop", "\ud83d\uded1"])
def test_broken_letters_do_not_hide_a_stop(org: Any, now: datetime, body: str) -> None:
    person = make_people(1, now)[0]
    item = Inbound("i1", Channel.SMS, "+13125550000", "x", body)
    assert store_callbacks([item], sender_id=make_sender().pk, carrier="sandbox") == 1
    assert handle_inbox(by=SYSTEM, now=now) == 1
    assert may_text(person, now) == Refused(Reason.OPTED_OUT)


def test_receipts_for_nothing_hold_up_neither_replies_nor_other_receipts(
    org: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "BATCH", 5)
    make_people(1, now)
    sender = make_sender()
    store_callbacks([Receipt(f"unknown{n}", Word.DELIVERED) for n in range(5)], sender_id=sender.pk, carrier="sandbox")
    store_callbacks([Inbound("i1", Channel.SMS, "+13125550000", "x", "STOP")], sender_id=sender.pk, carrier="sandbox")
    assert handle_inbox(by=SYSTEM, now=now) == 1
    assert ConsentEntry.objects.filter(state="revoked").exists()
    handle_inbox(by=SYSTEM, now=now)
    Message.objects.update(is_inbound=False, status="sent", carrier_ref="real", sender_id=sender.pk)
    store_callbacks([Receipt("real", Word.DELIVERED)], sender_id=sender.pk, carrier="sandbox")
    assert handle_inbox(by=SYSTEM, now=now) == 1
    assert Inbox.objects.filter(handled_at=None).count() == 5


def test_one_bad_item_does_not_hold_up_the_others(org: Any, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    make_people(3, now)
    sender = make_sender()
    store_callbacks(
        [Inbound(f"i{n}", Channel.SMS, f"+1312555000{n}", "x", "bad" if n == 1 else "STOP") for n in range(3)],
        sender_id=sender.pk,
        carrier="sandbox",
    )
    real = record_inbound

    def break_on_bad(batch: Any, **kwargs: Any) -> Any:
        done = real(batch, **kwargs)
        if any(item.body == "bad" for item in batch):
            raise KeyError("bad")
        return done

    monkeypatch.setattr(inbox, "record_inbound", break_on_bad)
    handle_inbox(by=SYSTEM, now=now)
    assert ConsentEntry.objects.filter(state="revoked").count() == 2
    assert Inbox.objects.get(handled_at=None).payload["error"] == "KeyError"
    for _ in range(9):
        handle_inbox(by=SYSTEM, now=now)
    assert not Inbox.objects.filter(handled_at=None).exists()
    assert Inbox.objects.filter(payload__error="KeyError").count() == 1
