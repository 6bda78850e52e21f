"""Postcards as print-ready PDF: one folder per batch in a spool, written whole or not at all.

Talks to no vendor: whoever prints empties the spool. A card in the spool counts as sent.
"""

import asyncio
import csv
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from beckon.channels.alarms import SPOOL, alarm
from beckon.channels.carriers.base import (
    Capabilities,
    Channel,
    Inbound,
    OutgoingMessage,
    Receipt,
    SendResult,
    Word,
    result,
)
from beckon.channels.carriers.errors import CallbackRefusedError, MisconfiguredError
from beckon.channels.carriers.intake import check_batch, read_config
from beckon.channels.carriers.print.config import PrintConfig
from beckon.channels.carriers.print.layout import Sheet, lay_out
from beckon.channels.secrets import SecretSource

PDF, MANIFEST = "cards.pdf", "manifest.csv"
COLUMNS = ("reference", "front_page", "back_page", "code", "name", "address", "link")
SPOOL_WAIT = 600.0


class PrintCarrier:
    """One practice's cards."""

    capabilities = Capabilities(frozenset({Channel.POSTAL}), idempotent=False, looks_up=True)

    def __init__(self, config: PrintConfig) -> None:
        self._config = config

    async def send(self, batch: Sequence[OutgoingMessage]) -> list[SendResult]:
        """Lay out and spool one batch. The same batch again finds itself in the spool and adds nothing."""
        check_batch(batch, self.capabilities)
        return await asyncio.to_thread(self._spool, list(batch)) if batch else []

    def parse_callback(self, headers: Mapping[str, str], body: bytes, *, url: str = "") -> list[Receipt | Inbound]:
        """Nobody calls back."""
        raise CallbackRefusedError("the print spool sends no callbacks")

    async def look_up(self, reference: str, carrier_ref: str = "") -> SendResult | None:
        """Whether a card is in the spool; None also when the printer has taken it away."""
        return await asyncio.to_thread(self._find, reference)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _spool(self, batch: list[OutgoingMessage]) -> list[SendResult]:
        sheet = lay_out(self._config, batch)
        name = batch_name(sheet.references)
        try:
            if sheet.references:
                self._write(name, sheet, {message.reference: message for message in batch})
        except OSError as error:
            trouble = alarm(SPOOL, type(error).__name__)
            return [self._settle(m.reference, sheet, "", trouble) for m in batch]
        return [self._settle(m.reference, sheet, name, "") for m in batch]

    def _settle(self, reference: str, sheet: Sheet, name: str, trouble: str) -> SendResult:
        if reference in sheet.refused:
            code = sheet.refused[reference]
            return result(reference, Word.DEAD if code == "no-address" else Word.FAILED, vendor_code=code)
        if trouble:
            return result(reference, Word.TRY_LATER, vendor_code="spool", retry_after=SPOOL_WAIT, alarm=trouble)
        page = 2 * sheet.references.index(reference) + 1
        return result(reference, Word.ACCEPTED, carrier_ref=f"{name}/{page}")

    def _write(self, name: str, sheet: Sheet, messages: Mapping[str, OutgoingMessage]) -> None:
        """Both files in a hidden folder first, flushed, then one rename: the spool never shows half a job."""
        spool = self._config.spool
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (spool / name).exists():
            return
        folder = Path(tempfile.mkdtemp(prefix=".making-", dir=spool))
        try:
            _write_flushed(folder / PDF, sheet.pdf)
            _write_flushed(folder / MANIFEST, _manifest(sheet, messages).encode())
            folder.rename(spool / name)
            _flush_folder(spool)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _find(self, reference: str) -> SendResult | None:
        for manifest in self._manifests():
            with manifest.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    if row["reference"] == _guarded(reference):
                        found = f"{manifest.parent.name}/{row['front_page']}"
                        return result(reference, Word.ACCEPTED, carrier_ref=found)
        return None

    def _manifests(self) -> Iterator[Path]:
        yield from sorted(self._config.spool.glob(f"cards-*/{MANIFEST}"))


def batch_name(references: Sequence[str]) -> str:
    """The folder's name: the same references, the same name."""
    joined = "\n".join(references).encode()
    return "cards-" + hashlib.blake2b(joined, digest_size=8).hexdigest()


def _manifest(sheet: Sheet, messages: Mapping[str, OutgoingMessage]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number, reference in enumerate(sheet.references):
        m = messages[reference]
        texts = [_guarded(text) for text in (m.code, m.to, "; ".join(m.address), m.link)]
        writer.writerow((_guarded(reference), 2 * number + 1, 2 * number + 2, *texts))
    return out.getvalue()


def _guarded(value: str) -> str:
    """An apostrophe before what the printer's spreadsheet would run as a formula (OWASP, CSV Injection)."""
    return "'" + value if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _write_flushed(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def build(config: Mapping[str, object], secret: SecretSource) -> PrintCarrier:
    """A carrier from a sender's configuration. Raises MisconfiguredError if the spool cannot be used."""
    read = read_config(PrintConfig, config)
    if read.spool.exists() and not read.spool.is_dir():
        raise MisconfiguredError("spool: this is not a folder")
    return PrintCarrier(read)
