"""The next call for an agent: claim, check again, lease. Never two agents on one person.

Tasks are claimed with SKIP LOCKED, then their people are locked the same way, so asking never waits for anybody
and cannot deadlock. Leases run on the wall clock, everything else on domain time. Figures: ADR 0011.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from time import sleep
from typing import Any

from django.db import connection

from beckon.consent.facts import PersonFacts, Policy
from beckon.consent.law.hours import hours_at
from beckon.consent.queries import gather_facts, load_policy
from beckon.core import clock
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.bulk.cursor import id_array
from beckon.core.bulk.prepared import prepared_statements
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.desk.serving.eligibility import Candidate, Close, Hold, Serve, may_serve
from beckon.desk.serving.places import all_places, open_places, place_of_key
from beckon.desk.serving.showing import Claim, show
from beckon.desk.values import Served, WhyNow

LEASE = timedelta(minutes=15)
CALLBACK_GRACE = timedelta(minutes=30)
"""After that a callback promised by one agent is anybody's."""
_PROMOTED_AT_ONCE = 500
_SPARE = 3
_FIRST_WINDOW = 48
_LARGEST_WINDOW = 12_000
_PAUSES = (0.02, 0.05, 0.1, 0.2)
"""Seconds between tries while others look through all who are left: of a short list one asker locks everybody for a
moment to take one, and whoever asks in that moment would be told that nobody can be called."""

_PREPARE = """
WITH lapsed AS (
    UPDATE desk_calltask SET status = 'open', leased_by = '', leased_until = NULL, is_ready = true
     WHERE id IN (SELECT id FROM desk_calltask WHERE status = 'leased' AND leased_until < %(wall)s
                   FOR UPDATE SKIP LOCKED)
), promoted AS (
    UPDATE desk_calltask SET is_ready = true
     WHERE id IN (SELECT id FROM desk_calltask WHERE status = 'open' AND NOT is_ready AND due_at <= %(now)s
                   ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
)
SELECT id, person_id, number_id, leased_by, leased_until FROM desk_calltask
 WHERE status = 'leased' AND leased_until >= %(wall)s AND leased_by = ANY(%(agents)s) ORDER BY id
"""

_COLUMNS = """t.id, t.person_id, t.attempts, t.tried_hours, t.callback_at, t.callback_for, t.number_id, t.purpose,
       t.hipaa_class, t.skips_booked"""

_CALLBACKS = f"""
SELECT {_COLUMNS} FROM desk_calltask t
 WHERE t.status = 'open' AND t.is_ready AND t.callback_at <= %(now)s AND t.id <> ALL (%(passed)s)
   AND (t.callback_for = ANY (%(agents)s)
        OR t.queue_id = ANY (%(queues)s) AND (t.callback_for = '' OR t.callback_at < %(overdue)s))
 ORDER BY t.callback_for = ANY (%(agents)s) DESC, t.callback_at, t.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""

_HEAD = """
SELECT h.id, p.key FROM unnest(%(queues)s::bigint[]) q(id)
 CROSS JOIN LATERAL (
    SELECT r.id, r.place, r.value, r.attempts, r.due_at FROM desk_calltask r
     WHERE r.queue_id = q.id AND r.status = 'open' AND r.is_ready AND r.callback_at IS NULL
     ORDER BY r.value DESC, r.attempts, r.due_at, r.id LIMIT %(window)s
 ) h LEFT JOIN desk_callplace p ON p.id = h.place
 ORDER BY h.value DESC, h.attempts, h.due_at, h.id
"""

_LOCK_TASKS = f"""
SELECT {_COLUMNS} FROM desk_calltask t
 WHERE t.id = ANY (%(ids)s::bigint[]) AND t.status = 'open' AND t.is_ready AND t.callback_at IS NULL
 ORDER BY t.value DESC, t.attempts, t.due_at, t.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""

_READY = f"""
WITH best AS MATERIALIZED (
    SELECT c.id FROM unnest(%(queues)s::bigint[]) q(id)
     CROSS JOIN unnest(%(places)s::int[]) p(id)
     CROSS JOIN LATERAL (
        SELECT r.id, r.value, r.attempts, r.due_at FROM desk_calltask r
         WHERE r.queue_id = q.id AND r.place = p.id AND r.status = 'open' AND r.is_ready AND r.callback_at IS NULL
         ORDER BY r.value DESC, r.attempts, r.due_at, r.id LIMIT %(each)s
     ) c ORDER BY c.value DESC, c.attempts, c.due_at, c.id LIMIT %(window)s
)
SELECT {_COLUMNS} FROM desk_calltask t JOIN best ON best.id = t.id
 WHERE t.status = 'open' AND t.is_ready AND t.callback_at IS NULL AND t.id <> ALL (%(passed)s)
 ORDER BY t.value DESC, t.attempts, t.due_at, t.id LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED
"""

_MORE = """
SELECT EXISTS (
    SELECT 1 FROM desk_calltask t
     WHERE t.queue_id = ANY (%(queues)s) AND t.place = ANY (%(places)s) AND t.status = 'open' AND t.is_ready
       AND t.callback_at IS NULL AND t.id <> ALL (%(passed)s))
"""

_LOCK_PEOPLE = """
SELECT id, time_zone, preferred_hour,
       COALESCE(next_appointment_at > %(now)s AND next_appointment_at < %(now)s + make_interval(days => COALESCE(
           (SELECT appointment_exclusion_days FROM consent_contactpolicy WHERE id = 1), 28)), false)
  FROM people_person WHERE id = ANY(%(people)s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""

_LEASE = """
UPDATE desk_calltask t SET status = 'leased', is_ready = false, held_reason = '', leased_by = g.agent,
       last_agent = g.agent, leased_until = %s, number_id = g.number_id
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) g(id, agent, number_id) WHERE t.id = g.id
"""

_HOLD = """
UPDATE desk_calltask t SET is_ready = false, due_at = g.due_at, held_reason = g.reason
  FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) g(id, due_at, reason) WHERE t.id = g.id
"""

_CLOSE = """
UPDATE desk_calltask t SET status = 'closed', is_ready = false, closed_at = %s, closed_reason = g.reason
  FROM unnest(%s::bigint[], %s::text[]) g(id, reason) WHERE t.id = g.id
RETURNING t.id, t.person_id, t.enrollment_id, t.step, t.round, t.closed_reason
"""


@dataclass
class _Asking:
    """State of one request: what each agent still wants, what was passed over, what was decided."""

    wants: dict[str, int]
    passed: list[int]
    people: set[int]
    claims: list[Claim]
    holds: list[tuple[int, Hold]]
    closes: list[tuple[int, Close]]

    @property
    def missing(self) -> int:
        return sum(self.wants.values())


@dataclass(frozen=True)
class _Terms:
    """What stays the same during one request."""

    queues: list[int]
    policy: Policy
    now: datetime

    @cached_property
    def places(self) -> list[int]:
        """Every place where calling is lawful now: asked for only where the head of the lists is asleep."""
        return open_places(all_places(), self.now)


@prepared_statements()
def take_next(
    agents: Actor | Sequence[Actor],
    queue_ids: Sequence[int],
    *,
    by: Actor,
    now: datetime,
    limit: int = 1,
    wall_now: datetime | None = None,
    lease: timedelta = LEASE,
) -> list[Served]:
    """Up to `limit` people for each agent, leased for `lease` of wall time. What an agent already holds counts
    and is shown again, so asking twice gives the same person.

    Order: own callbacks due, callbacks for anyone, then value, fewest attempts, longest due; only where calling is
    lawful at the moment, at an hour not tried yet. Who may not be called is held or closed with the reason stored.
    """
    wall = wall_now or clock.wall_now()
    asking_agents = [agents] if isinstance(agents, Actor) else list(agents)
    by_key = {agent.key: agent for agent in asking_agents}
    held = _prepare(list(by_key), wall, now)
    asking = _Asking({k: max(0, limit - len(held.get(k, ()))) for k in by_key}, [], set(), [], [], [])
    terms = _terms(queue_ids, now)
    if asking.missing:
        _claim_callbacks(asking, terms)
        _claim_head(asking, terms)
        _claim_by_place(asking, terms)
    until = wall + lease
    _record(asking, until, by, now)
    claims = [c for claims in held.values() for c in claims] + asking.claims
    served = show(claims, by_key, until=until, now=now)
    if served:
        record_audit(
            action="call.served", object_kind="person", object_ids=[s.person_id for s in served], by=by, now=now
        )
    return served


def _terms(queue_ids: Sequence[int], now: datetime) -> _Terms:
    return _Terms(list(queue_ids), load_policy(), now)


def _prepare(agent_keys: list[str], wall: datetime, now: datetime) -> dict[str, list[Claim]]:
    """Bring back what vanished agents held, make ready what has become due; what these agents hold already."""
    with connection.cursor() as cursor:
        cursor.execute(_PREPARE, {"wall": wall, "now": now, "most": _PROMOTED_AT_ONCE, "agents": agent_keys})
        held: dict[str, list[Claim]] = {}
        for task_id, person_id, number_id, agent, until in cursor.fetchall():
            held.setdefault(agent, []).append(Claim(task_id, person_id, number_id, agent, WhyNow.STILL_YOURS, until))
    return held


def _claim_callbacks(asking: _Asking, terms: _Terms) -> None:
    while asking.missing:
        rows = _select(_CALLBACKS, asking, terms, limit=asking.missing + _SPARE)
        if not rows:
            return
        _decide(rows, asking, terms)


def _claim_head(asking: _Asking, terms: _Terms) -> None:
    """The best of the lists, whatever their place: most of the day somebody among them may be called."""
    while asking.missing and terms.queues:
        limit = asking.missing + _SPARE
        window = max(_FIRST_WINDOW, 4 * limit) + len(asking.passed)
        head = _select(_HEAD, asking, terms, window=window)
        open_ones = {key: hours_at(place_of_key(key or ""), terms.now).is_open for key in {row[1] for row in head}}
        ids = [task_id for task_id, key in head if open_ones[key] and task_id not in asking.passed]
        rows = _select(_LOCK_TASKS, asking, terms, ids=id_array(ids[: 4 * limit]), limit=limit) if ids else []
        if not rows:
            return
        _decide(rows, asking, terms)


def _claim_by_place(asking: _Asking, terms: _Terms) -> None:
    """The best of every place where calling is lawful: costs the same however many of the list are asleep."""
    window, pauses = _FIRST_WINDOW, list(_PAUSES)
    while asking.missing and terms.queues and terms.places:
        limit = asking.missing + _SPARE
        window = max(window, 4 * limit)
        each = max(4, 2 * window // (len(terms.places) * len(terms.queues)))
        wide = window + len(asking.passed)
        rows = _select(_READY, asking, terms, limit=limit, window=wide, each=each, places=terms.places)
        if rows:
            _decide(rows, asking, terms)
        elif not _is_more(asking, terms):
            return
        elif window < _LARGEST_WINDOW:
            window *= 8
        elif pauses:
            sleep(pauses.pop(0))
        else:
            return


def _is_more(asking: _Asking, terms: _Terms) -> bool:
    """Whether anybody is left beyond those passed over: an empty window may only mean that others hold its people."""
    with connection.cursor() as cursor:
        cursor.execute(_MORE, {"queues": terms.queues, "places": terms.places, "passed": asking.passed})
        return bool(cursor.fetchone()[0])


def _select(sql: str, asking: _Asking, terms: _Terms, **more: int | str | list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "now": terms.now,
                "overdue": terms.now - CALLBACK_GRACE,
                "agents": list(asking.wants),
                "queues": terms.queues,
                "passed": asking.passed,
                **more,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _decide(rows: list[tuple[Any, ...]], asking: _Asking, terms: _Terms) -> None:
    """Check a window of locked tasks and give the eligible ones out, in their order."""
    ids = [row[0] for row in rows]
    asking.passed += ids
    people = _lock_free_people(sorted({row[1] for row in rows} - asking.people), terms.now)
    facts = gather_facts(list(people), now=terms.now) if people else {}
    for row in rows:
        person = people.get(row[1])
        if person is None or row[1] in asking.people or not asking.missing:
            continue
        _settle(row, person, facts.get(row[1]), asking, terms)


def _settle(
    row: tuple[Any, ...], person: tuple[Any, ...], facts: PersonFacts | None, asking: _Asking, terms: _Terms
) -> None:
    task_id, person_id, attempts, tried, callback_at, callback_for, number_id, purpose, hipaa, skips = row
    candidate = Candidate(
        task_id,
        person_id,
        attempts,
        tuple(tried),
        callback_at is not None,
        number_id,
        purpose,
        hipaa,
        skips,
        person[1],
        person[2],
        person[3],
    )
    decision = may_serve(candidate, facts, terms.policy, terms.now)
    match decision:
        case Serve():
            agent = _agent_for(callback_for, asking)
            why = _why(candidate, callback_for, agent)
            asking.claims.append(Claim(task_id, person_id, decision.point.number_id, agent, why, facts=facts))
            asking.wants[agent] -= 1
            asking.people.add(person_id)
        case Hold():
            asking.holds.append((task_id, decision))
        case Close():
            asking.closes.append((task_id, decision))


def _agent_for(callback_for: str, asking: _Asking) -> str:
    """The agent who promised, else whoever still wants most; the first of equals."""
    if asking.wants.get(callback_for):
        return callback_for
    return max(asking.wants, key=lambda agent: asking.wants[agent])


def _why(candidate: Candidate, callback_for: str, agent: str) -> WhyNow:
    if candidate.is_callback:
        if callback_for == agent:
            return WhyNow.YOUR_CALLBACK
        return WhyNow.OVERDUE_CALLBACK if callback_for else WhyNow.CALLBACK
    return WhyNow.NEXT_ATTEMPT if candidate.attempts else WhyNow.FIRST_CALL


def _lock_free_people(person_ids: list[int], now: datetime) -> dict[int, tuple[Any, ...]]:
    """Lock those nobody else is busy with; leave out who is leased already. Read after the lock, so no race."""
    if not person_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PEOPLE, {"people": person_ids, "now": now})
        people = {row[0]: row for row in cursor.fetchall()}
        cursor.execute(
            "SELECT person_id FROM desk_calltask WHERE status = 'leased' AND person_id = ANY(%s)", [list(people)]
        )
        for (leased,) in cursor.fetchall():
            del people[leased]
    return people


def _record(asking: _Asking, until: datetime, by: Actor, now: datetime) -> None:
    with connection.cursor() as cursor:
        if asking.holds:
            cursor.execute(
                _HOLD,
                [[i for i, _ in asking.holds], [h.until for _, h in asking.holds], [h.reason for _, h in asking.holds]],
            )
        if asking.claims:
            asking.claims = [replace(claim, until=until) for claim in asking.claims]
            cursor.execute(
                _LEASE,
                [
                    until,
                    [c.task_id for c in asking.claims],
                    [c.agent for c in asking.claims],
                    [c.number_id for c in asking.claims],
                ],
            )
        if not asking.closes:
            return
        cursor.execute(_CLOSE, [now, [i for i, _ in asking.closes], [c.reason for _, c in asking.closes]])
        closed = cursor.fetchall()
    record_events([closed_event(*row) for row in sorted(closed)], by=by, now=now)


def closed_event(
    task_id: int, person_id: int, enrollment_id: int | None, step: str, round_: int, reason: str
) -> NewEvent:
    """The event of a task that was closed without a call."""
    data = {"enrollment_id": enrollment_id, "step": step, "round": round_, "reason": reason}
    return NewEvent("task.closed", person_id, task_id, data)
