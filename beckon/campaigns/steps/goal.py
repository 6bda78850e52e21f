"""The step that lets go of those whose goal is met and passes the others on."""

from typing import Literal

from beckon.campaigns.journey.values import Go, Leave, Outcome
from beckon.campaigns.reasons import LeaveReason
from beckon.campaigns.steps.base import Run, StepSpec


class GoalStep(StepSpec):
    """Leave when the playbook's goal is met (the stepper keeps the time it was), else go on."""

    kind: Literal["goal"]

    def arrive(self, run: Run) -> Outcome:
        """Leave with the goal met, or go on."""
        if run.playbook.goal.is_met(run.flags):
            return Leave(LeaveReason.GOAL_MET)
        return Go(run.playbook.after(self.id))
