"""A call that comes in: who calls, what may come of it, and its form, turned into the desk's own values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from beckon.core.actors import Actor
from beckon.desk.models import Call, CallTask, TaskStatus
from beckon.desk.rules import AboutNumber, AboutPerson, Again, Details, Needs
from beckon.desk.timing import NOTHING_NAMED, Moment
from beckon.desk.values import Outcome
from beckon.people.models import ContactKind, Person
from beckon.people.queries import best_numbers, full_name
from beckon.scheduling.models import Appointment, VisitType
from beckon.scheduling.queries import open_slots
from beckon.web.desk import words
from beckon.web.desk.presenters import day_words
from beckon.web.desk.queries import Choice, choices_for, facets, staff_names, visits_of

TIMES_OFFERED = 120
CALLS_SHOWN = 8
AHEAD = timedelta(days=21)


@dataclass(frozen=True)
class Caller:
    """Who calls, with all that an agent needs beside the form. `task`: their place on a call list, if they have one."""

    person: Person
    name: str
    phone: str
    zone: str
    task: CallTask | None
    outcomes: Sequence[tuple[str, str]]
    visits: Sequence[Appointment]
    calls: Sequence[tuple[Call, str, str]]
    visit_type: VisitType | None
    times: Sequence[tuple[str, Sequence[tuple[str, str]]]]


def caller(person: Person, now: datetime) -> Caller:
    """Who calls, in a fixed number of queries."""
    task = CallTask.objects.filter(person_id=person.pk, status=TaskStatus.OPEN).order_by("-pk").first()
    known = facets()
    is_new = person.last_encounter_at is None
    suits = [v for v in known.visit_types if v.for_new_patients is is_new] or list(known.visit_types)
    found = choices_for(task)
    agents, labels = staff_names(), {c.row.code: _label(c) for c in found}
    calls = Call.objects.filter(person_id=person.pk, undone_at=None).order_by("-started_at", "-pk")[:CALLS_SHOWN]
    return Caller(
        person,
        full_name(person) or gettext("Name not known"),
        best_numbers([person.pk], ContactKind.PHONE).get(person.pk, ""),
        person.time_zone,
        task,
        [(c.row.code, _label(c)) for c in found if _may_come_of_it(c, has_task=task is not None)],
        visits_of(person.pk, now),
        [(call, labels.get(call.disposition, call.disposition), agents.get(call.agent, "")) for call in calls],
        suits[0] if suits else None,
        _times(suits[0] if suits else None, {c.pk: c.name for c in known.clinicians}, now),
    )


def _label(choice: Choice) -> str:
    return choice.row.label_es if words.is_spanish() else choice.row.label


def _may_come_of_it(choice: Choice, *, has_task: bool) -> bool:
    """What somebody who calls us themselves can have said. Deaths are recorded on the person's page, with evidence."""
    does = choice.behaviour
    if not does.answered or does.number is not AboutNumber.NOTHING or does.again is Again.HOUR_NAMED:
        return False  # of a number, or of somebody who was away
    if does.person is AboutPerson.DECEASED:
        return False
    return does.needs in (Needs.NOTHING, Needs.APPOINTMENT) or (does.needs is Needs.CALLBACK and has_task)


def _times(
    visit_type: VisitType | None, clinicians: dict[int, str], now: datetime
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Open times by day: (day, [(value, "9:00 AM, Dr. Reyes")])."""
    if visit_type is None:
        return []
    start = now + timedelta(minutes=30)
    slots = open_slots(start=start, end=start + AHEAD, visit_type_id=visit_type.pk, limit=TIMES_OFFERED)
    found = []
    for _, group in groupby(slots, key=lambda s: s.starts_at.astimezone(ZoneInfo(s.zone)).date()):
        mine = list(group)
        rows = [
            (
                f"{s.starts_at.isoformat()}|{s.clinician_id}",
                f"{s.starts_at.astimezone(ZoneInfo(s.zone)):%H:%M}, {clinicians.get(s.clinician_id, '')}",
            )
            for s in mine
        ]
        found.append((day_words(mine[0].starts_at, mine[0].zone), rows))
    return found


class InboundForm(forms.Form):
    """What came of a call that came in."""

    form_id = forms.RegexField(regex=r"^inbound:[0-9a-f]{24}$", widget=forms.HiddenInput)
    party = forms.BooleanField(
        label=gettext_lazy("I made sure whom I speak with"),
        error_messages={"required": gettext_lazy("First make sure whom you speak with: name and birth date.")},
    )
    code = forms.ChoiceField(label=gettext_lazy("What came of it"), widget=forms.RadioSelect)
    slot = forms.ChoiceField(
        label=gettext_lazy("Visit"), required=False, help_text=gettext_lazy("Where a visit was agreed on.")
    )
    on = forms.DateField(
        label=gettext_lazy("Call back on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    clock = forms.TimeField(label=gettext_lazy("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    remarks = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, caller: Caller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = caller.outcomes  # type: ignore[attr-defined]
        self.fields["slot"].choices = [("", gettext("No visit")), *caller.times]  # type: ignore[attr-defined]
        if caller.task is None:
            del self.fields["on"], self.fields["clock"]

    def chosen(self) -> tuple[datetime, int] | None:
        """Start and clinician of the visit."""
        start, _, clinician = str(self.cleaned_data["slot"]).partition("|")
        return (datetime.fromisoformat(start), int(clinician)) if clinician else None

    def outcome(self, person_id: int, visit_id: int | None, agent: Actor, now: datetime) -> Outcome:
        """The desk's value."""
        data = self.cleaned_data
        on: date | None = data.get("on")
        clock: time | None = data.get("clock")
        return Outcome(
            form_id=data["form_id"],
            agent=agent,
            code=data["code"],
            started_at=now,
            person_id=person_id,
            details=Details(
                callback=Moment(on=on, clock=clock) if on or clock else NOTHING_NAMED,
                appointment_id=visit_id,
                remarks=data["remarks"].strip(),
            ),
        )
