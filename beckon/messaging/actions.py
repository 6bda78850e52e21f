"""Recording messages to be sent, and taking back those that have not left. Batches; inside org_scope."""

import json
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from beckon.consent.facts import Channel, PersonFacts
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.bulk.copying import copy_field, copy_line, copy_text
from beckon.core.bulk.cursor import raw_cursor
from beckon.core.clock import wall_now
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.messaging.values import AlreadyThere, MessageStatus, Named, NewMessage, NotQueued, Queued, QueueResult
from beckon.messaging.writing import Written, write_messages

_COLUMNS: Final = (
    "id",
    "dedupe_key",
    "person_id",
    "number_id",
    "contact_point_id",
    "is_inbound",
    "channel",
    "purpose",
    "hipaa_class",
    "requested_at",
    "sender_id",
    "template_id",
    "campaign_id",
    "enrollment_id",
    "step",
    "variant",
    "language",
    "address",
    "subject",
    "body",
    "back",
    "extras",
    "segments",
    "cost_cents",
    "status",
    "reason",
    "meaning",
    "vendor_code",
    "carrier_ref",
    "claimed_by",
    "tries",
    "decided_at",
    "not_before",
    "expires_at",
    "sent_at",
    "settled_at",
    "look_up_at",
    "recorded_at",
)
# Of a NewMessage: channel to sender; not_before to campaign; step and variant.
_KIND, _TERMS, _ORIGIN = slice(2, 5), slice(12, 17), slice(18, 20)
_COPY: Final = f"COPY messaging_message ({', '.join(_COLUMNS)}) FROM STDIN"
_RACES: Final = 5
_QUEUED: Final = MessageStatus.QUEUED.value
_DROPPED: Final = MessageStatus.DROPPED.value
FAILED: Final = "message.failed"
_RESUME: Final = "UPDATE channels_sender SET paused_reason = '' WHERE id = %s AND paused_reason <> ''"
_OF_ENROLLMENTS: Final = "campaign_id = ANY(%s) AND enrollment_id = ANY(%s)"
_TO_NUMBERS: Final = (  # by the people behind them, because messages are indexed by person
    "person_id IN (SELECT person_id FROM people_contactpoint WHERE number_id = ANY(%s)) AND number_id = ANY(%s)"
)
EXPIRY_OF_A_TEXT: Final = timedelta(days=2)
"""Default for callers that have no better idea of when a text grows stale."""


def queue_messages(
    messages: Sequence[NewMessage],
    *,
    by: Actor,
    now: datetime,
    facts: Mapping[int, PersonFacts] | None = None,
    names: Mapping[int, Named] | None = None,
) -> list[QueueResult]:
    """Write and record messages; one result per message, in order. A key that exists is no error: AlreadyThere.

    `facts` and `names` by person id, where the caller has just read them, spare reading addresses and names again.
    Templates are rendered here, once. What cannot be sent (no address, no wording) is recorded as dropped with its
    reason: NotQueued. Raises ValueError for a text without `expires_at`, an unknown sender, a message without words.
    """
    if not messages:
        return []
    _refuse_misuse(messages)
    known: dict[str, int] = {}  # nearly always nobody has recorded any: asked only when a key turns out to be there
    for _ in range(_RACES):
        fresh: dict[str, NewMessage] = {}
        for message in messages:
            if message.dedupe_key not in known:
                fresh.setdefault(message.dedupe_key, message)
        written = write_messages(list(fresh.values()), now=now, facts=facts or {}, names=names) if fresh else []
        ids = _reserve_ids(len(written))
        try:
            with transaction.atomic():
                _copy(_lines(ids, written, now))
        except UniqueViolation as error:
            if error.diag.constraint_name != "message_once":
                raise
            known = _known([m.dedupe_key for m in messages])
            continue
        return _results(
            messages, known, dict(zip((w.new.dedupe_key for w in written), zip(ids, written, strict=True), strict=True))
        )
    raise RuntimeError("the same messages are being queued by many workers at once; try again")


def cancel_messages(
    enrollment_ids: Sequence[int],
    reason: str,
    *,
    campaign_ids: Collection[int],
    by: Actor,
    now: datetime,
    channels: Sequence[str] = (),
) -> int:
    """Drop what is queued for these enrollments (of `channels`, or all) and has not left; returns how many.

    `campaign_ids`: of which campaigns they are; messages are indexed so. No events: the journey that calls this knows.
    """
    values = [sorted(campaign_ids), list(enrollment_ids)]
    return len(_cancel(_OF_ENROLLMENTS, values, reason, channels, now))


def cancel_for_people(
    person_ids: Sequence[int], reason: str, *, by: Actor, now: datetime, channels: Sequence[str] = ()
) -> int:
    """Drop everything queued for these people (merged, deceased, never again), with `message.failed` for each."""
    return _tell_dropped(
        _cancel("person_id = ANY(%s)", [list(person_ids)], reason, channels, now), reason, by=by, now=now
    )


def cancel_for_numbers(
    number_ids: Sequence[int], reason: str, *, by: Actor, now: datetime, channels: Sequence[str] = ()
) -> int:
    """Drop everything queued to these addresses, whoever they belong to, with `message.failed` for each."""
    return _tell_dropped(_cancel(_TO_NUMBERS, [list(number_ids)] * 2, reason, channels, now), reason, by=by, now=now)


def resume_sender(sender_id: int, *, by: Actor, now: datetime) -> bool:
    """Let a paused sender go on after somebody looked at the reason. False when it was not paused."""
    with connection.cursor() as cursor:
        cursor.execute(_RESUME, [sender_id])
        changed = bool(cursor.rowcount == 1)
    if changed:
        record_audit(action="sender.resumed", object_kind="sender", object_ids=[sender_id], by=by, now=now)
    return changed


def _refuse_misuse(messages: Sequence[NewMessage]) -> None:
    for message in messages:
        if message.channel is Channel.SMS and message.expires_at is None:
            raise ValueError(f"a text needs expires_at: {message.dedupe_key}")
        if message.channel is Channel.VOICE:
            raise ValueError("calls are the desk's, not messages")
        if not message.template_key and not message.body.strip():
            raise ValueError(f"neither template nor words: {message.dedupe_key}")


def _known(keys: Sequence[str]) -> dict[str, int]:
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT dedupe_key, id FROM messaging_message WHERE dedupe_key = ANY(string_to_array(%s, E'\\x1f'))",
            ["\x1f".join(keys)],
        )
        return dict(cursor.fetchall())


def _reserve_ids(count: int) -> list[int]:
    with raw_cursor() as cursor:
        cursor.execute("SELECT nextval('messaging_message_id_seq') FROM generate_series(1, %s)", [count], binary=True)
        return [row[0] for row in cursor.fetchall()]


def _copy(lines: Sequence[str]) -> None:
    if not lines:
        return
    with raw_cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write("".join(lines))


def _lines(ids: Sequence[int], all_written: Sequence[Written], now: datetime) -> list[str]:
    """One line of _COLUMNS for each; what many have in common is written out once."""
    present, wall = now.isoformat(), wall_now().isoformat()
    commons: dict[Hashable, tuple[str, str, str]] = {}
    lines: list[str] = []
    for id_, written in zip(ids, all_written, strict=True):
        new = written.new
        key = (
            new[_KIND], new[_TERMS], new[_ORIGIN], written.template_id, written.language, written.segments,
            written.reason,
        )  # fmt: skip
        common = commons.get(key)
        if common is None:
            common = commons[key] = _common(written, now, present, wall)
        extras = copy_text(json.dumps(dict(new.extras))) if new.extras else "\\N"
        lines.append(
            f"{id_}\t{copy_text(new.dedupe_key)}\t{copy_field(new.person_id)}\t{copy_field(written.number_id)}\t"
            f"{copy_field(written.contact_point_id)}\t{common[0]}\t{copy_field(new.enrollment_id)}\t{common[1]}\t"
            f"{copy_text(written.address)}\t{copy_text(written.subject)}\t{copy_text(written.body)}\t{copy_text(written.back)}\t"
            f"{extras}\t{common[2]}"
        )
    return lines


def _common(written: Written, now: datetime, present: str, wall: str) -> tuple[str, str, str]:
    """The columns between contact point and enrollment, enrollment and address, and after the extras."""
    new = written.new
    not_before = new.not_before.isoformat() if new.not_before is not None and new.not_before > now else present
    first = (
        False, new.channel.value, new.purpose.value, new.hipaa_class, _iso(new.requested_at),
        new.sender_id, written.template_id, new.campaign_id,
    )  # fmt: skip
    last = (
        written.segments, 0, _DROPPED if written.reason else _QUEUED, written.reason, "", "", "", "", 0, present,
        not_before, _iso(new.expires_at), None, present if written.reason else None, None, wall,
    )  # fmt: skip
    second = (new.step, new.variant, written.language)
    return copy_line(first)[:-1], copy_line(second)[:-1], copy_line(last)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _results(
    messages: Sequence[NewMessage], known: dict[str, int], recorded: dict[str, tuple[int, Written]]
) -> list[QueueResult]:
    def all_results() -> Iterator[QueueResult]:
        told: set[str] = set()
        for message in messages:
            key = message.dedupe_key
            if key in known:
                yield AlreadyThere(known[key])
                continue
            id_, written = recorded[key]
            if key in told:
                yield AlreadyThere(id_)
            elif written.reason:
                yield NotQueued(id_, written.reason)
            else:
                yield Queued(id_)
            told.add(key)

    return list(all_results())


_Dropped = tuple[int, int, str, str, int | None, int | None]


def _cancel(
    which: str, values: Sequence[list[int]], reason: str, channels: Sequence[str], now: datetime
) -> list[_Dropped]:
    """Rows locked in id order; a row being sent is not queued any more and stays as it is."""
    if not all(values):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH open AS MATERIALIZED (
              SELECT id FROM messaging_message
               WHERE {which} AND status = 'queued' AND sent_at IS NULL AND settled_at IS NULL
                 AND (%s::text[] = '{{}}' OR channel = ANY(%s))
               ORDER BY id FOR UPDATE)
            UPDATE messaging_message m SET status = 'dropped', reason = %s, settled_at = %s
              FROM open WHERE m.id = open.id AND m.status = 'queued'
            RETURNING m.id, m.person_id, m.step, m.channel, m.enrollment_id, m.campaign_id
            """,
            [*values, list(channels), list(channels), reason[:60], now],
        )
        return sorted(cursor.fetchall())


def _tell_dropped(dropped: Sequence[_Dropped], reason: str, *, by: Actor, now: datetime) -> int:
    events = [
        NewEvent(FAILED, person_id, id_, failed_data(step, reason, channel, enrollment_id, campaign_id))
        for id_, person_id, step, channel, enrollment_id, campaign_id in dropped
    ]
    record_events(events, by=by, now=now)
    return len(dropped)


def failed_data(
    step: str, reason: str, channel: str, enrollment_id: int | None, campaign_id: int | None
) -> dict[str, Any]:
    """What `message.failed` carries, so that a journey can move on."""
    return {
        "step": step,
        "reason": reason,
        "channel": channel,
        "enrollment_id": enrollment_id,
        "campaign_id": campaign_id,
    }
