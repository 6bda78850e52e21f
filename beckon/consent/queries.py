"""Reads for the consent gate: facts for thousands of people in three statements, and why one may not be reached."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from beckon.consent.facts import DEFAULT_POLICY, Ask, Basis, Channel, Entry, Mark, PersonFacts, Point, Policy, Purpose
from beckon.consent.law.hours import Place
from beckon.consent.models import ContactPolicy
from beckon.consent.rules import explain_contact
from beckon.consent.verdict import Finding
from beckon.consent.whereabouts import place_of
from beckon.core.bulk.cursor import id_array, raw_cursor
from beckon.core.bulk.settled import read_once

# In the order of PersonFacts' fields, with four columns of its place before the preferences; then the records merged
# into the person, whether anybody cares for them, and what the caller asked for.
_PEOPLE = """
SELECT id, merged_into IS NOT NULL, COALESCE(retired_at <= %s, false), deceased_at IS NOT NULL,
       do_not_contact_at IS NOT NULL, birth_date, state, postal_code, time_zone, time_zone_source,
       preferred_channel, preferred_hour, NULLIF(recent_contacts, '{{}}'), last_call_at,
       (SELECT string_agg(m.id::text, ',') FROM people_person m WHERE m.merged_into = p.id),
       EXISTS (SELECT 1 FROM people_relationship r WHERE r.person_id = p.id){columns}
  FROM people_person p
 WHERE id = ANY(%s::bigint[])
"""
_MORE = 16

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
_POINTS = """
SELECT c.id, c.number_id, c.person_id, c.kind, n.value, n.line_type, c.rank, n.dead_at IS NOT NULL,
       c.ended_at IS NOT NULL, false,
       CASE WHEN n.kind <> 'postal' THEN (
         SELECT string_agg(l.kind || '/' || l.channel, ',')
           FROM consent_suppressionentry e JOIN consent_suppressionlist l ON l.id = e.list_id
          WHERE e.value = n.value) END
  FROM people_contactpoint c
  JOIN people_number n ON n.id = c.number_id
 WHERE c.person_id = ANY(%s::bigint[]) AND (c.ended_at IS NULL OR c.ended_reason = 'wrong_person')
   AND (c.kind = ANY(%s::text[]) OR c.person_id = ANY(%s::bigint[]))
"""

_ENTRIES = """
SELECT id, person_id, number_id, channel, purpose, state, basis
  FROM consent_consententry WHERE person_id = ANY(%s::bigint[])
UNION
SELECT id, person_id, number_id, channel, purpose, state, basis
  FROM consent_consententry WHERE number_id = ANY(%s::bigint[])
"""

_ALL_KINDS = frozenset({"phone", "email", "postal"})


@read_once
def load_policy() -> Policy:
    """The organization's contact policy; the defaults where nobody has set one."""
    row = ContactPolicy.objects.filter(id=1).first()
    if row is None:
        return DEFAULT_POLICY
    return Policy(
        max_per_day=row.max_per_day,
        max_per_week=row.max_per_week,
        days_between_calls=row.days_between_calls,
        informational_hours=row.informational_hours,
        preferred_channel_only=row.preferred_channel_only,
        preferred_hour_span=row.preferred_hour_span,
        reply_minutes=row.reply_minutes,
        age_of_majority=row.age_of_majority,
        version=str(row.version),
        opt_out_channel=row.opt_out_channel,
        opt_out_purpose=row.opt_out_purpose,
        overrides=row.consent_overrides,
    )


def gather_facts(
    person_ids: Sequence[int], *, now: datetime, kinds: Collection[str] = _ALL_KINDS
) -> dict[int, PersonFacts]:
    """What the gate needs to know about each of these people, by id, in three statements whatever their number.

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
    people = _rows(sql, [now, id_array(person_ids)])
    survivors = {int(merged): row[0] for row in people if row[14] for merged in row[14].split(",")}
    themselves = {row[0] for row in people} | survivors.keys()
    guardians: list[_Row] = []
    if survivors or any(row[15] for row in people):
        guardians = [(survivors.get(row[0], row[0]), *row[1:]) for row in _rows(_GUARDIANS, [id_array(themselves)])]
    owners = themselves | {row[1] for row in guardians}
    known_kinds = "{" + ",".join(sorted(kinds)) + "}"
    points = _rows(_POINTS, [id_array(owners), known_kinds, id_array({row[1] for row in guardians})])
    if survivors:
        points = [(*row[:2], survivors.get(row[2], row[2]), *row[3:]) for row in points]
    homes: dict[int, _Home] = {row[1]: row[2:6] for row in guardians} | {row[0]: row[6:10] for row in people}
    by_owner = _points_by_owner(points, homes)
    entries = _entries(id_array(owners), id_array({row[1] for row in points}), survivors)
    wards: dict[int, list[int]] = {}
    for person_id, guardian_id, *_place in guardians:
        wards.setdefault(person_id, []).append(guardian_id)
    return [
        (_facts(row, place_of(*row[6:10]), by_owner, wards.get(row[0], []), entries), row[_MORE:]) for row in people
    ]


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
_Entries = tuple[Mapping[int, list[tuple[int, Entry]]], Mapping[int, list[tuple[int, Entry]]]]


def _rows(sql: str, parameters: list[Any]) -> list[_Row]:
    with raw_cursor() as cursor:
        return cursor.execute(sql, parameters, binary=True).fetchall()


_NOT_SUPPRESSED: frozenset[tuple[str, str]] = frozenset()
_MARKS = {mark.value: mark for mark in Mark}
_BASES = {basis.value: basis for basis in Basis} | {"": Basis.NONE}
_entry_id = itemgetter(0)


def _points_by_owner(rows: Iterable[_Row], homes: Mapping[int, _Home]) -> dict[int, list[Point]]:
    points: dict[int, list[Point]] = {}
    for row in rows:
        owner_id = row[2]
        place = place_of(*homes[owner_id], row[4] if row[3] == "phone" else "")
        suppressed = _suppressed(row[10]) if row[10] else _NOT_SUPPRESSED
        points.setdefault(owner_id, []).append(Point._make((*row[:10], place, suppressed)))
    return points


def _suppressed(lists: str) -> frozenset[tuple[str, str]]:
    """(kind, channel) of each list that names the address."""
    pairs = (each.partition("/") for each in lists.split(","))
    return frozenset((kind, channel) for kind, _slash, channel in pairs)


def _entries(owners: str, number_ids: str, survivors: Mapping[int, int]) -> _Entries:
    """Ledger entries by person and by number, each with its id so that they can be read in order."""
    by_person: dict[int, list[tuple[int, Entry]]] = {}
    by_number: dict[int, list[tuple[int, Entry]]] = {}
    for entry_id, named, number_id, channel, purpose, state, basis in _rows(_ENTRIES, [owners, number_ids]):
        person_id = survivors.get(named, named)
        entry = Entry(person_id, number_id, channel, purpose, _MARKS[state], _BASES[basis])
        if person_id is not None:
            by_person.setdefault(person_id, []).append((entry_id, entry))
        if number_id is not None:
            by_number.setdefault(number_id, []).append((entry_id, entry))
    return by_person, by_number


def _entries_for(owners: Sequence[int], points: Iterable[Point], entries: _Entries) -> tuple[Entry, ...]:
    by_person, by_number = entries
    if not by_number and len(owners) == 1:
        return tuple(entry for _id, entry in sorted(by_person.get(owners[0], ()), key=_entry_id))
    found: dict[int, Entry] = {}
    for owner_id in owners:
        found.update(by_person.get(owner_id, ()))
    for point in points:
        found.update(by_number.get(point.number_id, ()))
    return tuple(found[entry_id] for entry_id in sorted(found))


def _facts(
    row: _Row,
    home: Place,
    by_owner: Mapping[int, list[Point]],
    guardian_ids: list[int],
    entries: _Entries,
) -> PersonFacts:
    person_id = row[0]
    points = by_owner.get(person_id, [])
    if guardian_ids:
        points = list(points)
        for guardian_id in guardian_ids:
            points += [point._replace(is_guardian=True) for point in by_owner.get(guardian_id, ())]
    ledger = _entries_for([person_id, *guardian_ids], points, entries)
    recent_contacts = tuple(sorted(row[12])) if row[12] else ()
    return PersonFacts._make((*row[:6], home, tuple(points), ledger, *row[10:12], recent_contacts, row[13]))
