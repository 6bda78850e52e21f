"""What virtual people do after a message reached them: texts, calls in, visits. Kept in a table until it is time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from beckon.channels.carriers.base import OutgoingMessage, Word
from beckon.core.actors import SYSTEM
from beckon.lab.models import VirtualAct
from beckon.lab.rules import VirtualPerson, calls_in_after, delivery, keeps_visit, reply_to_text
from beckon.lab.world import World
from beckon.messaging.values import MessageStatus
from beckon.scheduling.actions import VisitOutcome, record_outcomes
from beckon.scheduling.models import Appointment, AppointmentStatus

_ARRIVED = """
SELECT m.id, m.person_id, m.channel, m.address, m.sender_id, m.campaign_id, c.name, m.step, e.round,
       (SELECT count(*) FROM messaging_message o WHERE o.person_id = m.person_id AND o.channel = 'sms'
          AND o.campaign_id = m.campaign_id AND o.sent_at < m.sent_at), m.enrollment_id, m.status
  FROM messaging_message m
  JOIN campaigns_campaign c ON c.id = m.campaign_id
  JOIN campaigns_enrollment e ON e.id = m.enrollment_id
 WHERE m.id >= %s AND m.sent_at = %s AND NOT m.is_inbound AND m.status IN ('sent', 'delivered') ORDER BY m.id"""


@dataclass(frozen=True)
class Due:
    """Acts whose time has come, by kind."""

    replies: list[VirtualAct]
    calls: list[VirtualAct]
    returned: list[VirtualAct]


def outcome_of_world(world: World) -> Any:
    """What the sandbox carrier does with a message: arrives or not, drawn by the address, so a dead one stays dead.

    A postcard that cannot be delivered is printed, mailed and paid for like any other; it comes back later.
    """

    def outcome(message: OutgoingMessage) -> Word:
        channel = str(message.channel)
        draw_key = "|".join(message.address) or message.to
        arrives = delivery(world.population, world.seed, draw_key, channel=channel, reference=channel)
        if arrives:
            return Word.DELIVERED
        return Word.ACCEPTED if channel == "postal" else Word.FAILED

    return outcome


def plan_reactions(world: World, now: datetime, *, from_message: int) -> int:
    """Draw what people do about the campaign messages that left at `now`; returns how many will do something.

    `from_message`: no message with a smaller id was waiting, so that the many that left before are not looked at.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVED, [from_message, now])
        rows = cursor.fetchall()
    acts = [act for row in rows for act in _reaction(world, row, now)]
    VirtualAct.objects.bulk_create(acts)
    return len(acts)


def _reaction(world: World, row: tuple[Any, ...], now: datetime) -> Iterable[VirtualAct]:
    id_, person_id, channel, address, sender_id, campaign_id, campaign, step, round_, *rest = row
    earlier, enrollment_id, status = rest
    person = world.people.get(person_id)
    if person is None:
        return
    reference = f"{campaign}:{step}:{round_}"
    data = {"address": address, "sender": sender_id, "campaign": campaign_id, "enrollment": enrollment_id}
    in_the_mail = timedelta(days=world.population.number("postcards.days_in_the_mail") if channel == "postal" else 0)
    if channel == "postal" and status == MessageStatus.SENT:
        data |= {"message": id_}
        yield VirtualAct(person_id=person_id, kind="returned", due_at=now + 2 * in_the_mail, data=data)
        return
    if channel == "sms":
        reply = reply_to_text(world.population, world.seed, person, reference=reference, earlier_texts=earlier)
        if reply is not None:
            data |= {"text": reply.text, "reference": f"{person.key}:{reference}"}
            yield VirtualAct(person_id=person_id, kind="reply", due_at=now + reply.after, data=data)
        return
    after = calls_in_after(world.population, world.seed, person, channel=channel, reference=reference)
    if after is not None:
        yield VirtualAct(person_id=person_id, kind="call_in", due_at=now + in_the_mail + after, data=data)


def take_due(now: datetime) -> Due:
    """The acts due by `now`, oldest first, marked done in this transaction."""
    acts = list(VirtualAct.objects.filter(done_at=None, due_at__lte=now).order_by("due_at", "id"))
    VirtualAct.objects.filter(pk__in=[a.pk for a in acts]).update(done_at=now)
    kinds = ("reply", "call_in", "returned")
    return Due(*([act for act in acts if act.kind == kind] for kind in kinds))


def settle_visits(world: World, now: datetime) -> int:
    """People come, or do not, to the visits that have ended by `now`; returns how many were settled."""
    ended = list(
        Appointment.objects.filter(status=AppointmentStatus.BOOKED, ends_at__lte=now).order_by("starts_at", "id")
    )
    if not ended:
        return 0
    cents = round(100 * world.population.number("visits.collected_dollars"))
    outcomes: list[VisitOutcome] = []
    for visit in ended:
        kept = keeps_visit(
            world.population, world.seed, _person(world, visit.person_id), starts=visit.starts_at.isoformat()
        )
        outcomes.append(
            VisitOutcome(visit.pk, AppointmentStatus.KEPT, cents)
            if kept
            else VisitOutcome(visit.pk, AppointmentStatus.MISSED)
        )
    record_outcomes(outcomes, by=SYSTEM, now=now)
    return len(outcomes)


def _person(world: World, person_id: int) -> VirtualPerson:
    return world.people.get(person_id) or VirtualPerson(str(person_id), "", False)
