"""What the pages without log-in may know: a practice's name, and an address with most of it covered."""

from dataclasses import dataclass

from beckon.core.models import Organization
from beckon.people.models import ContactPoint, Person


@dataclass(frozen=True)
class Addressee:
    """Whom a link was sent to. `masked`: the address with all but its first letter and domain covered."""

    person_id: int
    number_id: int
    language: str
    masked: str


def organization_numbered(organization_id: int) -> Organization | None:
    """The organization with this id."""
    return Organization.objects.filter(pk=organization_id).first()


def addressee_of(person_id: int, number_id: int) -> Addressee | None:
    """The person and address of a link, where they belong together (also when the address has ended since)."""
    point = ContactPoint.objects.select_related("number").filter(person_id=person_id, number_id=number_id).first()
    language = Person.objects.filter(pk=person_id).values_list("language", flat=True).first()
    if point is None or language is None:
        return None
    name, at, domain = point.number.value.partition("@")
    masked = f"{name[:1]}•••{at}{domain}" if at else "•••"
    return Addressee(person_id, number_id, language if language in ("en", "es") else "en", masked)
