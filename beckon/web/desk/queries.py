"""What the desk's pages read over several packages: a fixed number of queries for one call. Never writes."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.core.cache import cache

from beckon.campaigns.models import Campaign
from beckon.core.actors import Actor
from beckon.core.staff.queries import list_members
from beckon.core.tenancy import current_organization
from beckon.desk.models import Call, CallTask, Disposition
from beckon.desk.outcomes.dispositions import stored_behaviours
from beckon.desk.queries import ListAge, calls_made, is_large, list_ages, why_empty
from beckon.desk.rules import AboutPerson, Behaviour, behaviour_of
from beckon.desk.values import EmptyList
from beckon.messaging.models import Message
from beckon.people.models import ContactPoint, Person, Relationship
from beckon.people.queries import full_name, likely_duplicates, search_people
from beckon.scheduling.models import Appointment, AppointmentStatus, Clinician, Location, VisitType
from beckon.web.desk.words import closed_words

HISTORY_SHOWN = 12
PAST_VISITS_SHOWN = 4


@dataclass(frozen=True)
class Choice:
    """A disposition as it stands for one task: its behaviour with the playbook's changes laid over it."""

    row: Disposition
    behaviour: Behaviour


@dataclass(frozen=True)
class Background:
    """What one call needs beside what was served."""

    person: Person
    task: CallTask | None
    form_number: int
    campaign: str
    purpose: Mapping[str, str]
    visits: Sequence[Appointment]
    calls: Sequence[Call]
    messages: Sequence[Message]
    caregivers: Sequence[Relationship]
    agents: Mapping[str, str]
    choices: Sequence[Choice]


def background(person_id: int, task_id: int | None, now: datetime) -> Background:
    """Everything a call's page shows beside the served person; eight queries, however long the history."""
    task = CallTask.objects.filter(pk=task_id).first() if task_id else None
    campaign = (
        Campaign.objects.select_related("playbook").filter(pk=task.campaign_id).first()
        if task and task.campaign_id
        else None
    )
    return Background(
        person=Person.objects.get(pk=person_id),
        task=task,
        form_number=calls_made(task_id, person_id) if task_id else 0,
        campaign=campaign.name if campaign else "",
        purpose=campaign.playbook.definition.get("purpose", {}) if campaign else {},
        visits=visits_of(person_id, now),
        calls=list(Call.objects.filter(person_id=person_id).order_by("-started_at", "-pk")[:HISTORY_SHOWN]),
        messages=list(Message.objects.filter(person_id=person_id).order_by("-pk")[:HISTORY_SHOWN]),
        caregivers=list(Relationship.objects.filter(person_id=person_id, ended_at=None).select_related("caregiver")),
        agents=staff_names(),
        choices=choices_for(task),
    )


def visits_of(person_id: int, now: datetime) -> list[Appointment]:
    """Those to come, soonest first, then the last few."""
    mine = Appointment.objects.filter(person_id=person_id).select_related("clinician", "location", "visit_type")
    rows = list(mine.exclude(status=AppointmentStatus.ENTERED_IN_ERROR).order_by("-starts_at")[:20])
    coming = [v for v in reversed(rows) if v.starts_at > now and v.status == AppointmentStatus.BOOKED]
    return coming + [v for v in rows if v not in coming][:PAST_VISITS_SHOWN]


def choices_for(task: CallTask | None) -> list[Choice]:
    """The dispositions in use, as they stand for a task."""
    overrides = task.overrides if task else {}
    rows = Disposition.objects.filter(is_active=True).order_by("position", "code")
    return [Choice(row, behaviour_of(row.behaviour, overrides.get(row.code))) for row in rows]


def staff_names() -> dict[str, str]:
    """Actor key -> name of everybody who works or has worked here; the e-mail where there is no name."""
    return {f"user:{m.user_id}": m.name or m.email for m in list_members(with_ended=True)}


def name_of(key: str, names: Mapping[str, str]) -> str:
    """The name behind an actor's key; a simulated agent is called by its own."""
    return names.get(key) or key.partition(":")[2]


def names_of_people(person_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Person -> name and time zone ("" unknown)."""
    people = Person.objects.in_bulk(set(person_ids))
    return {pk: (full_name(person), person.time_zone) for pk, person in people.items()}


@dataclass(frozen=True)
class LastCall:
    """The call that could be taken back, for whom, and what comes of it."""

    call: Call
    name: str
    zone: str
    label: str
    label_es: str
    due_at: datetime | None
    closed_reason: str

    @property
    def says(self) -> str:
        """Why there is no next call, in words."""
        return closed_words(self.closed_reason)


def tell_last_call(call: Call) -> LastCall:
    """The call with its person and what follows; three queries."""
    person = Person.objects.get(pk=call.person_id)
    task = CallTask.objects.filter(pk=call.task_id or 0).first()
    row = Disposition.objects.filter(pk=call.disposition).first()
    is_open = task is not None and not task.closed_reason
    return LastCall(
        call,
        full_name(person),
        person.time_zone,
        row.label if row else call.disposition,
        row.label_es if row else call.disposition,
        task.due_at if task and is_open else None,
        task.closed_reason if task else "",
    )


@dataclass(frozen=True)
class Facets:
    """What a booking may be narrowed by. `closed` are clinicians who are not open to us."""

    visit_types: Sequence[VisitType]
    clinicians: Sequence[Clinician]
    locations: Sequence[Location]
    closed: Sequence[Clinician]


def facets() -> Facets:
    """Visit types, clinicians and places, those that are open to us first; three queries."""
    clinicians = list(Clinician.objects.select_related("location").order_by("name"))
    is_open = {c.pk: c.is_active and c.location.is_active for c in clinicians}
    return Facets(
        list(VisitType.objects.filter(is_active=True).order_by("name")),
        [c for c in clinicians if is_open[c.pk]],
        list(Location.objects.filter(is_active=True).order_by("name")),
        [c for c in clinicians if not is_open[c.pk]],
    )


def visit_booked_in_call(person_id: int, agent: Actor, now: datetime) -> Appointment | None:
    """A visit this agent booked for the person within the hour that no call is linked to yet."""
    mine = Appointment.objects.select_related("clinician", "location", "visit_type").filter(
        person_id=person_id, status=AppointmentStatus.BOOKED, by=agent.key, at__gte=now - timedelta(hours=1)
    )
    newest = mine.order_by("-pk").first()
    if newest is None or Call.objects.filter(person_id=person_id, appointment_id=newest.pk, undone_at=None).exists():
        return None
    return newest


@dataclass(frozen=True)
class Other:
    """Somebody who may be the same person."""

    person_id: int
    name: str
    birth_date: object
    place: str


def likely_others(person_id: int) -> list[Other]:
    """Records that look like the same person, best first."""
    people = Person.objects.in_bulk(likely_duplicates(person_id, limit=6))
    return [_other(p) for p in people.values()]


def search_others(text: str, person_id: int) -> list[Other]:
    """Records found by what an agent types, without the person themselves."""
    found = [f for f in search_people(text, limit=8) if f.person_id != person_id]
    return [Other(f.person_id, f.name, f.birth_date, f.place) for f in found]


def find_callers(text: str) -> list[Other]:
    """Who may be calling, by number, name, birth date or record number."""
    return [Other(f.person_id, f.name, f.birth_date, f.place) for f in search_people(text, limit=12)]


def living_person(person_id: int) -> Person | None:
    """A record that stands for itself: not merged into another one."""
    return Person.objects.filter(pk=person_id, merged_into=None, deceased_at=None).first()


def _other(person: Person) -> Other:
    place = ", ".join(part for part in (person.state, person.postal_code) if part)
    return Other(person.pk, full_name(person), person.birth_date, place)


KEPT_SECONDS = 60
_Counted = TypeVar("_Counted")


def lists_and_their_age(now: datetime) -> list[ListAge]:
    """Every call list in use; of a large practice as it stood within the last minute."""
    return _kept("ages", lambda: list_ages(now))


def why_none(queue_ids: Sequence[int], now: datetime) -> EmptyList:
    """What the people of these lists wait for; of a large practice as it stood within the last minute."""
    return _kept(f"waits:{','.join(map(str, sorted(queue_ids)))}", lambda: why_empty(queue_ids, now=now))


def _kept(what: str, count: Callable[[], _Counted]) -> _Counted:
    if not is_large():
        return count()
    key = f"lists:{current_organization().schema_name}:{hashlib.sha256(what.encode()).hexdigest()[:32]}"
    held: _Counted | None = cache.get(key)
    if held is None:
        held = count()
        cache.set(key, held, KEPT_SECONDS)
    return held


def zone_of_practice() -> ZoneInfo:
    """The zone in which the practice's day begins and ends."""
    return ZoneInfo(current_organization().time_zone)


def task_of(task_id: int) -> CallTask | None:
    """A call task by its id."""
    return CallTask.objects.filter(pk=task_id).first()


def task_in_hand(task_id: int, agent: Actor) -> CallTask | None:
    """The same, for the agent it was served to last, and who has not recorded yet what came of it."""
    return CallTask.objects.filter(pk=task_id, last_agent=agent.key).first()


def may_have_dialled(task_id: int, number_id: int) -> bool:
    """Whether a number is, or was, one of the person's whom a task is about, or of somebody's who acts for them."""
    task = task_of(task_id)
    if task is None:
        return False
    caregivers = Relationship.objects.filter(person_id=task.person_id).values_list("caregiver_id", flat=True)
    people = [task.person_id, *caregivers]
    return task.number_id == number_id or ContactPoint.objects.filter(person__in=people, number=number_id).exists()


def recorded_call(form_id: str) -> Call | None:
    """The call that a form has recorded, if it has."""
    return Call.objects.filter(dedupe_key=form_id).first()


def background_person(person_id: int) -> Person:
    """The person of a task."""
    return Person.objects.get(pk=person_id)


def ends_all_contact(code: str) -> bool:
    """Whether an outcome says that the person has died: the page asks twice."""
    found = stored_behaviours().get(code)
    return found is not None and behaviour_of(found).person is AboutPerson.DECEASED
