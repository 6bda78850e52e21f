"""Writes what the stepper decided: enrollments, trace, messages, tasks, events and counters, each in one statement.

Decides nothing and knows no step kinds.
"""

import json
import marshal
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from beckon.campaigns.journey.gathering import Standing
from beckon.campaigns.journey.values import Effects, Facts, MessageWish, Record
from beckon.campaigns.reasons import LeaveReason
from beckon.consent.facts import Channel, PersonFacts, Purpose
from beckon.core.actors import Actor
from beckon.core.bulk.copying import copy_line
from beckon.core.bulk.cursor import id_array, raw_cursor
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.desk.actions import close_tasks, open_tasks
from beckon.desk.values import NewTask
from beckon.messaging.actions import cancel_messages, queue_messages
from beckon.messaging.keys import enrollment_key
from beckon.messaging.values import Named, NewMessage, NotQueued

Decided = tuple[Standing, Effects]

# What many have in common is sent once, as JSON, with two arrays that say who stands in it. Quoting the elements of ten
# arrays cost more than the stepper, and a JSON object for each enrollment as much as its update in place.
_UPDATE = """
WITH standing AS MATERIALIZED (
       SELECT v.* FROM json_to_recordset(%s::json) AS v(
              n integer, s text, r smallint, w text, d timestamptz, m jsonb, g timestamptz, h timestamptz,
              l timestamptz, x text)),
     one AS MATERIALIZED (SELECT * FROM unnest(%s::bigint[], %s::integer[]) AS given(i, n))
UPDATE campaigns_enrollment e
   SET step = v.s, round = v.r, waiting_for = v.w, due_at = v.d, memory = v.m, goal_met_at = v.g,
       second_goal_met_at = v.h, left_at = v.l, left_reason = v.x
  FROM one JOIN standing v ON v.n = one.n
 WHERE e.id = one.i
"""
_TRACE = (
    "COPY campaigns_steprecord (enrollment_id, campaign_id, person_id, step, round, outcome, reason, detail, at) "
    "FROM STDIN"
)
_EMPTY = "{}"
_COMPARABLE = 2  # marshal's format: later ones tell apart what is referred to twice


def record(decided: Sequence[Decided], *, by: Actor, now: datetime, facts: Mapping[int, Facts] | None = None) -> None:
    """Record all effects of a batch inside the open transaction. The enrollments are locked by the caller.

    `facts`, where the caller has them, spare messaging and the desk from reading them again.
    """
    if not decided:
        return
    _update([effects for _, effects in decided], now)
    _trace([effects for _, effects in decided], now)
    _withdraw([effects for _, effects in decided], by, now)
    known = {person_id: each.person for person_id, each in (facts or {}).items()}
    _queue(decided, facts or {}, known, by, now)
    _open(decided, known, by, now)
    _count([effects for _, effects in decided])
    left = [effects for _, effects in decided if effects.left is not None]
    record_events([_left_event(effects) for effects in left], by=by, now=now)


def _update(all_effects: Sequence[Effects], now: datetime) -> None:
    standings: dict[Hashable, int] = {}
    numbers: dict[int, int] = {}
    rows: list[dict[str, Any]] = []
    which: list[int] = []
    for e in all_effects:
        pattern = id(e.pattern or e)
        if pattern not in numbers:
            memory = _comparable(e.memory)
            key = (e.step, e.round, e.waiting_for, e.due_at, memory, e.goal_met_at, e.second_goal_met_at, e.left)
            if key not in standings:
                standings[key] = len(rows)
                rows.append(_standing(len(rows), e, now))
            numbers[pattern] = standings[key]
        which.append(numbers[pattern])
    ids = id_array(e.snapshot.enrollment_id for e in all_effects)
    with raw_cursor() as cursor:
        cursor.execute(_UPDATE, [json.dumps(rows), ids, id_array(which)])


def _standing(number: int, e: Effects, now: datetime) -> dict[str, Any]:
    return {
        "n": number,
        "s": e.step,
        "r": e.round,
        "w": e.waiting_for,
        "d": _iso(e.due_at),
        "m": e.memory,
        "g": _iso(e.goal_met_at),
        "h": _iso(e.second_goal_met_at),
        "l": None if e.left is None else now.isoformat(),
        "x": "" if e.left is None else e.left.value,
    }


def _comparable(value: Any) -> bytes:
    """Equal bytes for equal values; the other way round not always, which only costs a line more."""
    try:
        return marshal.dumps(value, _COMPARABLE)
    except ValueError:  # of a class of its own, such as an enum's member
        return json.dumps(dict(value)).encode()


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _trace(all_effects: Sequence[Effects], now: datetime) -> None:
    """Lines of text for COPY: what records have in common is written out once."""
    at = now.isoformat()
    known: dict[Hashable, str] = {}
    ends: dict[int, list[str]] = {}
    lines: list[str] = []
    for e in all_effects:
        s, pattern = e.snapshot, id(e.pattern or e)
        if pattern not in ends:
            ends[pattern] = [_end(r, at, known) for r in e.records]
        lines += [f"{s.enrollment_id}\t{s.campaign_id}\t{s.person_id}\t{end}" for end in ends[pattern]]
    if not lines:
        return
    with raw_cursor() as cursor, cursor.copy(_TRACE) as copy:
        copy.write("".join(lines))


def _end(r: Record, at: str, known: dict[Hashable, str]) -> str:
    """A line of the trace from the step on; `known`: those written out before."""
    key = (r.step, r.round, r.outcome, r.reason, _comparable(r.detail) if r.detail else b"")
    if key not in known:
        detail = json.dumps(dict(r.detail)) if r.detail else _EMPTY
        known[key] = copy_line((r.step, r.round, r.outcome, r.reason[:60], detail, at))
    return known[key]


def _withdraw(all_effects: Sequence[Effects], by: Actor, now: datetime) -> None:
    by_reason: dict[str, list[int]] = {}
    campaigns = {e.snapshot.campaign_id for e in all_effects}
    for e in all_effects:
        if e.withdraw:
            reason = e.left.value if e.left is not None else "moved"
            by_reason.setdefault(reason, []).append(e.snapshot.enrollment_id)
    for reason, ids in sorted(by_reason.items()):
        cancel_messages(sorted(ids), reason, campaign_ids=campaigns, by=by, now=now)
        if reason != LeaveReason.BOOKED:  # the desk ends those itself, but for what the booking agent has in hand
            close_tasks(sorted(ids), reason, by=by, now=now)


def _queue(
    decided: Sequence[Decided], facts: Mapping[int, Facts], known: Mapping[int, PersonFacts], by: Actor, now: datetime
) -> None:
    wishes = [(standing, wish) for standing, effects in decided for wish in effects.messages]
    sendable = [(standing, wish) for standing, wish in wishes if wish.channel in standing.campaign.senders]
    models: dict[Hashable, NewMessage] = {}
    messages = [_message(standing, wish, models) for standing, wish in sendable]
    names = None
    if facts:
        people = (facts[message.person_id] for message in messages)
        names = {f.person.person_id: Named(f.given_name, f.family_name, f.language) for f in people}
    results = queue_messages(messages, by=by, now=now, facts=known, names=names)
    refused = [
        (standing.snapshot, wish, result.reason)
        for (standing, wish), result in zip(sendable, results, strict=True)
        if isinstance(result, NotQueued)
    ]
    if len(sendable) < len(wishes):  # a version moved to since the launch may use a channel nobody gave a sender
        refused += [(s.snapshot, wish, "no_sender") for s, wish in wishes if wish.channel not in s.campaign.senders]
    if not refused:
        return
    with connection.cursor() as cursor, cursor.copy(_TRACE) as copy:
        for s, wish, reason in refused:
            detail = json.dumps({"channel": wish.channel})
            copy.write_row(
                (s.enrollment_id, s.campaign_id, s.person_id, wish.step, wish.round, "not_queued", reason, detail, now)
            )


def _message(standing: Standing, wish: MessageWish, models: dict[Hashable, NewMessage]) -> NewMessage:
    """The message wished for; one that differs from an earlier of `models` in ids only is made from that."""
    snapshot = standing.snapshot
    alike = (snapshot.campaign_id, id(standing.playbook), wish[:5], wish[6:])
    model = models.get(alike)
    if model is None:
        model = models[alike] = _model(standing, wish)
    key = enrollment_key(snapshot.enrollment_id, wish.step, wish.round)
    return NewMessage(
        key, snapshot.person_id, *model[2:11], wish.contact_point_id, *model[12:17], snapshot.enrollment_id,
        *model[18:],
    )  # fmt: skip


def _model(standing: Standing, wish: MessageWish) -> NewMessage:
    snapshot, playbook = standing.snapshot, standing.playbook
    return NewMessage(
        dedupe_key="",
        person_id=snapshot.person_id,
        channel=Channel(wish.channel),
        purpose=Purpose(wish.purpose),
        sender_id=standing.campaign.senders[wish.channel],
        template_key=playbook.template_key(wish.template),
        contact_point_id=wish.contact_point_id,
        expires_at=wish.expires_at,
        requested_at=wish.requested_at,
        hipaa_class=playbook.hipaa_class,
        campaign_id=snapshot.campaign_id,
        enrollment_id=snapshot.enrollment_id,
        step=wish.step,
        variant=wish.variant,
    )


def _open(decided: Sequence[Decided], facts: Mapping[int, PersonFacts], by: Actor, now: datetime) -> None:
    tasks = []
    for standing, effects in decided:
        for wish in effects.tasks:
            if standing.campaign.queue_id is None:
                raise ValueError("a campaign with calls needs a queue")  # launch refuses this
            snapshot = standing.snapshot
            tasks.append(
                NewTask(
                    person_id=snapshot.person_id,
                    queue_id=standing.campaign.queue_id,
                    campaign_id=snapshot.campaign_id,
                    enrollment_id=snapshot.enrollment_id,
                    step=wish.step,
                    round=wish.round,
                    script_key=standing.playbook.template_key(wish.script),
                    purpose=standing.playbook.tcpa_class,
                    hipaa_class=standing.playbook.hipaa_class,
                    value=wish.value,
                    due_at=wish.due_at,
                    callback_at=wish.callback_at,
                    max_attempts=wish.max_attempts,
                    days_between=wish.days_between,
                    overrides=wish.overrides,
                    skips_booked=bool(standing.playbook.entry.no_appointment_within_days),
                    text_sender_id=standing.campaign.senders.get("sms"),
                )
            )
    known = {t.person_id: facts[t.person_id] for t in tasks if t.person_id in facts}
    open_tasks(tasks, by=by, now=now, facts=known if len(known) == len({t.person_id for t in tasks}) else None)


def _left_event(effects: Effects) -> NewEvent:
    snapshot = effects.snapshot
    assert effects.left is not None
    data = {"campaign_id": snapshot.campaign_id, "reason": effects.left.value, "step": effects.step}
    return NewEvent("campaign.left", snapshot.person_id, snapshot.enrollment_id, data)


def _count(all_effects: Sequence[Effects]) -> None:
    counts: Counter[tuple[int, str]] = Counter()
    alike = {(e.snapshot.campaign_id, id(e.pattern or e)): e for e in all_effects}
    times = Counter([(e.snapshot.campaign_id, id(e.pattern or e)) for e in all_effects])
    for which, e in alike.items():
        campaign, number = e.snapshot.campaign_id, times[which]
        for r in e.records:
            counts[campaign, f"step.{r.step}.{r.outcome}"] += number
        for message in e.messages:
            counts[campaign, f"sent.{message.channel}"] += number
        _count_standing(counts, e, number)
    add_counts(counts)


def _count_standing(counts: Counter[tuple[int, str]], e: Effects, number: int) -> None:
    campaign, before = e.snapshot.campaign_id, e.snapshot
    if e.left is not None:
        counts[campaign, f"left.{e.left.value}"] += number
    if before.left:  # it had left and is open again
        counts[campaign, f"left.{before.left}"] -= number
    for name, was, is_now in (
        ("goal_met", before.goal_met_at, e.goal_met_at),
        ("second_goal_met", before.second_goal_met_at, e.second_goal_met_at),
    ):
        counts[campaign, name] += number * ((is_now is not None) - (was is not None))


def add_counts(counts: Counter[tuple[int, str]]) -> None:
    """Write changes of counters, (campaign id, name) -> amount."""
    rows = [(campaign, name, amount) for (campaign, name), amount in sorted(counts.items()) if amount]
    if not rows:
        return
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_campaigncount (campaign_id, name, amount) "
            "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::int[])",
            columns,
        )
