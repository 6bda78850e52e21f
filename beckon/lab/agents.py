"""Simulated agents at the desk: a block of dials through exactly the actions that real agents use."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from beckon.consent.law.hours import hours_at
from beckon.core.actors import SYSTEM
from beckon.core.draws import uniform
from beckon.desk.actions import dispose, release, take_next
from beckon.desk.rules import Details
from beckon.desk.timing import CallbackNo, Moment
from beckon.desk.values import NotDisposed, Outcome, Served
from beckon.lab.models import VirtualAct
from beckon.lab.rules import Answer, Said, VirtualPerson, answer_to_dial
from beckon.lab.world import World
from beckon.people.models import Person
from beckon.scheduling.actions import Booked, NewAppointment, book
from beckon.scheduling.queries import open_slots

CODES = {
    Said.DISCONNECTED: "DCONN",
    Said.NO_ANSWER: "NOANS",
    Said.VOICEMAIL: "LVM",
    Said.WRONG_NUMBER: "WNUM",
    Said.FAMILY: "UNAVLBL",
    Said.AGREES: "DONE",
    Said.NOT_NOW: "NOT_NOW",
    Said.CALL_BACK: "CBACK",
    Said.LOST: "LOST",
    Said.HUNG_UP: "HUNG_UP",
    Said.NEVER: "DNC",
    Said.DUPLICATE: "DUPLICATE",
    Said.DECEASED: "DECEASED",
}
BOOK_WITHIN_DAYS = 14
"""S5 of the mission warns beyond 14 days."""
NO_SLOT = "no free slot within 14 days"
AGENTS_BUSY = "blocks of work in which every agent was busy"


def work_a_block(world: World, *, begins: datetime, ends: datetime) -> int:
    """Each agent dials as many people as fit between `begins` and `ends` (aware); returns the calls made.

    People are taken at `begins`; outcomes are recorded at `ends`, each call under its own time in between. Whom the
    law closes to calls before their turn comes is given back undialled.
    """
    dials = world.population.number("calls.dials_per_hour") * ((ends - begins) / timedelta(hours=1))
    # In blocks of minutes most are without a call: the part of a dial is drawn.
    each = int(dials) + (uniform(world.seed, "part of a dial", begins.isoformat()) < dials - int(dials))
    if each == 0:
        return 0
    served = take_next(world.agents, [world.practice.queue_id], by=SYSTEM, now=begins, limit=each)
    if not served:
        return 0
    if len(served) == each * len(world.agents):
        world.short[AGENTS_BUSY] += 1
    turns = _turns(served, begins, (ends - begins) / (each + 1))
    dialled = [(person, started) for person, started in turns if hours_at(person.number.place, started).is_open]
    answers = [_dial(world, person, started) for person, started in dialled]
    bookings = _book(world, [person for person, _ in dialled], answers, ends)
    outcomes = [
        _outcome(world, person, answer, bookings.get(person.task_id), started)
        for (person, started), answer in zip(dialled, answers, strict=True)
    ]
    _dispose(outcomes, ends)
    if len(dialled) < len(served):
        release(world.agents, by=SYSTEM, now=ends)
    return len(outcomes)


def _turns(served: Sequence[Served], begins: datetime, pause: timedelta) -> list[tuple[Served, datetime]]:
    """Everybody with the time at which their agent dials them, one after the other."""
    turns: list[tuple[Served, datetime]] = []
    done: Counter[str] = Counter()
    for person in sorted(served, key=lambda s: (s.agent.key, s.task_id)):
        turns.append((person, begins + pause * done[person.agent.key]))
        done[person.agent.key] += 1
    return turns


def _dispose(outcomes: Sequence[Outcome], now: datetime) -> None:
    """Record the outcomes. A call-back asked for an unlawful time is promised for the next day, at a lawful hour."""
    left = list(outcomes)
    for _ in range(5):
        answers = dispose(left, by=SYSTEM, now=now)
        refused = [(o, a) for o, a in zip(left, answers, strict=True) if isinstance(a, NotDisposed)]
        if not refused:
            return
        left = [_a_day_later(outcome) for outcome, answer in refused if isinstance(answer.reason, CallbackNo)]
        if len(left) != len(refused):
            raise RuntimeError(f"the desk refused: {sorted({str(a.reason) for _, a in refused})}")
    raise RuntimeError("no lawful day for a call-back within five days")


def _a_day_later(outcome: Outcome) -> Outcome:
    callback = outcome.details.callback
    assert callback.on is not None
    later = replace(callback, on=callback.on + timedelta(days=1), clock=None)
    return replace(outcome, details=replace(outcome.details, callback=later))


def _dial(world: World, served: Served, started: datetime) -> Answer:
    virtual = world.people.get(served.person_id) or VirtualPerson(str(served.person_id), served.language, False)
    return answer_to_dial(
        world.population,
        world.seed,
        virtual,
        number=served.number.value,
        attempt=served.attempt,
        when=started.astimezone(served.local_time.tzinfo),
    )


def _book(world: World, served: Sequence[Served], answers: Sequence[Answer], now: datetime) -> dict[int, int]:
    """Appointment ids by task for those who agree, soonest slot first; those who find none are counted as short."""
    willing = [s for s, a in zip(served, answers, strict=True) if a.said is Said.AGREES and not s.next_appointment_at]
    if not willing:
        return {}
    slots = open_slots(
        start=now + timedelta(hours=16),
        end=now + timedelta(days=BOOK_WITHIN_DAYS),
        visit_type_id=world.practice.first_visit_type_id,
        limit=len(willing) * 2,
    )
    wishes = [
        NewAppointment(
            person_id=person.person_id,
            clinician_id=slot.clinician_id,
            visit_type_id=world.practice.first_visit_type_id,
            starts_at=slot.starts_at,
            is_first_visit=person.last_encounter_at is None,
            campaign_id=person.campaign_id,
            enrollment_id=person.enrollment_id,
            task_id=person.task_id,
        )
        for person, slot in zip(willing, slots, strict=False)
    ]
    world.short[NO_SLOT] += max(0, len(willing) - len(slots))
    answers_given = book(wishes, by=SYSTEM, now=now)
    return {
        person.task_id: answer.appointment_id
        for person, answer in zip(willing, answers_given, strict=False)
        if isinstance(answer, Booked)
    }


def _outcome(world: World, served: Served, answer: Answer, appointment: int | None, started: datetime) -> Outcome:
    code = CODES[answer.said]
    details = Details(captured_mobile=_mobile(served) if answer.gives_mobile else "", may_text=True)
    if answer.said is Said.AGREES:
        if served.next_appointment_at:
            code = "RECONFIRMED"
            details = Details(existing_visit_at=served.next_appointment_at, captured_mobile=details.captured_mobile)
        elif appointment is None:
            code = "NOT_NOW"
            details = Details(captured_mobile=details.captured_mobile, may_text=True, remarks=NO_SLOT)
        else:
            details = Details(appointment_id=appointment, captured_mobile=details.captured_mobile)
    elif answer.said is Said.CALL_BACK:
        details = Details(callback=_callback(world, served), captured_mobile=details.captured_mobile)
    return Outcome(
        form_id=f"sim:{served.task_id}:{started:%Y%m%d%H%M%S}",
        agent=served.agent,
        code=code,
        started_at=started,
        task_id=served.task_id,
        number_id=served.number.number_id,
        details=details,
    )


def _mobile(served: Served) -> str:
    """The mobile number the person names: the one on record when it is one, else the one just dialled."""
    known = [n.value for n in (served.number, *served.other_numbers) if n.line_type == "mobile"]
    return known[0] if known else ""


def _callback(world: World, served: Served) -> Moment:
    """A weekday one to five days ahead, at a full hour between ten and four where the person is."""
    draw = uniform(world.seed, world.people[served.person_id].key, "callback", served.local_time.date().isoformat())
    day = served.local_time.date() + timedelta(days=1 + int(draw * 5))
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return Moment(on=day, clock=time(10 + int(draw * 1000) % 6))


def take_calls_in(world: World, acts: Sequence[VirtualAct], now: datetime) -> int:
    """People who call the practice after a postcard or voicemail: they book when a slot is free. Returns bookings."""
    people = {
        p.pk: p for p in Person.objects.filter(pk__in={a.person_id for a in acts}, merged_into=None, deceased_at=None)
    }
    callers = {a.person_id: a for a in acts if a.person_id in people and not _has_visit(people[a.person_id], now)}
    slots = open_slots(
        start=now + timedelta(hours=16),
        end=now + timedelta(days=BOOK_WITHIN_DAYS),
        visit_type_id=world.practice.first_visit_type_id,
        limit=len(callers) * 2,
    )
    wishes = [
        NewAppointment(
            person_id=act.person_id,
            clinician_id=slot.clinician_id,
            visit_type_id=world.practice.first_visit_type_id,
            starts_at=slot.starts_at,
            is_first_visit=people[act.person_id].last_encounter_at is None,
            campaign_id=act.data["campaign"],
            enrollment_id=act.data["enrollment"],
        )
        for act, slot in zip(callers.values(), slots, strict=False)
    ]
    return sum(isinstance(answer, Booked) for answer in book(wishes, by=SYSTEM, now=now))


def _has_visit(person: Person, now: datetime) -> bool:
    return person.next_appointment_at is not None and person.next_appointment_at > now
