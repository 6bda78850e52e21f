"""The language of the page, and what packages below say in it. They carry both languages; only pages choose."""

from django.utils.translation import get_language

from beckon.core.wording.words import Words


def language() -> str:
    """The language of the page, en where none is set."""
    return get_language() or "en"


def said(words: Words) -> str:
    """The words in the language of the page."""
    return words.in_language(language())
