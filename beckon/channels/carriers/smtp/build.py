"""Makes the bytes of an e-mail fast: what does not vary is rendered once, the rest is encoded by hand.

Pure but for the date handed in. Nothing a person or template wrote can end a header or the message.
"""

import base64
import email.utils
import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from beckon.channels.carriers.base import OutgoingMessage

MAX_LINE = 998
"""Octets in a line (RFC 5321, 4.5.3.1.6); longer lines are sent as base64."""
_ADDRESS = re.compile(r"[^\s<>(),;:\"\\\[\]@\x00-\x1f\x7f]{1,128}@([^\s<>(),;:\"\\@\x00-\x1f\x7f]{1,255})")
_BREAK = re.compile(r"\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85")
_URL = re.compile(r"https://[!-;=?-~]{1,900}")
_LOCAL = re.compile(r"[^A-Za-z0-9!#$%&'*+/?^_`{|}~.-]")


class UnsendableError(ValueError):
    """This message cannot be made into an e-mail; the text is a code such as `bad-address`."""


class Wire(NamedTuple):
    """A message ready to go: paths of the envelope, `content` with CRLF line ends and one at its end."""

    message_id: str
    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool
    eight_bit: bool

    def dotted(self) -> bytes:
        """The content as DATA wants it: dots at the start of lines doubled, ended by a lone dot."""
        content = self.content
        if b"\n." in content:
            content = content.replace(b"\n.", b"\n..")
        return content + b".\r\n"


class Builder:
    """Renders messages of one sender. `eight_bit` says that the server offers 8BITMIME."""

    def __init__(self, *, from_name: str = "", eight_bit: bool = False) -> None:
        self._from_name = from_name
        self._eight_bit = eight_bit
        self._heads: dict[str, tuple[str, str]] = {}

    def build(self, message: OutgoingMessage, *, date: str) -> Wire:
        """The wire form; `date` is an RFC 5322 date. Raises UnsendableError."""
        recipient, sender = mailbox(message.to), mailbox(message.from_, code="bad-sender")
        head, domain = self._head(sender)
        message_id = f"<{message_id_local(message.reference)}@{domain}>"
        lines = [
            head,
            f"Message-ID: {message_id}\r\nDate: {date}\r\nTo: {recipient}\r\n",
            subject_header(message.subject),
            self._optional(message),
        ]
        needs_utf8 = not (recipient.isascii() and sender.isascii())
        body, eight = self._body(message)
        content = ("".join(lines)).encode() + body
        return Wire(message_id, sender, recipient, content, needs_utf8, eight)

    def _head(self, sender: str) -> tuple[str, str]:
        known = self._heads.get(sender)
        if known is None:
            if len(self._heads) > 1000:
                self._heads.clear()
            name = encode_words(flatten(self._from_name))
            shown = f"{_phrase(name)} <{sender}>" if name else sender
            known = (f"From: {shown}\r\nMIME-Version: 1.0\r\n", sender.rpartition("@")[2])
            self._heads[sender] = known
        return known

    def _optional(self, message: OutgoingMessage) -> str:
        more = ""
        if message.reply_to:
            more = f"Reply-To: {mailbox(message.reply_to, code='bad-reply-to')}\r\n"
        if message.unsubscribe_url:
            if not _URL.fullmatch(message.unsubscribe_url):
                raise UnsendableError("bad-unsubscribe-url")
            more += (
                f"List-Unsubscribe: <{message.unsubscribe_url}>\r\n"
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            )
        return more

    def _body(self, message: OutgoingMessage) -> tuple[bytes, bool]:
        text, text_eight = self._part("plain", message.body)
        if not message.html:
            return text, text_eight
        html, html_eight = self._part("html", message.html)
        mark = b"=_" + hashlib.blake2b(message.reference.encode(), digest_size=15).hexdigest().encode()
        body = b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n--%b\r\n%b\r\n--%b\r\n%b\r\n--%b--\r\n' % (
            mark,
            mark,
            text,
            mark,
            html,
            mark,
        )
        return body, text_eight or html_eight

    def _part(self, kind: str, text: str) -> tuple[bytes, bool]:
        if _BREAK.search(text):
            text = _BREAK.sub("\r\n", text)
        if not text.endswith("\r\n"):
            text += "\r\n"
        raw = text.encode(errors="replace")
        short = len(raw) <= MAX_LINE or max(map(len, raw.split(b"\r\n"))) <= MAX_LINE
        plain = short and b"\0" not in raw
        if plain and (text.isascii() or self._eight_bit):
            eight = not text.isascii()
            coding = "8bit" if eight else "7bit"
        else:
            raw, eight, coding = base64.encodebytes(raw).replace(b"\n", b"\r\n"), False, "base64"
        head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {coding}\r\n\r\n"
        return head.encode() + raw, eight


def mailbox(address: str, *, code: str = "bad-address") -> str:
    """The address with its domain in ASCII. Raises UnsendableError(code) unless it is just one address."""
    match = _ADDRESS.fullmatch(address)
    if match is not None and match[1].isascii():
        return address
    plain = _with_ascii_domain(address) if match is not None else ""
    if not plain:
        raise UnsendableError(code)
    return plain


def message_id_local(reference: str) -> str:
    """The left side of a Message-ID: reversible, our reference with other characters as =XX."""
    if _LOCAL.search(reference):
        reference = _LOCAL.sub(lambda m: "".join(f"={b:02X}" for b in m[0].encode()), reference)
    return reference.strip(".").replace("..", ".=2E") or "x"


def flatten(text: str) -> str:
    """One line without control characters: nothing in it can begin another header."""
    if text.isprintable():
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def subject_header(subject: str) -> str:
    """The Subject header, folded; empty without a subject."""
    if not subject:
        return ""
    subject = flatten(subject)
    if subject.isascii() and len(subject) <= 68 and "=?" not in subject:
        return f"Subject: {subject}\r\n"
    return f"Subject: {encode_words(subject, always=True)}\r\n"


def encode_words(text: str, *, always: bool = False) -> str:
    """RFC 2047 words of at most 45 octets each, folded; plain ASCII stays as it is unless `always`."""
    if text.isascii() and not always:
        return text
    words: list[str] = []
    chunk = b""
    for char in text:
        octets = char.encode(errors="replace")
        if len(chunk) + len(octets) > 42:
            words.append(base64.b64encode(chunk).decode())
            chunk = b""
        chunk += octets
    words.append(base64.b64encode(chunk).decode())
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


@lru_cache(maxsize=4)
def rfc5322_date(second: int) -> str:
    """The Date header of a wall-clock second; all messages of a second share it."""
    return email.utils.formatdate(second)


@lru_cache(maxsize=4096)
def _with_ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return ""


def _phrase(name: str) -> str:
    if name.startswith("=?"):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
