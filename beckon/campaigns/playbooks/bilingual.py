"""A text of a playbook in both languages."""

from pydantic import BaseModel, ConfigDict, Field

from beckon.core.wording.words import Words


class Bilingual(BaseModel):
    """A text in both languages; neither may be missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str = Field(min_length=1)
    es: str = Field(min_length=1)

    @property
    def words(self) -> Words:
        """The two as what packages say to people."""
        return Words(self.en, self.es)

    def in_language(self, language: str) -> str:
        """The text in Spanish where `language` starts with es, else in English."""
        return self.words.in_language(language)
