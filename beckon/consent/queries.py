"""Reads for the consent gate: facts for thousands of people in four statements, and why one may not be reached."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from beckon.consent.facts import DEFAULT_POLICY, Ask, Basis, Channel, Entry, Mark, PersonFacts, Point, Policy, Purpose
from beckon.consent.rules import explain_contact
from beckon.consent.verdict import Finding
from beckon.consent.whereabouts import place_of
from beckon.core.bulk.cursor import id_array, raw_cursor
from beckon.core.bulk.settled import read_once

# In the order of PersonFacts' fields, with four columns of its place before the preferences; then what the caller
# asked for.
_PEOPLE = """
SELECT id, merged_into IS NOT NULL, COALESCE(retired_at <= %s, false), deceased_at IS NOT NULL,
       do_not_contact_at IS NOT NULL, birth_date, state, postal_code, time_zone, time_zone_source,
       preferred_channel, preferred_hour, NULLIF(recent_contacts, '{{}}'), last_call_at{columns}
  FROM people_person p
 WHERE id = ANY(%s::bigint[])
"""
_MORE = 14

# (person, record merged into them), and (person, null) for whoever is cared for. Both indexes are small, and looking up
# all of a batch at once costs a tenth of asking for each person.
_OTHERS = """
SELECT merged_into, id FROM people_person WHERE merged_into = ANY(%s::bigint[])
 UNION ALL
SELECT person_id, NULL FROM people_relationship WHERE person_id = ANY(%s::bigint[])
"""

_GUARDIANS = """
SELECT r.person_id, r.caregiver_id, p.state, p.postal_code, p.time_zone, p.time_zone_source
  FROM people_relationship r
  JOIN people_person p ON p.id = r.caregiver_id
 WHERE r.person_id = ANY(%s::bigint[]) AND r.kind IN ('parent', 'guardian') AND r.may_be_contacted
   AND r.ended_at IS NULL
   AND p.merged_into IS NULL AND p.deceased_at IS NULL AND p.do_not_contact_at IS NULL
 ORDER BY r.person_id, r.id
"""

# In the order of Point's fields but the last two: of guardians whatever there is, of others the kinds asked for.
# LATERAL with OFFSET, so that numbers are looked up by id: a plan that reads all of them costs more for each batch.
_POINTS = """
SELECT c.id, c.number_id, c.person_id, c.kind, n.value, n.line_type, c.rank, n.is_dead, c.ended_at IS NOT NULL, false
  FROM people_contactpoint c
  JOIN LATERAL (SELECT value, line_type, dead_at IS NOT NULL AS is_dead
                  FROM people_number WHERE id = c.number_id OFFSET 0) n ON true
 WHERE c.person_id = ANY(%s::bigint[]) AND (c.ended_at IS NULL OR c.ended_reason = 'wrong_person')
   AND (c.kind = ANY(%s::text[]) OR c.person_id = ANY(%s::bigint[]))
"""

# The ledger by person, by number, and each suppression list that names the number: (from where, entry id, ...).
_LEDGER = """
SELECT 'p', id, person_id, number_id, channel, purpose, state, basis
  FROM consent_consententry WHERE person_id = ANY(%s::bigint[])
 UNION ALL
SELECT 'n', id, person_id, number_id, channel, purpose, state, basis
  FROM consent_consententry WHERE number_id = ANY(%s::bigint[])
 UNION ALL
SELECT 's', NULL, NULL, n.id, l.channel, l.kind, '', ''
  FROM people_number n
  JOIN consent_suppressionentry e ON e.value = n.value
  JOIN consent_suppressionlist l ON l.id = e.list_id
 WHERE n.id = ANY(%s::bigint[]) AND n.kind <> 'postal'
"""

# In the order of Policy's fields.
_POLICY = """
SELECT max_per_day, max_per_week, days_between_calls, informational_hours, preferred_channel_only, preferred_hour_span,
       reply_minutes, age_of_majority, version::text, opt_out_channel, opt_out_purpose, consent_overrides
  FROM consent_contactpolicy WHERE id = 1
"""

_ALL_KINDS = frozenset({"phone", "email", "postal"})


@read_once
def load_policy() -> Policy:
    """The organization's contact policy; the defaults where nobody has set one."""
    rows = _rows(_POLICY, [])
    return Policy(*rows[0]) if rows else DEFAULT_POLICY


def gather_facts(
    person_ids: Sequence[int], *, now: datetime, kinds: Collection[str] = _ALL_KINDS
) -> dict[int, PersonFacts]:
    """What the gate needs to know about each of these people, by id, in four statements whatever their number.

    Addresses and ledger of records merged into a person count as theirs. Ids nobody has are left out. `kinds` of
    address: for callers who will ask about no others. Takes no locks: a sender locks the people in id order first,
    and then asks this.
    """
    return {facts.person_id: facts for facts, _more in gather_facts_and(person_ids, (), now=now, kinds=kinds)}


def gather_facts_and(
    person_ids: Sequence[int], columns: Sequence[str], *, now: datetime, kinds: Collection[str] = _ALL_KINDS
) -> list[tuple[PersonFacts, tuple[Any, ...]]]:
    """The same with further columns of the person (names written in code, never from outside), read in passing."""
    sql = _PEOPLE.format(columns="".join(f", p.{column}" for column in columns))
    ids = id_array(person_ids)
    people = _rows(sql, [now, ids])
    others = _rows(_OTHERS, [ids, ids])
    survivors: dict[int, int] = {merged: person_id for person_id, merged in others if merged is not None}
    owners, guardians = ids, []
    if others:
        themselves = {row[0] for row in people} | survivors.keys()
        guardians = [(survivors.get(row[0], row[0]), *row[1:]) for row in _rows(_GUARDIANS, [id_array(themselves)])]
        owners = id_array(themselves.union(row[1] for row in guardians))
    known_kinds = "{" + ",".join(sorted(kinds)) + "}"
    points = _rows(_POINTS, [owners, known_kinds, id_array({row[1] for row in guardians})])
    if survivors:
        points = [(*row[:2], survivors.get(row[2], row[2]), *row[3:]) for row in points]
    ledger = _ledger(owners, id_array({row[1] for row in points}), survivors)
    homes: dict[int, _Home] = {row[1]: row[2:6] for row in guardians} | {row[0]: row[6:10] for row in people}
    by_owner = _points_by_owner(points, homes, ledger.lists)
    wards: dict[int, list[int]] = {}
    for person_id, guardian_id, *_place in guardians:
        wards.setdefault(person_id, []).append(guardian_id)
    return [(_facts(row, by_owner, wards.get(row[0], ()), ledger), row[_MORE:]) for row in people]


def explain(
    person_id: int, channel: Channel, purpose: Purpose, now: datetime, *, hipaa_class: str = "", category: str = ""
) -> list[Finding]:
    """Every check in its order with its outcome, for the person's page; empty for an id nobody has."""
    facts = gather_facts([person_id], now=now).get(person_id)
    if facts is None:
        return []
    ask = Ask(channel, purpose, hipaa_class=hipaa_class, category=category, requested_at=now)
    return explain_contact(facts, ask, now, load_policy())


_Row = tuple[Any, ...]
_Home = tuple[str, str, str, str]  # state, postal code, time zone and its source
_Lists = frozenset[tuple[str, str]]  # (kind, channel) of each suppression list that names an address


class _Ledger(NamedTuple):
    """Entries by person and by number, each with its id so that they can be read in order; lists by number."""

    by_person: dict[int, list[tuple[int, Entry]]]
    by_number: dict[int, list[tuple[int, Entry]]]
    lists: dict[int, _Lists]


def _rows(sql: str, parameters: list[Any]) -> list[_Row]:
    with raw_cursor() as cursor:
        return cursor.execute(sql, parameters, binary=True).fetchall()


_NOT_SUPPRESSED: _Lists = frozenset()
_MARKS = {mark.value: mark for mark in Mark}
_BASES = {basis.value: basis for basis in Basis} | {"": Basis.NONE}
_entry_id = itemgetter(0)


def _ledger(owners: str, number_ids: str, survivors: Mapping[int, int]) -> _Ledger:
    ledger = _Ledger({}, {}, {})
    rows = _rows(_LEDGER, [owners, number_ids, number_ids])
    for source, entry_id, named, number_id, channel, purpose, state, basis in rows:
        if source == "s":
            ledger.lists[number_id] = ledger.lists.get(number_id, _NOT_SUPPRESSED) | {(purpose, channel)}
            continue
        person_id = survivors.get(named, named)
        entry = Entry(person_id, number_id, channel, purpose, _MARKS[state], _BASES[basis])
        if source == "p":
            ledger.by_person.setdefault(person_id, []).append((entry_id, entry))
        else:
            ledger.by_number.setdefault(number_id, []).append((entry_id, entry))
    return ledger


def _points_by_owner(
    rows: Iterable[_Row], homes: Mapping[int, _Home], lists: Mapping[int, _Lists]
) -> dict[int, list[Point]]:
    points: dict[int, list[Point]] = {}
    for row in rows:
        owner_id = row[2]
        place = place_of(*homes[owner_id], row[4] if row[3] == "phone" else "")
        suppressed = lists.get(row[1], _NOT_SUPPRESSED) if lists else _NOT_SUPPRESSED
        points.setdefault(owner_id, []).append(Point._make((*row, place, suppressed)))
    return points


def _facts(row: _Row, by_owner: Mapping[int, list[Point]], guardian_ids: Sequence[int], ledger: _Ledger) -> PersonFacts:
    person_id = row[0]
    points = by_owner.get(person_id, [])
    if guardian_ids:
        points = list(points)
        for guardian_id in guardian_ids:
            points += [point._replace(is_guardian=True) for point in by_owner.get(guardian_id, ())]
    entries = _entries_for(person_id, guardian_ids, points, ledger)
    recent_contacts = tuple(sorted(row[12])) if row[12] else ()
    return PersonFacts._make(
        (*row[:6], place_of(*row[6:10]), tuple(points), entries, *row[10:12], recent_contacts, row[13])
    )


def _entries_for(
    person_id: int, guardian_ids: Sequence[int], points: Iterable[Point], ledger: _Ledger
) -> tuple[Entry, ...]:
    """Oldest first; what names both the person and a number of theirs counts once."""
    found = ledger.by_person.get(person_id, [])
    for guardian_id in guardian_ids:
        found = found + ledger.by_person.get(guardian_id, [])
    if ledger.by_number:
        for point in points:
            if point.number_id in ledger.by_number:
                found = found + ledger.by_number[point.number_id]
    if len(found) > 1:
        found = sorted(dict(found).items(), key=_entry_id)
    return tuple([entry for _id, entry in found])
