"""Replies are read the same however the network cuts them, and nonsense ends a link instead of us."""

import asyncio
import itertools

from hypothesis import given
from hypothesis import strategies as st

from beckon.channels.carriers.smtp.link import Link, LinkLostError
from beckon.channels.carriers.smtp.replies import Reply

REPLY = st.builds(
    lambda code, enhanced, lines: (code, enhanced, lines),
    st.integers(200, 599),
    st.sampled_from(["", "5.1.1", "2.0.0", "4.7.12"]),
    st.lists(st.text(alphabet="abc <>@.é-", max_size=30), min_size=1, max_size=4),
)


def wire(reply: tuple[int, str, list[str]]) -> bytes:
    code, enhanced, lines = reply
    head = f"{enhanced} " if enhanced else "x"
    marks = ["-"] * (len(lines) - 1) + [" "]
    return "".join(f"{code}{mark}{head}{line}\r\n" for mark, line in zip(marks, lines, strict=True)).encode()


async def replies_of(chunks: list[bytes]) -> list[Reply]:
    link = Link(timeout=5)
    for chunk in chunks:
        link.get_buffer(-1)[: len(chunk)] = chunk
        link.buffer_updated(len(chunk))
    link.connection_lost(None)
    found: list[Reply] = []
    while True:
        try:
            found.append(await link.reply())
        except LinkLostError:
            return found


@given(st.lists(REPLY, max_size=6), st.lists(st.integers(0, 400), max_size=8))
def test_replies_do_not_depend_on_how_they_are_cut(replies: list[tuple[int, str, list[str]]], cuts: list[int]) -> None:
    whole = b"".join(wire(reply) for reply in replies)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    chunks = [whole[start:end] for start, end in itertools.pairwise(edges)]
    found = asyncio.run(replies_of(chunks))
    assert [(reply.code, reply.enhanced) for reply in found] == [(code, enhanced) for code, enhanced, _ in replies]


@given(st.binary(max_size=300))
def test_nonsense_never_raises_anything_but_a_lost_link(data: bytes) -> None:
    asyncio.run(replies_of([data]))
