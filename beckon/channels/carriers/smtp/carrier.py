"""Any mail server by SMTP: kept connections, pipelined, encrypted and verified, never a message twice.

The server's receipts are bounces, which are messages of their own: nothing calls back here.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Mapping, Sequence

from beckon.channels.alarms import CERTIFICATE
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
from beckon.channels.carriers.smtp.build import Builder, UnsendableError, mailbox, rfc5322_date
from beckon.channels.carriers.smtp.config import SmtpConfig
from beckon.channels.carriers.smtp.delivery import (
    WINDOW,
    Parcel,
    Progress,
    deliver_for,
    settle_lost,
)
from beckon.channels.carriers.smtp.link import Link, LinkLostError, RefusedError, open_link
from beckon.channels.carriers.smtp.replies import BUSY_WAIT, read_refusal
from beckon.channels.secrets import SecretSource


class SmtpCarrier:
    """One mail server. Raises MisconfiguredError when built, never later."""

    capabilities = Capabilities(frozenset({Channel.EMAIL}), idempotent=False, looks_up=False)

    def __init__(self, config: SmtpConfig, secret: SecretSource) -> None:
        self._config = config
        named = config.username.startswith(("env:", "file:"))
        self._username = secret(config.username) if named else config.username
        self._password = secret(config.password) if config.password else ""
        self._context = _context(config)
        self._builders = {eight: Builder(from_name=config.from_name, eight_bit=eight) for eight in (False, True)}
        self._return_path = _return_path(config)
        self._idle: list[Link] = []
        self._slots = asyncio.Semaphore(config.connections)

    async def send(self, batch: Sequence[OutgoingMessage]) -> list[SendResult]:
        """One result per message, in order. What no connection could be had for is to be tried later."""
        check_batch(batch, self.capabilities)
        run = _Run(batch)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._config.connections, -(-len(batch) // WINDOW))):
                group.create_task(self._work(run))
        run.give_up_rest()
        return [run.results[message.reference] for message in batch]

    def parse_callback(self, headers: Mapping[str, str], body: bytes, *, url: str = "") -> list[Receipt | Inbound]:
        """Mail servers do not call back."""
        raise CallbackRefusedError("a mail server sends no callbacks")

    async def look_up(self, reference: str, carrier_ref: str = "") -> SendResult | None:
        """A mail server does not say what became of a message."""
        return None

    async def aclose(self) -> None:
        """Say goodbye on every idle connection."""
        while self._idle:
            self._idle.pop().close()
        # Transports close on the next turns of the loop.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _work(self, run: "_Run") -> None:
        """Send on one link after the other; a slot is a connection, of all batches under way together."""
        async with self._slots:
            while run.waiting:
                link = self._pick_idle()
                is_new = link is None
                if link is None:
                    try:
                        link = await open_link(self._config, self._username, self._password, self._context)
                    except (LinkLostError, RefusedError) as error:
                        run.trouble = error
                        return
                if not await self._deliver(link, run, is_new=is_new) and is_new:
                    return

    async def _deliver(self, link: Link, run: "_Run", *, is_new: bool) -> bool:
        """Send what is left over one link; False when the link broke."""
        progress = Progress()
        used_before, whole = link.used, False

        def take() -> Parcel | None:
            ahead = len(progress.written) + len(progress.announced)
            full = link.used + ahead >= self._config.messages_per_connection
            return None if full else self._next(run, link)

        try:
            if not is_new:
                await link.wake()
            await deliver_for(link)(link, take, run.put, progress)
            whole = True
        except RefusedError:
            pass  # an idle link that does not want to go on: a new one is opened
        except LinkLostError as error:
            run.trouble = error
            if not is_new and link.used == used_before and not progress.written:
                run.take_back(progress)  # the server had closed the idle link: nothing was said on it
            else:
                settle_lost(progress, error, run.put)
        finally:
            self._put_back(link, whole)
        return whole

    def _next(self, run: "_Run", link: Link) -> Parcel | None:
        """The next message that can be made; those that cannot get their result here."""
        builder = self._builders["8BITMIME" in link.extensions]
        date = rfc5322_date(int(time.time()))
        while run.waiting:
            message = run.waiting.popleft()
            try:
                wire = builder.build(message, date=date)
            except (UnsendableError, UnicodeError) as error:
                code = str(error) if isinstance(error, UnsendableError) else "bad-text"
                word = Word.DEAD if code == "bad-address" else Word.FAILED
                run.put(result(message.reference, word, vendor_code=code))
                continue
            if wire.needs_utf8 and "SMTPUTF8" not in link.extensions:
                run.put(result(message.reference, Word.FAILED, vendor_code="no-smtputf8"))
                continue
            if self._return_path:
                wire = wire._replace(sender=self._return_path)
            return Parcel(message, wire)
        return None

    def _pick_idle(self) -> Link | None:
        while self._idle:
            link = self._idle.pop()
            if link.is_idle:
                return link
            link.abort()
        return None

    def _put_back(self, link: Link, whole: bool) -> None:
        if not whole:
            link.abort()
        elif link.is_idle and link.used < self._config.messages_per_connection:
            link.idle_since = asyncio.get_running_loop().time()
            self._idle.append(link)
        else:
            link.close()


class _Run:
    """One batch on its way."""

    def __init__(self, batch: Sequence[OutgoingMessage]) -> None:
        self._batch = batch
        self.waiting: deque[OutgoingMessage] = deque(batch)
        self.results: dict[str, SendResult] = {}
        self.trouble: LinkLostError | RefusedError | None = None

    def put(self, sent: SendResult) -> None:
        self.results[sent.reference] = sent

    def take_back(self, progress: Progress) -> None:
        """Put messages of which nothing but an envelope was written back to the front."""
        self.waiting.extendleft(parcel.message for parcel in reversed(progress.announced))

    def give_up_rest(self) -> None:
        """What was never put on a link: certainly not sent."""
        for message in self._batch:
            if message.reference not in self.results:
                self.put(self._not_tried(message.reference))

    def _not_tried(self, reference: str) -> SendResult:
        if isinstance(self.trouble, RefusedError):
            return read_refusal(reference, self.trouble.reply, about_sender=True)
        code = self.trouble.code if self.trouble else "connect"
        told = CERTIFICATE if code == "tls" else ""
        return result(reference, Word.TRY_LATER, vendor_code=code, retry_after=BUSY_WAIT, alarm=told)


def _context(config: SmtpConfig) -> ssl.SSLContext | None:
    if config.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=config.ca_file or None)
    except OSError:
        raise MisconfiguredError("ca_file cannot be read") from None


def _return_path(config: SmtpConfig) -> str:
    if not config.return_path:
        return ""
    try:
        return mailbox(config.return_path)
    except UnsendableError:
        raise MisconfiguredError("return_path is not an e-mail address") from None


def build(config: Mapping[str, object], secret: SecretSource) -> SmtpCarrier:
    """A carrier from a sender's configuration. Raises MisconfiguredError."""
    return SmtpCarrier(read_config(SmtpConfig, config), secret)
