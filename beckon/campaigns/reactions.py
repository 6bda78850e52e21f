"""What an event does to an enrollment: replies, dispositions, bookings, opt-outs. Pure, like the stepper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from beckon.campaigns.journey.values import EVENT_PREFIX, WAITING_TASK, Effects, Facts, Leave, Record, Snapshot, Stay
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reasons import LeaveReason, leave_reason
from beckon.campaigns.rules import effects
from beckon.campaigns.steps.base import Run
from beckon.campaigns.steps.call import CallStep
from beckon.campaigns.steps.send import SendStep
from beckon.campaigns.steps.wait import WaitStep
from beckon.consent.facts import PersonFacts

HOLD_FOR_A_PERSON = timedelta(days=2)
WEEK = timedelta(days=7)
# The event as it is told by its package; the reaction looks at nothing else.


@dataclass(frozen=True, slots=True)
class Happening:
    """One event that concerns an enrollment."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


def react(snapshot: Snapshot, playbook: Playbook, happening: Happening, now: datetime) -> Effects | None:
    """What the event does to an enrollment that has not left; None where it does nothing.

    Moves stand due at once: the next advance takes them on with fresh facts.
    """
    reaction = _REACTIONS.get(happening.kind)
    if reaction is None:
        return None
    # Reactions look at the event and the memory alone, never at facts about the person.
    run = Run(snapshot, Facts(person=PersonFacts(snapshot.person_id)), playbook, now)
    return reaction(run, happening.data)


_Reaction = Callable[[Run, Mapping[str, Any]], Effects | None]


def _leave(run: Run, reason: LeaveReason) -> Effects:
    if run.playbook.goal.ends and run.playbook.goal.is_met(run.flags) and reason is LeaveReason.EXHAUSTED:
        reason = LeaveReason.GOAL_MET
    return effects(run, Leave(reason))


def _move(run: Run, step: str, *, withdraw: bool = True) -> Effects:
    if not step:
        return _leave(run, LeaveReason.EXHAUSTED)
    run.record("moved", step)
    if withdraw:
        run.memory["withdraw"] = True
    run.enter(step)
    return effects(run, Stay(run.now, ""))._replace(due_at=run.now)


def _stay(run: Run, until: datetime | None = None) -> Effects:
    """Where one was, perhaps until another time."""
    due = until or run.snapshot.due_at or run.now
    return effects(run, Stay(due, run.snapshot.waiting_for))._replace(due_at=due)


def _replied(run: Run, data: Mapping[str, Any]) -> Effects | None:
    meaning = str(data.get("meaning", ""))
    run.memory["reply"] = meaning
    run.memory["reply_at"] = run.now.isoformat()
    if meaning == "stop":
        return _leave(run, LeaveReason.OPTED_OUT)
    if meaning in ("start", "help", "deceased"):  # others act on these
        return None
    if meaning == "wrong_person":
        run.record("reply", meaning)
        return _by_playbook(run, "wrong_person") or _stay(run)
    run.raise_flag("answered")
    run.raise_flag("replied")
    if data.get("channel") == "sms":
        run.raise_flag("mobile_captured")
    run.record("reply", meaning)
    trigger = f"reply_{meaning}"
    moved = _by_playbook(run, trigger)
    if moved is not None:
        return moved
    if run.snapshot.waiting_for == EVENT_PREFIX + "reply":
        return _move(run, _after_event(run), withdraw=False)
    if meaning == "question" and run.snapshot.waiting_for != WAITING_TASK:
        return _stay(run, max(run.snapshot.due_at or run.now, run.now + HOLD_FOR_A_PERSON))
    return _stay(run)


def _by_playbook(run: Run, trigger: str) -> Effects | None:
    reaction = run.playbook.on.get(trigger)  # type: ignore[call-overload]
    if reaction is None:
        return None
    if reaction.leave is not None:
        return _leave(run, reaction.leave)
    if reaction.hold_days:
        return _stay(run, max(run.snapshot.due_at or run.now, run.now + timedelta(days=reaction.hold_days)))
    if reaction.call_at_once:
        run.memory["call_asked"] = True
    if reaction.go == run.step and run.snapshot.waiting_for == WAITING_TASK and not reaction.call_at_once:
        return _stay(run)
    return _move(run, reaction.go)


def _after_event(run: Run) -> str:
    step = run.playbook.by_id.get(run.step)
    named = step.on_event if isinstance(step, WaitStep) else ""
    return named or run.playbook.after(run.step)


def _opted_out(run: Run, data: Mapping[str, Any]) -> Effects:
    """Whoever stops a channel the journey uses leaves it; a stop elsewhere is only noted (the gate keeps it)."""
    channel = str(data.get("channel") or "all")
    is_of_marketing = data.get("purpose") == "telemarketing" and run.playbook.tcpa_class != "telemarketing"
    if not is_of_marketing and (channel in ("all", "phone", "voice") or channel in run.playbook.channels()):
        return _leave(run, LeaveReason.OPTED_OUT)
    run.record("opted_out_elsewhere", channel)
    return _stay(run)


def _booked(run: Run, data: Mapping[str, Any]) -> Effects:
    run.raise_flag("booked")
    run.record("booked", by_enrollment=data.get("enrollment_id") == run.snapshot.enrollment_id)
    return _leave(run, LeaveReason.BOOKED)


def _disposed(run: Run, data: Mapping[str, Any]) -> Effects:
    code = str(data.get("code", ""))
    _remember_call(run, data, code)
    goal = bool(data.get("goal"))
    if goal or data.get("second_goal"):
        run.raise_flag("booked")
    leave = str(data.get("leave") or "")
    if leave or goal:
        reason = LeaveReason.BOOKED if goal and leave in ("", "goal", "goal_met") else leave_reason(leave)
        return _leave(run, reason)
    if not data.get("closed"):
        return _stay(run)
    if run.snapshot.waiting_for == EVENT_PREFIX + "call":
        return _move(run, _after_event(run), withdraw=False)
    if run.step != data.get("step") or run.snapshot.waiting_for != WAITING_TASK:
        return _stay(run)
    return _call_over(run, str(data.get("closed_reason", "")), next_month=bool(data.get("next_month")))


def _remember_call(run: Run, data: Mapping[str, Any], code: str) -> None:
    snapshot = run.snapshot
    run.memory["undo"] = {
        "task": data.get("task_id"),
        "step": snapshot.step,
        "round": snapshot.round,
        "waiting_for": snapshot.waiting_for,
        "due_at": snapshot.due_at.isoformat() if snapshot.due_at else None,
        "memory": {name: value for name, value in snapshot.memory.items() if name != "undo"},
        "goal": snapshot.goal_met_at is not None,
        "second_goal": snapshot.second_goal_met_at is not None,
    }
    run.memory["disposition"] = code
    run.memory["attempts"] = int(run.memory.get("attempts_before", 0)) + int(data.get("attempts", 0))
    if data.get("captured_mobile"):
        run.raise_flag("mobile_captured")
    if data.get("answered") or data.get("captured_mobile") or data.get("goal") or code == "NOT_NOW":
        run.raise_flag("answered")
    if data.get("text", "practice_details" if code == "NOT_NOW" else "") == "practice_details":
        run.raise_flag("details_given")
    run.record("called", code, attempts=run.memory["attempts"])


def _call_over(run: Run, reason: str, *, next_month: bool) -> Effects:
    step = run.playbook.by_id.get(run.step)
    if not isinstance(step, CallStep):
        return _move(run, run.playbook.after(run.step), withdraw=False)
    if next_month:
        if "next_month" in step.outcomes:
            return _move(run, step.outcomes["next_month"], withdraw=False)
        moved = _by_playbook(run, "next_month")
        if moved is not None:
            return moved
        run.enter(run.step)  # no word for next month: the same call again, a week later
        return effects(run, Stay(run.now + WEEK, ""))
    if reason in ("unreachable", "no_number", "wrong_number") and "unreachable" not in step.outcomes:
        return _leave(run, LeaveReason.UNREACHABLE)
    return _move(run, step.way_out(reason, run), withdraw=False)


def _task_closed(run: Run, data: Mapping[str, Any]) -> Effects | None:
    is_ours = run.step == data.get("step") and run.round == data.get("round", run.round)
    if not is_ours or run.snapshot.waiting_for != WAITING_TASK:
        return None
    reason = str(data.get("reason", ""))
    run.record("task_closed", reason)
    return _call_over(run, reason, next_month=False)


def _message_failed(run: Run, data: Mapping[str, Any]) -> Effects | None:
    step = run.playbook.by_id.get(str(data.get("step", "")))
    if not isinstance(step, SendStep):
        return None
    run.record("not_delivered", str(data.get("reason", ""))[:60], channel=str(data.get("channel", "")), sent_at=step.id)
    is_last_sent = run.memory.get("sent") == step.id and run.snapshot.waiting_for not in ("", WAITING_TASK)
    if step.failed and is_last_sent:
        return _move(run, step.failed, withdraw=False)
    return _stay(run)


def _gone(reason: LeaveReason) -> _Reaction:
    def leave(run: Run, data: Mapping[str, Any]) -> Effects:
        return _leave(run, reason)

    return leave


def _number_dead(run: Run, data: Mapping[str, Any]) -> Effects:
    run.record("number_dead", str(data.get("reason", ""))[:60])
    return _stay(run)


_REACTIONS: dict[str, _Reaction] = {
    "message.received": _replied,
    "consent.opted_out": _opted_out,
    "appointment.booked": _booked,
    "call.disposed": _disposed,
    "task.closed": _task_closed,
    "message.failed": _message_failed,
    "person.deceased": _gone(LeaveReason.DECEASED),
    "person.merged": _gone(LeaveReason.DUPLICATE),
    "person.retired": _gone(LeaveReason.RETIRED),
    "number.dead": _number_dead,
    "stopped": _gone(LeaveReason.STOPPED),
    "campaign.ended": _gone(LeaveReason.CAMPAIGN_ENDED),
}


def undo(snapshot: Snapshot, task_id: int | None, now: datetime) -> Effects | None:
    """The enrollment as it stood before the last disposition, left or not; None where there is nothing to undo."""
    before = snapshot.memory.get("undo")
    if not before or (task_id is not None and before["task"] not in (None, task_id)):
        return None
    due = datetime.fromisoformat(before["due_at"]) if before["due_at"] else now
    return Effects(
        snapshot=snapshot,
        step=before["step"],
        round=before["round"],
        waiting_for=before["waiting_for"],
        due_at=due,
        memory=before["memory"],
        records=(Record(before["step"], before["round"], "undone", "reopened" if snapshot.left else ""),),
        goal_met_at=snapshot.goal_met_at if before["goal"] else None,
        second_goal_met_at=snapshot.second_goal_met_at if before["second_goal"] else None,
        withdraw=False,
    )
