"""Words say the same in both languages, and what pydantic finds has words of ours."""

import string

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from beckon.core.wording.outside import _SAID, words_of
from beckon.core.wording.words import Mistake, Words


def test_words_within_words_are_said_in_the_sentence_s_own_language() -> None:
    asked = Words("give {what} up to {n:,}", "escriba {what} hasta {n:,}").filled(what=Words("days", "días"), n=1500)
    assert (asked.in_language("en"), asked.in_language("es-mx")) == (
        "give days up to 1,500",
        "escriba días hasta 1,500",
    )


def test_a_mistake_is_a_value_error_that_speaks_english_where_nobody_chooses() -> None:
    with pytest.raises(ValueError, match="give a text") as caught:
        raise Mistake("give a text", "escriba un texto")
    assert isinstance(caught.value, Mistake)
    assert caught.value.words.es == "escriba un texto"


def test_what_pydantic_finds_is_said_in_both_languages() -> None:
    class Form(BaseModel):
        model_config = ConfigDict(extra="forbid")
        days: int = Field(ge=1)
        name: str
        kind: str

        @field_validator("kind")
        @classmethod
        def _known(cls, kind: str) -> str:
            raise Mistake("there is no kind {kind}", "no hay un tipo {kind}", kind=kind)

    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"days": 0, "kind": "x", "other": 1})
    said = [words_of({**mistake}) for mistake in caught.value.errors()]
    assert [words.en for words in said] == [
        "give at least 1", "is missing", "there is no kind x", "is not known here; take it out",
    ]  # fmt: skip
    assert [words.es for words in said] == [
        "escriba al menos 1", "falta", "no hay un tipo x", "no se conoce aquí; quítelo",
    ]  # fmt: skip


def test_both_languages_of_what_pydantic_finds_have_the_same_places() -> None:
    def places(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    assert [kind for kind, words in _SAID.items() if places(words.en) != places(words.es)] == []
