"""Whoever changes calls and enrollments of the same people at once waits: PostgreSQL never has to end one of them.

The order of locks: people first, in id order, then anything of theirs. Who claims with SKIP LOCKED skips busy people.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError

from beckon.campaigns.actions import advance_due, stop_enrollments
from beckon.campaigns.models import Enrollment
from beckon.campaigns.rounds import run_round
from beckon.campaigns.tests.scene import install, launch, make_desk, make_people, make_senders
from beckon.channels.carriers.base import Channel as CarrierChannel
from beckon.channels.carriers.base import Inbound, OutgoingMessage, Receipt, Word
from beckon.channels.models import Sender
from beckon.consent.actions import OptOut, record_opt_out
from beckon.consent.facts import Channel, Purpose
from beckon.core.actors import SYSTEM, simulated_agent
from beckon.core.tenancy import org_scope
from beckon.desk.actions import dispose, take_next
from beckon.desk.models import CallQueue, CallTask, TaskStatus
from beckon.desk.values import Outcome
from beckon.messaging.actions import queue_messages
from beckon.messaging.keys import manual_key
from beckon.messaging.models import Message
from beckon.messaging.receiving.inbox import handle_inbox, store_callbacks
from beckon.messaging.sending.dispatch import dispatch
from beckon.messaging.tests.fakes import RecordingCarrier
from beckon.messaging.tests.samples import make_sender
from beckon.messaging.values import NewMessage
from beckon.scheduling.actions import NewAppointment, book
from beckon.scheduling.tests.samples import make_clinician, make_visit_type

pytestmark = pytest.mark.storm
ROUNDS, TOGETHER = 8, 25
AGENT, OTHER = simulated_agent("dana"), simulated_agent("lee")


WORDS = (Word.ACCEPTED, Word.FAILED, Word.TRY_LATER, Word.OPTED_OUT, Word.DEAD)
SAID = ("STOP", "yes please call me", "wrong number")


class Hands:
    """What can be done to the people of one round, each in one transaction; the sender makes its own."""

    def __init__(self, organization: Any, now: datetime) -> None:
        self.organization, self.now = organization, now
        with org_scope(organization):
            self.clinicians = [make_clinician().pk for _ in range(TOGETHER)]
            self.visit = make_visit_type().pk
            self.queue = CallQueue.objects.get(name="outreach").pk

    def disposing(self, people: list[int]) -> None:
        tasks = CallTask.objects.filter(person_id__in=people).exclude(status=TaskStatus.CLOSED).order_by("pk")
        said = [
            Outcome(f"f{t.pk}", AGENT, "NOANS" if t.pk % 2 else "LOST", self.now, task_id=t.pk, number_id=t.number_id)
            for t in tasks
        ]
        dispose(said, by=AGENT, now=self.now)

    def booking(self, people: list[int]) -> None:
        day = self.now + timedelta(days=1 + people[0] % 3)
        pairs = zip(people, self.clinicians, strict=True)
        book([NewAppointment(p, c, self.visit, day) for p, c in pairs], by=OTHER, now=self.now)

    def advancing(self, people: list[int]) -> None:
        advance_due(now=self.now, limit=TOGETHER)

    def stopping(self, people: list[int]) -> None:
        ids = list(Enrollment.objects.filter(person_id__in=people).values_list("pk", flat=True))
        stop_enrollments(ids, by=SYSTEM, now=self.now)

    def opting_out(self, people: list[int]) -> None:
        record_opt_out([OptOut("texted STOP", person_id=p) for p in reversed(people)], by=SYSTEM, now=self.now)

    def serving(self, people: list[int]) -> None:
        take_next(OTHER, [self.queue], by=OTHER, now=self.now, limit=5)

    def sending(self, people: list[int]) -> None:
        """Whatever a vendor can say about a text; called outside of any scope."""
        self.send("out", people, lambda message: WORDS[sum(message.reference.encode()) % len(WORDS)])

    def receiving(self, people: list[int]) -> None:
        """Texts that failed late, and what people say, in another order than that of their ids."""
        sender = Sender.objects.get(name=f"in {people[0]}")
        sent = list(Message.objects.filter(sender_id=sender.pk, is_inbound=False).order_by("-person_id"))
        failed = [Receipt(m.carrier_ref, (Word.FAILED, Word.DEAD)[m.pk % 2]) for m in sent[::2]]
        said = [
            Inbound(f"s{m.pk}", CarrierChannel.SMS, m.address, sender.address, SAID[m.pk % len(SAID)])
            for m in sent[1::2]
        ]
        store_callbacks([*said, *failed], sender_id=sender.pk, carrier="sandbox")
        while handle_inbox(by=SYSTEM, now=self.now):
            pass

    def queue_texts(self, name: str, people: Sequence[int]) -> None:
        """A text of their journey to each, from a sender of this round."""
        sender = make_sender(name=f"{name} {people[0]}")
        journeys = {e.person_id: e for e in Enrollment.objects.filter(person_id__in=people, left_at=None)}
        texts = [
            NewMessage(
                manual_key(f"{name}{person}"), person, Channel.SMS, Purpose.APPOINTMENT, sender.pk,
                body="Your visit is on Monday.", hipaa_class="treatment", expires_at=self.now + timedelta(hours=6),
                enrollment_id=journeys[person].pk, campaign_id=journeys[person].campaign_id, step=journeys[person].step,
            )
            for person in people
        ]  # fmt: skip
        queue_messages(texts, by=SYSTEM, now=self.now)

    def send(self, name: str, people: Sequence[int], word_of: Callable[[OutgoingMessage], Word]) -> int:
        """Run the real sender until nothing is due; how many it handed to the carrier."""
        with org_scope(self.organization):
            sender = Sender.objects.get(name=f"{name} {people[0]}")
        carrier = RecordingCarrier(word_of)
        dispatch(
            self.organization, sender.pk, by=SYSTEM, clock=lambda: self.now, carrier_of=lambda _: carrier, seconds=20
        )
        return len(carrier.messages)


KINDS = ("disposing", "booking", "advancing", "stopping", "opting_out", "serving", "sending", "receiving")
OWN_SCOPES = ("sending",)


@pytest.fixture
def scene(committed_org: Any, now: datetime) -> tuple[Hands, list[list[int]]]:
    """People of whom everybody is to be called, in groups; each enrollment's call has waited until now."""
    with org_scope(committed_org):
        make_senders()
        make_desk(now)
        people = make_people(now, ROUNDS * TOGETHER)
        launch(install("no-encounter", now), now)
    for day in range(40):
        run_round(committed_org, now=now + timedelta(days=day))
        with org_scope(committed_org):
            if CallTask.objects.count() == len(people):
                break
    later = now + timedelta(days=day)
    with org_scope(committed_org):
        assert CallTask.objects.exclude(status=TaskStatus.CLOSED).count() == len(people)
        Enrollment.objects.update(due_at=later)
        CallTask.objects.update(due_at=later)
    hands, groups = Hands(committed_org, later), [people[n : n + TOGETHER] for n in range(0, len(people), TOGETHER)]
    for group in groups:
        with org_scope(committed_org):
            hands.queue_texts("in", group)
            hands.queue_texts("out", group)
        assert hands.send("in", group, lambda _: Word.ACCEPTED) == TOGETHER
    return hands, groups


def together(hands: Hands, people: list[int], *kinds: str) -> list[str]:
    """Do all of it at once; returns who was ended by the database."""
    barrier = threading.Barrier(len(kinds))

    def one(kind: str) -> str:
        act: Callable[[list[int]], None] = getattr(hands, kind)
        try:
            if kind in OWN_SCOPES:
                barrier.wait()
                act(people)
                return ""
            with org_scope(hands.organization):
                barrier.wait()
                act(people)
        except OperationalError as error:
            if "deadlock" not in str(error):
                raise
            return f"{kind}: {' '.join(str(error).split())}"
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(kinds)) as pool:
        return [kind for kind in pool.map(one, kinds) if kind]


@pytest.mark.parametrize("pair", list(combinations(KINDS, 2)), ids="-".join)
def test_two_at_work_on_the_same_people_never_end_each_other(
    scene: tuple[Hands, list[list[int]]], pair: tuple[str, str]
) -> None:
    hands, groups = scene
    assert [ended for people in groups for ended in together(hands, people, *pair)] == []


def test_all_at_once_end_nobody_and_every_task_and_enrollment_keeps_its_reason(
    scene: tuple[Hands, list[list[int]]],
) -> None:
    hands, groups = scene
    assert [ended for people in groups for ended in together(hands, people, *KINDS)] == []
    with org_scope(hands.organization):
        for enrollment in Enrollment.objects.exclude(left_at=None):
            assert enrollment.left_reason
            running = CallTask.objects.filter(enrollment_id=enrollment.pk).exclude(status=TaskStatus.CLOSED)
            assert not running.filter(status=TaskStatus.OPEN).exists()
