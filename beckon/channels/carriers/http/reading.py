"""Reads HTTP/1.1 answers from bytes as they come in (RFC 9112). Pure; knows no socket and no vendor.

Strict where one answer could be taken for another's: anything odd about lengths ends the connection.
"""

import re
from typing import Final, NamedTuple

MAX_HEAD: Final = 32_768
MAX_BODY: Final = 1_048_576
_NO_BODY: Final = frozenset({204, 304})


class NonsenseError(ValueError):
    """Not an answer we can read: what it was to say is unknown."""


class RawAnswer(NamedTuple):
    """One answer. `head` is everything before the body, in lower case."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> str:
        """The first value of a header (lower-case name), without surrounding blanks; empty when not there."""
        values = _values(self.head, name)
        return values[0].decode("latin-1") if values else ""


class Reader:
    """Bytes of one connection in, answers out, one at a time: ask for the next only after the next request."""

    def __init__(self) -> None:
        self._buffer = b""
        self._read: RawAnswer | None = None
        self._length = 0
        """Octets of the body; -1: chunks, -2: until the connection ends."""
        self.is_last = False
        """True when the connection is of no use after this answer."""

    @property
    def is_empty(self) -> bool:
        """Nothing was said beyond the answers given."""
        return not self._buffer and self._read is None

    def feed(self, data: bytes) -> RawAnswer | None:
        """The answer, once it is complete. Raises NonsenseError."""
        if self._read is None:
            data = self._buffer + data if self._buffer else data
            while (end := data.find(b"\r\n\r\n")) >= 0:
                head, data = data[:end].lower(), data[end + 4 :]
                if self._begin(head):
                    break  # what came before were interim answers (RFC 9110, 15.2)
            self._buffer = data
            if self._read is None:
                if len(data) > MAX_HEAD:
                    raise NonsenseError("an endless head")
                return None
        else:
            self._buffer += data
        return self._whole(self._read)

    def _whole(self, read: RawAnswer) -> RawAnswer | None:
        buffer, length = self._buffer, self._length
        if length >= 0:
            if len(buffer) < length:
                return None
            self._read, self._buffer = None, buffer[length:]
            return RawAnswer(read.status, read.head, buffer[:length])
        if len(buffer) > MAX_BODY:
            raise NonsenseError("an endless body")
        whole = _dechunk(buffer) if length == _CHUNKS else None
        if whole is None:
            return None
        self._read, self._buffer = None, whole[1]
        return RawAnswer(read.status, read.head, whole[0])

    def end(self) -> RawAnswer | None:
        """The connection has ended: the answer whose body ends with it, if that is so."""
        if self._read is None or self._length != _UNTIL_END:
            return None
        read, self._read = self._read, None
        body, self._buffer = self._buffer, b""
        return RawAnswer(read.status, read.head, body)

    def _begin(self, head: bytes) -> bool:
        """Take in the head of an answer; False for an interim one."""
        status = _status(head)
        if status < 200:
            if status == 101 or status < 100:
                raise NonsenseError("another protocol")
            return False
        self._length, self.is_last = (0, _is_last(head)) if status in _NO_BODY else _framing(head)
        if self._length > MAX_BODY:
            raise NonsenseError("an endless body")
        self._read = RawAnswer(status, head, b"")
        return True


_CHUNKS: Final = -1
_UNTIL_END: Final = -2


def _status(head: bytes) -> int:
    line = _STATUS.match(head)
    if line is None:
        raise NonsenseError("not HTTP/1.1")
    return int(line[1])


_STATUS: Final = re.compile(rb"http/1\.[01] ([0-9]{3})(?=[ \r]|\Z)")


def _values(head: bytes, name: bytes) -> list[bytes]:
    found, at, mark = [], 0, b"\r\n" + name + b":"
    while (at := head.find(mark, at)) >= 0:
        at += len(mark)
        end = head.find(b"\r\n", at)
        found.append(head[at : end if end >= 0 else None].strip(b" \t"))
    return found


# Of the headers that frame an answer: the figure of a length that is well written, the name of any other.
_FRAMING: Final = re.compile(
    rb"\r\n(?:content-length:[ \t]*([0-9]{1,12})[ \t]*(?=\r\n|\Z)|(content-length|transfer-encoding|connection):)"
)


def _framing(head: bytes) -> tuple[int, bool]:
    """The length of the body (or _CHUNKS, _UNTIL_END), and whether the connection ends with it."""
    found = _FRAMING.findall(head)
    if len(found) == 1 and found[0][0]:  # nearly every answer: a length and nothing else
        return int(found[0][0]), head.startswith(b"http/1.0")
    length = _length(head, found)
    return length, length == _UNTIL_END or _is_last(head)


def _length(head: bytes, found: list[tuple[bytes, bytes]]) -> int:
    names = [name for _digits, name in found]
    lengths = [digits for digits, name in found if name in (b"", b"content-length")]
    if b"transfer-encoding" in names:
        if lengths or _values(head, b"transfer-encoding") != [b"chunked"]:
            raise NonsenseError("a body of unclear length")
        return _CHUNKS
    if not lengths:
        return _UNTIL_END
    if len(lengths) > 1 or not lengths[0]:
        raise NonsenseError("a body of unclear length")
    return int(lengths[0])


def _is_last(head: bytes) -> bool:
    if b"\r\nconnection:" not in head:
        return head.startswith(b"http/1.0")
    said = b",".join(_values(head, b"connection"))
    words = {word.strip() for word in said.split(b",")}
    return b"close" in words or (head.startswith(b"http/1.0") and b"keep-alive" not in words)


def _dechunk(buffer: bytes) -> tuple[bytes, bytes] | None:
    """Body and what follows it, None while it is incomplete (RFC 9112, 7.1). Trailers are passed over."""
    body: list[bytes] = []
    at = 0
    while True:
        end = buffer.find(b"\r\n", at)
        if end < 0:
            return None
        digits = buffer[at:end].partition(b";")[0].strip(b" \t")
        if not digits or len(digits) > 8 or digits.strip(b"0123456789abcdefABCDEF"):
            raise NonsenseError("a chunk without a size")
        size, at = int(digits, 16), end + 2
        if size == 0:
            return _after_trailers(b"".join(body), buffer, at)
        if len(buffer) < at + size + 2:
            return None
        if buffer[at + size : at + size + 2] != b"\r\n":
            raise NonsenseError("a chunk longer than it says")
        body.append(buffer[at : at + size])
        at += size + 2


def _after_trailers(body: bytes, buffer: bytes, at: int) -> tuple[bytes, bytes] | None:
    if buffer.startswith(b"\r\n", at):
        return body, buffer[at + 2 :]
    end = buffer.find(b"\r\n\r\n", at)
    return None if end < 0 else (body, buffer[end + 4 :])
