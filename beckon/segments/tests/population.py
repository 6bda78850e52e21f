"""A small population full of edges: exactly on the boundary, not known, empty, leap days, signs that LIKE minds."""

from datetime import date, datetime, timedelta
from random import Random

from beckon.core.events.models import Event
from beckon.people.models import Person, PersonIdentifier
from beckon.segments.tests.naive import Someone
from beckon.segments.tests.sample_fields import KINDS, LADDER, SEXES, SYSTEMS

FAMILIES = ("", "Ibarra", "Ib", "50%_off", "50", "O'Brien\\", "ñandú")
DAYS = (0, 1, 28, 30, 365)
BIRTHS = (
    None,
    date(2004, 2, 29),
    date(2005, 2, 28),
    date(2005, 3, 1),
    date(2008, 11, 16),
    date(2008, 11, 17),
    date(2005, 11, 15),
    date(2005, 11, 16),
    date(1950, 6, 1),
    date(2026, 11, 16),
)
IDENTIFIERS = ("A1", "A2", "%")


def make_people(now: datetime, *, number: int, seed: int) -> list[Someone]:
    """Write the people into the open organization and return them as the oracle sees them."""
    draw = Random(seed)
    everyone = [_write(draw, now) for _ in range(number)]
    for one in everyone:
        PersonIdentifier.objects.bulk_create(
            [
                PersonIdentifier(person_id=one.id, system=system, value=f"{value}:{one.id}")
                for system, value in one.identifiers
            ]
        )
        Event.objects.bulk_create(
            [
                Event(at=at, recorded_at=at, kind=kind, person_id=one.id, actor="system:beckon")
                for kind, at in one.events
            ]
        )
    return everyone


def _moment(draw: Random, now: datetime) -> datetime:
    edge = timedelta(days=draw.choice(DAYS)) * draw.choice((-1, 1))
    return now + edge + timedelta(microseconds=draw.choice((-1, 0, 0, 1)))


def _write(draw: Random, now: datetime) -> Someone:
    moments = [_moment(draw, now) if draw.random() < 0.7 else None for _ in range(2)]
    past = sorted(at for at in (_moment(draw, now) for _ in range(draw.randrange(8))) if at <= now)
    one = Someone(
        id=0,
        family=draw.choice(FAMILIES),
        sex=draw.choice(("", *SEXES)),
        consent=draw.choice(("", *LADDER)),
        tries=draw.randrange(5),
        hour=draw.choice((None, 0, 11, 12, 18)),
        do_not_contact=draw.random() < 0.2,
        last_visit=moments[0],
        next_visit=moments[1],
        born=draw.choice(BIRTHS),
        contacts=past,
        retired=draw.random() < 0.1,
        merged=draw.random() < 0.1,
        identifiers=sorted({(draw.choice(SYSTEMS), draw.choice(IDENTIFIERS)) for _ in range(draw.randrange(3))}),
        events=[(draw.choice(KINDS), _moment(draw, now)) for _ in range(draw.randrange(6))],
    )
    one.id = Person.objects.create(
        family_name=one.family,
        sex=one.sex,
        preferred_channel=one.consent,
        call_attempts=one.tries,
        preferred_hour=one.hour,
        do_not_contact_at=now if one.do_not_contact else None,
        last_encounter_at=one.last_visit,
        next_appointment_at=one.next_visit,
        birth_date=one.born,
        recent_contacts=one.contacts,
        retired_at=now if one.retired else None,
        merged_into=1 if one.merged else None,
        name_key="",
        origin="own",
        created_at=now,
        updated_at=now,
    ).pk
    return one
