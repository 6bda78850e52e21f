"""A form for the gallery: one field of each kind."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    """Nothing is done with it."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands on the letter"))
    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("es", "Español")])
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    agrees = forms.BooleanField(label=_("May be texted"), required=False)
