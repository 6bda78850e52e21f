"""What a measure is handed, and how it talks to the process that started it: JSON lines on standard output."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beckon.core.models import Organization


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
    def timing(self) -> Iterator[None]:
        """Around what is timed: memory counts only here."""
        say({"timing": True})
        try:
            yield
        finally:
            say({"timing": False})


def say(news: dict[str, Any]) -> None:
    """One line to the process that started this one."""
    print(json.dumps(news), flush=True)
