"""The rates of population.yaml, checked and typed. Every rate must name its source or say assumption."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).parent / "population.yaml"


class Rate(BaseModel):
    """One rate and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    value: float | list[float] | dict[str, float]
    source: str = Field(min_length=5)


@dataclass(frozen=True)
class Population:
    """Rates by their dotted path in the file, such as calls.picked_up."""

    rates: dict[str, Rate]

    def number(self, path: str) -> float:
        """A single rate. Raises KeyError for an unknown path."""
        value = self.rates[path].value
        assert isinstance(value, float | int)
        return float(value)

    def series(self, path: str) -> list[float]:
        """A rate per attempt."""
        value = self.rates[path].value
        assert isinstance(value, list)
        return value

    def table(self, path: str) -> dict[str, float]:
        """A rate per key."""
        value = self.rates[path].value
        assert isinstance(value, dict)
        return value

    def under(self, path: str) -> dict[str, float]:
        """All single rates below a path: {"yes": 0.05, ...}."""
        start = path + "."
        return {key[len(start) :]: self.number(key) for key in self.rates if key.startswith(start)}


def _flatten(node: Any, path: str, out: dict[str, Rate]) -> None:
    if not isinstance(node, dict):
        raise TypeError(f"{path} must be a rate with value and source")
    if "value" in node:
        out[path] = Rate.model_validate(node)
        return
    for key, child in node.items():
        _flatten(child, f"{path}.{key}" if path else str(key), out)


@cache
def default_population() -> Population:
    """The rates shipped with Beckon. Raises pydantic.ValidationError when one lacks its source."""
    rates: dict[str, Rate] = {}
    _flatten(yaml.safe_load(FILE.read_text()), "", rates)
    return Population(rates)
