"""An opt-out drops what is queued, whoever recorded it."""

from datetime import datetime
from typing import Any

from beckon.consent.actions import OptOut, record_do_not_contact, record_opt_out
from beckon.core.actors import SYSTEM
from beckon.messaging.actions import queue_messages
from beckon.messaging.models import Message
from beckon.messaging.tests.samples import make_people, make_sender, texts
from beckon.people.models import ContactPoint


def reasons() -> dict[int | None, str]:
    return dict(Message.objects.filter(status="dropped").values_list("person_id", "reason"))


def test_never_again_drops_what_is_queued_for_the_person_alone(org: Any, now: datetime) -> None:
    people = make_people(2, now)
    queue_messages(texts(people, make_sender(), now), by=SYSTEM, now=now)
    record_do_not_contact([people[0].pk], evidence="said so", by=SYSTEM, now=now)
    assert reasons() == {people[0].pk: "opted_out"}


def test_a_stop_of_one_channel_leaves_the_others(org: Any, now: datetime) -> None:
    people = make_people(1, now)
    queue_messages(texts(people, make_sender(), now), by=SYSTEM, now=now)
    record_opt_out([OptOut("no mail", person_id=people[0].pk, channel="email")], by=SYSTEM, now=now)
    record_opt_out([OptOut("no ads", person_id=people[0].pk, purpose="telemarketing")], by=SYSTEM, now=now)
    assert reasons() == {}
    record_opt_out([OptOut("no phone", person_id=people[0].pk, channel="phone")], by=SYSTEM, now=now)
    assert reasons() == {people[0].pk: "opted_out"}


def test_a_stop_of_a_number_drops_what_is_queued_to_it_and_no_more(org: Any, now: datetime) -> None:
    people, sender = make_people(2, now), make_sender()
    shared = ContactPoint.objects.get(person=people[0], kind="phone").number
    other = ContactPoint.objects.create(person=people[1], number=shared, kind="phone", rank=2)
    mine, theirs = texts(people, sender, now)
    queue_messages(
        [mine, theirs, theirs._replace(dedupe_key="manual:shared", contact_point_id=other.pk)], by=SYSTEM, now=now
    )
    record_opt_out([OptOut("STOP", number_id=shared.pk)], by=SYSTEM, now=now)
    assert sorted(Message.objects.filter(status="dropped").values_list("dedupe_key", flat=True)) == sorted(
        ["manual:shared", mine.dedupe_key]
    )
