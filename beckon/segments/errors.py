"""What can be wrong with a segment; every message says where and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from beckon.core.errors import BeckonError
from beckon.core.wording.words import Words


@dataclass(frozen=True)
class Problem:
    """One mistake: the JSON path it is at, such as `$.where.all[2].value`, and what to do about it."""

    path: str
    words: Words

    def __str__(self) -> str:
        return f"{self.path}: {self.words.en}"


class InvalidCondition(BeckonError):
    """A condition cannot be used. `problems` holds every mistake found, in the order of the document."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownSegment(BeckonError):
    """No segment has this name."""


class SegmentChanged(BeckonError):
    """Somebody else saved the segment since it was read; read it again and repeat the change."""
