"""The bytes of an e-mail, read back by the standard library as an independent judge."""

import email
import email.policy
import re
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.channels.carriers.base import Channel, OutgoingMessage
from beckon.channels.carriers.smtp.build import Builder, UnsendableError, Wire, rfc5322_date

DATE = "Tue, 14 Nov 2023 22:13:20 -0000"
ANY = st.text(max_size=300)


def mail(**changes: object) -> OutgoingMessage:
    values: dict[str, object] = {
        "reference": "e:1:2:0",
        "channel": Channel.EMAIL,
        "to": "ana@example.org",
        "from_": "desk@example.org",
        "subject": "Your visit",
        "body": "Hello Ana,\n\nsee you soon.\n",
    }
    return OutgoingMessage(**{**values, **changes})  # type: ignore[arg-type]


def build(message: OutgoingMessage, *, name: str = "Riverside", eight_bit: bool = False) -> Wire:
    return Builder(from_name=name, eight_bit=eight_bit).build(message, date=DATE)


def read(wire: Wire) -> EmailMessage:
    parsed = email.message_from_bytes(wire.content, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def shown(text: str) -> str:
    """A text as a reader sees it: any kind of line end is one line end."""
    text = re.sub("\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85", "\n", text)
    return text if text.endswith("\n") else text + "\n"


def test_the_headers_are_right_and_once_each() -> None:
    parsed = read(build(mail(unsubscribe_url="https://beckon.example.org/u/abc?x=1", reply_to="front@example.org")))
    assert parsed["From"] == "Riverside <desk@example.org>"
    assert parsed["To"] == "ana@example.org"
    assert parsed["Subject"] == "Your visit"
    assert parsed["Message-ID"] == "<e=3A1=3A2=3A0@example.org>"
    assert parsed["Reply-To"] == "front@example.org"
    assert parsed["List-Unsubscribe"] == "<https://beckon.example.org/u/abc?x=1>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["Date"].datetime.year == 2023
    assert parsed["MIME-Version"] == "1.0"
    assert len(parsed.keys()) == len({key.lower() for key in parsed})
    assert not parsed.defects


def test_the_date_is_one_that_mail_readers_understand() -> None:
    assert read(Builder().build(mail(), date=rfc5322_date(1_700_000_000)))["Date"].datetime.timestamp() == 1.7e9


def test_text_and_html_are_alternatives_in_that_order() -> None:
    parsed = read(build(mail(html="<p>Señora</p>", body="Señora")))
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in parsed.iter_parts()] == ["Señora", "<p>Señora</p>"]


@pytest.mark.parametrize("eight_bit", [False, True])
def test_eight_bit_content_only_where_the_server_takes_it(eight_bit: bool) -> None:
    wire = build(mail(body="Señora"), eight_bit=eight_bit)
    assert wire.eight_bit == eight_bit
    assert wire.content.isascii() == (not eight_bit)
    assert read(wire).get_content().strip() == "Señora"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "ana@example.org\r\nBcc: all@example.org"}, "bad-address"),
        ({"to": "ana@example.org, eve@example.org"}, "bad-address"),
        ({"to": "Ana <ana@example.org>"}, "bad-address"),
        ({"to": "ana"}, "bad-address"),
        ({"to": ""}, "bad-address"),
        ({"to": "ana@" + "é" * 80 + ".org"}, "bad-address"),
        ({"from_": "desk"}, "bad-sender"),
        ({"reply_to": "x"}, "bad-reply-to"),
        ({"unsubscribe_url": "http://beckon.example.org/u"}, "bad-unsubscribe-url"),
        ({"unsubscribe_url": "https://beckon.example.org/u>\r\nX: y"}, "bad-unsubscribe-url"),
    ],
)
def test_what_cannot_be_an_e_mail_is_refused_with_a_code(changes: dict[str, object], code: str) -> None:
    with pytest.raises(UnsendableError, match=code):
        build(mail(**changes))


def test_a_domain_in_other_letters_is_sent_in_ascii_and_such_a_mailbox_needs_smtputf8() -> None:
    assert build(mail(to="ana@clínica.example.org")).recipient == "ana@xn--clnica-4va.example.org"
    assert not build(mail(to="ana@clínica.example.org")).needs_utf8
    assert build(mail(to="señora@example.org")).needs_utf8


@given(ANY, ANY, ANY, st.booleans())
def test_no_text_can_add_a_header_or_end_the_message(subject: str, body: str, name: str, eight_bit: bool) -> None:
    wire = build(mail(subject=subject, body=body), name=name, eight_bit=eight_bit)
    assert wire.content.endswith(b"\r\n")
    assert b"\r\n.\r\n" not in wire.dotted()[:-5]
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", wire.content)
    assert max(map(len, wire.content.split(b"\r\n"))) <= 998
    parsed = read(wire)
    allowed = {"From", "MIME-Version", "Message-ID", "Date", "To", "Subject"}
    assert set(parsed.keys()) - {"Content-Type", "Content-Transfer-Encoding"} <= allowed


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r."), max_size=300))
def test_a_body_arrives_as_it_was_written(body: str) -> None:
    for eight_bit in (False, True):
        payload = read(build(mail(body=body), eight_bit=eight_bit)).get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode().replace("\r\n", "\n") == shown(body)


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=150))
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    assert read(build(mail(subject=subject)))["Subject"] == subject


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_two_references_never_share_a_message_id(one: str, two: str) -> None:
    ids = {build(mail(reference=reference)).message_id for reference in (one, two)}
    assert all(re.fullmatch(r"<[!-;=?-~]+@example\.org>", i) for i in ids)
    assert (len(ids) == 1) == (one == two)
