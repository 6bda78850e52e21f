"""Understands a person's reply: one of a few meanings, in English or Spanish, words or letters. Pure.

An opt-out wins over all else said beside it, because missing one breaks the law and a needless one costs a text.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from beckon.messaging.replies import words
from beckon.messaging.replies.meanings import Meaning, Reading

LONGEST: Final = 1_600
_UNSUBSCRIBE: Final = "unsubscribe"


def read_reply(text: str, *, language: str = "en", names: Iterable[str] = (), opt_out: bool = False) -> Reading:
    """The meaning of a reply. `language` is the person's, for words both languages share; `names` are those of the
    person it was meant for, so that "I am not Maria" is understood. `opt_out`: the carrier took it as one already.
    """
    raw = html.unescape(text[:LONGEST])
    plain, has_question = normalise(raw), "?" in raw or "¿" in raw
    spoken = _language(plain, language)
    exact = words.EXACT.get(plain)
    if opt_out:
        return Reading(Meaning.STOP, exact[1] if exact else spoken, plain in words.CANCEL)
    if exact is not None:
        meaning, known = exact
        if has_question and meaning in (Meaning.YES, Meaning.NO):
            meaning = Meaning.QUESTION
        return Reading(meaning, _of_exact(plain, known, language), plain in words.CANCEL)
    for meaning, rule in _RULES:
        if rule(plain, names):
            is_cancel = meaning is Meaning.RESCHEDULE and "cancel" in plain
            return Reading(meaning, spoken, asks_to_cancel=is_cancel)
    return Reading(Meaning.QUESTION if has_question else Meaning.OTHER, spoken)


def normalise(text: str) -> str:
    """Lower case, no accents, no punctuation, emoji as words, "stoppp" as "stop"."""
    for emoji, word in words.EMOJI.items():
        text = text.replace(emoji, word)
    text = unicodedata.normalize("NFKD", text.lower())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"['’`´‘]", "", text)
    text = re.sub(r"[^a-z0-9.!,;]+", " ", text)
    text = re.sub(r"[.!,; ]*[.!,;][.!,; ]*", lambda m: ". " if "." in m[0] or "!" in m[0] else ", ", text)
    return re.sub(r"([a-z])\1{2,}", r"\1", _joined_letters(text.strip(" .,")))


def _joined_letters(text: str) -> str:
    """ "s t o p" and "s.t.o.p" as "stop"."""
    letters = re.sub(r"[ .,]+", " ", text).split(" ")
    return "".join(letters) if len(letters) > 2 and all(len(letter) == 1 for letter in letters) else text


def _compile(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_STOP = _compile(words.STOP_PATTERNS)
_INNOCENT = _compile(words.NOT_STOP)
_WRONG = _compile(words.WRONG_PATTERNS)
_DECEASED = _compile(words.DECEASED_PATTERNS)
_THEMSELVES = re.compile(words.ABOUT_THEMSELVES)
_RESCHEDULE = _compile(words.RESCHEDULE_PATTERNS)
_LATER = _compile(words.LATER_PATTERNS)
_NO = _compile(words.NO_PATTERNS)
_YES = _compile(words.YES_PATTERNS)
_START = _compile(words.START_PATTERNS)
_QUESTION = _compile(words.QUESTION_PATTERNS)
_COMMANDS = re.compile(
    r"^(?:stop|unsubscribe|optout|opt out|alto)[.,]"
    r"|(?:[.,]|\b(?:number|person|interested|equivocado|interesa|incorrecto)) (?:please |pls |so |por favor )?"
    r"(?:stop|unsubscribe|opt out|remove|quit|alto|pare|paren|baja)(?: (?:me|it|please|pls|now|thanks|por favor))*$"
)


def _is_stop(plain: str, names: Iterable[str]) -> bool:
    if _COMMANDS.search(plain) and not _INNOCENT.search(plain):
        return True
    if _STOP.search(plain):
        return True
    return " " not in plain and _distance_at_most(plain, _UNSUBSCRIBE, 2)


def _is_wrong_person(plain: str, names: Iterable[str]) -> bool:
    if _WRONG.search(plain):
        return True
    known = "|".join(re.escape(normalise(name)) for name in names if normalise(name))
    if not known:
        return False
    return bool(
        re.search(rf"\b(?:im|i am|this|this is|its|it is|thats|is|am) ?(?:not|isnt|no longer) (?:{known})\b", plain)
        or re.search(rf"\b(?:isnt|not|aint|no soy|no es|no esta) (?:the |a |la |el )?(?:{known})\b", plain)
        or re.search(rf"\b(?:no|not) (?:{known}) (?:here|aqui|at this number)\b", plain)
    )


def _is_deceased(plain: str, names: Iterable[str]) -> bool:
    if _THEMSELVES.search(plain):
        return False
    if _DECEASED.search(plain):
        return True
    known = "|".join(re.escape(normalise(name)) for name in names if normalise(name))
    return bool(known) and bool(
        re.search(rf"\b(?:{known})(?: \w+)? (?:passed(?: away)?|died|is dead|deceased|fallecio|murio)\b", plain)
    )


_RULES: Final = (
    (Meaning.STOP, _is_stop),
    (Meaning.START, lambda plain, names: bool(_START.search(plain))),
    (Meaning.DECEASED, _is_deceased),
    (Meaning.WRONG_PERSON, _is_wrong_person),
    (Meaning.RESCHEDULE, lambda plain, names: bool(_RESCHEDULE.search(plain))),
    (Meaning.LATER, lambda plain, names: bool(_LATER.search(plain))),
    (Meaning.NO, lambda plain, names: bool(_NO.search(plain))),
    (Meaning.YES, lambda plain, names: bool(_YES.search(plain))),
    (Meaning.QUESTION, lambda plain, names: bool(_QUESTION.search(plain))),
)


def _language(plain: str, default: str) -> str:
    tokens = re.findall(r"[a-z]+", plain)
    spanish = sum(token in words.SPANISH for token in tokens)
    if spanish >= 2 or (tokens and spanish / len(tokens) >= 0.4):
        return "es"
    return default if len(tokens) < 3 else ("es" if spanish else "en")


def _of_exact(plain: str, known: str, default: str) -> str:
    """ "no" and "ok" are said in both languages: the person's own decides."""
    return default if plain in {"no", "ok", "n", "s", "y", "1", "2", "3", "r", "stop", "k"} else known


def _distance_at_most(word: str, target: str, limit: int) -> bool:
    """Levenshtein distance, stopped early."""
    if abs(len(word) - len(target)) > limit:
        return False
    row = list(range(len(target) + 1))
    for i, letter in enumerate(word, 1):
        new = [i]
        for j, other in enumerate(target, 1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != other)))
        row = new
    return row[-1] <= limit
