"""What the packages below the pages say to people: both languages beside each other, chosen only where it is shown.

Knows no language setting and no catalogue: those are the pages'. See docs/adr/0012-the-pages.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A name or a sentence in English and in Spanish. It is no text yet: `in_language` makes it one."""

    en: str
    es: str

    def in_language(self, language: str) -> str:
        """The Spanish where `language` starts with es, else the English."""
        return self.es if language.startswith("es") else self.en

    def filled(self, **values: object) -> "Words":
        """With values in the places named {so}, Words among them in its own language; literal braces are doubled."""
        return Words(
            self.en.format(**{name: _said(value, "en") for name, value in values.items()}),
            self.es.format(**{name: _said(value, "es") for name, value in values.items()}),
        )


class Mistake(ValueError):
    """Something written wrongly, in words for who wrote it; the exception's own text is the English."""

    def __init__(self, en: str, es: str, **values: object) -> None:
        self.words = Words(en, es).filled(**values)
        super().__init__(self.words.en)


def _said(value: object, language: str) -> object:
    return value.in_language(language) if isinstance(value, Words) else value
