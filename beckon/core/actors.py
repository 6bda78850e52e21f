"""Who did something: a member of staff, the system, a simulated agent. Written on every fact and audit row."""

import re
from dataclasses import dataclass

_FORM = re.compile(r"^(user|system|agent|person|carrier):[a-z0-9_.\-]{1,60}$")


@dataclass(frozen=True)
class Actor:
    """An actor in its stored form `kind:id`, 66 characters at most. Raises ValueError for another form."""

    key: str

    def __post_init__(self) -> None:
        if not _FORM.match(self.key):
            raise ValueError(f"not an actor: {self.key!r}")

    def __str__(self) -> str:
        return self.key

    @property
    def user_id(self) -> int | None:
        """The user's id when the actor is a member of staff."""
        kind, _, value = self.key.partition(":")
        return int(value) if kind == "user" else None


def user(user_id: int) -> Actor:
    """A member of staff."""
    return Actor(f"user:{user_id}")


def simulated_agent(name: str) -> Actor:
    """An agent of the sandbox population."""
    return Actor(f"agent:{name}")


def person(person_id: int) -> Actor:
    """A patient or prospect who acted themselves (a reply, a click)."""
    return Actor(f"person:{person_id}")


SYSTEM = Actor("system:beckon")
COMMAND_LINE = Actor("system:command-line")
