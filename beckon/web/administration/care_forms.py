"""Forms of clinicians with their hours, and of kinds of visits."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beckon.scheduling.catalogue import OfferedClinician, OfferedVisit
from beckon.scheduling.hours_text import read_hours, write_hours
from beckon.scheduling.models import Clinician, Location, VisitType
from beckon.scheduling.rules import WEEKDAYS
from beckon.web.administration.forms import LANGUAGES

DAY_NAMES = dict(
    zip(
        WEEKDAYS,
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")),
        strict=True,
    )
)


class ClinicianForm(forms.Form):
    """A clinician, the place, and the hours that are open to outreach."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As patients hear it, such as Dr. Ana Reyes."))
    specialty = forms.CharField(label=_("Specialty"), max_length=100, required=False)
    location_id = forms.TypedChoiceField(label=_("Location"), coerce=int)
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=LANGUAGES, widget=forms.CheckboxSelectMultiple, required=False
    )
    slots_per_week = forms.IntegerField(
        label=_("Visits a week open to outreach"), min_value=0, max_value=500, initial=40
    )
    is_active = forms.BooleanField(
        label=_("Open to outreach"),
        required=False,
        help_text=_("Switched off, no times are offered any more; visits that are booked stand."),
    )

    def __init__(self, *args: Any, places: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location_id"].choices = [(place.pk, place.name) for place in places]  # type: ignore[attr-defined]
        for day, name in DAY_NAMES.items():
            self.fields[day] = forms.CharField(label=name, required=False, max_length=200)
        self.fields["mon"].help_text = _(
            "Hours of each day, such as 9:00-12:00, 13:00-17:00. Empty: not open that day. In the location's time zone."
        )

    def clean(self) -> dict[str, Any] | None:
        """Each day's hours read; a mistake stands at its day."""
        given = super().clean() or self.cleaned_data
        for day in WEEKDAYS:
            blocks = read_hours(given.get(day, ""))
            if blocks is None:
                self.add_error(day, gettext("Write hours of a 24-hour clock, such as 9:00-12:00, 13:00-17:00."))
            else:
                given[day] = blocks
        return given

    def offered(self) -> OfferedClinician:
        """The value; once valid."""
        data = self.cleaned_data
        return OfferedClinician(
            name=data["name"],
            location_id=data["location_id"],
            specialty=data["specialty"],
            weekly_hours={day: data[day] for day in WEEKDAYS if data[day]},
            slots_per_week=data["slots_per_week"],
            languages=tuple(data["languages"]),
            is_active=data["is_active"],
        )


def clinician_stands(row: Clinician) -> dict[str, Any]:
    """The form's values of a clinician."""
    names = ("name", "specialty", "location_id", "languages", "slots_per_week", "is_active")
    return {name: getattr(row, name) for name in names} | {
        day: write_hours(row.weekly_hours.get(day, [])) for day in WEEKDAYS
    }


class VisitTypeForm(forms.Form):
    """A kind of visit."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As patients hear it."))
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=5, max_value=480, initial=30, help_text=_("Booked visits keep their length.")
    )
    for_new_patients = forms.BooleanField(label=_("Also for new patients"), required=False)
    is_active = forms.BooleanField(
        label=_("Offered"),
        required=False,
        help_text=_("Switched off, nobody can book it; booked visits stand."),
    )

    def offered(self) -> OfferedVisit:
        """The value; once valid."""
        return OfferedVisit(**self.cleaned_data)


def visit_stands(row: VisitType) -> dict[str, Any]:
    """The form's values of a kind of visit."""
    return {name: getattr(row, name) for name in VisitTypeForm.base_fields}
