"""The shipped Twilio description against captured shapes (Twilio OpenAPI api_v2010, MIT) and error codes."""

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
import yaml

from beckon.channels.carriers.base import Channel, Inbound, OutgoingMessage, Receipt, SendResult, Status, Word
from beckon.channels.carriers.errors import CallbackRefusedError
from beckon.channels.carriers.http.callbacks import form_signature
from beckon.channels.carriers.http.carrier import HttpCarrier, build
from beckon.channels.testing.http_sink import Answer, HttpSink, SinkRequest

HERE = Path(__file__).parent
EXAMPLE = yaml.safe_load((HERE.parent / "examples" / "twilio.yaml").read_text())
CREATED = (HERE / "captured" / "twilio_201.json").read_bytes()
HOOK = "https://beckon.example.org/hooks/twilio"
TEXT = OutgoingMessage("e:1:2:0", Channel.SMS, to="+14155550123", from_="+14155550100", body="Hola, señora & Co.")


def carrier(url: str = "") -> HttpCarrier:
    return build({**EXAMPLE, **({"url": url} if url else {})}, lambda reference: "12345")


def send(answer: Answer) -> tuple[SendResult, SinkRequest]:
    async def run() -> tuple[SendResult, SinkRequest]:
        async with HttpSink(lambda request: answer) as sink:
            twilio = carrier(sink.url + "/2010-04-01/Accounts/ACx/Messages.json")
            (result,) = await twilio.send([TEXT])
            await twilio.aclose()
            return result, sink.requests[0]

    return asyncio.run(run())


def callback(fields: dict[str, str], signature: str | None = None) -> list[Receipt | Inbound]:
    signed = signature or form_signature("12345", HOOK, list(fields.items()))
    return carrier().parse_callback({"x-twilio-signature": signed}, urlencode(fields).encode(), url=HOOK)


def test_the_request_is_the_form_that_twilio_documents() -> None:
    _, request = send(Answer(status=201, body=CREATED))
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"].startswith("Basic ")
    assert parse_qs(request.body.decode()) == {
        "To": [TEXT.to],
        "From": [TEXT.from_],
        "Body": [TEXT.body],
        "StatusCallback": [HOOK],
    }


def test_a_created_message_is_sent_and_keeps_its_sid_and_segments() -> None:
    result, _ = send(Answer(status=201, body=CREATED))
    assert (result.status, result.word) == (Status.SENT, Word.ACCEPTED)
    assert result.carrier_ref == json.loads(CREATED)["sid"]
    assert result.segments == 1


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (21610, Word.OPTED_OUT),
        (21211, Word.DEAD),
        (21614, Word.LANDLINE),
        (21635, Word.LANDLINE),
        (21408, Word.BLOCKED),
        (30034, Word.BLOCKED),
        (20429, Word.TRY_LATER),
        (99999, Word.FAILED),
    ],
)
def test_an_error_answer_becomes_our_word(code: int, word: Word) -> None:
    body = json.dumps({"code": code, "message": "about +14155550123", "status": 400}).encode()
    result, _ = send(Answer(status=400, body=body))
    assert (result.word, result.vendor_code) == (word, str(code))


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        ("delivered", "", Word.DELIVERED),
        ("sent", "", Word.ACCEPTED),
        ("undelivered", "30003", Word.TRY_LATER),
        ("undelivered", "30005", Word.DEAD),
        ("undelivered", "30006", Word.LANDLINE),
        ("undelivered", "30007", Word.BLOCKED),
        ("failed", "12300", Word.FAILED),
    ],
)
def test_a_status_callback_becomes_a_receipt(status: str, code: str, word: Word) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": status, "AccountSid": "ACx", "ErrorCode": code}
    assert callback(fields) == [Receipt("SM1", word, vendor_code=code)]


def test_a_text_from_a_person_becomes_inbound_even_when_it_is_empty() -> None:
    fields = {"MessageSid": "SM2", "From": "+14155550123", "To": "+14155550100", "Body": "", "NumMedia": "1"}
    (inbound,) = callback({**fields, "MediaUrl0": "https://api.example.org/m.jpg"})
    assert inbound == Inbound(
        "SM2", Channel.SMS, "+14155550123", "+14155550100", "", ("https://api.example.org/m.jpg",)
    )


def test_a_stop_that_twilio_already_took_is_marked() -> None:
    (inbound,) = callback(
        {"MessageSid": "SM3", "From": "+14155550123", "To": "+14155550100", "Body": "STOP", "OptOutType": "STOP"}
    )
    assert isinstance(inbound, Inbound)
    assert inbound.opt_out


def test_a_forged_callback_is_refused() -> None:
    with pytest.raises(CallbackRefusedError):
        callback({"MessageSid": "SM1", "MessageStatus": "delivered"}, signature="bm90IGl0")


def test_the_signature_is_the_one_twilio_publishes() -> None:
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
        ("Caller", "+14158675309"),
    ]
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert form_signature("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_signature_over_the_address_with_its_port_is_accepted_too() -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = form_signature("12345", HOOK.replace(".org/", ".org:443/"), list(fields.items()))
    assert callback(fields, signature=signed) == [Receipt("SM1", Word.DELIVERED)]


def test_too_many_requests_holds_the_rest_of_the_batch_back() -> None:
    async def run() -> tuple[list[SendResult], int]:
        busy = Answer(status=429, body=b'{"code": 20429}', headers={"Retry-After": "3"})
        async with HttpSink(lambda request: busy) as sink:
            twilio = build({**EXAMPLE, "url": sink.url, "in_flight": 1}, lambda reference: "12345")
            batch = [OutgoingMessage(f"r{n}", Channel.SMS, to="+14155550123") for n in range(9)]
            results = await twilio.send(batch)
            await twilio.aclose()
            return results, sink.count

    results, count = asyncio.run(run())
    assert count == 1
    assert {(r.status, r.retry_after) for r in results} == {(Status.RETRY, 3.0)}
