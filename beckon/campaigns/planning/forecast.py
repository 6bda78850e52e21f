"""One person's way through a playbook if nobody answers: the real stepper on a virtual clock. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from beckon.campaigns.journey.values import WAITING_TASK, Effects, Facts, Snapshot, TaskWish
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reactions import Happening, react
from beckon.campaigns.rules import advance
from beckon.campaigns.steps.base import ask_of
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Later, Refused

MAX_ROUNDS = 500
_KEPT_CONTACTS = 10


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing that would happen. `what`: a channel, "call", "refused", "left" ...; `detail`: wording or reason."""

    at: datetime
    step: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that would happen to one person, in order. `left` is "" while they are still in at the end."""

    person_id: int
    enrolled_at: datetime
    planned: tuple[Planned, ...]
    left: str = ""


def foresee(snapshot: Snapshot, facts: Facts, playbook: Playbook, *, until: datetime) -> Plan:
    """The plan from `snapshot.enrolled_at` to `until`: no reply, no answered call, no change of facts."""
    planned: list[Planned] = []
    now, left = snapshot.enrolled_at, ""
    for _ in range(MAX_ROUNDS):
        if now > until:
            break
        effects = advance(snapshot, facts, playbook, now)
        planned += _said(effects, now)
        facts = _contacted(facts, now, len(effects.messages))
        if effects.waiting_for == WAITING_TASK and effects.tasks:
            effects, facts, now = _unanswered(effects, effects.tasks[0], facts, playbook, planned, until)
        if effects.left is not None:
            left = effects.left.value
            break
        snapshot = _after(effects)
        now = max(now, effects.due_at) if effects.due_at is not None else now
    within = tuple(item for item in planned if item.at <= until)
    return Plan(snapshot.person_id, snapshot.enrolled_at, within, left)


def _said(effects: Effects, now: datetime) -> list[Planned]:
    items = [Planned(now, message.step, message.channel, message.template) for message in effects.messages]
    for line in effects.records:
        if line.outcome in ("refused", "skipped", "left", "gave_up"):
            channel = str(line.detail.get("channel", ""))
            items.append(Planned(now, line.step, line.outcome, f"{channel}: {line.reason}" if channel else line.reason))
    return items


def _unanswered(
    effects: Effects, task: TaskWish, facts: Facts, playbook: Playbook, planned: list[Planned], until: datetime
) -> tuple[Effects, Facts, datetime]:
    """Every attempt of the task, made at the first lawful time, nobody picking up."""
    at, made = task.due_at, 0
    ask = ask_of(playbook.tcpa_class, playbook.hipaa_class, "voice")
    while made < task.max_attempts and at <= until:
        verdict = may_contact(facts.person, ask, at, facts.policy)
        if isinstance(verdict, Refused):
            break
        if isinstance(verdict, Later):
            at = verdict.not_before
            continue
        made += 1
        planned.append(Planned(at, task.step, "call", task.script))
        facts = _contacted(facts, at, 1, is_call=True)
        if made < task.max_attempts:
            at += timedelta(days=task.days_between)
    happening = Happening(
        "call.disposed",
        {
            "code": "NOANS",
            "step": task.step,
            "round": task.round,
            "attempts": made,
            "closed": True,
            "closed_reason": "exhausted",
        },
    )
    over = react(_after(effects), playbook, happening, max(at, task.due_at))
    assert over is not None
    return over, facts, max(at, task.due_at)


def _contacted(facts: Facts, at: datetime, times: int, *, is_call: bool = False) -> Facts:
    if not times:
        return facts
    recent = (*facts.person.recent_contacts, *[at] * times)[-_KEPT_CONTACTS:]
    last_call = at if is_call else facts.person.last_call_at
    person = facts.person._replace(recent_contacts=recent, last_call_at=last_call)
    return facts._replace(person=person)


def _after(effects: Effects) -> Snapshot:
    return effects.snapshot._replace(
        step=effects.step,
        round=effects.round,
        waiting_for=effects.waiting_for,
        due_at=effects.due_at,
        memory=effects.memory,
        goal_met_at=effects.goal_met_at,
        second_goal_met_at=effects.second_goal_met_at,
    )
