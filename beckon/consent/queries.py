"""Reads for the consent gate: facts for thousands of people in six statements, and why somebody may not be reached."""

from collections.abc import Iterable, Mapping, Sequence
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

# In the order of PersonFacts' fields, with four columns of its place before the preferences.
_PEOPLE = """
SELECT id, merged_into IS NOT NULL, COALESCE(retired_at <= %s, false), deceased_at IS NOT NULL,
       do_not_contact_at IS NOT NULL, birth_date, state, postal_code, time_zone, time_zone_source,
       preferred_channel, preferred_hour, NULLIF(recent_contacts, '{}'), last_call_at
  FROM people_person
 WHERE id = ANY(%s::bigint[])
"""

_MERGED = """
SELECT id, merged_into FROM people_person WHERE merged_into IS NOT NULL AND merged_into = ANY(%s::bigint[])
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

# In the order of Point's fields.
_POINTS = """
SELECT c.id, c.number_id, c.person_id, c.kind, n.value, n.line_type, c.rank, n.dead_at IS NOT NULL,
       c.ended_at IS NOT NULL, false
  FROM people_contactpoint c
  JOIN people_number n ON n.id = c.number_id
 WHERE c.person_id = ANY(%s::bigint[]) AND (c.ended_at IS NULL OR c.ended_reason = 'wrong_person')
"""

_ENTRIES = """
SELECT id, person_id, number_id, channel, purpose, state, basis
  FROM consent_consententry WHERE person_id = ANY(%s::bigint[])
UNION
SELECT id, person_id, number_id, channel, purpose, state, basis
  FROM consent_consententry WHERE number_id = ANY(%s::bigint[])
"""

_SUPPRESSED = """
SELECT n.id, l.kind, l.channel
  FROM people_number n
  JOIN consent_suppressionentry e ON e.value = n.value
  JOIN consent_suppressionlist l ON l.id = e.list_id
 WHERE n.id = ANY(%s::bigint[]) AND n.kind <> 'postal'
"""


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


def gather_facts(person_ids: Sequence[int], *, now: datetime) -> dict[int, PersonFacts]:
    """What the gate needs to know about each of these people, by id, in six statements whatever their number.

    Addresses and ledger of records merged into a person count as theirs. Ids nobody has are left out. Takes no
    locks: a sender locks the people in id order first, and then asks this.
    """
    people = _rows(_PEOPLE, [now, id_array(person_ids)])
    survivors: dict[int, int] = dict(_rows(_MERGED, [id_array(row[0] for row in people)]))
    themselves = {row[0] for row in people} | survivors.keys()
    guardians = [(survivors.get(row[0], row[0]), *row[1:]) for row in _rows(_GUARDIANS, [id_array(themselves)])]
    owners = themselves | {row[1] for row in guardians}
    points = _rows(_POINTS, [id_array(owners)])
    if survivors:
        points = [(*row[:2], survivors.get(row[2], row[2]), *row[3:]) for row in points]
    homes: dict[int, _Home] = {row[1]: row[2:6] for row in guardians} | {row[0]: row[6:10] for row in people}
    number_ids = id_array({row[1] for row in points})
    by_owner = _points_by_owner(points, homes, _suppressions(number_ids))
    entries = _entries(id_array(owners), number_ids, survivors)
    wards: dict[int, list[int]] = {}
    for person_id, guardian_id, *_place in guardians:
        wards.setdefault(person_id, []).append(guardian_id)
    return {row[0]: _facts(row, place_of(*row[6:10]), by_owner, wards.get(row[0], []), entries) for row in people}


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


def _suppressions(number_ids: str) -> dict[int, frozenset[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for number_id, kind, channel in _rows(_SUPPRESSED, [number_ids]):
        found.setdefault(number_id, set()).add((kind, channel))
    return {number_id: frozenset(marks) for number_id, marks in found.items()}


_NOT_SUPPRESSED: frozenset[tuple[str, str]] = frozenset()
_MARKS = {mark.value: mark for mark in Mark}
_BASES = {basis.value: basis for basis in Basis} | {"": Basis.NONE}
_entry_id = itemgetter(0)


def _points_by_owner(
    rows: Iterable[_Row], homes: Mapping[int, _Home], suppressed: Mapping[int, frozenset[tuple[str, str]]]
) -> dict[int, list[Point]]:
    points: dict[int, list[Point]] = {}
    for row in rows:
        _point_id, number_id, owner_id, kind, value = row[:5]
        place = place_of(*homes[owner_id], value if kind == "phone" else "")
        point = Point._make((*row, place, suppressed.get(number_id, _NOT_SUPPRESSED)))
        points.setdefault(owner_id, []).append(point)
    return points


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
    points = list(by_owner.get(person_id, ()))
    for guardian_id in guardian_ids:
        points += [point._replace(is_guardian=True) for point in by_owner.get(guardian_id, ())]
    ledger = _entries_for([person_id, *guardian_ids], points, entries)
    recent_contacts = tuple(sorted(row[12])) if row[12] else ()
    return PersonFacts._make((*row[:6], home, tuple(points), ledger, *row[10:12], recent_contacts, row[13]))
