"""What campaigns do when something happens to a person: always inside the transaction that records it, in batches."""

from collections.abc import Sequence
from datetime import datetime

from beckon.campaigns.actions import apply_happenings, undo_calls
from beckon.campaigns.enrolling.arrivals import enrol_by_events
from beckon.campaigns.reactions import Happening
from beckon.core.actors import Actor
from beckon.core.events.registry import NewEvent, on


@on("consent.opted_out", "appointment.booked", "person.deceased", "person.merged", "person.retired")
def move_people(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Move every open enrollment of the people concerned."""
    by_person: dict[int, list[Happening]] = {}
    for event in events:
        if event.person_id is not None:
            by_person.setdefault(event.person_id, []).append(Happening(event.kind, event.data))
    apply_happenings(by_person=by_person, by=by, now=now)


@on("message.received")
def hear_replies(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """A reply moves the enrollment whose message it answers; one that answers none moves all of the person's."""
    move_enrollments(events, by, now)
    move_people([event for event in events if event.data.get("enrollment_id") is None], by, now)


@on("call.disposed", "task.closed", "message.failed")
def move_enrollments(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Move the enrollment the call or message belonged to; those of no campaign are nobody's business here."""
    by_enrollment: dict[int, list[Happening]] = {}
    for event in events:
        enrollment_id = event.data.get("enrollment_id")
        if enrollment_id is not None:
            by_enrollment.setdefault(enrollment_id, []).append(Happening(event.kind, event.data))
    apply_happenings(by_enrollment=by_enrollment, by=by, now=now)


@on("call.undone")
def take_back(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Put the enrollments back to where they stood before the disposition."""
    undone = {
        event.data["enrollment_id"]: event.data.get("task_id")
        for event in events
        if event.data.get("enrollment_id") is not None
    }
    if undone:
        undo_calls(undone, by=by, now=now)


@on("appointment.missed", "appointment.cancelled")
def take_in(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Enrol the people into running campaigns that begin with such an event."""
    enrol_by_events(events, by=by, now=now)
