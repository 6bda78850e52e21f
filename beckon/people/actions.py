"""Changes to people and their numbers, made by staff, agents and the packages above. Imports are in importing/.

Every action runs inside the caller's org_scope, takes batches, and locks rows in id order.
"""

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import connection

from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.events.actions import record_events
from beckon.core.events.registry import NewEvent
from beckon.people.models import ContactKind, ContactPoint, Import, ImportStatus, LineType, Number, Person
from beckon.people.normal.addresses import PostalAddress, is_usable, postal_key
from beckon.people.normal.phones import reversed_digits
from beckon.people.places.tables import STATED

KEPT_CONTACTS = 10

_LOCKED = "WITH locked AS MATERIALIZED (SELECT id FROM people_person WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)"
_RECORD_CONTACTS = f"""
{_LOCKED}, incoming AS MATERIALIZED (
    SELECT person_id, array_agg(at ORDER BY at) AS ats
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS given(person_id, at) GROUP BY person_id
)
UPDATE people_person p
   SET recent_contacts = (SELECT array_agg(at ORDER BY at)
                            FROM (SELECT at FROM unnest(p.recent_contacts || i.ats) AS at
                                   ORDER BY at DESC LIMIT {KEPT_CONTACTS}) AS kept)
  FROM locked, incoming i WHERE p.id = locked.id AND i.person_id = p.id
"""
_RECORD_ATTEMPTS = f"""
{_LOCKED}, incoming AS MATERIALIZED (
    SELECT person_id, max(at) AS at, count(*) AS calls
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS given(person_id, at) GROUP BY person_id
)
UPDATE people_person p SET last_call_at = greatest(p.last_call_at, i.at), call_attempts = p.call_attempts + i.calls
  FROM locked, incoming i WHERE p.id = locked.id AND i.person_id = p.id
"""
_TOUCH_APPOINTMENTS = f"""
{_LOCKED}, incoming AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::timestamptz[])
               AS given(person_id, next_at, last_at, outcome, encounter_at)
)
UPDATE people_person p
   SET next_appointment_at = i.next_at,
       last_appointment_at = coalesce(i.last_at, p.last_appointment_at),
       last_appointment_outcome = CASE WHEN i.last_at IS NULL THEN p.last_appointment_outcome ELSE i.outcome END,
       last_encounter_at = greatest(p.last_encounter_at, i.encounter_at)
  FROM locked, incoming i WHERE p.id = locked.id AND i.person_id = p.id
"""


@dataclass(frozen=True)
class AppointmentFacts:
    """The appointment columns of a person as they now stand. `next_at` None: none is booked any more.

    `last_at` None leaves the last appointment as it was; `encounter_at` only ever moves forward.
    """

    person_id: int
    next_at: datetime | None
    last_at: datetime | None = None
    outcome: str = ""
    encounter_at: datetime | None = None


@dataclass(frozen=True)
class AddedNumber:
    """The number and contact point that `add_phone` made or found."""

    number_id: int
    contact_point_id: int


def record_contacts(pairs: Sequence[tuple[int, datetime]]) -> None:
    """Append outgoing contacts (person id, when) of any channel; the last ten of each person are kept."""
    _run_pairs(_RECORD_CONTACTS, pairs)


def record_call_attempts(pairs: Sequence[tuple[int, datetime]]) -> None:
    """Count call attempts by agents (person id, when). Call `record_contacts` as well: an attempt is a contact."""
    _run_pairs(_RECORD_ATTEMPTS, pairs)


def take_back_call_attempts(pairs: Sequence[tuple[int, datetime]]) -> None:
    """Undo `record_call_attempts` and `record_contacts` of the same pairs, for an undone disposition."""
    with connection.cursor() as cursor:
        ids = [person for person, _ in pairs]
        cursor.execute(
            f"{_LOCKED}, incoming AS MATERIALIZED ("
            "SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]) AS given(person_id, at)) "
            "UPDATE people_person p SET call_attempts = greatest(0, p.call_attempts - 1), "
            "last_call_at = nullif(p.last_call_at, i.at), recent_contacts = array_remove(p.recent_contacts, i.at) "
            "FROM locked, incoming i WHERE p.id = locked.id AND i.person_id = p.id",
            [ids, ids, [at for _, at in pairs]],
        )


def touch_appointments(facts: Sequence[AppointmentFacts]) -> None:
    """Write the appointment columns of people; one entry per person."""
    if not facts:
        return
    ids = [fact.person_id for fact in facts]
    with connection.cursor() as cursor:
        cursor.execute(
            _TOUCH_APPOINTMENTS,
            [
                ids,
                ids,
                [f.next_at for f in facts],
                [f.last_at for f in facts],
                [f.outcome for f in facts],
                [f.encounter_at for f in facts],
            ],
        )


def mark_deceased(person_ids: Sequence[int], *, by: Actor, now: datetime) -> list[int]:
    """Record that people have died; returns those for whom it was news. Nobody contacts them again."""
    news = list(
        Person.objects.select_for_update()
        .filter(pk__in=person_ids, deceased_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if news:
        Person.objects.filter(pk__in=news).update(deceased_at=now, updated_at=now)
        record_audit(action="person.marked_deceased", object_kind="person", object_ids=news, by=by, now=now)
        record_events([NewEvent("person.deceased", person) for person in news], by=by, now=now)
    return news


def mark_do_not_contact(person_ids: Sequence[int], *, by: Actor, now: datetime) -> list[int]:
    """Set the do-not-contact mark; returns those for whom it was news. The ledger entry is the consent package's."""
    news = list(
        Person.objects.select_for_update()
        .filter(pk__in=person_ids, do_not_contact_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if news:
        Person.objects.filter(pk__in=news).update(do_not_contact_at=now, updated_at=now)
        record_audit(action="person.marked_do_not_contact", object_kind="person", object_ids=news, by=by, now=now)
    return news


def mark_number_dead(number_ids: Sequence[int], reason: str, *, by: Actor, now: datetime) -> list[int]:
    """Retire numbers (disconnected, undeliverable) for everyone who has them; returns those for which it was news.

    Records `number.dead` once per number and person, subject the number.
    """
    news = list(
        Number.objects.select_for_update()
        .filter(pk__in=number_ids, dead_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if news:
        Number.objects.filter(pk__in=news).update(dead_at=now, dead_reason=reason[:40])
        record_audit(
            action="number.marked_dead",
            object_kind="number",
            object_ids=news,
            by=by,
            now=now,
            detail={"reason": reason},
        )
        record_events(_number_events("number.dead", news, {"reason": reason}), by=by, now=now)
    return news


def record_line_types(found: Sequence[tuple[int, LineType]], *, by: Actor, now: datetime) -> list[int]:
    """Remember looked-up line types (number id, type); returns the numbers whose type changed.

    A look-up outranks what a file said. Records `number.line_type_changed` per person.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH locked AS MATERIALIZED (SELECT id, line_type AS was FROM people_number WHERE id = ANY(%s) "
            "ORDER BY id FOR UPDATE), "
            "incoming AS MATERIALIZED (SELECT * FROM unnest(%s::bigint[], %s::text[]) AS given(id, line_type)) "
            "UPDATE people_number n SET line_type = i.line_type, line_type_source = 'lookup' "
            "FROM locked, incoming i WHERE n.id = locked.id AND n.id = i.id RETURNING n.id, locked.was <> i.line_type",
            [[n for n, _ in found], [n for n, _ in found], [kind.value for _, kind in found]],
        )
        changed = sorted(number for number, is_new in cursor.fetchall() if is_new)
    record_events(_number_events("number.line_type_changed", changed, {}), by=by, now=now)
    return changed


def end_contact_points(ids: Sequence[int], reason: str, *, by: Actor, now: datetime) -> int:
    """End people's links to numbers (wrong_person, replaced, retired); the numbers stay for their other users."""
    ended = list(
        ContactPoint.objects.select_for_update()
        .filter(pk__in=ids, ended_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if ended:
        ContactPoint.objects.filter(pk__in=ended).update(ended_at=now, ended_reason=reason)
        record_audit(
            action="contact_point.ended",
            object_kind="contact_point",
            object_ids=ended,
            by=by,
            now=now,
            detail={"reason": reason},
        )
    return len(ended)


def add_phone(
    person_id: int, number: str, *, line_type: LineType = LineType.UNKNOWN, use: str = "", by: Actor, now: datetime
) -> AddedNumber:
    """Link a phone number (E.164) to a person, tried first from now on; makes the number when it is new."""
    row, _ = Number.objects.get_or_create(
        kind=ContactKind.PHONE,
        value=number,
        defaults={
            "reversed_digits": reversed_digits(number),
            "line_type": line_type,
            "line_type_source": "stated" if line_type != LineType.UNKNOWN else "",
        },
    )
    if row.line_type == LineType.UNKNOWN and line_type != LineType.UNKNOWN:
        Number.objects.filter(pk=row.pk).update(line_type=line_type, line_type_source="stated")
    point, _ = ContactPoint.objects.update_or_create(
        person_id=person_id,
        number=row,
        defaults={"kind": ContactKind.PHONE, "use": use, "rank": 0, "ended_at": None, "ended_reason": ""},
    )
    record_audit(
        action="contact_point.added",
        object_kind="contact_point",
        object_ids=[point.pk],
        by=by,
        now=now,
        detail={"person": person_id},
    )
    return AddedNumber(row.pk, point.pk)


def add_email(person_id: int, address: str, *, by: Actor, now: datetime) -> AddedNumber:
    """Link an e-mail address (small letters, as `normal.values.read_email` gives it) to a person, tried first."""
    row, _ = Number.objects.get_or_create(kind=ContactKind.EMAIL, value=address)
    point, _ = ContactPoint.objects.update_or_create(
        person_id=person_id,
        number=row,
        defaults={"kind": ContactKind.EMAIL, "use": "", "rank": 0, "ended_at": None, "ended_reason": ""},
    )
    record_audit(
        action="contact_point.added",
        object_kind="contact_point",
        object_ids=[point.pk],
        by=by,
        now=now,
        detail={"person": person_id},
    )
    return AddedNumber(row.pk, point.pk)


def add_postal(person_id: int, address: PostalAddress, *, by: Actor, now: datetime) -> AddedNumber:
    """Link a postal address to a person, tried first from now on. Raises ValueError where no letter could arrive."""
    if not is_usable(address.line1, address.city, address.state, address.postal_code):
        raise ValueError("a letter needs a street, and a ZIP or a city with its state")
    row, _ = Number.objects.get_or_create(
        kind=ContactKind.POSTAL, value=postal_key(*astuple(address)), defaults={"postal": asdict(address)}
    )
    point, _ = ContactPoint.objects.update_or_create(
        person_id=person_id,
        number=row,
        defaults={"kind": ContactKind.POSTAL, "use": "home", "rank": 0, "ended_at": None, "ended_reason": ""},
    )
    record_audit(
        action="contact_point.added",
        object_kind="contact_point",
        object_ids=[point.pk],
        by=by,
        now=now,
        detail={"person": person_id},
    )
    return AddedNumber(row.pk, point.pk)


def set_preferences(
    person_id: int,
    *,
    channel: str | None = None,
    hour: int | None = None,
    clears_hour: bool = False,
    language: str | None = None,
    time_zone: str | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """What the person asked for: channel, local hour (0-23), language, the zone they live in (IANA name).

    None leaves a preference as it is; `clears_hour`: any hour will do from now on. A zone set here stands against
    ZIP, area code and files (ADR 0006).
    Raises ValueError for an hour that no clock has and for a zone that is none.
    """
    if hour is not None and not 0 <= hour <= 23:
        raise ValueError("an hour is 0 to 23")
    if time_zone and time_zone not in available_timezones():
        raise ValueError(f"{time_zone!r} is no time zone")
    given: dict[str, Any] = {"preferred_channel": channel, "preferred_hour": hour, "language": language}
    if time_zone is not None:
        given |= {"time_zone": time_zone, "time_zone_source": STATED if time_zone else ""}
    changes = {name: value for name, value in given.items() if value is not None}
    if clears_hour:
        changes["preferred_hour"] = None
    Person.objects.filter(pk=person_id).update(**changes, updated_at=now)
    record_audit(
        action="person.preferences_set", object_kind="person", object_ids=[person_id], by=by, now=now, detail=changes
    )


def withdraw_import(import_id: int, *, now: datetime) -> bool:
    """Take back an import that no worker has begun; False when it is too late for that."""
    waiting = Import.objects.filter(pk=import_id, status=ImportStatus.READY)
    return waiting.update(status=ImportStatus.CANCELLED, ended_at=now) == 1


def reopen_import(import_id: int) -> bool:
    """Let an import that was stopped or failed go on where it was; False for any other."""
    stopped = Import.objects.filter(pk=import_id, status__in=(ImportStatus.CANCELLED, ImportStatus.FAILED))
    return stopped.exclude(stored_path="").update(status=ImportStatus.READY, ended_at=None, error="") == 1


def _run_pairs(statement: str, pairs: Sequence[tuple[int, datetime]]) -> None:
    if pairs:
        ids = [person for person, _ in pairs]
        with connection.cursor() as cursor:
            cursor.execute(statement, [ids, ids, [at for _, at in pairs]])


def _number_events(kind: str, number_ids: Sequence[int], data: dict[str, str]) -> list[NewEvent]:
    links = (
        ContactPoint.objects.filter(number_id__in=number_ids, ended_at=None)
        .order_by("number_id", "person_id")
        .values_list("person_id", "number_id")
    )
    return [NewEvent(kind, person, number, dict(data)) for person, number in links]
