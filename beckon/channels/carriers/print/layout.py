"""Lays out postcards with Typst: values in, PDF bytes and refusals out. Writes no file, asks no network."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import segno
import typst

from beckon.channels.carriers.base import OutgoingMessage
from beckon.channels.carriers.print.config import PrintConfig

WORDS = {
    "en": {"call": "Call", "scan": "Scan to book a visit", "or_call": "or call", "code": "Your code:"},
    "es": {"call": "Llame al", "scan": "Escanee para su cita", "or_call": "o llame al", "code": "Su código:"},
}
_SOURCE = (Path(__file__).parent / "card.typ").read_bytes()
_UNPRINTABLE = re.compile("[^\n -~\u00a0-\u024f\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u2027\u2030-\u203a€™−]")
"""Outside of this the embedded fonts have no glyph, and a box would be printed in its place."""
MAX_LINES = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """The PDF, two pages for each of `references` in order, and why others are not on it."""

    pdf: bytes
    references: tuple[str, ...]
    refused: dict[str, str]


def lay_out(config: PrintConfig, batch: Sequence[OutgoingMessage]) -> Sheet:
    """Lay out what can be printed. A refusal is a code: no-sender, no-address, no-glyph, long-link, overflow-<part>
    where the part is headline, body, address, return or code."""
    refused = {m.reference: code for m in batch if (code := _obstacle(config, m))}
    cards = [(m.reference, _card(config, m)) for m in batch if m.reference not in refused]
    if cards:
        for line in _overflows(config, [card for _, card in cards]):
            part, _, reference = line.partition(" ")
            refused.setdefault(reference, f"overflow-{part}")
    kept = [(reference, card) for reference, card in cards if reference not in refused]
    pdf = _compiler(config, [card for _, card in kept]).compile(format="pdf") if kept else b""
    assert isinstance(pdf, bytes)
    return Sheet(pdf, tuple(reference for reference, _ in kept), refused)


def qr_svg(link: str) -> str:
    """The QR code (level M) of a link as one SVG path with its quiet zone of four modules."""
    matrix = segno.make(link, error="m", micro=False).matrix
    size = len(matrix) + 8
    runs: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start + 4} {y + 4}h{x - start}v1h-{x - start}z")
            x += 1
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{"".join(runs)}"/></svg>'


def sides(message: OutgoingMessage) -> tuple[str, list[str], str]:
    """Headline and further paragraphs of the front, and the text beside the address.

    With only a subject and a body, the subject is the front. A first line that repeats the practice's
    name is dropped: the letterhead says it already.
    """
    back = message.back or message.html
    if not back:
        return message.subject, [], message.body
    text = message.body.replace("\r\n", "\n").strip()
    text = text.removeprefix(message.from_ + "\n").strip() if message.from_ else text
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    if message.subject:
        return message.subject, paragraphs, back
    return (paragraphs[0], paragraphs[1:], back) if paragraphs else ("", [], back)


def _obstacle(config: PrintConfig, message: OutgoingMessage) -> str:
    """Why a card cannot be laid out at all, or an empty string."""
    if not (message.from_ or config.letterhead):
        return "no-sender"
    lines = [line for line in message.address if line.strip()]
    if not message.to.strip() or len(lines) < 2:
        return "no-address"
    if len(lines) + 1 > MAX_LINES or len(message.return_address) > MAX_LINES - 1:
        return "overflow-address"
    texts = (message.to, message.from_, message.subject, message.body, message.back, message.html, *lines)
    texts += (message.code, message.phone)
    if any(_UNPRINTABLE.search(text) for text in (*texts, *message.return_address)):
        return "no-glyph"
    if len(message.code) > 16 or len(message.phone) > 20:
        return "overflow-code"
    return "long-link" if len(message.link) > 150 or not message.link.isascii() else ""


def _card(config: PrintConfig, message: OutgoingMessage) -> dict[str, object]:
    headline, lead, back = sides(message)
    name = message.from_ or config.letterhead
    address = [line.strip() for line in (message.to, *message.address) if line.strip()]
    return {
        "reference": message.reference,
        "name": name,
        "headline": headline,
        "lead": lead,
        "body": back.replace("\r\n", "\n").strip(),
        "language": message.language if message.language in WORDS else "en",
        "phone": message.phone,
        "code": message.code,
        "qr": qr_svg(message.link) if message.link else "",
        # Publication 28 of the Postal Service prefers capitals without punctuation.
        "address_lines": [re.sub(r"[.,;:]", "", line).upper() for line in address],
        "return_lines": [name, *(line for line in message.return_address if line.strip())],
    }


def _compiler(config: PrintConfig, cards: Sequence[dict[str, object]]) -> typst.Compiler:
    job = {
        "tagline": config.tagline,
        "website": config.website,
        "accent": config.accent,
        "indicia": list(config.indicia),
        "words": WORDS,
        "cards": list(cards),
    }
    return typst.Compiler(_SOURCE, ignore_system_fonts=True, sys_inputs={"job": json.dumps(job)})


def _overflows(config: PrintConfig, cards: Sequence[dict[str, object]]) -> list[str]:
    found: list[str] = json.loads(_compiler(config, cards).query("<overflow>", field="value"))
    return found
