"""Received messages as vendors write them, made fit to be recorded: letters, numbers, ids. Pure."""

from dataclasses import replace
from datetime import datetime

from beckon.channels.carriers.base import Inbound
from beckon.consent.suppression import address_of
from beckon.messaging.keys import inbound_ref


def tidy(item: Inbound, moment: datetime) -> Inbound:
    """The message with clean letters, its sender as E.164 (also where the plus is missing) or a lower-case e-mail,
    and an id: one that came without is known by what it says and the minute it came.
    """
    from_, to, body = clean(item.from_), clean(item.to), clean(item.body)
    from_ = address_of(from_) or from_
    ref = clean(item.carrier_ref) or inbound_ref(from_, to, body, moment.isoformat(timespec="minutes"))
    return replace(item, carrier_ref=ref, from_=from_, to=to, body=body, media=tuple(clean(m) for m in item.media))


def clean(text: str) -> str:
    """No NUL, which PostgreSQL refuses, and no half of a letter: two halves that belong together are joined."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")
