"""Sends messages over one link, as fast as the server allows (RFC 2920 PIPELINING, RFC 3030 CHUNKING).

One rule above all: once a message's content was written and its reply did not come, it is unknown.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from beckon.channels.carriers.base import OutgoingMessage, SendResult, Word, result
from beckon.channels.carriers.smtp.build import Wire
from beckon.channels.carriers.smtp.link import Link, LinkLostError
from beckon.channels.carriers.smtp.replies import BUSY_WAIT, Reply, read_refusal

WINDOW = 20
"""Messages written ahead with BDAT: what one broken connection can at most leave unknown."""
WINDOW_OCTETS = 256_000


class Parcel(NamedTuple):
    """A message with its wire form."""

    message: OutgoingMessage
    wire: Wire

    @property
    def reference(self) -> str:
        return self.message.reference


Take = Callable[[], Parcel | None]
Put = Callable[[SendResult], None]
Deliver = Callable[[Link, Take, Put, "Progress"], Awaitable[None]]


@dataclass(slots=True)
class Progress:
    """What is on the link and how far it got: what a lost connection or a cancel leaves behind."""

    written: list[Parcel] = field(default_factory=list)
    """Content handed to the socket, reply not in yet."""
    announced: list[Parcel] = field(default_factory=list)
    """At most the envelope was written."""


async def deliver_chunked(link: Link, take: Take, put: Put, progress: Progress) -> None:
    """BDAT (RFC 3030) in windows of WINDOW messages: one write and a few reads for all of them.

    Each message begins with RSET, so that one refused half way does not touch the next. Raises
    LinkLostError; then `progress` tells what hung in the air.
    """
    while True:
        window, size, out = progress.written, 0, []
        while len(window) < WINDOW and size < WINDOW_OCTETS and (parcel := take()) is not None:
            content = parcel.wire.content
            out.append(b"RSET\r\n%bBDAT %d LAST\r\n%b" % (_envelope(parcel.wire), len(content), content))
            window.append(parcel)
            size += len(content)
        if not window:
            return
        try:
            link.write(b"".join(out))
        except LinkLostError:
            progress.written, progress.announced = [], window
            raise
        while window:
            _reset, mail, recipient, data = await link.replies(4)
            parcel = window[0]
            yes = mail.is_yes and recipient.is_yes and data.is_yes
            put(_settled(parcel, data) if yes else _refused(parcel, mail, recipient, data))
            del window[0]
            link.used += 1


async def deliver_pipelined(link: Link, take: Take, put: Put, progress: Progress) -> None:
    """DATA with PIPELINING: one round trip a message, the next envelope rides with the content."""
    if (first := take()) is not None:
        progress.announced.append(first)
        link.write(_envelope(first.wire) + b"DATA\r\n")
    while progress.announced:
        parcel = progress.announced[0]
        mail, recipient, data = await link.reply(), await link.reply(), await link.reply()
        ahead = take()
        following = _envelope(ahead.wire) + b"DATA\r\n" if ahead else b""
        del progress.announced[0]
        progress.announced.extend([ahead] if ahead else [])
        if data.code == 354 and mail.is_yes and recipient.is_yes:
            progress.written.append(parcel)
            link.write(parcel.wire.dotted() + following)
            put(_settled(parcel, await link.reply()))
            progress.written.clear()
        else:
            # A server that says 354 without a recipient gets an empty message (RFC 2920, 3.1); one that
            # refused half way still holds the sender, so it is told to forget.
            put(_refused(parcel, mail, recipient, data))
            link.write((b".\r\n" if data.code == 354 else b"RSET\r\n") + following)
            await link.reply()
        link.used += 1


async def deliver_in_turn(link: Link, take: Take, put: Put, progress: Progress) -> None:
    """DATA, one command at a time, for servers without PIPELINING."""
    while (parcel := take()) is not None:
        progress.announced.append(parcel)
        replies: list[Reply] = []
        for line in (*_envelope(parcel.wire).split(b"\r\n")[:-1], b"DATA"):
            link.write(line + b"\r\n")
            replies.append(await link.reply())
            if not replies[-1].is_yes:
                break
        progress.announced.clear()
        if replies[-1].code == 354:
            progress.written.append(parcel)
            link.write(parcel.wire.dotted())
            put(_settled(parcel, await link.reply()))
            progress.written.clear()
        else:
            put(_refused(parcel, *replies))
            await link.ask("RSET")
        link.used += 1


def deliver_for(link: Link) -> Deliver:
    """The fastest way this server offers."""
    if "PIPELINING" not in link.extensions:
        return deliver_in_turn
    return deliver_chunked if "CHUNKING" in link.extensions else deliver_pipelined


def settle_lost(progress: Progress, error: LinkLostError, put: Put) -> None:
    """Give results to what was on the link when it broke."""
    for parcel in progress.written:
        put(result(parcel.reference, Word.UNKNOWN, vendor_code=error.code))
    for parcel in progress.announced:
        put(result(parcel.reference, Word.TRY_LATER, vendor_code=error.code, retry_after=BUSY_WAIT))


def _envelope(wire: Wire) -> bytes:
    extra = " BODY=8BITMIME" if wire.eight_bit else ""
    extra += " SMTPUTF8" if wire.needs_utf8 else ""
    return f"MAIL FROM:<{wire.sender}>{extra}\r\nRCPT TO:<{wire.recipient}>\r\n".encode()


def _settled(parcel: Parcel, reply: Reply) -> SendResult:
    if reply.is_yes:
        return result(parcel.reference, Word.ACCEPTED, carrier_ref=parcel.wire.message_id)
    return read_refusal(parcel.reference, reply)


def _refused(parcel: Parcel, *replies: Reply) -> SendResult:
    """The first no decides; one to MAIL is about the sender."""
    for position, reply in enumerate(replies):
        if not reply.is_yes:
            return read_refusal(parcel.reference, reply, about_sender=position == 0)
    return read_refusal(parcel.reference, Reply(554))
