"""People, senders and messages for the tests of messaging, made in bulk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from beckon.channels.models import Sender
from beckon.consent.actions import Grant, record_consent
from beckon.consent.facts import Basis, Channel, Purpose
from beckon.core.actors import SYSTEM
from beckon.messaging.keys import manual_key
from beckon.messaging.models import Message
from beckon.messaging.values import NewMessage
from beckon.people.models import ContactPoint, Number, Person

BODY = 'Hello {{ first_name or "there" }}, this is {{ practice_name }}. {{ opt_out }}'


def make_people(count: int, now: datetime, *, first: int = 0, consented: bool = True) -> list[Person]:
    """Adults in Illinois, each with a mobile number 415-555-01xx (or a made-up longer one) and an e-mail."""
    people = Person.objects.bulk_create(
        Person(
            given_name=f"Ana{first + n}",
            family_name="Lopez",
            name_key=f"lopez|ana{first + n}",
            origin="own",
            state="IL",
            postal_code="60601",
            time_zone="America/Chicago",
            time_zone_source="zip",
            language="en",
            created_at=now,
            updated_at=now,
        )
        for n in range(count)
    )
    phones = Number.objects.bulk_create(
        Number(kind="phone", value=f"+1312555{first + n:04d}", line_type="mobile") for n in range(count)
    )
    emails = Number.objects.bulk_create(Number(kind="email", value=f"ana{first + n}@example.org") for n in range(count))
    ContactPoint.objects.bulk_create(
        ContactPoint(person=p, number=n, kind=n.kind) for p, n in zip(people * 2, [*phones, *emails], strict=True)
    )
    if consented:
        record_consent([Grant(p.pk, "all", Basis.WRITTEN, "signed form") for p in people], by=SYSTEM, now=now)
    return people


def make_sender(carrier: str = "sandbox", channel: str = "sms", **more: Any) -> Sender:
    """A fast sender of the channel."""
    fields: dict[str, Any] = {
        "name": f"{carrier} {channel}",
        "channel": channel,
        "carrier": carrier,
        "address": "+13125550199",
        "rate_per_second": Decimal(50_000),
        "cost_cents": Decimal("0.8"),
        "config": {"practice": {"name": "Riverside", "phone": "312-555-0100"}},
    }
    return Sender.objects.create(**(fields | more))


def texts(people: Sequence[Person], sender: Sender, now: datetime, **more: Any) -> list[NewMessage]:
    """One hand-written text to each."""
    fields: dict[str, Any] = {
        "channel": Channel.SMS,
        "purpose": Purpose.INFORMATIONAL,
        "body": "Riverside: please call us. Reply STOP to end.",
        "expires_at": now + timedelta(hours=6),
        "hipaa_class": "treatment",
    }
    return [NewMessage(manual_key(f"t{p.pk}"), p.pk, sender_id=sender.pk, **(fields | more)) for p in people]


def statuses() -> dict[str, int]:
    """How many messages stand where."""
    found: dict[str, int] = {}
    for status in Message.objects.values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found
