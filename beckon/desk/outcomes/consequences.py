"""What an outcome changes beyond its task: the person's columns, numbers, opt-outs, deaths, texts. Batches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from beckon.people.actions import (
    add_phone,
    end_contact_points,
    mark_deceased,
    mark_number_dead,
    record_call_attempts,
    record_contacts,
)
from beckon.people.models import ContactPoint, LineType, Person
from beckon.scheduling.models import Appointment

TEMPLATES = {Text.CONFIRMATION: "desk/confirmation", Text.PRACTICE_DETAILS: "desk/practice-details"}
TEXT_EXPIRES = {Text.CONFIRMATION: timedelta(days=1), Text.PRACTICE_DETAILS: timedelta(hours=2)}
_E164 = re.compile(r"^\+[1-9]\d{7,14}$")


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
    is_new_mobile: bool = False
    call_id: int = 0

    @property
    def dialled(self) -> int | None:
        """The number that was dialled, as far as is known."""
        return self.outcome.number_id or (self.task.number_id if self.task else None)


def is_e164(value: str) -> bool:
    """True for + and 8 to 15 digits."""
    return bool(_E164.match(value))


def before(done: Done) -> dict[str, Any]:
    """What undo puts back: the task's and the person's columns as they were; and the visit the person spoke of."""
    task, person = done.task, done.person
    kept: dict[str, Any] = {
        "person": {
            "last_call_at": iso(person.last_call_at),
            "call_attempts": person.call_attempts,
            "recent_contacts": [at.isoformat() for at in person.recent_contacts],
        },
        "about": [str(done.effects.number), str(done.effects.person)],
        "moved_on": done.moved_on,
        "inbound": done.is_inbound,
        "message": _message_key(done),
        "existing_visit_at": iso(done.outcome.details.existing_visit_at),
    }
    if task is not None:
        kept["task"] = {
            "attempts": task.attempts,
            "tried_hours": list(task.tried_hours),
            "due_at": iso(task.due_at),
            "held_reason": task.held_reason,
            "callback_at": iso(task.callback_at),
            "callback_for": task.callback_for,
            "number_id": task.number_id,
        }
        kept["after"] = {"attempts": done.effects.attempts, "due_at": iso(done.effects.due_at)}
    return kept


def iso(at: datetime | None) -> str | None:
    """An instant as it is kept in JSON."""
    return at.isoformat() if at else None


def touch_people(done: Sequence[Done], now: datetime) -> None:
    """Last call, attempts and recent contacts of everybody who was dialled. An inbound call is no attempt of ours."""
    called = sorted((d.person.pk, now) for d in done if not d.is_inbound)
    record_contacts(called)
    record_call_attempts(called)


def mark_numbers(done: Sequence[Done], by: Actor, now: datetime) -> None:
    """Wrong numbers end the person's link, disconnected ones are retired for everybody, new mobiles are added."""
    wrong = {(d.person.pk, d.dialled) for d in done if d.effects.number is AboutNumber.WRONG and d.dialled}
    if wrong:
        points = ContactPoint.objects.filter(person_id__in=[i for i, _ in wrong], ended_at=None)
        rows = points.values_list("pk", "person_id", "number_id")
        ids = [pk for pk, person_id, number_id in rows if (person_id, number_id) in wrong]
        end_contact_points(ids, "wrong_person", by=by, now=now)
    dead = sorted({d.dialled for d in done if d.effects.number is AboutNumber.DEAD and d.dialled})
    if dead:
        mark_number_dead(dead, "disconnected", by=by, now=now)
    for each in done:
        if each.is_new_mobile:
            add_phone(
                each.person.pk,
                each.outcome.details.captured_mobile,
                line_type=LineType.MOBILE,
                use="mobile",
                by=by,
                now=now,
            )


def opt_out_evidence(agent: str, call_id: int) -> str:
    """What the ledger says of an opt-out on a call; undo finds the entry by these words."""
    return f"said to {agent} on call {call_id}: never call again"


def mark_people(done: Sequence[Done], by: Actor, now: datetime) -> None:
    """Opt-outs, deaths and proposed merges, each with its event; ends all calls of who is gone."""
    gone: dict[int, str] = {}
    for each in done:
        match each.effects.person:
            case AboutPerson.OPTS_OUT:
                evidence = opt_out_evidence(each.outcome.agent.key, each.call_id)
                record_do_not_contact([each.person.pk], evidence=evidence, by=by, now=now)
                gone[each.person.pk] = each.effects.leave
            case AboutPerson.DECEASED:
                gone[each.person.pk] = each.effects.leave
            case AboutPerson.DUPLICATE | AboutPerson.NOTHING:
                pass
    dead = sorted({d.person.pk for d in done if d.effects.person is AboutPerson.DECEASED})
    if dead:
        mark_deceased(dead, by=by, now=now)
    _propose_merges(done, by, now)
    close_tasks_of_people(gone, by=by, now=now)


def _propose_merges(done: Sequence[Done], by: Actor, now: datetime) -> None:
    events = [
        NewEvent("person.duplicate_reported", d.person.pk, d.call_id, {"other": d.outcome.details.other_person_id})
        for d in done
        if d.effects.person is AboutPerson.DUPLICATE
    ]
    record_events(events, by=by, now=now)


def close_tasks_of_people(
    reasons: dict[int, str],
    *,
    by: Actor,
    now: datetime,
    only_reappointment: bool = False,
    but_leased_by: str = "",
    but_tasks: Sequence[int] = (),
) -> int:
    """End the open and leased calls of people, for the reason given for each; returns how many.

    `but_leased_by`: what this agent holds stays theirs, to be disposed. So do `but_tasks` while somebody holds them.
    """
    if not reasons:
        return 0
    rows = CallTask.objects.filter(person_id__in=list(reasons)).exclude(status=TaskStatus.CLOSED)
    if only_reappointment:
        rows = rows.filter(skips_booked=True)
    if but_leased_by:
        rows = rows.exclude(status=TaskStatus.LEASED, leased_by=but_leased_by)
    if but_tasks:
        rows = rows.exclude(status=TaskStatus.LEASED, pk__in=list(but_tasks))
    tasks = list(rows.order_by("pk").select_for_update(no_key=True))
    for task in tasks:
        task.status, task.closed_at, task.closed_reason = TaskStatus.CLOSED, now, reasons[task.person_id]
        task.leased_by, task.leased_until, task.is_ready = "", None, False
    CallTask.objects.bulk_update(
        tasks, ["status", "closed_at", "closed_reason", "leased_by", "leased_until", "is_ready"], batch_size=1_000
    )
    record_events(
        [closed_event(t.pk, t.person_id, t.enrollment_id, t.step, t.round, t.closed_reason) for t in tasks],
        by=by,
        now=now,
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


def text_agreed(done: Done) -> str:
    """The text that goes out for certain as far as the person is concerned: details nobody asked about may not."""
    text, may = done.effects.text, done.outcome.details.may_text
    return text.value if may or (may is None and text is Text.CONFIRMATION) else ""


def queue_texts(done: Sequence[Done], by: Actor, now: datetime) -> None:
    """Confirmation and practice details, at once; messaging asks the consent gate and stores a refusal's reason.

    Practice details are a reply to the conversation that has just ended only where the agent asked and the person
    said yes; not asked, they are an ordinary informational text and need consent on record.
    """
    wanted = [d for d in done if d.effects.text is not Text.NONE and d.outcome.details.may_text is not False]
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
    is_reply = text is Text.PRACTICE_DETAILS and done.outcome.details.may_text is True
    unasked = Purpose.APPOINTMENT if text is Text.CONFIRMATION else Purpose.INFORMATIONAL
    context = appointment_words(done.appointment, done.person.language) if done.appointment else {}
    return NewMessage(
        dedupe_key=_message_key(done),
        person_id=done.person.pk,
        channel=Channel.SMS,
        purpose=Purpose.REPLY if is_reply else unasked,
        sender_id=sender_id,
        template_key=TEMPLATES[text],
        context=context,
        expires_at=now + TEXT_EXPIRES[text],
        requested_at=now if is_reply else None,
        hipaa_class=task.hipaa_class if task else "",
        campaign_id=task.campaign_id if task else None,
    )
