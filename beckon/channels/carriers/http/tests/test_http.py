"""The http carrier: what goes over the wire, what answers mean, what a description may not say."""

import asyncio
import json
from collections.abc import Callable

import pytest

from beckon.channels.carriers.base import Channel, OutgoingMessage, SendResult, Status, Word
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.http.answers import retry_after
from beckon.channels.carriers.http.carrier import build
from beckon.channels.carriers.http.tests.world import CONFIG, secret
from beckon.channels.testing.http_sink import Answer, HttpSink, SinkRequest

TEXT = OutgoingMessage("e:1:2:0", Channel.SMS, to="+14155550123", from_="+14155550100", body='Señora "Ana" & {x}')


def exchange(
    respond: Callable[[SinkRequest], Answer], batch: list[OutgoingMessage], **changes: object
) -> tuple[list[SendResult], list[SinkRequest]]:
    """Send a batch to a vendor that responds so; the results and what the vendor saw."""

    async def run() -> tuple[list[SendResult], list[SinkRequest]]:
        async with HttpSink(respond) as sink:
            carrier = build({**CONFIG, "url": sink.url + "/send", **changes}, secret)
            results = await carrier.send(batch)
            await carrier.aclose()
            return results, sink.requests

    return asyncio.run(run())


def ok(request: SinkRequest) -> Answer:
    return Answer()


def many(count: int) -> list[OutgoingMessage]:
    return [OutgoingMessage(f"r{n}", Channel.SMS, to="+14155550123", body="x") for n in range(count)]


def test_a_json_request_carries_fields_key_and_reference() -> None:
    _, (request,) = exchange(ok, [TEXT])
    assert (request.method, request.path) == ("POST", "/send")
    assert json.loads(request.body) == {
        "to": TEXT.to,
        "from": TEXT.from_,
        "text": TEXT.body,
        "ref": TEXT.reference,
    }
    assert request.headers["authorization"] == "Bearer s3cret-env:VENDOR_KEY"
    assert request.headers["idempotency-key"] == TEXT.reference
    assert request.headers["content-type"] == "application/json"


def test_nested_fields_literals_media_and_empty_values() -> None:
    fields = {
        "message": {"to": [{"number": "{to_digits}"}], "subject": "{subject}", "priority": 3},
        "note": "Ref {reference} {{x}}",
        "media": "{media}",
    }
    _, (request,) = exchange(ok, [TEXT], fields=fields)
    assert json.loads(request.body) == {
        "message": {"to": [{"number": "14155550123"}], "priority": 3},
        "note": "Ref e:1:2:0 {x}",
    }


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (
            {"kind": "basic", "user": "me", "secret": "env:K"},
            "authorization",
            "Basic bWU6czNjcmV0LWVudjpL",
        ),
        ({"kind": "header", "header": "X-Api-Key", "secret": "env:K"}, "x-api-key", "s3cret-env:K"),
    ],
)
def test_other_ways_to_log_in(auth: dict[str, str], name: str, value: str) -> None:
    _, (request,) = exchange(ok, [TEXT], auth=auth)
    assert request.headers[name] == value


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (200, b"not json", Word.ACCEPTED),
        (200, b'{"error": "something new"}', Word.FAILED),
        (200, b'{"error": "E2"}', Word.OPTED_OUT),
        (400, b"{}", Word.FAILED),
        (400, b'{"error": "E6"}', Word.TRY_LATER),
        (503, b"", Word.TRY_LATER),
        (500, b"", Word.UNKNOWN),
        (502, b"<html>", Word.UNKNOWN),
        (504, b"", Word.UNKNOWN),
        (408, b"", Word.UNKNOWN),
    ],
)
def test_an_answer_means(status: int, body: bytes, word: Word) -> None:
    (sent,), _ = exchange(lambda request: Answer(status=status, body=body), [TEXT])
    assert sent.word is word


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404])
def test_a_refused_set_up_alarms_sends_nothing_elsewhere_and_holds_the_rest_back(status: int) -> None:
    results, requests = exchange(
        lambda request: Answer(status=status, headers={"Location": "/elsewhere"}), many(40), in_flight=2
    )
    assert len(requests) <= 2
    assert {r.path for r in requests} == {"/send"}
    assert {r.status for r in results} == {Status.RETRY}
    assert all(str(status) in r.alarm for r in results)


def test_after_a_rate_limit_the_rest_waits_as_long_as_the_vendor_asks() -> None:
    results, requests = exchange(
        lambda request: Answer(status=429, headers={"Retry-After": "7"}), many(40), in_flight=1
    )
    assert len(requests) == 1
    assert {(r.status, r.retry_after) for r in results} == {(Status.RETRY, 7.0)}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("12", 12),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 30),
        ("-5", 0),
        ("1e9", 3600),
        ("nan", 30),
        ("soon", 30),
        ("", 30),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_within_reason(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}, now=1445412450.0) == seconds


def test_no_more_requests_than_allowed_are_open_at_once_over_all_batches() -> None:
    async def run() -> tuple[int, int]:
        async with HttpSink(lambda request: Answer(delay=0.01)) as sink:
            carrier = build({**CONFIG, "url": sink.url, "in_flight": 3}, secret)
            batches = [[m._replace(reference=f"{n}-{m.reference}") for m in many(10)] for n in range(4)]
            await asyncio.gather(*(carrier.send(batch) for batch in batches))
            open_now = len(sink.connections)
            await carrier.aclose()
            return open_now, sink.count

    open_now, count = asyncio.run(run())
    assert count == 40
    assert open_now <= 3


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"url": "http://vendor.example.org/"}, "plain http"),
        ({"url": "https://user:pass@vendor.example.org/"}, "use auth"),
        ({"url": "ftp://vendor.example.org/"}, "https"),
        ({"fields": {"x": "{birth_date}"}}, "birth_date"),
        ({"fields": {"x": "{to.__class__}"}}, "to.__class__"),
        ({"fields": {"x": "{to!r}"}}, "to"),
        ({"fields": {"x": "{to"}}, "fields"),
        ({"fields": {"x": {"y": "{to}"}}, "body": "form"}, "nested"),
        ({"codes": {"1": "perhaps"}}, "codes.1"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "headers"),
        ({"timeout": 0}, "timeout"),
        ({"password": "x"}, "password"),
        ({"callbacks": {"format": "json", "signature": {"kind": "body_sha256"}, "id": "i", "status": "s"}}, "secret"),
    ],
)
def test_a_wrong_description_is_refused_when_built(changes: dict[str, object], says: str) -> None:
    with pytest.raises(MisconfiguredError, match=says):
        build({**CONFIG, "url": "https://vendor.example.org/", **changes}, secret)


def test_a_look_up_cannot_leave_its_path() -> None:
    async def run() -> list[SinkRequest]:
        async with HttpSink(lambda request: Answer(status=404)) as sink:
            look_up = {"url": sink.url + "/m/{carrier_ref}", "by": "carrier_ref", "answer": CONFIG["answer"]}
            carrier = build({**CONFIG, "url": sink.url, "look_up": look_up}, secret)
            assert await carrier.look_up("r1", "../admin?x=1") is None
            assert await carrier.look_up("r1", "") is None
            await carrier.aclose()
            return sink.requests

    (request,) = asyncio.run(run())
    assert request.path == "/m/..%2Fadmin%3Fx%3D1"
