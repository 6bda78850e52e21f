"""Misuse of campaigns and broken playbooks. A refused launch is a value, not one of these."""

from collections.abc import Sequence
from dataclasses import dataclass

from beckon.core.errors import BeckonError
from beckon.core.wording.words import Words


@dataclass(frozen=True, slots=True)
class PlaybookProblem:
    """One mistake: where it stands in the file, such as `steps.call.next`, and what to do about it."""

    place: str
    words: Words

    def __str__(self) -> str:
        return f"{self.place}: {self.words.en}"


class PlaybookError(BeckonError):
    """A playbook breaks the rules; the message lists every problem with its place."""

    def __init__(self, name: str, problems: Sequence[PlaybookProblem]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__(f"playbook {name}: " + "; ".join(str(problem) for problem in problems))


class UnknownPlaybook(BeckonError):
    """No playbook of this name in the library."""


class UnknownCampaign(BeckonError):
    """No campaign of this name."""


class WrongStatus(BeckonError):
    """The campaign is in another state than the action needs; the message says which."""
