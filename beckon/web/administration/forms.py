"""Forms of the settings."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from beckon.consent.models import SuppressionKind
from beckon.core.models import Role
from beckon.desk.rules import Again
from beckon.web.administration.presenters import AGAIN_NAMES, CHANNEL_CHOICES, KIND_NAMES
from beckon.web.roles import ROLE_NAMES

ZONES = sorted(
    zone
    for zone in available_timezones()
    if zone.startswith(("America/", "Pacific/")) and zone.count("/") <= 2 and not zone.startswith("America/Argentina")
)
LANGUAGES = (("en", "English"), ("es", "Español"))
MOST_BYTES = 200 * 1024 * 1024
"""A national do-not-call copy of ten million numbers has about 110 MB."""


class Practice(forms.Form):
    """The organization itself."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As staff see it in the menu."))
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, help_text=_("Of letters to staff, and of people whose own is unknown.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in ZONES],
        help_text=_("Days, reports and daily caps are counted in it."),
    )


class Location(forms.Form):
    """A place where visits happen."""

    name = forms.CharField(label=_("Name"), max_length=100)
    line1 = forms.CharField(label=_("Street"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    state = forms.RegexField(
        label=_("State"), regex=r"^[A-Za-z]{2}$", max_length=2, required=False, help_text=_("Two letters, such as NY.")
    )
    postal_code = forms.CharField(label=_("ZIP code"), max_length=10, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in ZONES],
        help_text=_("Appointment times are shown in it."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def clean_state(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["state"]).upper()


class Invite(forms.Form):
    """Somebody new, or somebody of another practice."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("They get a letter with a link that holds for a week.")
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, ROLE_NAMES[role]) for role in Role])


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, ROLE_NAMES[role]) for role in Role])


class SenderLimits(forms.Form):
    """How fast and how much, and whether at all."""

    rate_per_second = forms.DecimalField(
        label=_("Messages a second"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        help_text=_("What the carrier allows this number or address."),
    )
    daily_cap = forms.IntegerField(
        label=_("At most in a day"), required=False, min_value=1, max_value=100_000_000, help_text=_("Empty: no cap.")
    )
    is_active = forms.BooleanField(label=_("Switched on"), required=False)

    def clean_rate_per_second(self) -> Any:
        """Above 0."""
        rate = self.cleaned_data["rate_per_second"]
        if not rate:
            raise forms.ValidationError(_("Give a number above 0; to stop the sender, switch it off."))
        return rate


class TemplateWords(forms.Form):
    """Wording of one message. What is wrong with it is found by the action."""

    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(label=_("Words"), widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true"}))
    back = forms.CharField(label=_("Other side"), widget=forms.Textarea(attrs={"rows": 4}), required=False)

    def __init__(self, *args: Any, channel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel != "email":
            del self.fields["subject"]
        if channel != "postal":
            del self.fields["back"]


class SignOff(forms.Form):
    """Who stands behind the words."""

    name = forms.CharField(
        label=_("Your name and title"), max_length=200, help_text=_("It stands beside the words from then on.")
    )


class DispositionForm(forms.Form):
    """What an outcome is called, its key, and what happens after it."""

    label = forms.CharField(label=_("Name in English"), max_length=100)
    label_es = forms.CharField(label=_("Name in Spanish"), max_length=100)
    hotkey = forms.RegexField(
        label=_("Key"), regex=r"^[a-z0-9]$", max_length=1, help_text=_("One letter or digit: pressed on the desk.")
    )
    again = forms.ChoiceField(
        label=_("Call again"), choices=[(again.value, AGAIN_NAMES[again]) for again in Again], required=False
    )
    win_back_after_days = forms.IntegerField(
        label=_("Days until a win-back campaign may take them"), min_value=0, max_value=3650, required=False
    )


class SuppressionUpload(forms.Form):
    """A file of phones and e-mails not to be contacted."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or text with one phone or e-mail a row, up to 200 MB."))
    name = forms.CharField(
        label=_("Name of the list"), max_length=100, help_text=_("The name of a list that exists adds to it.")
    )
    kind = forms.ChoiceField(
        label=_("Why they are not to be contacted"),
        choices=[(kind.value, KIND_NAMES[kind]) for kind in SuppressionKind],
    )
    channel = forms.ChoiceField(label=_("What it stops"), choices=CHANNEL_CHOICES)
    replace = forms.BooleanField(label=_("Take off the list what is not in this file"), required=False)

    def clean_file(self) -> Any:
        """Text, and not too much of it: the first bytes are looked at, not the name."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file has more than 200 MB. Split it."))
        head = file.read(4096)
        file.seek(0)
        if b"\x00" in head or head.startswith((b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")):
            raise forms.ValidationError(_("This is no text file. Save the list as CSV and upload that."))
        return file


class LookUp(forms.Form):
    """A phone or e-mail to look for on the lists."""

    value = forms.CharField(label=_("Phone or e-mail"), max_length=320, required=False)
