"""The registry of step kinds (one of the four registries). A new kind is one module and one line here."""

from beckon.campaigns.steps.base import StepSpec
from beckon.campaigns.steps.branch import BranchStep
from beckon.campaigns.steps.call import CallStep
from beckon.campaigns.steps.exit import ExitStep
from beckon.campaigns.steps.goal import GoalStep
from beckon.campaigns.steps.send import SendStep
from beckon.campaigns.steps.wait import WaitStep

STEP_KINDS: dict[str, type[StepSpec]] = {
    "send": SendStep,
    "wait": WaitStep,
    "call": CallStep,
    "branch": BranchStep,
    "goal": GoalStep,
    "exit": ExitStep,
}
