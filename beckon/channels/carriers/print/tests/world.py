"""A print spool in a temporary folder, for the conformance suite."""

import csv
import tempfile
from pathlib import Path
from typing import Self

from beckon.channels.carriers.base import Channel, OutgoingMessage, Word
from beckon.channels.carriers.conformance import NAME, TEXT, World
from beckon.channels.carriers.print.carrier import build


def no_secret(reference: str) -> str:
    raise AssertionError("the print carrier has no secrets")


def card(number: int, **changes: object) -> OutgoingMessage:
    values: dict[str, object] = {
        "reference": f"r{number}",
        "channel": Channel.POSTAL,
        "to": NAME,
        "subject": "It is time for your yearly visit",
        "body": f"Dear Ana,\n\n{TEXT}. We look forward to seeing you.",
        "address": ("1 Main Street, Apt. 4", "Springfield, IL 62701"),
        "return_address": ("400 River Road", "Springfield, IL 62701"),
        "code": f"7KQ-{number:04}",
        "link": f"https://go.example.org/c/7KQ{number:04}",
        "phone": "(217) 555-0100",
    }
    return OutgoingMessage(**{**values, **changes})  # type: ignore[arg-type]


class PrintWorld(World):
    channel = Channel.POSTAL
    sample = "¡Señora Ñandú, mañana a las 3! “Así” – Łukasz, Đặng"
    words = frozenset({Word.ACCEPTED, Word.FAILED, Word.DEAD})
    can = frozenset({"refuse"})

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.spool = Path(self.folder.name) / "spool"
        self.word = Word.ACCEPTED
        self.carrier = build({"spool": str(self.spool), "letterhead": "Riverside Family Practice"}, no_secret)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.carrier.aclose()
        self.folder.cleanup()

    def message(self, number: int) -> OutgoingMessage:
        if self.word is Word.FAILED:
            return card(number, body="many words " * 200)
        return card(number, address=()) if self.word is Word.DEAD else card(number)

    def arrived(self) -> list[str]:
        found: list[str] = []
        for manifest in self.spool.glob("*/manifest.csv"):
            with manifest.open(encoding="utf-8", newline="") as lines:
                found.extend(row["reference"] for row in csv.DictReader(lines))
        return found

    def answer(self, word: Word) -> None:
        self.word = word

    def behave(self, how: str) -> None:
        blocked = Path(self.folder.name) / "a-file"
        blocked.write_text("in the way")
        self.carrier = build({"spool": str(blocked / "spool"), "letterhead": "Riverside"}, no_secret)
