"""The filter of the audit record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beckon.web.audit.queries import Filter, colleagues
from beckon.web.audit.words import ACTIONS, OBJECTS

DAY = {"type": "date"}


class AuditFilter(forms.Form):
    """Who, what, on what, when. An unknown code is let through: it finds what it finds."""

    actor = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    kind = forms.ChoiceField(label=_("On what"), required=False)
    object = forms.IntegerField(label=_("Its number"), required=False, min_value=1, max_value=2**62)
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody, anything = ("", _("Everybody")), ("", _("Anything"))
        others = [("system:beckon", "Beckon"), ("system:command-line", _("Command line"))]
        self._choose("actor", [everybody, *colleagues(), *others])
        self._choose("action", [anything, *sorted(ACTIONS.items(), key=lambda pair: str(pair[1]))])
        self._choose("kind", [anything, *sorted(OBJECTS.items(), key=lambda pair: str(pair[1]))])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wanted(self, zone: str) -> Filter:
        """The filter; parts that are no values are left out."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return Filter(
            actor=given.get("actor", ""),
            action=given.get("action", ""),
            object_kind=given.get("kind", ""),
            object_id=given.get("object"),
            first=given.get("first"),
            last=given.get("last"),
            zone=zone,
        )
