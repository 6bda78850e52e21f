"""The Spanish of the pages is whole, and says the same facts as the English."""

import re
from collections import Counter
from collections.abc import Iterator

from beckon.web import translations

FACT = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|</?\w+[^>]*>")


def pairs() -> Iterator[tuple[str, str]]:
    """Every English text of the catalogue with its Spanish, plural forms one by one."""
    for message in translations.read_spanish():
        if not message.id:
            continue
        texts = message.id if isinstance(message.id, list | tuple) else [message.id]
        words = message.string if isinstance(message.string, list | tuple) else [message.string or ""]
        assert len(words) == len(texts), message.id
        yield from zip(texts, words, strict=True)


def test_every_word_of_the_pages_has_its_spanish() -> None:
    assert translations.missing() == []


def test_the_spanish_keeps_the_placeholders_and_tags_of_the_english() -> None:
    wrong = [(en, es) for en, es in pairs() if Counter(FACT.findall(en)) != Counter(FACT.findall(es))]
    assert wrong == []


def test_the_spanish_begins_and_ends_with_the_same_spaces_and_has_as_many_lines() -> None:
    def edges(text: str) -> tuple[bool, bool, int]:
        return text[:1].isspace(), text[-1:].isspace(), text.count("\n")

    assert [(en, es) for en, es in pairs() if edges(en) != edges(es)] == []
