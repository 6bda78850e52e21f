"""The step that has an agent call: opens one call task and waits until it is closed."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from beckon.campaigns.journey.values import WAITING_TASK, Go, Outcome, Stay, TaskWish
from beckon.campaigns.steps.base import Run, StepSpec
from beckon.consent.verdict import Later, Refused


class CallStep(StepSpec):
    """Up to `attempts` calls in all, `days_between` apart; the desk serves, recycles and disposes them.

    `dispositions` changes what a code does here: code -> fields of desk.rules.Behaviour.
    `outcomes` maps next_month, exhausted, unreachable or a closing reason to a step; else `next`.
    The attempts of all call steps and rounds together never pass the playbook's `attempts`.
    """

    kind: Literal["call"]
    pauses: ClassVar[bool] = True
    script: str
    attempts: int = Field(default=5, ge=1, le=20)
    days_between: int = Field(default=7, ge=1, le=90)
    worth_cents: int = Field(default=0, ge=0)
    dispositions: Mapping[str, Mapping[str, str | bool | int]] = Field(default_factory=dict)
    outcomes: Mapping[str, str] = Field(default_factory=dict)
    refused: str = ""

    def arrive(self, run: Run) -> Outcome:
        """Open the task, or go on where nobody may call."""
        left = min(self.attempts, run.playbook.attempts - int(run.memory.get("attempts", 0)))
        if left <= 0:
            run.record("skipped", "attempts_used")
            return Go(self.way_out("exhausted", run))
        verdict = run.may("voice")
        if isinstance(verdict, Refused):
            run.record("refused", verdict.reason, channel="voice", why=verdict.detail)
            return Go(self.refused or self.way_out("unreachable", run))
        due = verdict.not_before if isinstance(verdict, Later) else run.now
        asked_to_be_called = run.memory.get("call_asked", False)
        run.tasks.append(
            TaskWish(
                step=self.id,
                round=run.round,
                script=self.script,
                max_attempts=left,
                due_at=due,
                days_between=self.days_between,
                value=self.worth_cents,
                callback_at=due if asked_to_be_called else None,
                overrides=self.dispositions,
            )
        )
        run.memory["attempts_before"] = int(run.memory.get("attempts", 0))
        run.memory.pop("call_asked", None)
        run.record("calling", attempts=left)
        patience = timedelta(days=self.days_between * (left + 1) + 28)
        return Stay(max(due, run.now) + patience, WAITING_TASK)

    def resume(self, run: Run) -> Outcome:
        """Nobody closed the task in all that time: count it as exhausted."""
        run.memory["withdraw"] = True
        run.record("gave_up", "not_called_in_time")
        return Go(self.way_out("exhausted", run))

    def way_out(self, outcome: str, run: Run) -> str:
        """The step an outcome leads to."""
        return self.outcomes.get(outcome) or run.playbook.after(self.id)

    def targets(self) -> Mapping[str, str]:
        """The step of each outcome."""
        named = {f"outcomes.{name}": step for name, step in self.outcomes.items()}
        return named | ({"refused": self.refused} if self.refused else {})

    def scripts(self) -> Iterator[str]:
        """The script."""
        yield self.script
