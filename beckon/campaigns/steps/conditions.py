"""What branches may ask about a person, and how they ask. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from beckon.campaigns.journey.values import Facts, Snapshot
from beckon.campaigns.steps.base import Run
from beckon.campaigns.steps.lines import line_of
from beckon.core.wording.words import Mistake


def _days_since_encounter(facts: Facts, now: datetime) -> Any:
    seen = facts.last_encounter_at
    return None if seen is None else (now - seen).days


def _has_appointment(facts: Facts, now: datetime) -> Any:
    at = facts.next_appointment_at
    return at is not None and at >= now


ABOUT_THE_PERSON: dict[str, Callable[[Facts, datetime], Any]] = {
    "line": lambda facts, now: line_of(facts.person),
    "language": lambda facts, now: facts.language,
    "never_seen": lambda facts, now: facts.last_encounter_at is None,
    "days_since_encounter": _days_since_encounter,
    "has_appointment": _has_appointment,
    "last_appointment_outcome": lambda facts, now: facts.last_appointment_outcome,
}
"""Name -> how it is found. `line`: mobile, landline, unknown or none."""

ABOUT_THE_JOURNEY: dict[str, Callable[[Run], Any]] = {
    "reply": lambda run: run.memory.get("reply", ""),
    "disposition": lambda run: run.memory.get("disposition", ""),
    "attempts": lambda run: run.memory.get("attempts", 0),
    "entered_by": lambda run: run.memory.get("entry", {}).get("kind", "list"),
    "flags": lambda run: run.flags,
}
FACTS = ABOUT_THE_PERSON.keys() | ABOUT_THE_JOURNEY.keys()


class Condition(BaseModel):
    """`{fact: line, is: mobile}`, `{fact: attempts, at_least: 2}`, `{fact: flags, has: booked}`; all, any, not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fact: str = ""
    equals: str | int | bool | None = Field(default=None, alias="is")
    one_of: tuple[str | int, ...] | None = Field(default=None, alias="in")
    at_least: int | None = None
    has: str | None = None
    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()
    negated: "Condition | None" = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_question(self) -> "Condition":
        forms = [bool(self.fact), bool(self.all), bool(self.any), self.negated is not None]
        if sum(forms) != 1:
            raise Mistake("give exactly one of fact, all, any, not", "escriba exactamente uno de fact, all, any, not")
        if self.fact:
            if self.fact not in FACTS:
                raise Mistake(
                    "{name!r} is no fact; known: {names}",
                    "{name!r} no es un dato conocido; se conocen: {names}",
                    name=self.fact,
                    names=", ".join(sorted(FACTS)),
                )
            tests = [self.equals, self.one_of, self.at_least, self.has]
            if sum(test is not None for test in tests) != 1:
                raise Mistake(
                    "ask fact {name!r} with exactly one of is, in, at_least, has",
                    "pregunte por {name!r} con exactamente uno de is, in, at_least, has",
                    name=self.fact,
                )
        return self

    def holds(self, run: Run) -> bool:
        """True where the person fits."""
        if self.all:
            return all(part.holds(run) for part in self.all)
        if self.any:
            return any(part.holds(run) for part in self.any)
        if self.negated is not None:
            return not self.negated.holds(run)
        if self.fact in ABOUT_THE_PERSON:
            return run.learn(self.holds_for)
        return self._fits(ABOUT_THE_JOURNEY[self.fact](run))

    def holds_for(self, facts: Facts, snapshot: Snapshot, now: datetime) -> bool:
        """A question: does the person fit? Only of a condition on a fact about the person."""
        return self._fits(ABOUT_THE_PERSON[self.fact](facts, now))

    def _fits(self, value: Any) -> bool:
        if self.equals is not None:
            return bool(value == self.equals)
        if self.one_of is not None:
            return value in self.one_of
        if self.at_least is not None:
            return value is not None and value >= self.at_least
        return value is not None and self.has in value

    def facts_asked(self) -> Iterator[str]:
        """Every fact named in it."""
        if self.fact:
            yield self.fact
        for part in (*self.all, *self.any, *((self.negated,) if self.negated else ())):
            yield from part.facts_asked()
