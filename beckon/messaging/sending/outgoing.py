"""Turns claimed rows into what a carrier takes. Postal lines are read here, for postcards only."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from beckon.channels.carriers.base import Channel, OutgoingMessage
from beckon.core.bulk.cursor import read_json
from beckon.messaging.keys import reference_of
from beckon.messaging.rules import Due
from beckon.messaging.sending.lease import Held
from beckon.messaging.wording.links import unsubscribe_url
from beckon.messaging.writing import PRACTICE

_POSTAL = """
SELECT n.id, n.postal FROM people_number n WHERE n.id = ANY(%s)
"""
_NAMES = "SELECT id, given_name, family_name FROM people_person WHERE id = ANY(%s)"


def make_outgoing(batch: Sequence[Due], held: Held, organization_id: int) -> list[OutgoingMessage]:
    """One OutgoingMessage per row, in order; reads only where a postcard needs its lines."""
    if batch and batch[0].channel == Channel.POSTAL:
        return _postcards(batch, held, organization_id)
    channel = Channel(held.channel)
    practice: Mapping[str, Any] = held.config.get(PRACTICE, {})
    reply_to = str(practice.get("reply_to", ""))
    return [
        OutgoingMessage(
            reference_of(organization_id, due.id),
            channel,
            due.address,
            held.address,
            due.subject,
            due.body,
            language=due.language or "en",
            media=tuple(due.extras["media"]) if due.extras and "media" in due.extras else (),
            reply_to=reply_to,
            unsubscribe_url=_unsubscribe(due, organization_id) if channel is Channel.EMAIL else "",
        )
        for due in batch
    ]


def _unsubscribe(due: Due, organization_id: int) -> str:
    """Empty where the installation has no https address yet (production refuses that): RFC 8058 allows no other."""
    if not settings.BASE_URL.startswith("https://"):
        return ""
    return unsubscribe_url(organization_id, due.person_id, due.number_id or 0)


def _postcards(batch: Sequence[Due], held: Held, organization_id: int) -> list[OutgoingMessage]:
    with connection.cursor() as cursor:
        cursor.execute(_POSTAL, [[due.number_id for due in batch]])
        postal = {row[0]: read_json(row[1]) for row in cursor.fetchall()}
        cursor.execute(_NAMES, [[due.person_id for due in batch]])
        names = {row[0]: f"{row[1]} {row[2]}".strip() for row in cursor.fetchall()}
    practice: Mapping[str, Any] = held.config.get(PRACTICE, {})
    return [
        OutgoingMessage(
            reference_of(organization_id, due.id),
            Channel.POSTAL,
            names.get(due.person_id, ""),
            str(practice.get("name", "")),
            due.subject,
            due.body,
            back=due.back,
            language=due.language or "en",
            address=postal_lines(postal.get(due.number_id or 0)),
            return_address=tuple(str(held.address).split("\n")),
            code=_extra(due, "code"),
            link=_extra(due, "link"),
            phone=_extra(due, "phone") or str(practice.get("phone", "")),
        )
        for due in batch
    ]


def _extra(due: Due, name: str) -> str:
    return str((due.extras or {}).get(name, ""))


def postal_lines(postal: Any) -> tuple[str, ...]:
    """Address lines as printed, without the name: street, second line, city with state and ZIP."""
    if not isinstance(postal, dict):
        return ()
    town = " ".join(
        part for part in (f"{postal.get('city', '')},", postal.get("state", ""), postal.get("postal_code", "")) if part
    )
    return tuple(line for line in (postal.get("line1", ""), postal.get("line2", ""), town) if line.strip(", "))
