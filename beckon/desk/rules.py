"""What a disposition does: data with behaviour, and the pure decision that turns an outcome into effects.

No database, no clock. Source of the table: design, "Dispositions"; of the weekly attempt: mission, L4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from beckon.consent.law.hours import UNKNOWN_PLACE, Place
from beckon.core.wording.words import Mistake
from beckon.desk.timing import NOTHING_NAMED, CallbackNo, Moment, local_hour, month_later, next_try, resolve_callback


class Again(StrEnum):
    """When the person is called again, if at all."""

    NEVER = "never"
    NEXT_WEEK = "next_week"
    NEXT_MONTH = "next_month"
    CALLBACK = "callback"
    HOUR_NAMED = "hour_named"
    """At the time the household named, else next week at another hour."""
    OTHER_NUMBER = "other_number"


class Needs(StrEnum):
    """What an agent must give for the disposition to be taken."""

    NOTHING = ""
    APPOINTMENT = "appointment"
    EXISTING_VISIT = "existing_visit"
    CALLBACK = "callback"


class AboutNumber(StrEnum):
    """What the outcome says about the number that was dialled."""

    NOTHING = ""
    WRONG = "wrong"
    DEAD = "dead"


class AboutPerson(StrEnum):
    """What the outcome says about the person."""

    NOTHING = ""
    OPTS_OUT = "opts_out"
    DECEASED = "deceased"
    DUPLICATE = "duplicate"


class Text(StrEnum):
    """The text that goes out at once, where consent allows."""

    NONE = ""
    CONFIRMATION = "confirmation"
    PRACTICE_DETAILS = "practice_details"


class InvalidBehaviour(Mistake):
    """A disposition that contradicts itself; its words say how."""


@dataclass(frozen=True)
class Behaviour:
    """What a disposition does. `leave`: the reason with which the task closes and the person leaves, "" stays."""

    again: Again = Again.NEVER
    leave: str = ""
    needs: Needs = Needs.NOTHING
    number: AboutNumber = AboutNumber.NOTHING
    person: AboutPerson = AboutPerson.NOTHING
    text: Text = Text.NONE
    answered: bool = False
    goal: bool = False
    second_goal: bool = False
    win_back_after_days: int = 0

    def __post_init__(self) -> None:
        if (self.again is Again.NEVER) != bool(self.leave):
            raise InvalidBehaviour(
                "either the person is called again, or leaves with a reason; not both, not neither",
                "o se llama otra vez a la persona, o sale con un motivo; ni ambas cosas ni ninguna",
            )
        if len(self.leave) > 40:
            raise InvalidBehaviour(
                "the reason for leaving has 40 characters at most",
                "el motivo de salida tiene 40 caracteres como máximo",
            )
        if (self.goal or self.second_goal) and not self.leave:
            raise InvalidBehaviour(
                "a goal that is met ends the calls: give a reason for leaving",
                "un objetivo cumplido termina las llamadas: indique un motivo de salida",
            )
        if self.text is Text.CONFIRMATION and self.needs is not Needs.APPOINTMENT:
            raise InvalidBehaviour("a confirmation needs an appointment", "una confirmación necesita una cita")
        if (self.again is Again.OTHER_NUMBER) != (self.number is not AboutNumber.NOTHING):
            raise InvalidBehaviour(
                "another number is tried when this one is wrong or dead, and only then",
                "se prueba otro número cuando este es equivocado o no funciona, y solo entonces",
            )
        if self.again is Again.CALLBACK and self.needs is not Needs.CALLBACK:
            raise InvalidBehaviour("a callback needs its time", "una llamada acordada necesita su hora")
        if self.person is not AboutPerson.NOTHING and not self.leave:
            raise InvalidBehaviour(
                "who opts out, has died or is a duplicate leaves: give the reason",
                "quien se da de baja, ha fallecido o consta dos veces sale: indique el motivo",
            )
        if not 0 <= self.win_back_after_days <= 3650:
            raise InvalidBehaviour("a win-back begins within ten years", "una recuperación empieza dentro de diez años")


def behaviour_of(data: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> Behaviour:
    """A behaviour from its stored JSON, with an organization's or playbook's changes laid over it.

    Raises InvalidBehaviour for unknown fields or values, and for contradictions.
    """
    merged = {**data, **(changes or {})}
    known = {f.name: f.type for f in fields(Behaviour)}
    unknown = merged.keys() - known.keys()
    if unknown:
        raise InvalidBehaviour(
            "a disposition has no {name!r}; known are {names}",
            "un resultado no tiene {name!r}; se conocen {names}",
            name=min(unknown),
            names=", ".join(sorted(known)),
        )
    values: dict[str, Any] = {}
    for name, value in merged.items():
        kind = _KINDS[name]
        try:
            values[name] = kind(value)
        except ValueError as error:
            raise InvalidBehaviour(*_NO_VALUE, name=name, value=value, kind=kind.__name__) from error
        if values[name] != value:
            raise InvalidBehaviour(*_NO_VALUE, name=name, value=value, kind=kind.__name__)
    return Behaviour(**values)


_NO_VALUE = ("{name}: {value!r} is not a {kind}", "{name}: {value!r} no es del tipo {kind}")
_KINDS: dict[str, type[Any]] = {
    "again": Again,
    "leave": str,
    "needs": Needs,
    "number": AboutNumber,
    "person": AboutPerson,
    "text": Text,
    "answered": bool,
    "goal": bool,
    "second_goal": bool,
    "win_back_after_days": int,
}


def behaviour_json(behaviour: Behaviour) -> dict[str, Any]:
    """The JSON of a behaviour: only what differs from the default."""
    plain = Behaviour(leave="-")
    return {
        f.name: getattr(behaviour, f.name)
        for f in fields(behaviour)
        if f.name in ("leave", "again") or getattr(behaviour, f.name) != getattr(plain, f.name)
    }


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What the decision needs to know of the task and the person. `numbers`: usable ones, best first."""

    attempts: int = 0
    max_attempts: int = 5
    is_callback: bool = False
    tried_hours: tuple[int, ...] = ()
    days_between: int = 7
    number_id: int | None = None
    numbers: tuple[int, ...] = ()
    place: Place = UNKNOWN_PLACE
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/Chicago"))
    preferred_hour: int | None = None
    is_in_campaign: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """What the agent gave with the outcome. `callback_for_me` False leaves the callback to anyone.

    `may_text`: whether the person, asked on this call, wants the text that the disposition sends; None: not asked,
    then a text goes only where consent on record allows one that nobody asked for.
    """

    callback: Moment = NOTHING_NAMED
    callback_for_me: bool = True
    appointment_id: int | None = None
    existing_visit_at: datetime | None = None
    other_person_id: int | None = None
    captured_mobile: str = ""
    may_text: bool | None = None
    remarks: str = ""


class DetailNo(StrEnum):
    """Why an outcome cannot be taken as given. Nothing is recorded; the agent adds what is missing."""

    NO_APPOINTMENT = "appointment_required"
    NO_EXISTING_VISIT = "existing_visit_required"
    ATTEMPTS_USED = "no_attempts_left"


@dataclass(frozen=True, slots=True)
class Effects:
    """What happens. Either `closed_reason`, or `due_at` with `held_reason`: never both, never neither."""

    attempts: int
    counted: bool
    tried_hours: tuple[int, ...]
    closed_reason: str = ""
    due_at: datetime | None = None
    held_reason: str = ""
    callback_at: datetime | None = None
    is_callback_mine: bool = False
    next_number_id: int | None = None
    number: AboutNumber = AboutNumber.NOTHING
    person: AboutPerson = AboutPerson.NOTHING
    text: Text = Text.NONE
    leave: str = ""
    goal: bool = False
    second_goal: bool = False
    win_back_after_days: int = 0
    next_month: bool = False
    answered: bool = False


EXHAUSTED = "exhausted"
UNREACHABLE = "unreachable"
NEXT_MONTH = "next_month"


def outcome_of(
    task: TaskFacts, behaviour: Behaviour, details: Details, now: datetime, *, began: datetime | None = None
) -> Effects | DetailNo | CallbackNo:
    """What an outcome does, or why it cannot be taken. A call the person asked for does not count as an attempt.

    `began`: when it was dialled (default: now); the hour of that is the hour that was tried.
    """
    refusal = _missing(behaviour, details)
    if refusal is not None:
        return refusal
    if not task.is_callback and task.attempts >= task.max_attempts:
        return DetailNo.ATTEMPTS_USED
    hour = local_hour(began or now, task.zone)
    base = Effects(
        attempts=task.attempts + (not task.is_callback),
        counted=not task.is_callback,
        tried_hours=tuple(sorted({*task.tried_hours, hour})),
        next_number_id=task.number_id,
        number=behaviour.number,
        person=behaviour.person,
        text=behaviour.text,
        leave=behaviour.leave,
        closed_reason=behaviour.leave,
        goal=behaviour.goal,
        second_goal=behaviour.second_goal,
        win_back_after_days=behaviour.win_back_after_days,
        answered=behaviour.answered,
    )
    match behaviour.again:
        case Again.NEVER:
            return base
        case Again.NEXT_WEEK:
            return _next_week(task, base, now)
        case Again.NEXT_MONTH:
            return _next_month(task, base, now)
        case Again.CALLBACK:
            return _callback(task, base, details, now)
        case Again.HOUR_NAMED:
            if details.callback.is_empty:
                return _next_week(task, base, now)
            return _callback(task, base, replace(details, callback_for_me=False), now)
        case Again.OTHER_NUMBER:
            return _other_number(task, base, now)
        case never:
            assert_never(never)


def _missing(behaviour: Behaviour, details: Details) -> DetailNo | CallbackNo | None:
    match behaviour.needs:
        case Needs.NOTHING:
            return None
        case Needs.APPOINTMENT:
            return None if details.appointment_id is not None else DetailNo.NO_APPOINTMENT
        case Needs.EXISTING_VISIT:
            is_linked = details.appointment_id is not None or details.existing_visit_at is not None
            return None if is_linked else DetailNo.NO_EXISTING_VISIT
        case Needs.CALLBACK:
            return CallbackNo.MISSING if details.callback.is_empty else None
        case never:
            assert_never(never)


def _next_week(task: TaskFacts, base: Effects, now: datetime) -> Effects:
    if base.attempts >= task.max_attempts:
        return replace(base, closed_reason=EXHAUSTED)
    due = next_try(
        not_before=now + timedelta(days=task.days_between),
        tried=base.tried_hours,
        place=task.place,
        zone=task.zone,
        preferred=task.preferred_hour,
    )
    return replace(base, due_at=due, held_reason="days_between_calls")


def _next_month(task: TaskFacts, base: Effects, now: datetime) -> Effects:
    """In a campaign the journey goes on with that month's wording; a call of its own waits a month."""
    if task.is_in_campaign:
        return replace(base, closed_reason=NEXT_MONTH, next_month=True)
    if base.attempts >= task.max_attempts:
        return replace(base, closed_reason=EXHAUSTED, next_month=True)
    due = next_try(
        not_before=month_later(now, task.zone),
        tried=base.tried_hours,
        place=task.place,
        zone=task.zone,
        preferred=task.preferred_hour,
    )
    return replace(base, due_at=due, held_reason=NEXT_MONTH, next_month=True)


def _callback(task: TaskFacts, base: Effects, details: Details, now: datetime) -> Effects | CallbackNo:
    at = resolve_callback(details.callback, now=now, place=task.place, zone=task.zone, tried=base.tried_hours)
    if isinstance(at, CallbackNo):
        return at
    return replace(
        base,
        due_at=at,
        callback_at=at,
        is_callback_mine=details.callback_for_me,
        held_reason="callback",
    )


def _other_number(task: TaskFacts, base: Effects, now: datetime) -> Effects:
    left = [number for number in task.numbers if number != task.number_id]
    if not left:
        return replace(base, closed_reason=UNREACHABLE, leave=UNREACHABLE, next_number_id=None)
    return _next_week(task, replace(base, next_number_id=left[0]), now)
