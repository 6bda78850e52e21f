"""The step that ends the journey with a stored reason."""

from typing import Literal

from beckon.campaigns.journey.values import Leave, Outcome
from beckon.campaigns.reasons import LeaveReason
from beckon.campaigns.steps.base import Run, StepSpec


class ExitStep(StepSpec):
    """Leave with `reason`."""

    kind: Literal["exit"]
    reason: LeaveReason

    def arrive(self, run: Run) -> Outcome:
        """Leave."""
        return Leave(self.reason)

    def ends(self) -> bool:
        """Always."""
        return True
