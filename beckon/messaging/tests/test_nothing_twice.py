"""Design, invariants 1 and 2: whatever crashes when, nothing is sent twice and nothing is lost."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beckon.channels.carriers.base import OutgoingMessage, Receipt, SendResult, Word, result
from beckon.channels.models import Sender
from beckon.core.actors import SYSTEM
from beckon.core.tenancy import current_organization
from beckon.messaging.actions import cancel_messages, queue_messages
from beckon.messaging.models import Message
from beckon.messaging.receiving.receipts import record_receipts
from beckon.messaging.rules import Send
from beckon.messaging.sending.claim import claim_due, decide_batch
from beckon.messaging.sending.lease import Held, disown_dead_workers, holds_lease, take_lease
from beckon.messaging.sending.mark import mark_sending
from beckon.messaging.sending.outgoing import make_outgoing
from beckon.messaging.sending.record import Handed, record_results
from beckon.messaging.tests.samples import make_people, make_sender, texts
from beckon.messaging.values import MessageStatus

WORDS = [Word.ACCEPTED, Word.DELIVERED, Word.FAILED, Word.TRY_LATER, Word.UNKNOWN]


class World:
    """One sender worked by many short-lived workers; each step may be the last of its worker."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.people, self.sender = make_people(6, now), make_sender()
        self.arrived: Counter[str] = Counter()
        self.workers = 0
        self.rounds = 0
        self.held: Held | None = None
        self.sends: list[Send] = []
        self.marked: list[Send] = []
        self.results: list[SendResult] = []

    def queue(self) -> None:
        self.rounds += 1
        more = {"expires_at": self.now + timedelta(days=9), "campaign_id": 8, "enrollment_id": self.rounds}
        batch = texts(self.people, self.sender, self.now, **more)
        queue_messages(
            [m._replace(dedupe_key=f"{m.dedupe_key}.{self.rounds % 3}") for m in batch],
            by=SYSTEM,
            now=self.now,
        )

    def crash(self) -> None:
        """The worker is gone with all it remembered; its lease runs out."""
        Sender.objects.update(dispatcher="", dispatcher_until=None)
        self.held, self.sends, self.marked, self.results = None, [], [], []

    def claim(self) -> None:
        if self.marked:  # a worker works through what it has before it claims more
            return
        if self.held is None:
            self.workers += 1
            self.held = take_lease(self.sender.pk, f"worker-{self.workers}")
            assert self.held is not None
            disown_dead_workers(self.sender.pk, self.held.token)
        due = claim_due(self.sender.pk, limit=4, excluding=(), now=self.now)
        self.sends = list(decide_batch(due, by=SYSTEM, now=self.now).sends)

    def mark(self) -> None:
        if self.held is not None and self.sends and holds_lease(self.sender.pk, self.held.token):
            self.marked, self.sends = mark_sending(self.sends, token=self.held.token, now=self.now), []

    def send(self, word: Word) -> None:
        if self.held is None or not self.marked or self.results:
            return
        outgoing = make_outgoing([s.due for s in self.marked], self.held, current_organization().pk)
        self.results = [self._carry(message, word) for message in outgoing]

    def _carry(self, message: OutgoingMessage, word: Word) -> SendResult:
        if word is not Word.TRY_LATER:
            self.arrived[message.reference] += 1
        return result(message.reference, word, carrier_ref=f"v{message.reference}")

    def record(self) -> None:
        if self.results:
            handed = [
                Handed(s.due, s.due.tries + 1, self.now, r) for s, r in zip(self.marked, self.results, strict=True)
            ]
            record_results(
                handed, sender_id=self.sender.pk, price_cents=self.sender.cost_cents, by=SYSTEM, now=self.now
            )
            self.marked, self.results = [], []

    def receipts(self, word: Word) -> None:
        batch = [Receipt("", word, reference=r) for r in self.arrived]
        record_receipts(batch, sender_id=self.sender.pk, by=SYSTEM, now=self.now)

    def check(self) -> None:
        assert all(count == 1 for count in self.arrived.values()), self.arrived
        for row in Message.objects.all():
            reference = f"b{current_organization().pk}-{row.pk}"
            may_have_left = row.status in ("sending", "unknown", "sent", "delivered", "failed")
            assert may_have_left or reference not in self.arrived, row.status
            assert row.status in [status.value for status in MessageStatus]


STEPS = st.lists(
    st.one_of(
        st.sampled_from(["queue", "claim", "claim", "mark", "mark", "record", "crash", "cancel", "later"]),
        st.tuples(st.just("send"), st.sampled_from(WORDS)),
        st.tuples(st.just("receipts"), st.sampled_from(WORDS)),
    ),
    min_size=4,
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_nothing_is_sent_twice_and_nothing_is_lost_whatever_crashes(org: Any, now: datetime, steps: list[Any]) -> None:
    from django.db import transaction

    with transaction.atomic():
        world = World(now)
        world.queue()
        for step in steps:
            play(world, step)
            world.check()
        settle(world)
        transaction.set_rollback(True)


def play(world: World, step: Any) -> None:
    match step:
        case ("send", word):
            world.send(word)
        case ("receipts", word):
            world.receipts(word)
        case "cancel":
            cancel_messages([world.rounds], "stopped", campaign_ids={8}, by=SYSTEM, now=world.now)
        case "later":
            world.now += timedelta(hours=25)
        case _:
            getattr(world, step)()


def settle(world: World) -> None:
    """Days of calm afterwards: a healthy worker, and receipts for all that arrived."""
    world.crash()
    for _ in range(40):
        world.now += timedelta(hours=24)
        for step in ("claim", "mark", ("send", Word.DELIVERED), "record"):
            play(world, step)
    world.receipts(Word.DELIVERED)
    world.check()
    left_open = Message.objects.filter(status__in=["queued", "sending"]).count()
    assert left_open == 0
    for row in Message.objects.filter(status__in=["failed", "dropped", "unknown"]):
        assert row.reason


def test_the_machine_would_notice_a_second_sending(org: Any, now: datetime) -> None:
    world = World(now)
    world.queue()
    for step in ("claim", "mark", ("send", Word.DELIVERED)):
        play(world, step)
    world.crash()
    Message.objects.update(status="queued")  # what recovery must never do
    for step in ("claim", "mark", ("send", Word.DELIVERED)):
        world.now += timedelta(hours=25)
        play(world, step)
    with pytest.raises(AssertionError):
        world.check()
