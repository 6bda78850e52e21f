"""Queueing: words, addresses, one row per key."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from beckon.consent.facts import Channel
from beckon.core.actors import SYSTEM
from beckon.messaging.actions import cancel_for_numbers, cancel_messages, queue_messages
from beckon.messaging.keys import confirm_key, enrollment_key, message_of, reference_of
from beckon.messaging.models import Message, Template
from beckon.messaging.tests.samples import BODY, make_people, make_sender, statuses, texts
from beckon.messaging.values import AlreadyThere, NotQueued, Queued
from beckon.people.models import ContactPoint, Person


def test_a_key_is_recorded_once_whoever_asks_again(org: Any, now: datetime) -> None:
    people, sender = make_people(3, now), make_sender()
    first = queue_messages(texts(people[:2], sender, now), by=SYSTEM, now=now)
    again = queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert all(isinstance(r, Queued) for r in first)
    assert [type(r) for r in again] == [AlreadyThere, AlreadyThere, Queued]
    assert [r.message_id for r in again[:2]] == [r.message_id for r in first]
    assert Message.objects.count() == 3


def test_a_key_twice_in_one_batch_is_one_message(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    results = queue_messages(texts([people[0], people[0]], sender, now), by=SYSTEM, now=now)
    assert [type(r) for r in results] == [Queued, AlreadyThere]
    assert Message.objects.count() == 1


def test_the_database_itself_refuses_a_second_message_with_a_key(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    row = Message.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="message_once"), transaction.atomic():
        row.save(force_insert=True)


def test_words_come_from_the_newest_version_in_the_persons_language(org: Any, now: datetime) -> None:
    people, sender = make_people(3, now), make_sender()
    Person.objects.filter(pk=people[1].pk).update(language="es")
    Person.objects.filter(pk=people[2].pk).update(language="vi", given_name="")
    spanish = 'Hola {{ first_name or "" }}. {{ opt_out }}'
    for language, version, body in (("en", 1, "old"), ("en", 2, BODY), ("es", 1, spanish)):
        Template.objects.create(key="k", channel="sms", language=language, version=version, body=body)
    queue_messages(texts(people, sender, now, body="", template_key="k"), by=SYSTEM, now=now)
    assert list(Message.objects.order_by("person_id").values_list("body", "language", "segments")) == [
        ("Hello Ana0, this is Riverside. Reply STOP to opt out.", "en", 1),
        ("Hola Ana1. Responda ALTO para no recibir mas.", "es", 1),
        ("Hello there, this is Riverside. Reply STOP to opt out.", "en", 1),
    ]


@pytest.mark.parametrize("names", ["first_name", "last_name", "full_name"])
def test_everybody_in_a_batch_is_called_by_their_own_name(org: Any, now: datetime, names: str) -> None:
    people = make_people(3, now)
    Person.objects.filter(pk=people[1].pk).update(given_name=people[0].given_name, family_name="Reyes")
    body = f'{{{{ practice_name }}}}: hello {{{{ {names} or "you" }}}}. {{{{ opt_out }}}}'
    Template.objects.create(key="k", channel="sms", language="en", body=body, signed_off_by="x", signed_off_at=now)
    sender = make_sender()
    queue_messages(texts(people, sender, now, body="", template_key="k"), by=SYSTEM, now=now)
    for person in Person.objects.filter(pk__in=[p.pk for p in people]):
        full = f"{person.given_name} {person.family_name}"
        name = {"first_name": person.given_name, "last_name": person.family_name, "full_name": full}[names]
        assert f"hello {name}." in Message.objects.get(person_id=person.pk).body


def test_a_message_to_someone_without_a_usable_address_is_a_recorded_no(org: Any, now: datetime) -> None:
    people, sender = make_people(2, now), make_sender()
    ContactPoint.objects.filter(person=people[0]).update(ended_at=now, ended_reason="replaced")
    results = queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert isinstance(results[0], NotQueued)
    assert results[0].reason == "no_contact_point"
    assert isinstance(results[1], Queued)
    assert statuses() == {"dropped": 1, "queued": 1}


def test_a_text_without_an_expiry_is_misuse(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    with pytest.raises(ValueError, match="expires_at"):
        queue_messages(texts(people, sender, now, expires_at=None), by=SYSTEM, now=now)


def test_an_email_carries_the_persons_own_unsubscribe_link(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender(channel="email")
    Template.objects.create(
        key="k", channel="email", language="en", subject="From {{ practice_name }}", body="{{ unsubscribe_url }}"
    )
    queue_messages(texts(people, sender, now, channel=Channel.EMAIL, body="", template_key="k"), by=SYSTEM, now=now)
    row = Message.objects.get()
    assert row.subject == "From Riverside"
    assert f"/u/{org.pk}.{people[0].pk}.{row.number_id}:" in row.body


def test_cancelling_drops_only_what_has_not_left(org: Any, now: datetime) -> None:
    people, sender = make_people(3, now), make_sender()
    queue_messages(texts(people, sender, now, campaign_id=8, enrollment_id=5), by=SYSTEM, now=now)
    gone = Message.objects.filter(person_id=people[0].pk)
    gone.update(status="sending")
    assert cancel_messages([5], "goal_met", campaign_ids={8}, by=SYSTEM, now=now) == 2
    assert cancel_messages([5], "goal_met", campaign_ids={8}, by=SYSTEM, now=now) == 0
    assert statuses() == {"sending": 1, "dropped": 2}


def test_cancelling_a_number_reaches_everybody_who_shares_it(org: Any, now: datetime) -> None:
    people, sender = make_people(2, now), make_sender()
    shared = ContactPoint.objects.get(person=people[0], kind="phone").number
    ContactPoint.objects.filter(person=people[1], kind="phone").update(number=shared)
    queue_messages(texts(people, sender, now), by=SYSTEM, now=now)
    assert cancel_for_numbers([shared.pk], "opted_out", by=SYSTEM, now=now) == 2


def test_keys_and_references_read_back() -> None:
    assert enrollment_key(3, "text-1", 2) == "e:3:text-1:2"
    assert confirm_key(4, 1) == "confirm:4:1"
    assert message_of(reference_of(7, 99), 7) == 99
    assert message_of(reference_of(7, 99), 8) is None
    assert message_of("b7-x", 7) is None
    with pytest.raises(ValueError, match="80"):
        enrollment_key(1, "s" * 90, 1)


def test_expiry_is_kept_by_the_database(org: Any, now: datetime) -> None:
    people, sender = make_people(1, now), make_sender()
    queue_messages(texts(people, sender, now, expires_at=now + timedelta(hours=1)), by=SYSTEM, now=now)
    with pytest.raises(IntegrityError, match="message_text_expires"), transaction.atomic():
        Message.objects.update(expires_at=None)
