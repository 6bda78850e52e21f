"""What goes into the stepper and what comes out. Immutable values; no Django, no clock.

What is made by the million is a NamedTuple: a frozen dataclass takes three times as long to make.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from beckon.campaigns.reasons import LeaveReason
from beckon.consent.facts import DEFAULT_POLICY, PersonFacts, Policy

WAITING_TIME = "time"
WAITING_TASK = "task"
EVENT_PREFIX = "event:"
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Snapshot(NamedTuple):
    """An enrollment as it stands. `key` is the person's stable source key, `waiting_for` "" before a step is done.

    `memory`: visits {step: n}, flags [..], reply, disposition, attempts, sent, entry {..}, undo {..}.
    """

    enrollment_id: int
    campaign_id: int
    person_id: int
    key: str
    campaign: str
    seed: int
    step: str
    round: int
    waiting_for: str
    due_at: datetime | None
    enrolled_at: datetime
    memory: Mapping[str, Any] = NOTHING
    goal_met_at: datetime | None = None
    second_goal_met_at: datetime | None = None
    left: str = ""


class Facts(NamedTuple):
    """What is known about a person now: the consent gate's facts, the hot columns that branches ask about, and the
    names that messages say; no step asks for those."""

    person: PersonFacts
    policy: Policy = DEFAULT_POLICY
    language: str = "en"
    time_zone: str = "America/New_York"
    last_encounter_at: datetime | None = None
    next_appointment_at: datetime | None = None
    last_appointment_outcome: str = ""
    given_name: str = ""
    family_name: str = ""


class MessageWish(NamedTuple):
    """A message the journey wants to queue now, to the contact point the gate allowed."""

    step: str
    round: int
    channel: str
    template: str
    variant: str
    contact_point_id: int
    expires_at: datetime | None
    purpose: str
    requested_at: datetime | None = None


class TaskWish(NamedTuple):
    """A call the journey wants an agent to make, not before `due_at`."""

    step: str
    round: int
    script: str
    max_attempts: int
    days_between: int
    due_at: datetime
    value: int = 0
    callback_at: datetime | None = None
    overrides: Mapping[str, Mapping[str, str | bool | int]] = NOTHING


class Record(NamedTuple):
    """One line of the trace. `outcome`: sent, refused, later, waiting, branched, calling, moved, left ..."""

    step: str
    round: int
    outcome: str
    reason: str = ""
    detail: Mapping[str, Any] = NOTHING


class Effects(NamedTuple):
    """Everything to record for one enrollment. Exactly one of `due_at` and `left` is set (design, invariant 2).

    `withdraw`: queued messages are cancelled and open tasks closed.
    """

    snapshot: Snapshot
    step: str
    round: int
    waiting_for: str
    due_at: datetime | None
    memory: Mapping[str, Any]
    left: LeaveReason | None = None
    messages: tuple[MessageWish, ...] = ()
    tasks: tuple[TaskWish, ...] = ()
    records: tuple[Record, ...] = ()
    goal_met_at: datetime | None = None
    second_goal_met_at: datetime | None = None
    withdraw: bool = False
    pattern: "Effects | None" = None
    """The effects these are a copy of, for another person: but for ids they are the same (journey.alike)."""


class Go(NamedTuple):
    """Move on to a step, now."""

    step: str


class Stay(NamedTuple):
    """Rest at this step until `until`; `waiting_for` "" runs the step again, anything else resumes it."""

    until: datetime
    waiting_for: str


class Leave(NamedTuple):
    """Leave the campaign."""

    reason: LeaveReason


Outcome = Go | Stay | Leave
