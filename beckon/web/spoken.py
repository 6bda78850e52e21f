"""The language of the page, and what packages below say in it. They carry both languages; only pages choose."""

from datetime import time

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beckon.core.wording.words import Words


def language() -> str:
    """The language of the page, en where none is set."""
    return get_language() or "en"


LANGUAGE_NAMES: dict[str, str | Promise] = {"en": _("English"), "es": _("Spanish")}


def hour_name(hour: int) -> str:
    """8 AM, 08:00."""
    return formats.time_format(time(hour), gettext("g A"))


def said(words: Words) -> str:
    """The words in the language of the page."""
    return words.in_language(language())
