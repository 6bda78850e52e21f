"""How a practice's postcards look and where the print-ready files go."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator


class PrintConfig(BaseModel):
    """One practice's card. `spool` is a folder the printer, or a job that uploads to them, empties."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spool: Path
    letterhead: str = Field(default="", max_length=60)
    """The practice's name on cards whose message gives none as its sender."""
    tagline: str = Field(default="", max_length=80)
    website: str = Field(default="", max_length=60)
    accent: str = Field(default="#14524c", pattern=r"^#[0-9a-fA-F]{6}$")
    """The colour of the front; dark enough that white letters can be read on it."""
    indicia: tuple[str, ...] = Field(default=("PRSRT STD", "US POSTAGE", "PAID"), max_length=5)
    """The postage imprint as the permit words it; empty where the printer adds it."""

    @field_validator("spool")
    @classmethod
    def _absolute(cls, spool: Path) -> Path:
        if not spool.is_absolute():
            raise ValueError("give an absolute path")
        return spool

    @field_validator("accent")
    @classmethod
    def _legible(cls, accent: str) -> str:
        if contrast_with_white(accent) < 4.5:
            raise ValueError("too light for white letters: choose a darker colour (WCAG 2.2, 4.5 to 1)")
        return accent


def contrast_with_white(colour: str) -> float:
    """WCAG 2.2 contrast ratio of a #rrggbb colour with white."""

    def channel(at: int) -> float:
        value = int(colour[at : at + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    return 1.05 / (luminance + 0.05)
