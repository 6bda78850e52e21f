"""Answers are read the same however the network cuts them; what could be taken for another's answer is nonsense."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beckon.channels.carriers.http.reading import MAX_BODY, MAX_HEAD, NonsenseError, RawAnswer, Reader

BODIES = st.binary(max_size=200)
CUTS = st.lists(st.integers(0, 600), max_size=8)


def read(chunks: list[bytes]) -> tuple[list[RawAnswer], Reader]:
    reader = Reader()
    return [answer for chunk in chunks if (answer := reader.feed(chunk)) is not None], reader


def cut(wire: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(wire), *(at for at in cuts if at < len(wire))})
    return [wire[start:end] for start, end in itertools.pairwise(edges)]


def chunked(pieces: list[bytes], extra: bytes, trailer: bytes) -> bytes:
    body = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extra, piece) for piece in pieces if piece)
    return body + b"0\r\n" + trailer + b"\r\n"


@given(BODIES, CUTS, st.booleans())
def test_a_body_of_known_length(body: bytes, cuts: list[int], comes_after_interim: bool) -> None:
    wire = b"HTTP/1.1 201 Created\r\nContent-LENGTH:  %d \r\nRetry-After: 7\r\n\r\n%b" % (len(body), body)
    if comes_after_interim:
        wire = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + wire
    (answer,), reader = read(cut(wire, cuts))
    assert (answer.status, answer.body, answer.header(b"retry-after")) == (201, body, "7")
    assert reader.is_empty
    assert not reader.is_last


@given(st.lists(BODIES, max_size=4), CUTS, st.sampled_from([b"", b";a=b"]), st.sampled_from([b"", b"Trailer: x\r\n"]))
def test_a_body_in_chunks(pieces: list[bytes], cuts: list[int], extra: bytes, trailer: bytes) -> None:
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunked(pieces, extra, trailer)
    (answer,), reader = read(cut(wire, cuts))
    assert answer.body == b"".join(pieces)
    assert reader.is_empty


@given(BODIES, CUTS)
def test_a_body_that_ends_with_its_connection(body: bytes, cuts: list[int]) -> None:
    answers, reader = read(cut(b"HTTP/1.0 200 OK\r\n\r\n" + body, cuts))
    last = reader.end()
    assert answers == []
    assert last is not None
    assert (last.status, last.body, reader.is_last) == (200, body, True)


@given(st.binary(max_size=400), CUTS)
def test_nonsense_is_an_answer_or_nonsense_and_nothing_else(data: bytes, cuts: list[int]) -> None:
    for wire in (data, b"HTTP/1.1 200 OK\r\n" + data, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data):
        try:
            read(cut(wire, cuts))
        except NonsenseError:
            pass


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/2 200 OK\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 20x OK\r\n",
        b"HTTP/1.1 101 Switching\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % (MAX_BODY + 1),
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEAD,
    ],
)
def test_lengths_that_could_mean_two_things_are_refused(head: bytes) -> None:
    with pytest.raises(NonsenseError):
        read([head + b"\r\n"] if len(head) < MAX_HEAD else [head])


def test_an_endless_body_is_given_up() -> None:
    reader = Reader()
    reader.feed(b"HTTP/1.1 200 OK\r\n\r\n")
    assert reader.feed(b"x" * MAX_BODY) is None
    with pytest.raises(NonsenseError):
        reader.feed(b"x")


@pytest.mark.parametrize(
    ("head", "is_last"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Foo, Close\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", True),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", False),
    ],
)
def test_the_vendor_says_whether_its_connection_stays(head: bytes, is_last: bool) -> None:
    (answer,), reader = read([head + b"Content-Length: 0\r\n\r\n"])
    assert (answer.body, reader.is_last) == (b"", is_last)


def test_an_answer_without_a_body_needs_no_length() -> None:
    (answer,), reader = read([b"HTTP/1.1 204 No Content\r\n\r\n"])
    assert (answer.status, reader.is_last, reader.is_empty) == (204, False, True)
