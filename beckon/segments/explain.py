"""Why a person is in or out of a segment: the condition's own tree with an answer and a value at every clause. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from beckon.segments.compile import field_of
from beckon.segments.conditions import Clause, Definition, Everyone, Group, Node, Not
from beckon.segments.wording import (
    ALL,
    ANY,
    EVERYONE,
    MERGED,
    NOT,
    RETIRED,
    UNKNOWN_PERSON,
    Language,
    clause_sentence,
    in_language,
    value_words,
)


class Barrier(StrEnum):
    """Why a person is outside whatever the condition says."""

    NONE = ""
    UNKNOWN_PERSON = "unknown_person"
    MERGED = "merged"
    RETIRED = "retired"


@dataclass(frozen=True)
class ClauseAnswer:
    """Whether one clause holds for the person, and what the person has in its field."""

    holds: bool
    value: object


@dataclass(frozen=True)
class Step:
    """One line of an explanation: `path` in the document, depth of nesting, whether it holds, the sentence and,
    for a clause, the person's value in words ("" for a group)."""

    path: str
    depth: int
    holds: bool
    sentence: str
    value: str


def lines_of(definition: Definition, language: Language = Language.ENGLISH) -> list[tuple[int, str]]:
    """What the condition says, line by line from the top: depth of nesting and sentence. Reads no database."""
    return list(_outline(definition.where, 0, language))


def _outline(node: Node, depth: int, language: Language) -> Iterator[tuple[int, str]]:
    match node:
        case Clause():
            yield depth, clause_sentence(node, field_of(node), language)
        case Group(joiner=joiner, parts=parts):
            yield depth, in_language(ALL if joiner == "all" else ANY, language)
            for part in parts:
                yield from _outline(part, depth + 1, language)
        case Not(part=part):
            yield depth, in_language(NOT, language)
            yield from _outline(part, depth + 1, language)
        case Everyone():
            yield depth, in_language(EVERYONE, language)
        case _:
            assert_never(node)


@dataclass(frozen=True)
class Explanation:
    """The answer for one person; `inside` is what membership says at the same `now`."""

    person_id: int
    definition: Definition
    answers: Mapping[str, ClauseAnswer]
    """By the path of the clause."""
    barrier: Barrier
    merged_into: int | None
    now: datetime

    @property
    def inside(self) -> bool:
        """True when the person is in the segment."""
        return self.barrier is Barrier.NONE and self._holds(self.definition.where)

    def steps(self, language: Language = Language.ENGLISH) -> list[Step]:
        """The tree, line by line from the top. Empty when there is no such person."""
        if self.barrier is Barrier.UNKNOWN_PERSON:
            return []
        return list(self._walk(self.definition.where, "$.where", 0, language))

    def barrier_words(self, language: Language = Language.ENGLISH) -> str:
        """Why the person is out whatever the condition says, in words; "" when nothing bars them."""
        match self.barrier:
            case Barrier.NONE:
                return ""
            case Barrier.UNKNOWN_PERSON:
                return in_language(UNKNOWN_PERSON, language)
            case Barrier.MERGED:
                return in_language(MERGED, language).format(self.merged_into)
            case Barrier.RETIRED:
                return in_language(RETIRED, language)
            case _:
                assert_never(self.barrier)

    def _holds(self, node: Node) -> bool:
        match node:
            case Clause():
                return self.answers[node.path].holds
            case Group(joiner="all", parts=parts):
                return all(self._holds(part) for part in parts)
            case Group(parts=parts):
                return any(self._holds(part) for part in parts)
            case Not(part=part):
                return not self._holds(part)
            case Everyone():
                return True
            case _:
                assert_never(node)

    def _walk(self, node: Node, path: str, depth: int, language: Language) -> Iterator[Step]:
        holds = self._holds(node)
        match node:
            case Clause():
                field = field_of(node)
                value = value_words(node, field, self.answers[node.path].value, self.now, language)
                yield Step(path, depth, holds, clause_sentence(node, field, language), value)
            case Group(joiner=joiner, parts=parts):
                yield Step(path, depth, holds, in_language(ALL if joiner == "all" else ANY, language), "")
                for place, part in enumerate(parts):
                    yield from self._walk(part, f"{path}.{joiner}[{place}]", depth + 1, language)
            case Not(part=part):
                yield Step(path, depth, holds, in_language(NOT, language), "")
                yield from self._walk(part, f"{path}.not", depth + 1, language)
            case Everyone():
                yield Step(path, depth, holds, in_language(EVERYONE, language), "")
            case _:
                assert_never(node)
