"""A vendor with a JSON endpoint, on loopback, for the conformance suite."""

import json
import socket
from typing import Self

from beckon.channels.carriers.base import Word
from beckon.channels.carriers.conformance import World
from beckon.channels.carriers.http.carrier import HttpCarrier, build
from beckon.channels.testing.http_sink import Answer, HttpSink, SinkRequest

CODES = {"E1": "failed", "E2": "opted_out", "E3": "landline", "E4": "dead", "E5": "blocked", "E6": "try_later"}
CONFIG = {
    "fields": {"to": "{to}", "from": "{from}", "text": "{body}", "ref": "{reference}"},
    "auth": {"kind": "bearer", "secret": "env:VENDOR_KEY"},
    "idempotency_header": "Idempotency-Key",
    "answer": {"id": "data.id", "code": "error", "status": "status"},
    "codes": CODES,
    "statuses": {"queued": "accepted", "done": "delivered"},
    "timeout": 20,
    "connect_timeout": 20,
}


def secret(reference: str) -> str:
    return "s3cret-" + reference


class HttpWorld(World):
    words = frozenset(Word) - {Word.UNKNOWN}
    can = frozenset({"hang", "drop", "refuse"})

    def __init__(self) -> None:
        self.sink = HttpSink(self.respond)
        self.word = Word.ACCEPTED
        self.how = "well"
        self.calls: list[str] = []

    async def __aenter__(self) -> Self:
        await self.sink.start()
        self.carrier = self.make()
        return self

    def make(self, **changes: object) -> HttpCarrier:
        look_up = {"url": self.sink.url + "/m/{carrier_ref}", "by": "carrier_ref", "answer": CONFIG["answer"]}
        return build({**CONFIG, "url": self.sink.url + "/send", "look_up": look_up, **changes}, secret)

    async def __aexit__(self, *exc: object) -> None:
        await self.carrier.aclose()
        await self.sink.stop()

    def respond(self, request: SinkRequest) -> Answer:
        if request.method == "GET":
            return self.answer_look_up(request.path.removeprefix("/m/"))
        reference = json.loads(request.body)["ref"]
        self.calls.append(reference)
        if self.how != "well":
            return Answer(hang=self.how == "hang", drop=self.how == "drop")
        if self.word in {Word.ACCEPTED, Word.DELIVERED}:
            status = "queued" if self.word is Word.ACCEPTED else "done"
            return Answer(body=json.dumps({"data": {"id": "v-" + reference}, "status": status}).encode())
        code = next(code for code, word in CODES.items() if word == self.word)
        return Answer(status=400, body=json.dumps({"error": code}).encode())

    def answer_look_up(self, carrier_ref: str) -> Answer:
        if carrier_ref.removeprefix("v-") not in self.calls:
            return Answer(status=404, body=b"{}")
        return Answer(status=200, body=json.dumps({"data": {"id": carrier_ref}, "status": "done"}).encode())

    def arrived(self) -> list[str]:
        return list(self.calls)

    def answer(self, word: Word) -> None:
        self.word = word

    def behave(self, how: str) -> None:
        self.how = how
        if how == "hang":
            self.carrier = self.make(timeout=1)
        if how == "refuse":
            self.carrier = build({**CONFIG, "url": f"http://127.0.0.1:{closed_port()}/"}, secret)

    def connections(self) -> int:
        return len(self.sink.connections)


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
