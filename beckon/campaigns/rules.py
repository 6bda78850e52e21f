"""The pure stepper: where a person in a campaign goes from here. No database, no clock, no network.

Ends always: a playbook's circles pass a wait (checked when it is read), a step is entered at most `max_rounds`
times, and nobody stays longer than `max_days`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from beckon.campaigns.journey.values import Effects, Facts, Go, Leave, Outcome, Snapshot, Stay
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.reasons import LeaveReason
from beckon.campaigns.steps.base import Run
from beckon.consent.facts import PersonFacts

MAX_MOVES = 100
SOONEST = timedelta(minutes=1)


def advance(snapshot: Snapshot, facts: Facts, playbook: Playbook, now: datetime) -> Effects:
    """Step one due enrollment on until it waits or leaves; everything that follows is in the effects."""
    return step_on(Run(snapshot, facts, playbook, now))


def step_on(run: Run) -> Effects:
    """The same for a run that has just begun."""
    playbook = run.playbook
    reason = ineligible(run)
    if reason is not None:
        return finish(run, Leave(reason))
    if run.step not in playbook.by_id:
        run.record("moved", "step_is_gone", to=playbook.first)
        run.enter(playbook.first)
        outcome = playbook.step(run.step).arrive(run)
    elif run.snapshot.waiting_for:
        outcome = playbook.step(run.step).resume(run)
    else:
        outcome = playbook.step(run.step).arrive(run)
    return finish(run, outcome)


def finish(run: Run, outcome: Outcome) -> Effects:
    """Follow `outcome` through as many steps as it takes, and close the run."""
    goal = run.playbook.goal
    for _ in range(MAX_MOVES):
        if goal.ends and not isinstance(outcome, Leave) and goal.is_met(run.flags):
            outcome = Leave(LeaveReason.GOAL_MET)
        if not isinstance(outcome, Go):
            return effects(run, outcome)
        outcome = _enter(run, outcome.step)
    run.record("gave_up", "too_many_moves")
    return effects(run, Leave(LeaveReason.EXHAUSTED))


def _enter(run: Run, step: str) -> Outcome:
    if not step:
        return Leave(LeaveReason.EXHAUSTED)
    run.enter(step)
    if run.round >= run.playbook.max_rounds:
        run.record("gave_up", "too_many_rounds")
        return Leave(LeaveReason.EXHAUSTED)
    return run.playbook.step(step).arrive(run)


def effects(run: Run, outcome: Stay | Leave) -> Effects:
    """The end of a run as values to record."""
    snapshot, now = run.snapshot, run.now
    withdraw = bool(run.memory.pop("withdraw", False))
    goal_at, second_at = snapshot.goal_met_at, snapshot.second_goal_met_at
    if goal_at is None and run.playbook.goal.is_met(run.flags):
        goal_at = now
        run.record("goal_met")
    second = run.playbook.second_goal
    if second_at is None and second is not None and second.is_met(run.flags):
        second_at = now
        run.record("second_goal_met")
    if isinstance(outcome, Leave):
        run.record("left", outcome.reason)
        due, waiting, left, withdraw = None, "", outcome.reason, True
    else:
        last = snapshot.enrolled_at + timedelta(days=run.playbook.max_days)
        due = max(min(outcome.until, last), now + SOONEST)
        waiting, left = outcome.waiting_for, None
    return Effects(
        snapshot=snapshot,
        step=run.step,
        round=run.round,
        waiting_for=waiting,
        due_at=due,
        memory=run.memory,
        left=left,
        messages=() if left is not None and _is_final(left) else tuple(run.messages),
        tasks=() if left is not None else tuple(run.tasks),
        records=tuple(run.records),
        goal_met_at=goal_at,
        second_goal_met_at=second_at,
        withdraw=withdraw,
    )


def _is_final(left: LeaveReason) -> bool:
    return left in (LeaveReason.OPTED_OUT, LeaveReason.DECEASED, LeaveReason.RETIRED, LeaveReason.DUPLICATE)


def ineligible(run: Run) -> LeaveReason | None:
    """Why this person must leave before anything else is done, or None."""
    reason = run.learn(_gone)
    if reason is not None:
        return reason
    within = run.playbook.entry.no_appointment_within_days
    if within and run.learn(VisitWithin(within)):
        return LeaveReason.HAS_APPOINTMENT
    if run.now >= run.snapshot.enrolled_at + timedelta(days=run.playbook.max_days):
        run.record("gave_up", "too_long")
        return LeaveReason.EXHAUSTED
    return None


class VisitWithin(NamedTuple):
    """Is a visit booked in the next so many days?"""

    days: int

    def __call__(self, facts: Facts, snapshot: Snapshot, now: datetime) -> bool:
        """True with one."""
        return has_appointment(facts, now, self.days)


def _gone(facts: Facts, snapshot: Snapshot, now: datetime) -> LeaveReason | None:
    return gone(facts.person)


def gone(person: PersonFacts) -> LeaveReason | None:
    """The leaving reason of somebody nobody may contact any more, or None."""
    if person.is_deceased:
        return LeaveReason.DECEASED
    if person.is_merged:
        return LeaveReason.DUPLICATE
    if person.is_retired:
        return LeaveReason.RETIRED
    return LeaveReason.OPTED_OUT if person.is_do_not_contact else None


def has_appointment(facts: Facts, now: datetime, within_days: int) -> bool:
    """True with a booked visit from now to `within_days` ahead (mission: reappointment campaigns skip those)."""
    at = facts.next_appointment_at
    return at is not None and now <= at <= now + timedelta(days=within_days)
