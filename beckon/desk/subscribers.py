"""What the desk does when something happens elsewhere: bookings, deaths, merges and opt-outs end calls; who may
not call any more leaves it."""

from collections.abc import Sequence
from datetime import datetime

from beckon.core.actors import Actor, user
from beckon.core.events.registry import NewEvent, on
from beckon.core.models import Role
from beckon.core.staff.queries import CALLING_ROLES
from beckon.desk.actions import leave_desk
from beckon.desk.outcomes.consequences import close_tasks_of_people


@on("appointment.booked")
def end_reappointment_calls(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """A booking by anyone ends everybody's calls to that person, except what the booker has in hand to dispose,
    and the task in whose call it was agreed."""
    close_tasks_of_people(
        {e.person_id: "booked" for e in events if e.person_id is not None},
        by=by,
        now=now,
        only_reappointment=True,
        but_leased_by=by.key,
        but_tasks=[e.data["task_id"] for e in events if e.data.get("task_id")],
    )


@on("person.merged", "person.retired", "person.deceased")
def end_calls_of_who_is_gone(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Nobody calls a record that is merged or retired, or somebody who has died."""
    close_tasks_of_people(
        {e.person_id: e.kind.partition(".")[2] for e in events if e.person_id is not None}, by=by, now=now
    )


@on("member.role_changed")
def give_back_what_they_held(events: Sequence[NewEvent], by: Actor, now: datetime) -> None:
    """Who is no member any more, or has a role that makes no calls, holds nobody and has promised nothing."""
    for event in events:
        role = event.data["role"]
        if event.subject_id is not None and (not role or Role(role) not in CALLING_ROLES):
            leave_desk(user(event.subject_id), None, by=by, now=now)
