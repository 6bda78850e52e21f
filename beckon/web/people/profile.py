"""The head of every page about a person: who it is, where and when they are, and what may be done now. Never writes."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from beckon.consent.facts import Ask, Channel, PersonFacts, Policy, Purpose
from beckon.consent.queries import gather_facts, load_policy
from beckon.consent.reasons import sentence
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Allowed, Later, Refused, Verdict
from beckon.core.tenancy import current_organization
from beckon.people.models import Origin, Person
from beckon.people.queries import Card, CardPoint, person_card
from beckon.web.people.words import CHANNEL_ICONS, CHANNELS
from beckon.web.spoken import language

CLASS_OF_OWN = "operations"
"""HIPAA class of an ordinary message of a practice to its own patient; strangers' lists have none."""


@dataclass(frozen=True)
class Permit:
    """Whether a person may be reached over a channel now. `answer`: yes, later or no; later has `opens_at`."""

    channel: str
    name: str | Promise
    icon: str
    answer: str
    reason: str
    opens_at: datetime | None
    address: str
    contact_point_id: int | None

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {"yes": "good", "later": "warn", "no": "bad"}[self.answer]


@dataclass(frozen=True)
class Profile:
    """A person as the pages show them. `zone` is the person's, or the practice's where it is not known."""

    person: Person
    card: Card
    name: str
    age: int | None
    zone: str
    zone_is_known: bool
    permits: tuple[Permit, ...]
    facts: PersonFacts
    policy: Policy

    @property
    def everyone(self) -> list[int]:
        """The person's id and those of the records merged into them."""
        return [self.person.pk, *self.card.merged_from]

    @property
    def active_points(self) -> list[CardPoint]:
        """Contact points in use, best first."""
        return sorted((p for p in self.card.points if p.ended_at is None), key=lambda p: (p.kind, p.is_dead, p.rank))

    @property
    def ended_points(self) -> list[CardPoint]:
        """Contact points no longer in use."""
        return [p for p in self.card.points if p.ended_at is not None]

    @property
    def best_phone(self) -> str:
        """The phone tried first, "" where none is alive."""
        return next((p.value for p in self.active_points if p.kind == "phone" and not p.is_dead), "")


def profile_of(person_id: int, *, now: datetime) -> Profile:
    """The profile of a person, or of whom they were merged into. Raises Person.DoesNotExist."""
    card = person_card(person_id)
    person = card.person
    facts = gather_facts([person.pk], now=now)[person.pk]
    policy = load_policy()
    zone = person.time_zone or (next(iter(card.zones)) if len(card.zones) == 1 else "")
    shown = zone or current_organization().time_zone
    permits = tuple(permit(facts, channel, ask_about(person, channel), now, policy) for channel in Channel)
    born = person.birth_date
    today = now.astimezone(ZoneInfo(shown)).date()
    age = age_on(born, today) if born else None
    return Profile(person, card, card.name, age, shown, bool(zone), permits, facts, policy)


def ask_about(person: Person, channel: Channel, purpose: Purpose = Purpose.INFORMATIONAL) -> Ask:
    """An ordinary message about care to this person over `channel`."""
    return Ask(channel, purpose, hipaa_class=CLASS_OF_OWN if person.origin == Origin.OWN else "")


def permit(facts: PersonFacts, channel: Channel, ask: Ask, now: datetime, policy: Policy) -> Permit:
    """The gate's answer in words."""
    verdict = may_contact(facts, ask, now, policy)
    answer, reason, opens_at, point = _parts(verdict)
    named = (CHANNELS[channel], CHANNEL_ICONS[channel])
    found = next((p for p in facts.points if p.contact_point_id == point), None)
    address = found.value if found and found.kind != "postal" else ""
    return Permit(channel, *named, answer, reason, opens_at, address, point)


def _parts(verdict: Verdict) -> tuple[str, str, datetime | None, int | None]:
    spoken = language()
    match verdict:
        case Allowed(point=point):
            return "yes", "", None, point.contact_point_id
        case Later():
            point_id = verdict.point.contact_point_id if verdict.point else None
            return "later", sentence(verdict.reason, spoken), verdict.not_before, point_id
        case Refused():
            return "no", sentence(verdict.reason, spoken), None, None


def age_on(born: date, today: date) -> int:
    """Completed years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
