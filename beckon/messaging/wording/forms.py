"""Wordings in which only a person's names differ: rendered once, with holes for the names. Pure.

Exactly what rendering for each person gives, or not at all: only where every block that names one of the holes says no
more than whose value stands there (`a or "b"`, `if a`), so that a value comes into the text as it is or not at all.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from beckon.channels.text import basic_segments, is_basic, measure_text
from beckon.consent.facts import Channel

HOLES: Final = {"first_name": "\ue000", "last_name": "\ue001", "unsubscribe_url": "\ue002"}
"""What stands in a form for what differs: characters of nobody's name, because they are not printable."""
_FULL_NAME: Final = "full_name"
_NAMES: Final = frozenset(HOLES) | {_FULL_NAME}
_BLOCK: Final = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_STRING: Final = re.compile(r'"[^"\\]*"|\'[^\'\\]*\'')
_CHOICE: Final = re.compile(r"(?:(?!\b(?:is|in)\b)[\w\s()])*")
_TAG: Final = re.compile(r"\{%[-+]?\s*(?:if|elif|else|endif)\b")

Context = Mapping[str, object]
Render = Callable[[Context], tuple[str, str, str] | None]


class Words(NamedTuple):
    """What one message says. `segments` is what a text is paid by, else 1."""

    subject: str
    body: str
    back: str
    segments: int


def words(channel: Channel, subject: str, body: str, back: str) -> Words:
    """Rendered parts as they are kept."""
    segments = measure_text(body).segments if channel is Channel.SMS else 1
    return Words(" ".join(subject.split())[:200], body, back, max(1, segments))


@lru_cache(maxsize=512)
def has_plain_holes(*sources: str) -> bool:
    """True where the sources' blocks only choose whose value stands there, whenever they name a hole."""
    return all(_is_plain(source) for source in sources)


def _is_plain(source: str) -> bool:
    if any(hole in source for hole in HOLES.values()):
        return False
    for block in _BLOCK.findall(source):
        if block.startswith("{%") and not _TAG.match(block):
            return False  # it may do something to the text between it and its end
        said = _STRING.sub(" ", block.strip("{}%#+-"))
        names_a_hole = not _NAMES.isdisjoint(re.findall(r"\w+", said))
        if names_a_hole and not block.startswith("{#") and not _CHOICE.fullmatch(said):
            return False
    return True


class Form:
    """The words of one template and sender for people of whom the same values are known."""

    __slots__ = ("_channel", "_holes", "_is_basic", "_parts")

    def __init__(self, channel: Channel, parts: tuple[str, str, str]) -> None:
        self._channel = channel
        self._parts = parts
        text = "".join(parts)
        self._holes = tuple((name, hole) for name, hole in HOLES.items() if hole in text)
        self._is_basic = is_basic(re.sub("[\ue000-\ue002]", "", parts[1]))

    def fill(self, values: Mapping[str, str]) -> Words:
        """The words with these values, each printable and without space at its ends."""
        subject, body, back = self._parts
        is_plain = self._is_basic
        for name, hole in self._holes:
            value = values[name]
            body = body.replace(hole, value)
            is_plain = is_plain and value.isascii() and value.isalpha()
            if subject:
                subject = subject.replace(hole, value)
            if back:
                back = back.replace(hole, value)
        if is_plain and not subject:
            segments = basic_segments(len(body)) if self._channel is Channel.SMS else 1
            return Words("", body, back, max(1, segments))
        return words(self._channel, subject, body, back)


def form_of(channel: Channel, known: Mapping[str, str], context: Context, render: Render) -> Form | None:
    """The form for everybody of whom the same of HOLES is known as `known`; None where the words cannot be made."""
    held = {name: hole if known[name] else "" for name, hole in HOLES.items() if name in known}
    full_name = " ".join(filter(None, (held.get("first_name"), held.get("last_name"))))
    parts = render({**context, **held, _FULL_NAME: full_name})
    return None if parts is None else Form(channel, parts)


def is_fillable(value: str) -> bool:
    """True of a value that a form can take: it holds no hole, and the full name would not be trimmed."""
    return not value or (value.isprintable() and not value[0].isspace() and not value[-1].isspace())
