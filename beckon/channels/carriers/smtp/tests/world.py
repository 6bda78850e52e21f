"""Mail servers on loopback for the conformance suite: one that pipelines, one that does not."""

import re
from typing import Self

from beckon.channels.carriers.base import Channel, OutgoingMessage, Word
from beckon.channels.carriers.conformance import MAILBOX, NAME, TEXT, World
from beckon.channels.carriers.http.tests.world import closed_port
from beckon.channels.carriers.smtp.carrier import SmtpCarrier, build
from beckon.channels.testing.smtp_sink import Cut, SmtpSink

REPLIES = {
    Word.FAILED: b"552 5.2.2 mailbox of <ana.fictional@example.org> is full\r\n",
    Word.DEAD: b"550 5.1.1 <ana.fictional@example.org> unknown\r\n",
    Word.BLOCKED: b"550-5.7.1 we do not\r\n550 5.7.1 like you\r\n",
    Word.TRY_LATER: b"452 4.2.1 later\r\n",
}


def no_secret(reference: str) -> str:
    return "s3cret"


def carrier_for(port: int, **changes: object) -> SmtpCarrier:
    config = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 20, "connect_timeout": 20}
    return build({**config, **changes}, no_secret)


class SmtpWorld(World):
    channel = Channel.EMAIL
    words = frozenset({*REPLIES, Word.ACCEPTED})
    can = frozenset({"hang", "drop", "refuse"})
    extensions: tuple[str, ...] = ("PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8")

    def __init__(self) -> None:
        self.sink = SmtpSink(self.script, extensions=self.extensions)
        self.word = Word.ACCEPTED
        self.how = "well"

    async def __aenter__(self) -> Self:
        await self.sink.start()
        self.carrier = carrier_for(self.sink.port)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.carrier.aclose()
        await self.sink.stop()

    def script(self, verb: str, argument: str) -> bytes | Cut | None:
        if verb == "RCPT" and self.word in REPLIES:
            return REPLIES[self.word]
        if verb == "." and self.how != "well":
            return Cut.HANG if self.how == "hang" else Cut.DROP
        return None

    def message(self, number: int) -> OutgoingMessage:
        return OutgoingMessage(
            f"r{number}",
            self.channel,
            to=f"{MAILBOX}+{number}@example.org",
            from_="desk@example.org",
            subject=f"Dear {NAME}",
            body=TEXT,
        )

    def arrived(self) -> list[str]:
        ids = [re.search(rb"Message-ID: <([^@]+)@", mail.content) for mail in self.sink.mails]
        return [found[1].decode() for found in ids if found]

    def answer(self, word: Word) -> None:
        self.word = word

    def behave(self, how: str) -> None:
        self.how = how
        if how == "hang":
            self.carrier = carrier_for(self.sink.port, timeout=1)
        if how == "refuse":
            self.carrier = carrier_for(closed_port())

    def connections(self) -> int:
        return len(self.sink.connections)


class OldSmtpWorld(SmtpWorld):
    """A server that offers nothing."""

    extensions = ()


class PipeliningSmtpWorld(SmtpWorld):
    """A server with PIPELINING that knows DATA only."""

    extensions = ("PIPELINING", "8BITMIME")
