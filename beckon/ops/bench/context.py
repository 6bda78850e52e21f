"""What a measure is handed, and how it talks to the process that started it: JSON lines on standard output."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beckon.core.models import Organization


@dataclass
class Timed:
    """How long a block took, and the processor time of this process and of its children that have ended."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def rate(self, units: int) -> float:
        """Units a second."""
        return units / self.seconds

    def cost(self, units: int) -> str:
        """For people: what one unit costs here, without what PostgreSQL spends."""
        return f"{1e6 * self.cpu_seconds / units:,.0f} µs of processor time each, without PostgreSQL's"


@dataclass(frozen=True)
class Bench:
    """What a measure works with. `folder` is emptied after the run."""

    organization: "Organization"
    people: int
    folder: Path

    def tell(self, text: str) -> None:
        """What is being done, for the person who waits."""
        say({"doing": text})

    @contextmanager
    def timing(self) -> Iterator[Timed]:
        """Around what is timed: memory counts only here. The figures are there when the block has ended."""
        timed = Timed()
        say({"timing": True})
        began, worked = time.perf_counter(), _processor_seconds()
        try:
            yield timed
        finally:
            timed.seconds, timed.cpu_seconds = time.perf_counter() - began, _processor_seconds() - worked
            say({"timing": False})


def _processor_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def say(news: dict[str, Any]) -> None:
    """One line to the process that started this one."""
    print(json.dumps(news), flush=True)
