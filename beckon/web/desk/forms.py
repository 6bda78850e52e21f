"""What an agent says came of a call, as typed: checked, and turned into the desk's own values."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from beckon.core.actors import Actor
from beckon.desk.rules import Details
from beckon.desk.timing import NOTHING_NAMED, Moment
from beckon.desk.values import Outcome
from beckon.people.normal.phones import Phone, read_phone

LONGEST_CALL = timedelta(hours=3)
_YES_NO = [("", ""), ("yes", ""), ("no", "")]


class OutcomeForm(forms.Form):
    """The form beside a call. Which parts are asked for depends on the outcome; what is not asked may stay empty."""

    form_id = forms.CharField(max_length=70)
    task = forms.IntegerField(min_value=1)
    started = forms.DateTimeField(required=False)
    zone = forms.CharField(max_length=64, required=False)
    code = forms.CharField(max_length=12, error_messages={"required": gettext_lazy("Choose what came of the call.")})
    number = forms.IntegerField(required=False)
    party = forms.BooleanField(required=False)
    on = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("Write the day as 2026-11-24.")})
    clock = forms.TimeField(required=False, error_messages={"invalid": gettext_lazy("Write the time as 14:30.")})
    whose = forms.ChoiceField(required=False, choices=[("me", ""), ("anyone", "")])
    appointment = forms.IntegerField(required=False)
    visit = forms.IntegerField(required=False)
    visit_at = forms.DateTimeField(required=False)
    other = forms.IntegerField(required=False)
    sure = forms.BooleanField(required=False)
    may_text = forms.ChoiceField(required=False, choices=_YES_NO)
    mobile = forms.CharField(required=False, max_length=40)
    insurance = forms.CharField(required=False, max_length=120)
    referrer = forms.CharField(required=False, max_length=120)
    remarks = forms.CharField(required=False, max_length=4000)

    def clean_mobile(self) -> str:
        """The number as +1...; an error where it is none."""
        typed = str(self.cleaned_data["mobile"]).strip()
        if not typed:
            return ""
        found = read_phone(typed)
        if not isinstance(found, Phone):
            raise forms.ValidationError(gettext("Write the mobile number with its area code, such as (212) 555-0142."))
        return found.number

    def details(self) -> Details:
        """What was given beside the code; parts of outcomes that were not chosen are left out by their fields."""
        data = self.cleaned_data
        return Details(
            callback=self._callback(data.get("on"), data.get("clock")),
            callback_for_me=data.get("whose") != "anyone",
            appointment_id=data.get("appointment") or data.get("visit"),
            existing_visit_at=self._visit_at(data.get("visit_at")),
            other_person_id=data.get("other"),
            captured_mobile=data.get("mobile", ""),
            may_text={"yes": True, "no": False}.get(data.get("may_text", "")),
            remarks=self._remarks(),
        )

    def _callback(self, on: date | None, clock: time | None) -> Moment:
        return Moment(on=on, clock=clock) if on or clock else NOTHING_NAMED

    def _visit_at(self, at: datetime | None) -> datetime | None:
        """As typed, in the person's zone: Django has read it in UTC."""
        zone = self.cleaned_data.get("zone") or ""
        return at.replace(tzinfo=ZoneInfo(zone)) if at and zone else at

    def _remarks(self) -> str:
        data = self.cleaned_data
        lines = [data.get("remarks", "").strip()]
        if data.get("insurance"):
            lines.append(gettext("Insurance: %(name)s") % {"name": data["insurance"].strip()})
        if data.get("referrer"):
            lines.append(gettext("Referring doctor: %(name)s") % {"name": data["referrer"].strip()})
        return "\n".join(line for line in lines if line)

    def outcome(self, agent: Actor, now: datetime) -> Outcome:
        """The desk's value. A call that is said to have begun later than now, or hours ago, begins now."""
        data: dict[str, Any] = self.cleaned_data
        began = data.get("started")
        if began is None or not now - LONGEST_CALL <= began <= now:
            began = now
        return Outcome(
            form_id=data["form_id"],
            agent=agent,
            code=data["code"],
            started_at=began,
            task_id=data["task"],
            number_id=data.get("number"),
            details=self.details(),
        )


class BookingForm(forms.Form):
    """A time that was clicked, and what the list of times is narrowed by."""

    task = forms.IntegerField(min_value=1)
    visit_type = forms.IntegerField(required=False)
    clinician = forms.IntegerField(required=False)
    location = forms.IntegerField(required=False)
    day = forms.DateField(required=False)
    slot = forms.CharField(required=False, max_length=80)
    party = forms.BooleanField(required=False)

    def clean_slot(self) -> tuple[datetime, int] | None:
        """The start and the clinician's id, from "2026-11-24T14:30:00+00:00|3"; None where nothing was chosen."""
        start, _, clinician = str(self.cleaned_data["slot"]).partition("|")
        try:
            at = datetime.fromisoformat(start)
            return (at, int(clinician)) if at.tzinfo else None
        except ValueError:
            return None
