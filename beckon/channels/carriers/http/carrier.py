"""Any vendor with a JSON or form endpoint, described by configuration. TLS is always verified.

Sends over kept connections, `in_flight` at a time over all batches; never follows a redirect, never repeats a request.
"""

import asyncio
import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import PyreqwestError
from pyreqwest.http import Url
from pyreqwest.request import ConsumedRequest

from beckon.channels.carriers.base import Capabilities, Inbound, OutgoingMessage, Receipt, SendResult, Word
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.http.answers import held_back, read_answer, read_failure, read_look_up
from beckon.channels.carriers.http.callbacks import read_callback
from beckon.channels.carriers.http.config import Auth, HttpConfig, is_loopback
from beckon.channels.carriers.http.mapping import compile_form, compile_json, fill_url
from beckon.channels.carriers.intake import check_batch, read_config
from beckon.channels.secrets import SecretSource

_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class HttpCarrier:
    """One described vendor. Raises MisconfiguredError when built, never later."""

    def __init__(self, config: HttpConfig, secret: SecretSource) -> None:
        self._config = config
        self._headers = _headers(config, secret)
        signature = config.callbacks.signature if config.callbacks else None
        self._callback_secret = secret(signature.secret) if signature and signature.secret else ""
        compile_body = compile_json if config.body == "json" else compile_form
        self._body = compile_body(config.fields, omit_empty=config.omit_empty)
        self._url = Url(config.url)
        self._client: Client | None = None
        self._slots = asyncio.Semaphore(config.in_flight)
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
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._config.in_flight, len(batch))):
                group.create_task(self._work(run))
        return [run.results[message.reference] for message in batch]

    def parse_callback(self, headers: Mapping[str, str], body: bytes, *, url: str = "") -> list[Receipt | Inbound]:
        """Receipts and inbound messages. Raises CallbackRefusedError."""
        return read_callback(self._config, self._callback_secret, headers, body, url)

    async def look_up(self, reference: str, carrier_ref: str = "") -> SendResult | None:
        """Ask the vendor about one message; None if it is not described, not known, or not reachable."""
        described = self._config.look_up
        if described is None or (described.by == "carrier_ref" and not carrier_ref):
            return None
        url = fill_url(described.url, reference=reference, carrier_ref=carrier_ref)
        try:
            response = await self._open().get(url).build().send()
            if response.status not in self._config.accepted_statuses:
                return None
            return read_look_up(self._config, described.answer, reference, bytes(await response.bytes()))
        except PyreqwestError:
            return None

    async def aclose(self) -> None:
        """Close kept connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _work(self, run: "_Run") -> None:
        async with self._slots:  # of all batches under way together
            await run.work()

    async def post(self, message: OutgoingMessage) -> tuple[SendResult, bool]:
        """One request: its result, and whether the vendor wants no more for now. Never raises for the network."""
        config = self._config
        try:
            response = await self._request(message).send()
            body = bytes(await response.bytes())
        except PyreqwestError as error:
            failure = read_failure(message.reference, error)
            return failure, failure.word is Word.TRY_LATER
        if response.status in config.accepted_statuses:
            return read_answer(config, message.reference, response.status, {}, body, now=0.0), False
        headers = {"retry-after": response.get_header("retry-after") or ""}
        answer = read_answer(config, message.reference, response.status, headers, body, now=time.time())
        return answer, bool(answer.alarm) or response.status in config.retry_statuses

    def _request(self, message: OutgoingMessage) -> ConsumedRequest:
        # Kept out of post(): pyreqwest closes its connections only when nothing refers to the client any
        # more (tried on 0.15), and a cancelled task's traceback keeps the locals of post() alive.
        request = self._open().request(self._config.method, self._url)
        if self._config.idempotency_header is not None:
            request = request.header(self._config.idempotency_header, message.reference)
        return request.body_bytes(self._body(message)).build()

    def _open(self) -> Client:
        if self._client is None:
            self._client = _client(self._config, self._headers)
        return self._client


class _Run:
    """The state of one batch on its way: who is next, and whether the vendor asked us to stop."""

    def __init__(self, carrier: HttpCarrier, batch: Sequence[OutgoingMessage]) -> None:
        self.carrier = carrier
        self.results: dict[str, SendResult] = {}
        self.waiting: Iterator[OutgoingMessage] = iter(batch)
        self.stopped: SendResult | None = None

    async def work(self) -> None:
        for message in self.waiting:
            if self.stopped is not None:
                self.results[message.reference] = held_back(message.reference, self.stopped)
                continue
            answer, stop = await self.carrier.post(message)
            self.results[message.reference] = answer
            if stop:
                self.stopped = answer


def _client(config: HttpConfig, headers: Mapping[str, str]) -> Client:
    builder = (
        ClientBuilder()
        .default_headers(headers)
        .user_agent("beckon")
        .follow_redirects(False)
        .referer(False)
        .connect_timeout(timedelta(seconds=config.connect_timeout))
        .timeout(timedelta(seconds=config.timeout))
        .pool_max_idle_per_host(config.in_flight)
        .pool_idle_timeout(timedelta(seconds=20))
    )
    if is_loopback(urlsplit(config.url).hostname or ""):
        return builder.no_proxy().build()
    return builder.https_only(True).build()


def _headers(config: HttpConfig, secret: SecretSource) -> dict[str, str]:
    headers = {"Content-Type": _TYPES[config.body], **config.headers}
    if config.auth is not None:
        headers[config.auth.header] = _credentials(config.auth, secret)
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
