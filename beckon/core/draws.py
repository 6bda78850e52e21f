"""Keyed randomness: the same seed and names give the same draw, on any machine, in any order (design, invariant 10)."""

import hashlib
from collections.abc import Mapping
from typing import TypeVar

_Choice = TypeVar("_Choice")
_SCALE = float(1 << 53)


def uniform(seed: int, *names: str | int) -> float:
    """A number in [0, 1), keyed by `seed` and stable names (never database ids)."""
    text = "\x1f".join((str(seed), *map(str, names)))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / _SCALE


def pick(weights: Mapping[_Choice, float], seed: int, *names: str | int) -> _Choice:
    """One key of `weights`, drawn in proportion to its weight. Raises ValueError when no weight is positive."""
    total = sum(weights.values())
    if total <= 0:
        raise ValueError("no positive weight")
    left = uniform(seed, *names) * total
    chosen: _Choice | None = None
    for choice, weight in weights.items():
        if weight <= 0:
            continue
        chosen = choice
        left -= weight
        if left < 0:
            break
    assert chosen is not None
    return chosen
