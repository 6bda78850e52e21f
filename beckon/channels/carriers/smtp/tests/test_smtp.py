"""The smtp carrier against servers that misbehave, an independent server, and encryption."""

import asyncio
import ssl
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink as Swallow
from aiosmtpd.smtp import SMTP, Envelope, Session

from beckon.channels.carriers.base import Channel, OutgoingMessage, SendResult, Status, Word
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.http.tests.world import closed_port
from beckon.channels.carriers.smtp import link
from beckon.channels.carriers.smtp.carrier import SmtpCarrier, build
from beckon.channels.carriers.smtp.delivery import WINDOW
from beckon.channels.carriers.smtp.replies import Reply, read_refusal
from beckon.channels.carriers.smtp.tests.world import carrier_for, no_secret
from beckon.channels.testing.smtp_sink import Cut, Script, SmtpSink

PEM = Path(__file__).parent / "localhost.pem"
DATA_ONLY = ("PIPELINING", "8BITMIME")
EXTENSIONS = [("PIPELINING", "CHUNKING", "8BITMIME"), DATA_ONLY, ()]


def mails(count: int, **changes: str) -> list[OutgoingMessage]:
    values = {"from_": "desk@example.org", "subject": "Your visit", "body": "Hello.\n.\n..dots\n", **changes}
    return [OutgoingMessage(f"r{n}", Channel.EMAIL, f"p{n}@example.org", **values) for n in range(count)]


def exchange(
    batch: list[OutgoingMessage], script: Script | None = None, **options: object
) -> tuple[list[SendResult], SmtpSink]:
    """Send one batch to a sink that follows the script; results and the sink."""
    extensions = options.pop("extensions", EXTENSIONS[0])

    async def run() -> tuple[list[SendResult], SmtpSink]:
        async with SmtpSink(script, extensions=extensions) as sink:  # type: ignore[arg-type]
            carrier = carrier_for(sink.port, **options)
            results = await carrier.send(batch)
            await carrier.aclose()
            return results, sink

    return asyncio.run(run())


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    return context


@pytest.mark.parametrize("extensions", EXTENSIONS)
def test_a_batch_arrives_whole_dots_included(extensions: tuple[str, ...]) -> None:
    results, sink = exchange(mails(100), extensions=extensions)
    assert {r.status for r in results} == {Status.SENT}
    assert sorted(m.recipients[0] for m in sink.mails) == sorted(f"p{n}@example.org" for n in range(100))
    assert all(m.content.endswith(b"Hello.\r\n.\r\n..dots\r\n") for m in sink.mails)
    assert {m.sender for m in sink.mails} == {"desk@example.org"}


def test_a_server_without_pipelining_is_never_spoken_to_out_of_turn() -> None:
    results, sink = exchange(mails(20), extensions=())
    assert {r.status for r in results} == {Status.SENT}
    assert sink.out_of_turn == 0


def test_bdat_is_used_where_offered_and_can_be_switched_off() -> None:
    verbs = [{line.split(" ")[0] for line in exchange(mails(5), chunking=on)[1].lines} for on in (True, False)]
    assert "BDAT" in verbs[0]
    assert "DATA" not in verbs[0]
    assert "DATA" in verbs[1]
    assert "BDAT" not in verbs[1]


def test_bounces_go_to_the_return_path() -> None:
    _, sink = exchange(mails(1), return_path="bounces@example.org")
    assert sink.mails[0].sender == "bounces@example.org"
    assert b"From: desk@example.org" in sink.mails[0].content


@pytest.mark.parametrize("extensions", EXTENSIONS)
def test_one_refused_recipient_does_not_touch_the_others(extensions: tuple[str, ...]) -> None:
    def script(verb: str, argument: str) -> bytes | None:
        return b"550 5.1.1 no such user here\r\n" if verb == "RCPT" and argument.startswith("TO:<p3@") else None

    results, sink = exchange(mails(10), script, extensions=extensions, connections=1)
    assert [r.word for r in results] == [Word.DEAD if n == 3 else Word.ACCEPTED for n in range(10)]
    assert len(sink.mails) == 9
    assert {len(m.recipients) for m in sink.mails} == {1}


def test_a_transaction_refused_half_way_is_reset_before_the_next() -> None:
    def script(verb: str, argument: str) -> bytes | None:
        return b"550 5.1.1 no\r\n" if verb == "RCPT" and "p0@" in argument else None

    results, sink = exchange(mails(2), script, extensions=DATA_ONLY, connections=1)
    assert [r.word for r in results] == [Word.DEAD, Word.ACCEPTED]
    assert "RSET" in sink.lines


@pytest.mark.parametrize("extensions", EXTENSIONS)
def test_a_connection_dropped_after_the_content_leaves_it_unknown_and_the_rest_to_retry(
    extensions: tuple[str, ...],
) -> None:
    taken: list[str] = []

    def script(verb: str, argument: str) -> bytes | Cut | None:
        if verb == ".":
            taken.append(argument)
            return Cut.DROP if len(taken) == 4 else None
        return None

    results, sink = exchange(mails(60), script, extensions=extensions, connections=1)
    counts = {status: sum(r.status is status for r in results) for status in Status}
    assert counts[Status.SENT] == 3
    assert counts[Status.UNKNOWN] == (WINDOW - 3 if "CHUNKING" in extensions else 1)
    assert counts[Status.RETRY] == 60 - 3 - counts[Status.UNKNOWN]
    assert len(sink.mails) == 4


def test_a_connection_dropped_at_data_leaves_nothing_unknown() -> None:
    results, sink = exchange(
        mails(10), lambda verb, argument: Cut.DROP if verb == "DATA" else None, extensions=DATA_ONLY
    )
    assert {r.status for r in results} == {Status.RETRY}
    assert sink.mails == []


def test_a_server_that_is_busy_is_tried_later_and_not_blamed_on_us() -> None:
    results, _ = exchange(mails(5), lambda verb, argument: b"421 4.3.2 busy\r\n" if verb == "CONNECT" else None)
    assert {(r.word, r.vendor_code, r.alarm) for r in results} == {(Word.TRY_LATER, "421 4.3.2", "")}


def test_a_server_that_closes_with_421_in_the_middle_keeps_what_it_took() -> None:
    seen: list[str] = []

    def script(verb: str, argument: str) -> bytes | None:
        seen.append(verb)
        return b"421 4.7.0 enough\r\n" if verb == "MAIL" and seen.count("MAIL") == 3 else None

    results, sink = exchange(mails(6), script, extensions=DATA_ONLY, connections=1)
    assert [r.status for r in results] == [Status.SENT] * 2 + [Status.RETRY] * 4
    assert len(sink.mails) == 2


def test_a_refused_sender_alarms() -> None:
    results, _ = exchange(mails(3), lambda verb, argument: b"553 5.7.1 not yours\r\n" if verb == "MAIL" else None)
    assert {r.status for r in results} == {Status.RETRY}
    assert all("553 5.7.1" in r.alarm for r in results)


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (Reply(550, "5.1.1"), Word.DEAD),
        (Reply(550, "5.7.1"), Word.BLOCKED),
        (Reply(550), Word.FAILED),
        (Reply(552, "5.2.2"), Word.FAILED),
        (Reply(450, "4.2.0"), Word.TRY_LATER),
        (Reply(452, "4.5.3"), Word.TRY_LATER),
        (Reply(530, "5.7.0"), Word.TRY_LATER),
    ],
)
def test_replies_become_our_words(reply: Reply, word: Word) -> None:
    assert read_refusal("r1", reply).word is word


def test_no_more_connections_than_allowed_over_all_batches_at_once() -> None:
    async def run() -> tuple[int, int]:
        async with SmtpSink() as sink:
            carrier = carrier_for(sink.port, connections=2)
            batches = [[m._replace(reference=f"{n}-{m.reference}") for m in mails(60)] for n in range(5)]
            await asyncio.gather(*(carrier.send(batch) for batch in batches))
            await carrier.aclose()
            return sum(line.startswith("EHLO") for line in sink.lines), len(sink.mails)

    assert asyncio.run(run()) == (2, 300)


def test_connections_are_kept_between_batches_and_replaced_after_their_share() -> None:
    async def run(**options: object) -> int:
        async with SmtpSink() as sink:
            carrier = carrier_for(sink.port, connections=1, **options)
            for start in range(4):
                batch = mails(5)
                await carrier.send([OutgoingMessage(f"{start}-{m.reference}", m.channel, m.to, m.from_) for m in batch])
            await carrier.aclose()
            assert len(sink.mails) == 20
            return sum(line.startswith("EHLO") for line in sink.lines)

    assert asyncio.run(run()) == 1
    assert asyncio.run(run(messages_per_connection=5)) == 4
    assert asyncio.run(run(messages_per_connection=3)) == 7


@pytest.mark.parametrize("extensions", EXTENSIONS)
def test_an_idle_connection_that_the_server_closed_costs_no_message(
    extensions: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "IDLE_CHECK", 0.0)

    async def run() -> list[SendResult]:
        async with SmtpSink(extensions=extensions) as sink:
            carrier = carrier_for(sink.port, connections=1)
            await carrier.send(mails(1))
            for transport in list(sink.connections):
                transport.abort()
            results = await carrier.send(mails(3))
            await carrier.aclose()
            return results

    assert {r.status for r in asyncio.run(run())} == {Status.SENT}


@pytest.mark.parametrize("extensions", [DATA_ONLY, ()])
def test_an_idle_connection_that_breaks_before_any_reply_costs_no_message_either(
    extensions: tuple[str, ...],
) -> None:
    async def run() -> list[SendResult]:
        async with SmtpSink(extensions=extensions) as sink:
            carrier = carrier_for(sink.port, connections=1)
            await carrier.send(mails(1))
            for transport in list(sink.connections):
                transport.abort()
            results = await carrier.send(mails(3))
            await carrier.aclose()
            return results

    assert {r.status for r in asyncio.run(run())} == {Status.SENT}


def test_a_mailbox_in_other_letters_needs_a_server_that_takes_it() -> None:
    async def run(*extensions: str) -> SendResult:
        async with SmtpSink(extensions=extensions) as sink:
            carrier = carrier_for(sink.port)
            (result,) = await carrier.send(
                [OutgoingMessage("r1", Channel.EMAIL, "señora@example.org", "a@example.org")]
            )
            await carrier.aclose()
            assert len(sink.mails) == (1 if result.status is Status.SENT else 0)
            return result

    assert asyncio.run(run("PIPELINING")).vendor_code == "no-smtputf8"
    assert asyncio.run(run("PIPELINING", "SMTPUTF8")).status is Status.SENT


def test_a_bad_recipient_is_dead_and_a_bad_sender_is_not_the_recipients_fault() -> None:
    batch = [OutgoingMessage("x", Channel.EMAIL, "nobody", "a@example.org"), *mails(1)]
    results, _ = exchange(batch)
    assert [r.word for r in results] == [Word.DEAD, Word.ACCEPTED]
    (result,), _ = exchange([OutgoingMessage("r1", Channel.EMAIL, "a@example.org", "nobody")])
    assert (result.word, result.vendor_code) == (Word.FAILED, "bad-sender")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_and_logged_in(security: str) -> None:
    results, sink = asyncio.run(with_tls(security, ca_file=str(PEM), username="desk", password="env:MAIL_PASSWORD"))
    assert {r.status for r in results} == {Status.SENT}
    assert any(line.startswith("AUTH PLAIN") for line in sink.lines)
    commands = [line.split(" ")[0] for line in sink.lines]
    if security == "starttls":
        assert commands.index("STARTTLS") < commands.index("AUTH")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_sends_nothing_and_alarms(security: str) -> None:
    results, sink = asyncio.run(with_tls(security))
    assert {r.status for r in results} == {Status.RETRY}
    assert all("certificate" in r.alarm for r in results)
    assert sink.mails == []


def test_a_server_without_starttls_gets_no_mail_and_no_password() -> None:
    results, sink = exchange(mails(1), security="starttls", username="desk", password="env:P", ca_file=str(PEM))
    assert results[0].status is Status.RETRY
    assert results[0].alarm
    assert not [line for line in sink.lines if line.startswith(("AUTH", "MAIL"))]


def test_a_wrong_password_alarms() -> None:
    async def run() -> list[SendResult]:
        script = lambda verb, argument: b"535 5.7.8 no\r\n" if verb == "AUTH" else None  # noqa: E731 - one line
        async with SmtpSink(script, tls=server_context()) as sink:
            carrier = secure_carrier(sink.port, "starttls", ca_file=str(PEM), username="desk", password="env:P")
            results = await carrier.send(mails(2))
            await carrier.aclose()
            return results

    assert all("535 5.7.8" in r.alarm for r in asyncio.run(run()))


def secure_carrier(port: int, security: str, **options: object) -> SmtpCarrier:
    config = {"host": "localhost", "port": port, "security": security, "timeout": 20, "connect_timeout": 20}
    return build({**config, **options}, no_secret)


async def with_tls(security: str, **options: object) -> tuple[list[SendResult], SmtpSink]:
    sink = SmtpSink(tls=server_context(), implicit_tls=security == "tls")
    async with sink:
        carrier = secure_carrier(sink.port, security, **options)
        results = await carrier.send(mails(30))
        await carrier.aclose()
        await asyncio.sleep(0.05)
    return results, sink


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"host": "mail.example.org", "security": "none"}, "refused"),
        ({"host": "mail.example.org", "username": "desk"}, "belong together"),
        ({"host": "mail.example.org", "ehlo_name": "a b\r\nMAIL"}, "ehlo_name"),
        ({"host": "mail.example.org", "ca_file": "/no/such/file"}, "ca_file"),
        ({"host": "mail.example.org", "return_path": "nobody"}, "return_path"),
        ({"host": "mail.example.org", "verify": False}, "verify"),
    ],
)
def test_an_unsafe_or_wrong_configuration_is_refused(config: dict[str, object], says: str) -> None:
    with pytest.raises(MisconfiguredError, match=says):
        build(config, no_secret)


class Keeper(Swallow):
    """Keeps what the independent server took."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        self.envelopes.append(envelope)
        return "250 2.0.0 taken"

    async def handle_RCPT(  # noqa: N802 - its name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("p1@"):
            return "550 5.1.1 unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"


def test_an_independent_server_takes_our_mail() -> None:
    keeper = Keeper()
    server = Controller(keeper, hostname="127.0.0.1", port=closed_port(), enable_SMTPUTF8=True)
    server.start()
    try:
        results = asyncio.run(send_and_close(carrier_for(server.port, timeout=20, connect_timeout=20)))
    finally:
        server.stop()
    assert [r.word for r in results[:3]] == [Word.ACCEPTED, Word.DEAD, Word.ACCEPTED]
    assert {r.word for r in results[3:]} == {Word.ACCEPTED}
    assert len(keeper.envelopes) == 29
    for envelope in keeper.envelopes:
        assert isinstance(envelope.content, bytes)
        assert envelope.content.endswith(b"Hello.\r\n.\r\n..dots\r\n")


async def send_and_close(carrier: SmtpCarrier) -> list[SendResult]:
    results = await carrier.send(mails(30))
    await carrier.aclose()
    return results
