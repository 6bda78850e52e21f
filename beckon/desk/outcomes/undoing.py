"""Taking back an agent's last disposition while nothing has happened since. Facts stay on record, marked undone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from beckon.consent.facts import Ask, Channel, Purpose
from beckon.consent.queries import gather_facts, load_policy
from beckon.consent.reasons import Reason
from beckon.consent.rules import may_contact
from beckon.consent.undoing import take_back_opt_out
from beckon.consent.verdict import Refused
from beckon.core import clock
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.desk.models import Call, CallTask, TaskStatus
from beckon.desk.outcomes.consequences import opt_out_evidence
from beckon.desk.rules import AboutNumber, AboutPerson
from beckon.desk.values import NotUndone, Undone, UndoNo
from beckon.messaging.models import Message
from beckon.messaging.values import MessageStatus
from beckon.people.models import ContactPoint, Number, Person

UNDO_WITHIN = timedelta(minutes=30)
LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class _Last:
    call: Call
    person: Person
    task: CallTask | None


def undo_last(agent: Actor, *, by: Actor, now: datetime, wall_now: datetime | None = None) -> Undone | NotUndone:
    """Take back the agent's newest disposition: the task is theirs again, the person's columns are as before.

    Opt-out and death are reversed by new entries, never erased; a stop from before this call stays. A booked visit
    stands (cancel it if meant); a text that has left stays left. Refused after 30 minutes, or when anything happened
    to task or person since.
    """
    call = Call.objects.filter(agent=agent.key, undone_at=None).order_by("-started_at", "-pk").first()
    if call is None:
        return NotUndone(UndoNo.NOTHING)
    if call.ended_at < now - UNDO_WITHIN:
        return NotUndone(UndoNo.TOO_LATE)
    last = _lock(call)
    if _has_moved_on(last):
        return NotUndone(UndoNo.MOVED_ON)
    gone = _drop_text(last, now)
    _restore_person(last, by, now)
    _restore_numbers(call)
    _restore_task(last, agent, wall_now or clock.wall_now())
    Call.objects.filter(pk=call.pk).update(undone_at=now, undone_by=by.key)
    record_audit(action="call.undone", object_kind="call", object_ids=[call.pk], by=by, now=now)
    data = {"code": call.disposition, "enrollment_id": call.enrollment_id, "task_id": call.task_id}
    record_events([NewEvent("call.undone", call.person_id, call.pk, data)], by=by, now=now)
    opts_out = call.before["about"][1] == AboutPerson.OPTS_OUT
    return Undone(call.pk, call.task_id, call.appointment_id, gone, opts_out and _is_stopped(call.person_id, now))


def _lock(call: Call) -> _Last:
    person = Person.objects.select_for_update(no_key=True).get(pk=call.person_id)
    task = CallTask.objects.select_for_update(no_key=True).filter(pk=call.task_id or 0).first()
    return _Last(call, person, task)


def _has_moved_on(last: _Last) -> bool:
    call, person = last.call, last.person
    if not call.before.get("inbound") and person.last_call_at != call.ended_at:
        return True
    if person.merged_into is not None or Call.objects.filter(person_id=person.pk, pk__gt=call.pk).exists():
        return True
    elsewhere = CallTask.objects.filter(person_id=person.pk, status=TaskStatus.LEASED)
    if elsewhere.exclude(pk=call.task_id or 0).exists():
        return True
    return last.task is not None and not call.before.get("moved_on") and _task_has_moved_on(last.task, call)


def _task_has_moved_on(task: CallTask, call: Call) -> bool:
    if task.status == TaskStatus.CLOSED:
        return task.closed_at != call.ended_at
    due = call.before["after"]["due_at"]
    return (
        task.status == TaskStatus.LEASED
        or task.attempts != call.before["after"]["attempts"]
        or due is None
        or task.due_at != datetime.fromisoformat(due)
    )


def _drop_text(last: _Last, now: datetime) -> int:
    """Drop the text the disposition queued, if it still waits; returns how many have left already."""
    key = last.call.before.get("message")
    if not key:
        return 0
    mine = Message.objects.filter(dedupe_key=key)
    waiting = mine.filter(status=MessageStatus.QUEUED).update(
        status=MessageStatus.DROPPED, reason="disposition_undone", settled_at=now
    )
    return 0 if waiting else mine.exclude(status__in=[MessageStatus.DROPPED, MessageStatus.FAILED]).count()


def _restore_person(last: _Last, by: Actor, now: datetime) -> None:
    call, person, kept = last.call, last.person, last.call.before["person"]
    if not call.before.get("inbound"):
        person.last_call_at = _at(kept["last_call_at"])
        person.call_attempts = kept["call_attempts"]
        person.recent_contacts = [at for at in person.recent_contacts if at != call.ended_at]
    about = call.before["about"][1]
    if about == AboutPerson.DECEASED and person.deceased_at == call.ended_at:
        person.deceased_at = None
        record_events([NewEvent("person.death_was_error", person.pk, call.pk)], by=by, now=now)
    if about == AboutPerson.OPTS_OUT:
        if person.do_not_contact_at == call.ended_at:
            person.do_not_contact_at = None
        take_back_opt_out(
            person.pk,
            recorded_as=opt_out_evidence(call.agent, call.pk),
            why=f"entered by mistake on call {call.pk}, taken back by {by.key}",
            by=by,
            now=now,
        )
    person.save(update_fields=["last_call_at", "call_attempts", "recent_contacts", "deceased_at", "do_not_contact_at"])


def _is_stopped(person_id: int, now: datetime) -> bool:
    """Whether the person may still not be called or texted because of an opt-out."""
    facts, policy = gather_facts([person_id], now=now)[person_id], load_policy()
    asks = [Ask(channel, Purpose.INFORMATIONAL) for channel in (Channel.VOICE, Channel.SMS)]
    verdicts = [may_contact(facts, ask, now, policy) for ask in asks]
    return any(
        isinstance(v, Refused) and v.reason in (Reason.DO_NOT_CONTACT, Reason.OPTED_OUT, Reason.NUMBER_OPTED_OUT)
        for v in verdicts
    )


def _restore_numbers(call: Call) -> None:
    about = call.before["about"][0]
    if about == AboutNumber.WRONG:
        ContactPoint.objects.filter(
            person_id=call.person_id, number_id=call.number_id or 0, ended_at=call.ended_at, ended_reason="wrong_person"
        ).update(ended_at=None, ended_reason="")
    elif about == AboutNumber.DEAD:
        Number.objects.filter(pk=call.number_id or 0, dead_at=call.ended_at).update(dead_at=None, dead_reason="")


def _restore_task(last: _Last, agent: Actor, wall: datetime) -> None:
    """The task is leased to the agent again; other calls of the person that this outcome ended are open again."""
    task, call = last.task, last.call
    if call.before["about"][1] in (AboutPerson.OPTS_OUT, AboutPerson.DECEASED):
        others = (
            CallTask.objects.filter(person_id=call.person_id, status=TaskStatus.CLOSED, closed_at=call.ended_at)
            .exclude(closed_reason="booked")
            .exclude(pk=call.task_id or 0)
        )
        others.update(status=TaskStatus.OPEN, closed_at=None, closed_reason="")
    kept: dict[str, Any] | None = call.before.get("task")
    if task is None or kept is None:
        return
    if call.before.get("moved_on"):
        if call.counted:
            CallTask.objects.filter(pk=task.pk).update(attempts=kept["attempts"], tried_hours=kept["tried_hours"])
        return
    CallTask.objects.filter(pk=task.pk).update(
        status=TaskStatus.LEASED,
        leased_by=agent.key,
        last_agent=agent.key,
        leased_until=wall + LEASE,
        closed_at=None,
        closed_reason="",
        is_ready=False,
        attempts=kept["attempts"],
        tried_hours=kept["tried_hours"],
        due_at=_at(kept["due_at"]),
        held_reason=kept["held_reason"],
        callback_at=_at(kept["callback_at"]),
        callback_for=kept["callback_for"],
        number_id=kept["number_id"],
    )


def _at(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
