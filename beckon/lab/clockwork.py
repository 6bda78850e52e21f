"""Turns the virtual clock, a few hours at a time: people answer, journeys advance, messages leave, agents work.

Everything real is done by the packages below; this only says when, and plays the people and the agents.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from beckon.campaigns.actions import advance_all
from beckon.campaigns.rounds import run_round
from beckon.channels.carriers.base import Channel, Inbound, Receipt, Word
from beckon.channels.carriers.sandbox.carrier import SandboxCarrier
from beckon.core.actors import SYSTEM
from beckon.core.bulk.garbage import without_garbage_searches
from beckon.core.bulk.settled import settled_configuration
from beckon.core.clock import set_clock
from beckon.core.organizations import refresh_statistics
from beckon.core.tenancy import org_scope
from beckon.lab.acts import outcome_of_world, plan_reactions, settle_visits, take_due
from beckon.lab.agents import take_calls_in, work_a_block
from beckon.lab.models import VirtualAct
from beckon.lab.speed import tuned_for_simulation
from beckon.lab.world import World, is_workday
from beckon.messaging.keys import reference_of
from beckon.messaging.receiving.inbound import record_inbound
from beckon.messaging.receiving.receipts import record_receipts
from beckon.messaging.sending.virtual import dispatch_due

FIRST_HOUR, LAST_HOUR = 8, 21
"""Hours of the practice's day in which anything is moved on; nights are skipped, since nothing may leave then."""
LAST_BLOCK = 15
"""The hour in which the agents' last block of the day may begin. They work eight hours, from eight or from nine."""
BLOCKS_A_DAY = 5
BLOCK = timedelta(hours=2, minutes=40)
"""How far the clock is turned at once: a third of the agents' eight hours. A reply is heard, and a call made, at most
this much later than it could be. Each block costs some fifty statements, however few people are concerned."""
COUNTED_AFTER_DAYS = frozenset((1, 8, 29))
"""Days after which PostgreSQL is made to count the tables that have grown since."""
Progress = Callable[[datetime], None]


def run_days(world: World, *, first: date, days: int, progress: Progress | None = None) -> None:
    """Live through `days` days from `first`, from where the clock stands; hours already lived are not lived again."""
    with tuned_for_simulation():
        for offset in range(days):
            if offset in COUNTED_AFTER_DAYS:
                refresh_statistics(world.organization)
            _live_a_day(world, first + timedelta(days=offset), progress)


def _live_a_day(world: World, day: date, progress: Progress | None) -> None:
    for number, at in enumerate(blocks_of(day, ZoneInfo(world.organization.time_zone))):
        if world.organization.clock_at is not None and at < world.organization.clock_at:
            continue
        with without_garbage_searches():
            live_a_block(world, at, is_first=number == 0)
        if progress is not None:
            progress(at)


def blocks_of(day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """When the blocks of a day begin: from eight one day, from nine the next, so that no hour is always the first."""
    begins = datetime.combine(day, time(FIRST_HOUR + day.toordinal() % 2))
    for number in range(BLOCKS_A_DAY):
        yield (begins + number * BLOCK).replace(tzinfo=zone)


def live_a_block(world: World, at: datetime, *, is_first: bool = True, length: timedelta = BLOCK) -> None:
    """The block of `length` from `at`, in one transaction with the clock: a crash loses it whole; it is lived again.

    Agents' calls fall into the block, so the clock stands at its end afterwards.
    """
    organization = world.organization
    with settled_configuration(), org_scope(organization):
        work = _work_at(at)
        if work.visits:
            settle_visits(world, at)
        if work.acts:
            _hear_from_people(world, at)
        if is_first:
            run_round(organization, now=at)
        elif work.enrollments or work.acts:
            advance_all(organization, now=at)
        if is_first or work.enrollments or work.acts or work.messages:
            _send(world, at, length, from_message=work.first_waiting)
        if work.calls and world.agents and is_workday(at) and at.hour <= LAST_BLOCK:
            work_a_block(world, begins=at, ends=at + length)
        set_clock(organization, at + length)


@dataclass(frozen=True)
class _Work:
    """What has come due, asked in one query. `first_waiting`: messages with a smaller id have left or never will."""

    visits: bool
    acts: bool
    enrollments: bool
    messages: bool
    calls: bool
    first_waiting: int


_WORK = """
SELECT EXISTS (SELECT 1 FROM scheduling_appointment WHERE status = 'booked' AND ends_at <= %(at)s),
       EXISTS (SELECT 1 FROM lab_virtualact WHERE done_at IS NULL AND due_at <= %(at)s),
       EXISTS (SELECT 1 FROM campaigns_dueset d JOIN campaigns_enrollment e ON e.id = ANY(d.enrollment_ids)
                WHERE d.due_at <= %(at)s AND e.left_at IS NULL AND e.due_at <= %(at)s),
       EXISTS (SELECT 1 FROM messaging_message WHERE sent_at IS NULL AND settled_at IS NULL AND status = 'queued'
                AND not_before <= %(at)s),
       EXISTS (SELECT 1 FROM desk_calltask WHERE status = 'open' AND due_at <= %(at)s),
       COALESCE((SELECT min(id) FROM messaging_message WHERE sent_at IS NULL AND settled_at IS NULL),
                (SELECT max(id) + 1 FROM messaging_message), 0)"""


def _work_at(at: datetime) -> _Work:
    with connection.cursor() as cursor:
        cursor.execute(_WORK, {"at": at})
        row = cursor.fetchone()
    assert row is not None
    return _Work(*row)


def _send(world: World, at: datetime, length: timedelta, *, from_message: int) -> None:
    carrier = SandboxCarrier(outcome_of_world(world))
    done = dispatch_due(by=SYSTEM, now=at, tick_seconds=length.total_seconds(), carrier_of=lambda held: carrier)
    if done.sent or done.delivered:
        plan_reactions(world, at, from_message=from_message)


def _hear_from_people(world: World, at: datetime) -> None:
    due = take_due(at)
    for sender_id, acts in _by_sender(due.replies).items():
        batch = [
            Inbound(
                carrier_ref=f"in:{act.data['reference']}",
                channel=Channel.SMS,
                from_=act.data["address"],
                to="",
                body=act.data["text"],
            )
            for act in acts
        ]
        record_inbound(batch, sender_id=sender_id, carrier="sandbox", by=SYSTEM, now=at)
    for sender_id, acts in _by_sender(due.returned).items():
        organization_id = world.organization.pk
        back = [Receipt("", Word.FAILED, reference_of(organization_id, act.data["message"])) for act in acts]
        record_receipts(back, sender_id=sender_id, by=SYSTEM, now=at)
    if due.calls:
        take_calls_in(world, due.calls, at)


def _by_sender(acts: Sequence[VirtualAct]) -> dict[int, list[VirtualAct]]:
    grouped: dict[int, list[VirtualAct]] = defaultdict(list)
    for act in acts:
        grouped[act.data["sender"]].append(act)
    return grouped
