"""Who reacts to which event (one of the four registries). Lower layers publish, higher ones subscribe."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from beckon.core.actors import Actor


@dataclass(frozen=True)
class NewEvent:
    """A fact about to be recorded. `data` must be plain JSON and hold no more than the reaction needs."""

    kind: str
    person_id: int | None
    subject_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


Subscriber = Callable[[Sequence[NewEvent], Actor, datetime], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def on(*kinds: str) -> Callable[[Subscriber], Subscriber]:
    """Register a batch subscriber: called inside the recording transaction with all events of one kind at once.

    It runs once per kind per recording, as `f(events, by, now)`. Slow or outward work defers a job instead.
    """

    def register(function: Subscriber) -> Subscriber:
        for kind in kinds:
            _subscribers[kind].append(function)
        return function

    return register


def subscribers_of(kind: str) -> tuple[Subscriber, ...]:
    """The subscribers of a kind, in the order they were registered."""
    return tuple(_subscribers.get(kind, ()))
