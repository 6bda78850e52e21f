"""What an outcome changes beyond its task: the person's columns, numbers, opt-outs, deaths, texts. Batches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from beckon.channels.models import Sender
from beckon.consent.actions import record_do_not_contact
from beckon.consent.facts import Channel, Purpose
from beckon.core.actors import Actor
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.desk.models import CallTask, TaskStatus
from beckon.desk.rules import AboutNumber, AboutPerson, Effects, Text
from beckon.desk.serving.claiming import closed_event
from beckon.desk.values import Outcome
from beckon.desk.words import appointment_words
from beckon.messaging.actions import queue_messages
from beckon.messaging.keys import confirm_key
from beckon.messaging.values import NewMessage
from beckon.people.models import ContactPoint, Number, Person
from beckon.scheduling.models import Appointment

TEMPLATES = {Text.CONFIRMATION: "desk/confirmation", Text.PRACTICE_DETAILS: "desk/practice-details"}
TEXT_EXPIRES = {Text.CONFIRMATION: timedelta(days=1), Text.PRACTICE_DETAILS: timedelta(hours=2)}
_E164 = re.compile(r"^\+[1-9]\d{7,14}$")

_TOUCH = """
UPDATE people_person p SET last_call_at = %(now)s, call_attempts = p.call_attempts + 1, updated_at = p.updated_at,
       recent_contacts = (array_append(p.recent_contacts, %(now)s::timestamptz))
                         [greatest(1, cardinality(p.recent_contacts) - 8):]
 WHERE p.id = ANY(%(people)s)
"""

@dataclass
class Done:
    """An outcome that was decided: what it was about and what it does. `call_id` once the call is recorded."""

    outcome: Outcome
    person: Person
    task: CallTask | None
    effects: Effects
    zone: ZoneInfo
    appointment: Appointment | None
    moved_on: bool
    is_inbound: bool
    call_id: int = 0

    @property
    def dialled(self) -> int | None:
        """The number that was dialled, as far as is known."""
        return self.outcome.number_id or (self.task.number_id if self.task else None)


def is_e164(value: str) -> bool:
    """True for + and 8 to 15 digits."""
    return bool(_E164.match(value))


def before(done: Done) -> dict[str, Any]:
    """What undo puts back: the task's and the person's columns as they were."""
    task, person = done.task, done.person
    kept: dict[str, Any] = {
        "person": {
            "last_call_at": _iso(person.last_call_at), "call_attempts": person.call_attempts,
            "recent_contacts": [at.isoformat() for at in person.recent_contacts],
        },
        "about": [str(done.effects.number), str(done.effects.person)],
        "moved_on": done.moved_on,
        "inbound": done.is_inbound,
        "message": _message_key(done),
    }
    if task is not None:
        kept["task"] = {
            "attempts": task.attempts, "tried_hours": list(task.tried_hours), "due_at": _iso(task.due_at),
            "held_reason": task.held_reason, "callback_at": _iso(task.callback_at),
            "callback_for": task.callback_for, "number_id": task.number_id,
        }
        kept["after"] = {"attempts": done.effects.attempts, "due_at": _iso(done.effects.due_at)}
    return kept


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def touch_people(done: Sequence[Done], now: datetime) -> None:
    """Last call, attempts and recent contacts of everybody who was dialled, in one statement (rows are locked).

    An inbound call is no attempt of ours.
    """
    called = [d.person.pk for d in done if not d.is_inbound]
    if called:
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, {"now": now, "people": called})


def mark_numbers(done: Sequence[Done], now: datetime) -> None:
    """Wrong numbers end the person's link, disconnected ones are retired for everybody, new mobiles are added."""
    wrong = [(d.person.pk, d.dialled) for d in done if d.effects.number is AboutNumber.WRONG and d.dialled]
    if wrong:
        pairs = Q()
        for person_id, number_id in wrong:
            pairs |= Q(person_id=person_id, number_id=number_id)
        ContactPoint.objects.filter(pairs, ended_at=None).update(ended_at=now, ended_reason="wrong_person")
    dead = sorted({d.dialled for d in done if d.effects.number is AboutNumber.DEAD and d.dialled})
    if dead:
        Number.objects.filter(pk__in=dead, dead_at=None).update(dead_at=now, dead_reason="disconnected")
    _add_mobiles({
        (d.person.pk, d.outcome.details.captured_mobile) for d in done if d.outcome.details.captured_mobile
    })


def _add_mobiles(captured: set[tuple[int, str]]) -> None:
    """New mobile numbers, as the person stated them; one that is there becomes the first to be tried."""
    if not captured:
        return
    values = sorted({value for _, value in captured})
    Number.objects.bulk_create(
        [Number(kind="phone", value=v, reversed_digits=v[:0:-1], line_type="mobile", line_type_source="stated")
         for v in values],
        ignore_conflicts=True,
    )
    numbers = {n.value: n for n in Number.objects.filter(kind="phone", value__in=values)}
    Number.objects.filter(pk__in=[n.pk for n in numbers.values()], line_type="unknown").update(
        line_type="mobile", line_type_source="stated"
    )
    ContactPoint.objects.bulk_create(
        [ContactPoint(person_id=i, number=numbers[v], kind="phone", use="mobile", rank=0) for i, v in sorted(captured)],
        update_conflicts=True, unique_fields=["person", "number"],
        update_fields=["ended_at", "ended_reason", "use", "rank"],
    )


def mark_people(done: Sequence[Done], by: Actor, now: datetime) -> None:
    """Opt-outs, deaths, proposed merges and dead numbers, each with its event; ends all calls of who is gone."""
    _announce_dead_numbers(done, by, now)
    gone: dict[int, str] = {}
    for each in done:
        match each.effects.person:
            case AboutPerson.OPTS_OUT:
                evidence = f"said to {each.outcome.agent.key} on call {each.call_id}: never call again"
                record_do_not_contact([each.person.pk], evidence=evidence, by=by, now=now)
                gone[each.person.pk] = each.effects.leave
            case AboutPerson.DECEASED:
                gone[each.person.pk] = each.effects.leave
            case AboutPerson.DUPLICATE | AboutPerson.NOTHING:
                pass
    _announce_deaths(done, by, now)
    _propose_merges(done, by, now)
    close_tasks_of_people(gone, by=by, now=now)


def _announce_dead_numbers(done: Sequence[Done], by: Actor, now: datetime) -> None:
    events = [
        NewEvent("number.dead", d.person.pk, d.dialled, {"reason": "disconnected", "number_id": d.dialled})
        for d in done if d.effects.number is AboutNumber.DEAD and d.dialled
    ]
    record_events(events, by=by, now=now)


def _announce_deaths(done: Sequence[Done], by: Actor, now: datetime) -> None:
    dead = sorted({d.person.pk for d in done if d.effects.person is AboutPerson.DECEASED})
    if dead:
        Person.objects.filter(pk__in=dead, deceased_at=None).update(deceased_at=now, updated_at=now)
        record_events([NewEvent("person.deceased", i) for i in dead], by=by, now=now)


def _propose_merges(done: Sequence[Done], by: Actor, now: datetime) -> None:
    events = [
        NewEvent("person.duplicate_reported", d.person.pk, d.call_id, {"other": d.outcome.details.other_person_id})
        for d in done if d.effects.person is AboutPerson.DUPLICATE
    ]
    record_events(events, by=by, now=now)


def close_tasks_of_people(
    reasons: dict[int, str], *, by: Actor, now: datetime, only_reappointment: bool = False, but_leased_by: str = ""
) -> int:
    """End the open and leased calls of people, for the reason given for each; returns how many.

    `but_leased_by`: what this agent holds stays theirs, to be disposed.
    """
    if not reasons:
        return 0
    rows = CallTask.objects.filter(person_id__in=list(reasons)).exclude(status=TaskStatus.CLOSED)
    if only_reappointment:
        rows = rows.filter(skips_booked=True)
    if but_leased_by:
        rows = rows.exclude(status=TaskStatus.LEASED, leased_by=but_leased_by)
    tasks = list(rows.order_by("pk").select_for_update(no_key=True))
    for task in tasks:
        task.status, task.closed_at, task.closed_reason = TaskStatus.CLOSED, now, reasons[task.person_id]
        task.leased_by, task.leased_until, task.is_ready = "", None, False
    CallTask.objects.bulk_update(
        tasks, ["status", "closed_at", "closed_reason", "leased_by", "leased_until", "is_ready"], batch_size=1_000
    )
    record_events(
        [closed_event(t.pk, t.person_id, t.enrollment_id, t.step, t.round, t.closed_reason) for t in tasks],
        by=by, now=now,
    )
    return len(tasks)


def _message_key(done: Done) -> str:
    match done.effects.text:
        case Text.CONFIRMATION:
            return confirm_key(done.appointment.pk, done.appointment.version) if done.appointment else ""
        case Text.PRACTICE_DETAILS:
            return f"details:{done.outcome.form_id}"[:80]
        case _:
            return ""


def queue_texts(done: Sequence[Done], by: Actor, now: datetime) -> None:
    """Confirmation and practice details, at once; messaging asks the consent gate and stores a refusal's reason.

    Practice details answer the conversation that has just ended, so they are a reply; the agent asked first.
    """
    wanted = [d for d in done if d.effects.text is not Text.NONE and d.outcome.details.may_text]
    if not wanted:
        return
    default = Sender.objects.filter(channel="sms", is_active=True).order_by("pk").values_list("pk", flat=True).first()
    messages = []
    for each in wanted:
        sender_id = (each.task.text_sender_id if each.task else None) or default
        if sender_id is not None:
            messages.append(_message(each, sender_id, now))
    queue_messages(messages, by=by, now=now)


def _message(done: Done, sender_id: int, now: datetime) -> NewMessage:
    text, task = done.effects.text, done.task
    is_confirmation = text is Text.CONFIRMATION
    context = appointment_words(done.appointment, done.person.language) if done.appointment else {}
    return NewMessage(
        dedupe_key=_message_key(done), person_id=done.person.pk, channel=Channel.SMS,
        purpose=Purpose.APPOINTMENT if is_confirmation else Purpose.REPLY, sender_id=sender_id,
        template_key=TEMPLATES[text], context=context, expires_at=now + TEXT_EXPIRES[text],
        requested_at=None if is_confirmation else now, hipaa_class=task.hipaa_class if task else "",
        campaign_id=task.campaign_id if task else None,
    )
