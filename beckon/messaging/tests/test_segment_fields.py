"""Every segment field of messaging finds the person on its one side and not the one on the other."""

from datetime import datetime
from typing import Any

import pytest

from beckon.channels.carriers.base import Channel, Inbound, Word
from beckon.channels.carriers.sandbox.carrier import SandboxCarrier
from beckon.core.actors import SYSTEM
from beckon.messaging.actions import queue_messages
from beckon.messaging.receiving.inbound import record_inbound
from beckon.messaging.sending.virtual import dispatch_due
from beckon.messaging.tests.samples import make_people, make_sender, texts
from beckon.people.models import ContactPoint
from beckon.segments import queries
from beckon.segments.conditions import parse_definition


@pytest.mark.parametrize(
    ("field", "op", "value", "extra"),
    [
        ("messages_sent", "at_least", 1, {"channel": "sms"}),
        ("messages_sent", "at_least", 1, {"last_days": 7}),
        ("replied", "is", True, {"meaning": "yes"}),
        ("replies", "is", 1, {}),
    ],
)
def test_the_one_who_was_texted_and_said_yes_is_found(
    org: Any, now: datetime, field: str, op: str, value: object, extra: dict[str, Any]
) -> None:
    people, sender = make_people(2, now), make_sender()
    queue_messages(texts(people[:1], sender, now), by=SYSTEM, now=now)
    dispatch_due(by=SYSTEM, now=now, tick_seconds=60)
    phone = ContactPoint.objects.get(person=people[0], kind="phone").number.value
    item = Inbound("i1", Channel.SMS, phone, sender.address, "Yes")
    record_inbound([item], sender_id=sender.pk, carrier="sandbox", by=SYSTEM, now=now)
    clause = {"field": field, "op": op, "value": value} | ({"with": extra} if extra else {})
    assert queries.members(parse_definition(clause), [p.pk for p in people], now=now) == {people[0].pk}


def test_a_failed_message_is_found_on_its_channel_only(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    failing = SandboxCarrier(lambda _: Word.FAILED)
    dispatch_due(by=SYSTEM, now=now, tick_seconds=60, carrier_of=lambda _: failing)
    found = {
        channel: queries.members(
            parse_definition({"field": "message_failed", "op": "is", "value": True, "with": {"channel": channel}}),
            [people[0].pk],
            now=now,
        )
        for channel in ("sms", "email")
    }
    assert found == {"sms": {people[0].pk}, "email": set()}
