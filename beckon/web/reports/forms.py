"""The schedule of the weekly report."""

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from beckon.reports.schedules import MOST_RECIPIENTS, read_recipients
from beckon.web.reports.presenters import weekday_name
from beckon.web.spoken import hour_name


class ScheduleForm(forms.Form):
    """When, in which language, to whom."""

    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int)
    hour = forms.TypedChoiceField(label=_("Hour"), coerce=int, help_text=_("Where the practice is."))
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("es", "Español")])
    recipients = forms.CharField(
        label=_("Recipients"),
        help_text=_("E-mail addresses, one a line or with commas between. They do not see each other."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=4000,
    )

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        days, hours = self.fields["weekday"], self.fields["hour"]
        assert isinstance(days, forms.ChoiceField)
        assert isinstance(hours, forms.ChoiceField)
        days.choices = [(day, weekday_name(day)) for day in range(7)]
        hours.choices = [(hour, hour_name(hour)) for hour in range(24)]

    def clean_recipients(self) -> list[str]:
        """Every address readable, not too many."""
        good, bad = read_recipients(self.cleaned_data["recipients"])
        if bad:
            raise forms.ValidationError(
                _("Not an e-mail address: %(bad)s. Correct it or take it out."), params={"bad": ", ".join(bad[:5])}
            )
        if len(good) > MOST_RECIPIENTS:
            most = formats.number_format(MOST_RECIPIENTS)
            raise forms.ValidationError(_("A report goes to %(most)s addresses at most."), params={"most": most})
        return good
