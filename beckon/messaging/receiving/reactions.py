"""What vendor words make us do beyond the message itself: opt-outs, line types, dead numbers, paused senders."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from beckon.channels.alarms import BLOCKED, alarm
from beckon.channels.carriers.base import Word
from beckon.consent.actions import OptOut, record_opt_out
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.messaging.actions import cancel_for_numbers

log = logging.getLogger(__name__)

_LANDLINE = """
UPDATE people_number SET line_type = 'landline', line_type_source = 'lookup'
 WHERE id IN (SELECT id FROM people_number WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
   AND line_type <> 'landline'
RETURNING id
"""
_DEAD = """
UPDATE people_number SET dead_at = %s, dead_reason = 'carrier'
 WHERE id IN (SELECT id FROM people_number WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) AND dead_at IS NULL
RETURNING id
"""
_USERS = """
SELECT DISTINCT number_id, person_id FROM people_contactpoint
 WHERE number_id = ANY(%s) AND ended_at IS NULL ORDER BY number_id, person_id
"""
_PAUSE = "UPDATE channels_sender SET paused_reason = %s WHERE id = %s AND paused_reason = ''"


@dataclass(frozen=True, slots=True)
class Report:
    """A vendor's word about one message, with the rows it concerns."""

    message_id: int
    person_id: int | None
    number_id: int | None
    channel: str
    word: Word
    vendor_code: str = ""
    alarm: str = ""


def react(reports: Sequence[Report], *, sender_id: int, by: Actor, now: datetime) -> None:
    """Act on every report of a batch; safe to repeat. Inside org_scope."""
    by_word: dict[Word, list[Report]] = {}
    for report in reports:
        by_word.setdefault(report.word, []).append(report)
    _opt_out(by_word.get(Word.OPTED_OUT, ()), by=by, now=now)
    _landline(_numbers(by_word.get(Word.LANDLINE, ())), by=by, now=now)
    _dead(_numbers(by_word.get(Word.DEAD, ())), by=by, now=now)
    told = next((r.alarm for r in reports if r.alarm), "")
    blocked = by_word.get(Word.BLOCKED)
    if told or blocked:
        code = blocked[0].vendor_code if blocked else ""
        pause_sender(sender_id, told or alarm(BLOCKED, code), by=by, now=now)


def pause_sender(sender_id: int, reason: str, *, by: Actor, now: datetime) -> bool:
    """Stop a sender until somebody resumes it; False when it was paused already (the first reason stays)."""
    with connection.cursor() as cursor:
        cursor.execute(_PAUSE, [reason[:200], sender_id])
        changed = bool(cursor.rowcount == 1)
    if changed:
        log.warning("sender.paused sender=%s", sender_id)
        record_events([NewEvent("sender.paused", None, sender_id, {"reason": reason[:200]})], by=by, now=now)
        record_audit(action="sender.paused", object_kind="sender", object_ids=[sender_id], by=by, now=now)
    return changed


def _numbers(reports: Sequence[Report]) -> list[int]:
    return sorted({r.number_id for r in reports if r.number_id is not None})


def _opt_out(reports: Sequence[Report], *, by: Actor, now: datetime) -> None:
    stops = {
        r.number_id: OptOut(
            f"The carrier holds an opt-out of this number (code {r.vendor_code}, message {r.message_id}).",
            number_id=r.number_id,
            channel=r.channel,
        )
        for r in reports
        if r.number_id is not None
    }
    if stops:
        record_opt_out(list(stops.values()), by=by, now=now)
        cancel_for_numbers(sorted(n for n in stops if n is not None), "opted_out", by=by, now=now)


def _landline(number_ids: Sequence[int], *, by: Actor, now: datetime) -> None:
    changed = _change(_LANDLINE, [list(number_ids)]) if number_ids else []
    if changed:
        cancel_for_numbers(changed, "landline", by=by, now=now, channels=["sms"])
        _tell("number.line_type_changed", changed, {"line_type": "landline"}, by=by, now=now)


def _dead(number_ids: Sequence[int], *, by: Actor, now: datetime) -> None:
    changed = _change(_DEAD, [now, list(number_ids)]) if number_ids else []
    if changed:
        cancel_for_numbers(changed, "dead_number", by=by, now=now)
        _tell("number.dead", changed, {"reason": "carrier"}, by=by, now=now)


def _change(sql: str, parameters: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return sorted(row[0] for row in cursor.fetchall())


def _tell(kind: str, number_ids: Sequence[int], data: dict[str, str], *, by: Actor, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_USERS, [list(number_ids)])
        events = [NewEvent(kind, person_id, number_id, dict(data)) for number_id, person_id in cursor.fetchall()]
    record_events(events, by=by, now=now)
