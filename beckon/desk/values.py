"""What callers hand to the desk and get back. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from beckon.consent.law.hours import UNKNOWN_PLACE, Place
from beckon.core.actors import Actor
from beckon.desk.rules import DetailNo, Details, Effects
from beckon.desk.timing import CallbackNo


@dataclass(frozen=True, slots=True)
class NewTask:
    """A person to be called. `due_at`: not before; `callback_at` when the person asked for that time.

    `overrides`: the playbook's changes to dispositions, {"LVM": {"again": "next_month"}}, checked when opened.
    `purpose`: consent.facts.Purpose. `skips_booked`: an appointment within the policy's days ends the task.
    """

    person_id: int
    queue_id: int
    due_at: datetime
    campaign_id: int | None = None
    enrollment_id: int | None = None
    step: str = ""
    round: int = 0
    script_key: str = ""
    purpose: str = "informational"
    hipaa_class: str = ""
    value: int = 0
    max_attempts: int = 5
    days_between: int = 7
    callback_at: datetime | None = None
    callback_for: str = ""
    skips_booked: bool = True
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    text_sender_id: int | None = None


class WhyNow(StrEnum):
    """Why this person is served now."""

    STILL_YOURS = "still_yours"
    YOUR_CALLBACK = "your_callback"
    CALLBACK = "callback"
    OVERDUE_CALLBACK = "callback_nobody_made"
    FIRST_CALL = "first_call"
    NEXT_ATTEMPT = "next_attempt"


@dataclass(frozen=True, slots=True)
class ServedNumber:
    """A number to dial. `speaks_for`: the parent or guardian it reaches instead of the person (a minor).

    `place`: where who answers may be, so that a page or a long block of dials can ask until when calls are lawful.
    """

    number_id: int
    contact_point_id: int
    value: str
    line_type: str
    speaks_for: int | None = None
    place: Place = UNKNOWN_PLACE


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call made before."""

    at: datetime
    code: str
    answered: bool
    agent: str
    remarks: str


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message sent or received before; without its text."""

    at: datetime
    channel: str
    is_inbound: bool
    status: str


@dataclass(frozen=True, slots=True)
class MayHear:
    """Somebody who may act for the person, and how far. Nobody else is told or books anything (mission, K9)."""

    person_id: int
    kind: str
    may_book: bool
    may_hear_details: bool


@dataclass(frozen=True, slots=True)
class Served:
    """A person to call now, with all an agent needs. `local_time` carries the person's zone."""

    agent: Actor
    task_id: int
    leased_until: datetime
    person_id: int
    given_name: str
    family_name: str
    birth_date: date | None
    language: str
    local_time: datetime
    number: ServedNumber
    other_numbers: tuple[ServedNumber, ...]
    why: WhyNow
    value: int
    attempt: int
    max_attempts: int
    is_callback: bool
    callback_note: str
    purpose: str
    campaign_id: int | None
    enrollment_id: int | None
    step: str
    round: int
    script: str
    script_problem: str
    last_encounter_at: datetime | None
    last_appointment_at: datetime | None
    last_appointment_outcome: str
    next_appointment_at: datetime | None
    data_as_of: datetime
    calls: tuple[PastCall, ...] = ()
    messages: tuple[PastMessage, ...] = ()
    may_hear: tuple[MayHear, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call. `form_id` makes a repeated submit one call (70 characters at most).

    With `task_id` None it is a call nobody was served for (an inbound one): give the person.
    """

    form_id: str
    agent: Actor
    code: str
    started_at: datetime
    task_id: int | None = None
    person_id: int | None = None
    number_id: int | None = None
    details: Details = field(default_factory=Details)


class DisposeNo(StrEnum):
    """Why an outcome was not taken. Nothing was recorded."""

    UNKNOWN_TASK = "unknown_task"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_CODE = "unknown_disposition"
    TWICE_IN_BATCH = "task_twice_in_one_batch"
    NO_TASK = "a_callback_needs_a_call_task"
    BAD_MOBILE = "mobile_is_not_e164"
    UNKNOWN_APPOINTMENT = "appointment_is_not_this_persons"
    BEGAN_LATER = "call_begins_in_the_future"


@dataclass(frozen=True, slots=True)
class Disposed:
    """Recorded. `is_new` False: this form was recorded before. `task_moved_on`: the task had been closed or passed
    on meanwhile; the call and what it says about the person were recorded, the task was left as it is."""

    call_id: int
    effects: Effects | None
    is_new: bool = True
    task_moved_on: bool = False


@dataclass(frozen=True, slots=True)
class NotDisposed:
    """No, and why."""

    reason: DisposeNo | DetailNo | CallbackNo


class UndoNo(StrEnum):
    """Why the last disposition cannot be taken back."""

    NOTHING = "nothing_to_undo"
    TOO_LATE = "too_late"
    MOVED_ON = "something_happened_since"


@dataclass(frozen=True, slots=True)
class Undone:
    """The call that was taken back; its task is the agent's again. `appointment_id`: a visit that still stands.

    `still_opted_out`: an opt-out was taken back, but the person (or a number) had stopped us before: that holds.
    """

    call_id: int
    task_id: int | None
    appointment_id: int | None = None
    texts_already_gone: int = 0
    still_opted_out: bool = False


@dataclass(frozen=True, slots=True)
class NotUndone:
    """No, and why."""

    reason: UndoNo


@dataclass(frozen=True, slots=True)
class EmptyList:
    """Why nobody is served: how many of a queue's people wait for what. Counts are of tasks."""

    open_now: int
    with_agents: int
    by_reason: Mapping[str, int]
    next_due_at: datetime | None
    outside_hours: int
    opens_at: datetime | None
    closed_by_reason: Mapping[str, int]
