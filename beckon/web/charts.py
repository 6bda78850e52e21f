"""Charts as plain values that templates draw as SVG: bars side by side in stacks, with the figures in a table beside.

Sizes are in the drawing's own units; colours come from classes in the style sheet, and each series has a pattern of its
own order, so that nothing is only a colour. Pure.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, BOTTOM, LEFT = 720, 200, 22, 44


@dataclass(frozen=True)
class Bar:
    """A part of a stack. `series` is its number, from 0, in the order of the legend."""

    x: float
    y: float
    width: float
    height: float
    series: int
    title: str


@dataclass(frozen=True)
class Tick:
    """A word on an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Stacks:
    """A chart of stacked bars with its axes; `legend` names the series in order."""

    width: int
    height: int
    left: int
    floor: float
    bars: tuple[Bar, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    legend: tuple[str, ...]


def stacks(labels: Sequence[str], series: Mapping[str, Sequence[int]], *, most_labels: int = 12) -> Stacks:
    """Bars of `series` (name -> one number for each label), stacked. Labels are thinned to `most_labels`."""
    floor, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - 12
    totals = [sum(values) for values in zip(*series.values(), strict=True)] if series else []
    top = nice_top(max(totals, default=0))
    step = (WIDTH - LEFT) / max(1, len(labels))
    width = max(1.5, min(40.0, step * 0.75))
    bars = []
    for place, label in enumerate(labels):
        y = float(floor)
        for number, (name, values) in enumerate(series.items()):
            height = room * values[place] / top
            if values[place]:
                y -= height
                x = LEFT + step * place + (step - width) / 2
                title = f"{label}: {name} {values[place]:,}"
                bars.append(Bar(round(x, 1), round(y, 1), round(width, 1), round(max(height, 0.8), 1), number, title))
    every = max(1, math.ceil(len(labels) / most_labels))
    across = tuple(
        Tick(round(LEFT + step * (place + 0.5), 1), HEIGHT - 6, label)
        for place, label in enumerate(labels)
        if place % every == 0
    )
    up = tuple(Tick(LEFT - 6, round(floor - room * part / 4, 1), f"{top * part // 4:,}") for part in (0, 2, 4))
    return Stacks(WIDTH, HEIGHT, LEFT, float(floor), tuple(bars), across, up, tuple(series))


_TOPS = (4, 8, 12, 16, 20, 24, 32, 40, 60, 80, 100)


def nice_top(value: int) -> int:
    """The end of an axis for values up to `value`, dividable by four: one of _TOPS, or one of 20 to 100 times a power
    of ten."""
    power = 1
    while value > _TOPS[-1] * power:
        power *= 10
    return next(top * power for top in _TOPS if top * power >= value)


def shade(share: float, most: float) -> int:
    """Which of six shades (0 none, 5 strongest) a share gets where `most` is the largest of the table."""
    if share <= 0 or most <= 0:
        return 0
    return min(5, 1 + int(5 * share / most * 0.999))
