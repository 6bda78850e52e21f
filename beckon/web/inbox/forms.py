"""What is written back."""

from django import forms
from django.utils.translation import gettext, gettext_lazy


class AnswerForm(forms.Form):
    """A ready answer or words of one's own."""

    form_id = forms.CharField(max_length=60, widget=forms.HiddenInput)
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    template = forms.CharField(required=False, max_length=100, label=gettext_lazy("Ready answer"))
    body = forms.CharField(
        required=False,
        max_length=480,
        label=gettext_lazy("Your words"),
        help_text=gettext_lazy("Plain words, nothing about health: others may see it. 160 characters are one text."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, object]:
        """Either the one or the other."""
        data = dict(self.cleaned_data)
        if not data.get("template") and not str(data.get("body") or "").strip():
            self.add_error("body", gettext("Write an answer, or choose a ready one."))
        return data
