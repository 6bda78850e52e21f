"""Settles unknown messages by asking the carrier; they are never sent again. A receipt may settle them first."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from beckon.channels.carriers.base import SendResult, Status, Word
from beckon.core.actors import Actor
from beckon.core.bulk.cursor import raw_cursor
from beckon.core.clock import domain_now, wall_now
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.messaging.keys import reference_of
from beckon.messaging.rules import Due
from beckon.messaging.sending.dispatch import CarrierOf, carrier_of_sender
from beckon.messaging.sending.lease import Held, read_sender
from beckon.messaging.sending.record import Handed, record_results
from beckon.messaging.values import Dispatched

BATCH: Final = 100
GIVE_UP: Final = timedelta(days=3)
"""After this long nobody asks any more; the row stays unknown, for a person to look at."""

_TO_ASK = """
SELECT id, person_id, contact_point_id, number_id, channel, purpose, hipaa_class, requested_at, address, subject,
       '' AS body, '' AS back, language, extras, segments, expires_at, tries, campaign_id, enrollment_id, step,
       carrier_ref, coalesce(sent_at, decided_at)
  FROM messaging_message WHERE sender_id = %s AND look_up_at <= %s AND status = 'unknown'
 ORDER BY look_up_at, id LIMIT %s
"""
_ASK_LATER = """
UPDATE messaging_message SET look_up_at = CASE
         WHEN sent_at > %(now)s::timestamptz - %(give_up)s::interval
         THEN %(wall)s::timestamptz
              + least(greatest(%(now)s::timestamptz - sent_at, interval '30 s'), interval '6 h') END
 WHERE id = ANY(%(ids)s::bigint[]) AND status = 'unknown'
"""


def settle_unknown(
    organization: Organization,
    sender_id: int,
    *,
    by: Actor,
    carrier_of: CarrierOf = carrier_of_sender,
) -> Dispatched:
    """Ask the carrier about up to 100 unknown messages of a sender; call it outside org_scope.

    What the carrier cannot say is asked again later and later, for three days; what it says never left is failed.
    """
    with org_scope(organization), raw_cursor() as cursor:
        held = read_sender(sender_id)
        cursor.execute(_TO_ASK, [sender_id, wall_now(), BATCH])
        rows = cursor.fetchall()
    if held is None or not rows:
        return Dispatched()
    dues = [Due._make(row[:20]) for row in rows]
    answers = asyncio.run(_ask_all(carrier_of, held, dues, [row[20] for row in rows], organization.pk))
    now = domain_now(organization)
    told = [
        Handed(due, due.tries, row[21], _final(answer))
        for due, row, answer in zip(dues, rows, answers, strict=True)
        if answer is not None and answer.status is not Status.UNKNOWN
    ]
    with org_scope(organization):
        done = record_results(told, sender_id=sender_id, price_cents=held.cost_cents, by=by, now=now)
        _ask_later([d.id for d, a in zip(dues, answers, strict=True) if a is None or a.status is Status.UNKNOWN], now)
    return done


def _final(answer: SendResult) -> SendResult:
    """An unknown is never sent again: what certainly did not leave has failed."""
    if answer.status is not Status.RETRY:
        return answer
    return SendResult(answer.reference, Status.FAILED, Word.FAILED, answer.carrier_ref, answer.vendor_code)


async def _ask_all(
    carrier_of: CarrierOf, held: Held, dues: Sequence[Due], refs: Sequence[str], organization_id: int
) -> list[SendResult | None]:
    carrier = carrier_of(held)
    try:
        if not carrier.capabilities.looks_up:
            return [None] * len(dues)
        return list(
            await asyncio.gather(
                *(
                    carrier.look_up(reference_of(organization_id, due.id), ref)
                    for due, ref in zip(dues, refs, strict=True)
                )
            )
        )
    finally:
        await carrier.aclose()


def _ask_later(ids: Sequence[int], now: datetime) -> None:
    if not ids:
        return
    with raw_cursor() as cursor:
        cursor.execute(_ASK_LATER, {"now": now, "wall": wall_now(), "give_up": GIVE_UP, "ids": list(ids)})
