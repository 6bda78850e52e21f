"""A practice with a few people and staff of every role, signed in, for the tests of the pages about people."""

from datetime import date, datetime

from django.test import Client

from beckon.consent.actions import Grant, record_consent
from beckon.consent.facts import Basis
from beckon.core.actors import SYSTEM
from beckon.core.models import Membership, Organization, Role, User
from beckon.people.actions import add_phone
from beckon.people.models import Import, LineType, Person, PersonIdentifier, Source
from beckon.people.normal.names import fold

PEOPLE = "/o/test/people/"


def make_people(now: datetime) -> None:
    """Ana and Luis, a household of Boston with a shared landline; Rosa of Miami. Ana agreed to texts in writing."""
    source = Source.objects.create(name="s", origin="own", created_at=now)
    taken = Import.objects.create(source=source, file_name="people.csv", status="done", by=SYSTEM.key, at=now)
    ana = _person("Ana", "Ruíz", date(1987, 7, 14), "MA", "02115", "es", "A-77", taken, now)
    luis = _person("Luis", "Ruíz", date(1985, 1, 2), "MA", "02115", "en", "A-78", taken, now)
    rosa = _person("Rosa", "Gil Paz", date(1990, 3, 3), "FL", "33130", "es", "A-79", taken, now)
    home, mobile = LineType.LANDLINE, LineType.MOBILE
    for person, number, line in (
        (ana, "+16175550102", home),
        (luis, "+16175550102", home),
        (rosa, "+13055550133", home),
        (ana, "+16175550101", mobile),
        (luis, "+16175550111", mobile),
    ):
        add_phone(person.pk, number, line_type=line, by=SYSTEM, now=now)
    record_consent([Grant(ana.pk, "sms", Basis.WRITTEN, "Form 7, drawer 2")], by=SYSTEM, now=now)


def _person(
    given: str,
    family: str,
    born: date,
    state: str,
    zip_code: str,
    language: str,
    number: str,
    taken: Import,
    now: datetime,
) -> Person:
    key = f"{fold(family)}|{fold(given)}"
    person = Person.objects.create(
        given_name=given,
        family_name=family,
        name_key=key,
        match_key=key,
        birth_date=born,
        state=state,
        postal_code=zip_code,
        time_zone="America/New_York",
        time_zone_source="zip",
        language=language,
        origin="own",
        source_id=taken.source_id,
        first_import_id=taken.pk,
        created_at=now,
        updated_at=now,
    )
    PersonIdentifier.objects.create(person=person, system="record:s", value=number)
    return person


def browser_of(org: Organization, role: Role) -> Client:
    """A member with this role, signed in."""
    user = User.objects.create_user(f"{role.value}@people.example.org", "a long password", name=f"Sample {role.value}")
    Membership.objects.create(user=user, organization=org, role=role)
    browser = Client()
    browser.force_login(user)
    return browser


def stranger() -> Client:
    """Somebody who is signed in and no member."""
    browser = Client()
    browser.force_login(User.objects.create_user("stranger@people.example.org", "a long password"))
    return browser


def named(given: str) -> Person:
    """The person with this given name."""
    return Person.objects.get(given_name=given)


def text_of(response: object) -> str:
    """The page as text."""
    content: bytes = getattr(response, "content")  # noqa: B009 - of any response
    return content.decode()
