"""Any vendor with a JSON or form endpoint, described by configuration. TLS is always verified.

Sends over kept connections, `in_flight` at a time over all batches; never follows a redirect, never repeats a request.
"""

import asyncio
import base64
import ssl
import time
from collections.abc import Mapping, Sequence

from beckon.channels.carriers.base import Capabilities, Inbound, OutgoingMessage, Receipt, SendResult, Word
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.http.answers import held_back, read_answer, read_failure, read_look_up, unsendable
from beckon.channels.carriers.http.callbacks import read_callback
from beckon.channels.carriers.http.config import Auth, HttpConfig
from beckon.channels.carriers.http.mapping import compile_form, compile_json, fill_url
from beckon.channels.carriers.http.pool import Pool
from beckon.channels.carriers.http.reading import RawAnswer
from beckon.channels.carriers.http.target import OURS, Target, request_head, target_of
from beckon.channels.carriers.intake import check_batch, read_config
from beckon.channels.secrets import SecretSource

_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
_LOOK_UPS = 10
"""Connections for look-ups at another host than the one messages go to."""


class HttpCarrier:
    """One described vendor. Raises MisconfiguredError when built, never later."""

    def __init__(self, config: HttpConfig, secret: SecretSource) -> None:
        self.config = config
        self._headers = _headers(config, secret)
        signature = config.callbacks.signature if config.callbacks else None
        self._callback_secret = secret(signature.secret) if signature and signature.secret else ""
        compile_body = compile_json if config.body == "json" else compile_form
        self._body = compile_body(config.fields, omit_empty=config.omit_empty)
        self._head = request_head(config.method, config.url, self._headers).encode("latin-1")
        self._keyed = f"{config.idempotency_header}: %b\r\n".encode() if config.idempotency_header else b"%.0b"
        self._target = target_of(config.url)
        self._context = _context()
        self._pools: dict[Target, Pool] = {}
        self.capabilities = Capabilities(
            channels=config.channels,
            idempotent=config.idempotency_header is not None,
            looks_up=config.look_up is not None,
        )

    async def send(self, batch: Sequence[OutgoingMessage]) -> list[SendResult]:
        """One result per message, in order. After a rate-limit answer the rest is held back untried."""
        check_batch(batch, self.capabilities)
        if not batch:
            return []
        run = _Run(self, batch)
        pool = self._pool(self._target, self.config.in_flight)
        pool.submit([_Text(run, message) for message in batch])
        try:
            await run.done
        except asyncio.CancelledError:
            pool.abandon(lambda job: isinstance(job, _Text) and job.run is run)
            raise
        return [run.results[message.reference] for message in batch]

    def parse_callback(self, headers: Mapping[str, str], body: bytes, *, url: str = "") -> list[Receipt | Inbound]:
        """Receipts and inbound messages. Raises CallbackRefusedError."""
        return read_callback(self.config, self._callback_secret, headers, body, url)

    async def look_up(self, reference: str, carrier_ref: str = "") -> SendResult | None:
        """Ask the vendor about one message; None if it is not described, not known, or not reachable."""
        described = self.config.look_up
        if described is None or (described.by == "carrier_ref" and not carrier_ref):
            return None
        url = fill_url(described.url, reference=reference, carrier_ref=carrier_ref)
        question = _Question(request_head("GET", url, self._headers).encode("latin-1") + b"\r\n")
        target = target_of(url)
        pool = self._pool(target, self.config.in_flight if target == self._target else _LOOK_UPS)
        pool.submit([question])
        try:
            answer = await question.done
        except asyncio.CancelledError:
            pool.abandon(lambda job: job is question)
            raise
        if answer is None or answer.status not in self.config.accepted_statuses:
            return None
        return read_look_up(self.config, described.answer, reference, answer.body)

    async def aclose(self) -> None:
        """Close kept connections."""
        for pool in self._pools.values():
            await pool.aclose()

    def request(self, message: OutgoingMessage) -> bytes:
        """The bytes of one request. Raises ValueError where a message holds what no request can carry."""
        body = self._body(message)
        key = self._keyed % _header_value(message.reference) if self.config.idempotency_header else b""
        return b"%b%bContent-Length: %d\r\n\r\n%b" % (self._head, key, len(body), body)

    def _pool(self, target: Target, limit: int) -> Pool:
        pool = self._pools.get(target)
        if pool is None:
            config = self.config
            pool = self._pools[target] = Pool(
                target, self._context if target.is_tls else None,
                limit=limit, connect_timeout=config.connect_timeout, timeout=config.timeout,
            )  # fmt: skip
        return pool


class _Run:
    """The state of one batch on its way: what is known, and whether the vendor asked us to stop."""

    def __init__(self, carrier: HttpCarrier, batch: Sequence[OutgoingMessage]) -> None:
        self.carrier = carrier
        self.results: dict[str, SendResult] = {}
        self.stopped: SendResult | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count = len(batch)

    def put(self, sent: SendResult) -> None:
        self.results[sent.reference] = sent
        if len(self.results) == self._count and not self.done.done():
            self.done.set_result(None)


class _Text:
    """One message to be posted."""

    __slots__ = ("message", "run")

    def __init__(self, run: _Run, message: OutgoingMessage) -> None:
        self.run, self.message = run, message

    def request(self) -> bytes | None:
        run = self.run
        if run.stopped is not None:
            run.put(held_back(self.message.reference, run.stopped))
            return None
        try:
            return run.carrier.request(self.message)
        except ValueError:
            run.put(unsendable(self.message.reference))
            return None

    def answered(self, answer: RawAnswer) -> None:
        config, reference = self.run.carrier.config, self.message.reference
        if answer.status in config.accepted_statuses:
            self.run.put(read_answer(config, reference, answer.status, {}, answer.body, now=0.0))
            return
        headers = {"retry-after": answer.header(b"retry-after")}
        said = read_answer(config, reference, answer.status, headers, answer.body, now=time.time())
        if said.alarm or answer.status in config.retry_statuses:
            self.run.stopped = said
        self.run.put(said)

    def failed(self, code: str, *, is_written: bool) -> None:
        failure = read_failure(self.message.reference, code, is_written=is_written)
        if failure.word is Word.TRY_LATER:
            self.run.stopped = failure
        self.run.put(failure)


class _Question:
    """One look-up: the answer, or None where there is none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.done: asyncio.Future[RawAnswer | None] = asyncio.get_running_loop().create_future()

    def request(self) -> bytes | None:
        return self._data

    def answered(self, answer: RawAnswer) -> None:
        self._tell(answer)

    def failed(self, code: str, *, is_written: bool) -> None:
        self._tell(None)

    def _tell(self, answer: RawAnswer | None) -> None:
        if not self.done.done():
            self.done.set_result(answer)


def _context() -> ssl.SSLContext:
    """The system's authorities, host names checked: Python's own default."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _header_value(text: str) -> bytes:
    if not text.isprintable():
        raise ValueError("not for a header")
    return text.encode("ascii")


def _headers(config: HttpConfig, secret: SecretSource) -> dict[str, str]:
    headers = {"Content-Type": _TYPES[config.body], **config.headers}
    if config.auth is not None:
        headers[config.auth.header] = _credentials(config.auth, secret)
    ours = OURS & {name.lower() for name in (*headers, config.idempotency_header or "")}
    if ours:
        raise MisconfiguredError(f"headers: {', '.join(sorted(ours))} cannot be set, the connection depends on it")
    return headers


def _credentials(auth: Auth, secret: SecretSource) -> str:
    value = secret(auth.secret)
    user = secret(auth.user) if auth.user.startswith(("env:", "file:")) else auth.user
    if not (value + user).isascii() or not (value + user).isprintable():
        raise MisconfiguredError(f"secret {auth.secret} holds characters that no header can carry")
    if auth.kind == "basic":
        return "Basic " + base64.b64encode(f"{user}:{value}".encode()).decode()
    return f"Bearer {value}" if auth.kind == "bearer" else value


def build(config: Mapping[str, object], secret: SecretSource) -> HttpCarrier:
    """A carrier from a sender's configuration. Raises MisconfiguredError."""
    return HttpCarrier(read_config(HttpConfig, config), secret)
