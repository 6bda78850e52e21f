"""A day's opening hours as people write them: "9-12, 13:00-17:30". Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

_BLOCK = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to|a)\s*(\d{1,2})(?:[:.](\d{2}))?$", re.IGNORECASE)


def read_hours(text: str) -> list[list[str]] | None:
    """[["09:00", "12:00"], ...] in order; [] for an empty text; None for what is no time of day, ends before it
    begins, or overlaps."""
    blocks = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
        match = _BLOCK.match(part)
        if match is None:
            return None
        h1, m1, h2, m2 = (int(group or 0) for group in match.groups())
        begins, ends = h1 * 60 + m1, h2 * 60 + m2
        if m1 > 59 or m2 > 59 or ends > 24 * 60 - 1 or begins >= ends:
            return None
        blocks.append((begins, ends))
    blocks.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(blocks)):
        return None
    return [[_clock(begins), _clock(ends)] for begins, ends in blocks]


def write_hours(blocks: Sequence[Sequence[str]]) -> str:
    """The same back as text."""
    return ", ".join(f"{begins}–{ends}" for begins, ends in blocks)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
