"""Bytes to text, whatever the file was written in. Reads in constant memory; never fails on a byte."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from beckon.people.errors import UnreadableFile

BLOCK = 1 << 20
_SAMPLE = 4 << 20
MAX_UNPACKED, MAX_RATIO = 256 << 20, 200
"""A gzip file may unpack to the first, in bytes, or to as many times its own size; tables pack 5 to 50 times."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY = frozenset("áéíóúüñÁÉÍÓÚÜÑçÇàèìòùâêîôûäëïöÄÖßãõÀÈåøæÅØ’‘“”–—¿¡º°")
"""Characters that names and addresses of this country really hold; what else a wrong guess brings counts against it."""


def _keep_byte(error: UnicodeError) -> tuple[str, int]:
    """Error handler: an invalid byte is read as Windows-1252 would, or as Latin-1, so that nothing is lost."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.end]
    try:
        return raw.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return raw.decode("latin-1"), error.end


codecs.register_error("beckon_keep", _keep_byte)


class _Unpacked(gzip.GzipFile):
    """A gzip file that refuses to unpack to far more than any table does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._left = max(MAX_UNPACKED, MAX_RATIO * path.stat().st_size)

    def read(self, size: int | None = -1) -> bytes:
        """As of any file. Raises UnreadableFile beyond the limit."""
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFile(
                f"the file unpacks to more than {MAX_RATIO} times its size, which no list of people does: "
                "if it is one, unpack it and import the unpacked file"
            )
        return data


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked when it is gzip. Raises OSError."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return _Unpacked(path) if is_gzip else path.open("rb")  # type: ignore[return-value]  # it reads, which is all we ask


def detect_encoding(path: Path) -> str:
    """A Python codec name for the file. Raises UnreadableFile for an empty or binary file or a broken archive."""
    try:
        with open_bytes(path) as file:
            head = file.read(_SAMPLE)
            if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
                raise UnreadableFile("the file is empty")
            for bom, name in _BOMS:
                if head.startswith(bom):
                    return name
            wide = _utf16_without_bom(head)
            if wide:
                return wide
            refuse_binary(head)
            if _is_utf8(head, file):
                return "utf-8"
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        raise UnreadableFile(f"the file cannot be unpacked: {error}") from error
    return _single_byte(head)


def read_text(path: Path, encoding: str) -> Iterator[str]:
    """The file's text in blocks of about a million characters, every line end as \\n, NUL characters kept."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="beckon_keep" if encoding != "utf-16" else "replace")
    held = ""
    try:
        with open_bytes(path) as file:
            while True:
                raw = file.read(BLOCK)
                text = held + decoder.decode(raw, final=not raw)
                held = ""
                if raw and text.endswith("\r"):
                    text, held = text[:-1], "\r"
                if text:
                    yield text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
                if not raw:
                    return
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(f"the file is cut off or cannot be unpacked: {error}") from error


def refuse_binary(head: bytes) -> None:
    """Raises UnreadableFile when the bytes are no text: a picture, an archive, a document."""
    for magic, what in (
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"PK\x03\x04", "a ZIP archive or an Office document"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"PAR1", "a Parquet file"),
    ):
        if head.startswith(magic):
            raise UnreadableFile(f"this is {what}, not a table of people")
    sample = head[:65536]
    controls = sum(sample.count(bytes([byte])) for byte in range(1, 32) if byte not in (9, 10, 13, 28, 29, 30, 31))
    if controls + sample.count(b"\0") // 4 > max(8, len(sample) // 20):
        raise UnreadableFile("this is not text: it holds control characters all over")


def _utf16_without_bom(head: bytes) -> str | None:
    sample = head[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) // 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 4 * even + len(sample) // 10:
        return "utf-16-le"
    if even > 4 * odd + len(sample) // 10:
        return "utf-16-be"
    return None


def _is_utf8(head: bytes, rest: IO[bytes]) -> bool:
    """True for valid UTF-8, and for UTF-8 with a few foreign bytes in it."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    try:
        block = head
        while block:  # to the end: a foreign byte may stand anywhere
            decoder.decode(block)
            block = rest.read(BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        text = head.decode("utf-8", errors="replace")
        wide = sum(1 for character in text if ord(character) > 127 and character != "\ufffd")
        return wide > 3 * text.count("\ufffd")
    return True


def _single_byte(head: bytes) -> str:
    """Windows-1252 or Mac Roman, by which gives likelier letters; Windows-1252 holds Latin-1 as well."""
    high = bytes(byte for byte in head if byte > 127)[:200_000]
    if not high:
        return "cp1252"  # the foreign bytes lie behind the sample
    scores = {}
    for name in ("cp1252", "mac_roman"):
        text = high.decode(name, errors="beckon_keep")
        scores[name] = sum(1 if character in _LIKELY else -1 for character in text)
    return max(scores, key=lambda name: (scores[name], name == "cp1252"))
