"""What staff fill in about a person. A form says where and what is wrong, and loses nothing typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from beckon.people.models import ContactKind, LineType
from beckon.people.normal.addresses import PostalAddress, is_usable, printed
from beckon.people.normal.phones import Phone, read_phone
from beckon.people.normal.values import read_email, read_postal_code, read_state
from beckon.web.people.words import CHANNELS, PURPOSES
from beckon.web.spoken import hour_name

OPT_OUT, GRANT, OPT_IN = "opt_out", "grant", "opt_in"
LONGEST_TEXT = 1_600


class ConsentForm(forms.Form):
    """A change of consent with its evidence; appended to the ledger, never edited afterwards."""

    what = forms.ChoiceField(
        label=_("What the person said"),
        choices=(
            (OPT_OUT, _("Stop: opts out")),
            (GRANT, _("Yes: gives consent")),
            (OPT_IN, _("Resume: opts in again after a stop")),
        ),
        widget=forms.RadioSelect,
        initial=OPT_OUT,
    )
    channel = forms.ChoiceField(
        label=_("Over which channel"),
        choices=[(c, CHANNELS[c]) for c in ("all", "phone", "sms", "voicemail", "voice", "email", "postal")],
    )
    purpose = forms.ChoiceField(
        label=_("For what"),
        choices=[(p, PURPOSES[p]) for p in ("all", "informational", "telemarketing")],
    )
    number = forms.ChoiceField(
        label=_("On which number or address"),
        required=False,
        help_text=_("An opt-out of a number holds for everybody who uses it."),
    )
    basis = forms.ChoiceField(
        label=_("How consent was given"),
        required=False,
        choices=(("express", _("Said: on the phone, by text, in person")), ("written", _("In writing, signed"))),
        help_text=_("Only for a yes. Advertising by text or recorded message needs it in writing (47 CFR 64.1200)."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was said, shown or signed, by whom, and where it is kept."),
    )

    def __init__(self, *args: Any, numbers: list[tuple[int, str]] = [], **kwargs: Any) -> None:  # noqa: B006 - read only
        super().__init__(*args, **kwargs)
        field = self.fields["number"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All of them")), *((str(pk), text) for pk, text in numbers)]

    def clean(self) -> dict[str, Any]:
        """A yes for everything at once is nobody's consent: it names its channel."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") == GRANT and not given.get("basis"):
            self.add_error("basis", _("Say how consent was given."))
        return given


class ContactForm(forms.Form):
    """A phone or e-mail address to be added."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=((ContactKind.PHONE, _("Phone")), (ContactKind.EMAIL, _("E-mail")))
    )
    value = forms.CharField(
        label=_("Number or address"), max_length=320, help_text=_("A phone in any form, such as 212 555 0142.")
    )
    use = forms.ChoiceField(
        label=_("Where it rings"),
        required=False,
        choices=(
            ("", _("Not known")),
            ("mobile", _("Mobile")),
            ("home", pgettext_lazy("telephone", "Home")),
            ("work", _("Work")),
        ),
    )

    def clean(self) -> dict[str, Any]:
        """The value as it is kept: E.164, or the address in small letters."""
        given: dict[str, Any] = super().clean() or {}
        value = str(given.get("value", ""))
        if given.get("kind") == ContactKind.PHONE and value:
            phone = read_phone(value)
            if not isinstance(phone, Phone):
                self.add_error(
                    "value", gettext("This is no phone number that can be used. Give it with its area code.")
                )
            else:
                given["value"] = phone.number
        elif value:
            email = read_email(value)
            if email is None:
                self.add_error("value", gettext("This is no e-mail address. It looks like name@example.org."))
            else:
                given["value"] = email
        return given

    @property
    def line_type(self) -> LineType:
        """What the stated use says about the line."""
        uses = {"mobile": LineType.MOBILE, "home": LineType.LANDLINE, "work": LineType.UNKNOWN}
        return uses.get(self.cleaned_data["use"], LineType.UNKNOWN)


class AddressForm(forms.Form):
    """A postal address to be added, with what a letter needs."""

    line1 = forms.CharField(label=_("Street and number, or box"), max_length=200)
    line2 = forms.CharField(label=_("Apartment, floor"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    state = forms.CharField(label=_("State"), max_length=40, required=False, help_text=_("Two letters, such as NY."))
    postal_code = forms.CharField(label=_("ZIP code"), max_length=10, required=False)

    def clean_state(self) -> str:
        """Two letters."""
        return self._read("state", read_state, gettext("This is no state. Write its two letters, such as NY."))

    def clean_postal_code(self) -> str:
        """Five digits."""
        return self._read("postal_code", read_postal_code, gettext("A ZIP code has five digits."))

    def _read(self, name: str, reader: Callable[[str], str | None], wrong: str) -> str:
        typed = str(self.cleaned_data[name]).strip()
        found = reader(typed) if typed else ""
        if found is None:
            raise forms.ValidationError(wrong)
        return found

    def clean(self) -> dict[str, Any]:
        """Where a letter could arrive."""
        given: dict[str, Any] = super().clean() or {}
        address = self.address()
        usable = is_usable(address.line1, address.city, address.state, address.postal_code)
        if not self.errors and not usable:
            self.add_error("postal_code", gettext("Give the ZIP code, or the city with its state."))
        return given

    def address(self) -> PostalAddress:
        """The value as it is kept."""
        data = self.cleaned_data
        return PostalAddress(
            printed(data.get("line1", "")),
            printed(data.get("line2", "")),
            printed(data.get("city", ""), 100),
            data.get("state", ""),
            data.get("postal_code", ""),
        )


def _hours() -> list[tuple[object, object]]:
    return [("", _("No preference")), *((hour, hour_name(hour)) for hour in range(8, 21))]


class PreferencesForm(forms.Form):
    """What the person asked for; it goes before any score."""

    language = forms.ChoiceField(
        label=_("Language"), choices=(("", _("Not known")), ("en", _("English")), ("es", _("Spanish"))), required=False
    )
    channel = forms.ChoiceField(
        label=_("Wants to be reached by"),
        required=False,
        choices=[("", _("No preference")), *((c, CHANNELS[c]) for c in ("sms", "voice", "email", "postal"))],
    )
    hour = forms.TypedChoiceField(
        label=_("At about"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=_hours,
        help_text=_("In the person's own time."),
    )


class EvidenceForm(forms.Form):
    """Why something is recorded for good."""

    evidence = forms.CharField(
        label=_("What was said, and where it is kept"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class TextForm(forms.Form):
    """A text message by hand. `form_id` makes it one however often it is sent."""

    form_id = forms.CharField(max_length=40, widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("Message"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Plain words. Nothing about health: a text can be read by others."),
    )
