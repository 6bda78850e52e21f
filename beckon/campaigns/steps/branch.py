"""The step that chooses the way by what is known about the person."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from beckon.campaigns.journey.values import Go, Outcome
from beckon.campaigns.steps.base import Run, StepSpec
from beckon.campaigns.steps.conditions import Condition


class Case(BaseModel):
    """One way: `{when: condition, go: step}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: Condition
    go: str


class BranchStep(StepSpec):
    """Take the first case that holds, else `next`."""

    kind: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1)

    def arrive(self, run: Run) -> Outcome:
        """Go to the step of the first case that holds."""
        for case in self.cases:
            if case.when.holds(run):
                run.record("branched", case.go)
                return Go(case.go)
        return Go(run.playbook.after(self.id))

    def targets(self) -> Mapping[str, str]:
        """The step of each case."""
        return {f"cases[{index}].go": case.go for index, case in enumerate(self.cases)}
