"""Decides once for all who are alike: the stepper is asked about the first, the others are given the same effects.

Who is alike is not listed anywhere. The stepper knows a person by the questions it asks (`Run.learn`); these and their
answers are written down as a tree, and whoever gives the same answers to the same questions, standing at the same
place, gets the same effects with their own ids. Pure, like the stepper, and for one batch: it remembers one instant.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar, cast

from beckon.campaigns.journey.values import Effects, Facts, MessageWish, Snapshot
from beckon.campaigns.playbooks.schema import Playbook
from beckon.campaigns.rules import step_on
from beckon.campaigns.steps.base import Question, Run
from beckon.consent.facts import Point
from beckon.consent.verdict import Allowed, Later

_Answer = TypeVar("_Answer")
_ALLOWED: Final = "allowed"
WORTH_COMPARING: Final = 100
"""People from which on it pays: writing down what is asked about the first of a kind costs a fifth of deciding."""


class _Fork:
    """A question the stepper asks next, and where each answer led."""

    __slots__ = ("question", "ways")

    def __init__(self, question: Question[Any]) -> None:
        self.question = question
        self.ways: dict[Any, _Fork | Effects] = {}


class _Nobody(NamedTuple):
    """A snapshot without a name, as the stepper sees it here: a step that asks it who it is fails at once."""

    step: str
    round: int
    waiting_for: str
    enrolled_at: datetime
    goal_met_at: datetime | None
    second_goal_met_at: datetime | None
    memory: Any


class _WatchedRun(Run):
    """A run of nobody in particular that writes down what it asks about somebody."""

    __slots__ = ("_somebody", "learnt", "points")

    def __init__(self, nobody: _Nobody, somebody: Snapshot, facts: Facts, playbook: Playbook, now: datetime) -> None:
        super().__init__(cast(Snapshot, nobody), facts, playbook, now)
        self._somebody = somebody
        self.learnt: list[tuple[Question[Any], Any]] = []
        self.points: list[Point] = []

    def learn(self, question: Question[_Answer]) -> _Answer:
        """The answer; an address the gate allows is called by its place among those allowed."""
        answer = question(self._facts, self._somebody, self.now)
        self.learnt.append((question, _without_ids(answer)))
        if isinstance(answer, Allowed):
            self.points.append(answer.point)
            nowhere = Point(len(self.points) - 1, 0, 0, answer.point.kind)
            return cast(_Answer, Allowed(nowhere))
        return cast(_Answer, replace(answer, point=None)) if isinstance(answer, Later) else answer


class Alike:
    """The stepper at one instant, for many people."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._roots: dict[Any, tuple[_Fork | Effects, Any]] = {}

    def advance(self, snapshot: Snapshot, facts: Facts, playbook: Playbook) -> Effects:
        """What `rules.advance` says, of which it is a copy but for `pattern`."""
        s = snapshot
        place = (s.step, s.round, s.waiting_for, s.enrolled_at, s.goal_met_at, s.second_goal_met_at)
        key = (id(playbook), id(s.memory), place)
        at: _Fork | Effects | None = self._roots[key][0] if key in self._roots else None
        points: list[Point] = []
        while type(at) is _Fork:
            answer = at.question(facts, snapshot, self._now)
            if type(answer) is Allowed:
                points.append(answer.point)
                answer = _ALLOWED
            elif type(answer) is Later:
                answer = _without_ids(answer)
            at = at.ways.get(answer)
        if at is None:
            run = _WatchedRun(_Nobody(*place, s.memory), snapshot, facts, playbook, self._now)
            at, points = step_on(run), run.points
            self._remember(key, run, at)
        return _for_somebody(cast(Effects, at), snapshot, points)

    def _remember(self, key: Any, run: _WatchedRun, effects: Effects) -> None:
        """Add the way of a run to the tree. Playbook and memory are kept, for they are known by their ids."""
        end: _Fork | Effects = effects
        for question, answer in reversed(run.learnt):
            fork = _Fork(question)
            fork.ways[answer] = end
            end = fork
        if key not in self._roots:
            self._roots[key] = (end, (run.playbook, run.snapshot.memory))
            return
        old, new = self._roots[key][0], end
        while True:
            assert isinstance(old, _Fork)
            assert isinstance(new, _Fork)
            ((answer, rest),) = new.ways.items()
            if answer not in old.ways:
                old.ways[answer] = rest
                return
            old, new = old.ways[answer], rest


def _without_ids(answer: Any) -> Any:
    """The answer as far as a step can tell it from others."""
    if isinstance(answer, Allowed):
        return _ALLOWED
    return (answer.not_before, answer.reason, answer.detail) if isinstance(answer, Later) else answer


def _for_somebody(pattern: Effects, snapshot: Snapshot, points: list[Point]) -> Effects:
    messages = pattern.messages
    if messages:
        messages = tuple([
            MessageWish(*wish[:5], points[wish.contact_point_id].contact_point_id, *wish[6:]) for wish in messages
        ])  # fmt: skip
    return Effects(snapshot, *pattern[1:7], messages, *pattern[8:13], pattern)
