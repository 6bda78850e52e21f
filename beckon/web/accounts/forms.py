"""Forms of accounts: log-in, asking for a link, name, taking up an invitation."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beckon.core.models import User
from beckon.web.accounts.letters import defer_password_link


class Plain:
    """No words inside the fields, no lists of rules above them: the page says once what a password must be."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
            field.label = LABELS.get(name, field.label)


LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("The password you have"),
    "password1": _("New password"),
    "password2": _("The same password again"),
}


class LogIn(Plain, LoginForm):  # type: ignore[misc]
    """E-mail and password; the cursor stands in the first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username webauthn", "autofocus": True}


class AskForLink(Plain, ResetPasswordForm):  # type: ignore[misc]
    """The e-mail that a password link is sent to. Whether there is such an account is not even looked up here: a
    worker does that and writes the letter, so that neither the answer nor its time tells."""

    def clean_email(self) -> str:
        """As typed, in lower case."""
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Have a worker send the link."""
        email: str = self.cleaned_data["email"]
        defer_password_link(email, origin=request.build_absolute_uri("/"), language=get_language() or "en")
        return email


class ChangePassword(Plain, ChangePasswordForm):  # type: ignore[misc]
    """The password one has, and a new one twice."""


class NewPassword(Plain, ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password twice, behind a link."""


class OnceMore(Plain, ReauthenticateForm):  # type: ignore[misc]
    """The password again, before something that changes how one logs in."""


class Name(forms.ModelForm):  # type: ignore[type-arg]
    """One's own name."""

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("Name")}
        help_texts = {"name": _("As colleagues should see it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class TakeUpInvitation(forms.Form):
    """Name and password of somebody new. How good the password must be is checked by the action."""

    name = forms.CharField(label=_("Your name"), max_length=200, help_text=_("As colleagues should see it."))
    password = forms.CharField(
        label=_("Password"),
        help_text=_("12 characters or more. Four or five unrelated words are easy to keep in mind."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any] | None:
        """Both the same."""
        given = super().clean() or self.cleaned_data
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("This is not the same password. Type it again."))
        return given
