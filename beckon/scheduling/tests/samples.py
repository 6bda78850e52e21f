"""Sample practice for the tests of scheduling and the desk."""

from datetime import datetime

from beckon.people.models import Person
from beckon.scheduling.models import Clinician, Location, VisitType

WEEK = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def make_person(now: datetime, **fields: object) -> Person:
    """A person in New York without a telephone."""
    given = {
        "given_name": "Ada",
        "family_name": "Sample",
        "name_key": "sample|ada",
        "state": "NY",
        "time_zone": "America/New_York",
        "origin": "own",
        "created_at": now,
        "updated_at": now,
    }
    return Person.objects.create(**(given | fields))


def make_clinician(zone: str = "America/New_York", **fields: object) -> Clinician:
    """A clinician with office hours, in a location of their own."""
    location = Location.objects.create(name=f"Site {Location.objects.count()}", time_zone=zone)
    return Clinician.objects.create(**({"name": "Dr Sample", "location": location, "weekly_hours": WEEK} | fields))


def make_visit_type(**fields: object) -> VisitType:
    """A visit of half an hour."""
    return VisitType.objects.create(**({"name": f"Visit {VisitType.objects.count()}", "minutes": 30} | fields))
