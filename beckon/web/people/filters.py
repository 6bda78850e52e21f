"""The simple filters of the list of people: a form that becomes the same condition JSON as a saved segment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beckon.people.places.tables import state_zones
from beckon.segments.conditions import Definition, parse_definition, to_json
from beckon.segments.errors import InvalidCondition
from beckon.segments.models import Segment
from beckon.segments.queries import list_segments
from beckon.web.people.queries import source_names

ANY = ("", _("Any"))
_SEEN = (
    ANY,
    ("within_180", _("Within 6 months")),
    ("over_365", _("More than a year ago")),
    ("over_730", _("More than two years ago")),
    ("never", _("Never, or not known")),
)
_VISIT = (ANY, ("booked", _("One is booked")), ("none", _("None is booked")))
_REACH = (
    ANY,
    ("mobile", _("Has a mobile")),
    ("landline", _("Has a landline")),
    ("email", _("Has an e-mail address")),
    ("none", _("Nothing that works")),
)
_MARK = (
    ANY,
    ("free", _("May be contacted")),
    ("do_not_contact", _("Never contact")),
    ("deceased", _("Deceased")),
    ("retired", _("No longer on a list, too")),
)
_ORIGIN = (ANY, ("own", _("Own patients")), ("referral", _("Referral")), ("bought", _("Bought list")))
_LANGUAGE = (ANY, ("en", _("English")), ("es", _("Spanish")))

_CLAUSES: dict[tuple[str, str], dict[str, Any]] = {
    ("seen", "within_180"): {"field": "last_encounter", "op": "within_last", "value": 180},
    ("seen", "over_365"): {"field": "last_encounter", "op": "more_than_ago", "value": 365},
    ("seen", "over_730"): {"field": "last_encounter", "op": "more_than_ago", "value": 730},
    ("seen", "never"): {"field": "last_encounter", "op": "known", "value": False},
    ("visit", "booked"): {"field": "next_appointment", "op": "known", "value": True},
    ("visit", "none"): {"field": "next_appointment", "op": "known", "value": False},
    ("reach", "mobile"): {"field": "reachable", "op": "is", "value": True, "with": {"kind": "phone", "line": "mobile"}},
    ("reach", "landline"): {
        "field": "reachable",
        "op": "is",
        "value": True,
        "with": {"kind": "phone", "line": "landline"},
    },
    ("reach", "email"): {"field": "reachable", "op": "is", "value": True, "with": {"kind": "email"}},
    ("reach", "none"): {"field": "reachable", "op": "is", "value": False},
    ("mark", "do_not_contact"): {"field": "do_not_contact", "op": "is", "value": True},
    ("mark", "deceased"): {"field": "deceased", "op": "is", "value": True},
}
_FREE = [
    {"field": "do_not_contact", "op": "is", "value": False},
    {"field": "deceased", "op": "is", "value": False},
]


class FilterForm(forms.Form):
    """The filters as they stand in the address. Nothing is required; a wrong value is told beside its field."""

    segment = forms.ChoiceField(label=_("Segment"), required=False)
    seen = forms.ChoiceField(label=_("Last visit"), choices=_SEEN, required=False)
    visit = forms.ChoiceField(label=_("Next appointment"), choices=_VISIT, required=False)
    reach = forms.ChoiceField(label=_("Reached by"), choices=_REACH, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGE, required=False)
    state = forms.CharField(
        label=_("State"), max_length=2, required=False, widget=forms.TextInput(attrs={"placeholder": "NY"})
    )
    age_from = forms.IntegerField(label=_("Age from"), min_value=0, max_value=130, required=False)
    age_to = forms.IntegerField(label=_("Age to"), min_value=0, max_value=130, required=False)
    origin = forms.ChoiceField(label=_("Origin"), choices=_ORIGIN, required=False)
    source = forms.ChoiceField(label=_("List"), required=False)
    mark = forms.ChoiceField(label=_("Mark"), choices=_MARK, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.segments = {str(s.pk): s for s in list_segments()}
        self._choose("segment", [(pk, s.name) for pk, s in self.segments.items()])
        self._choose("source", [(name, name) for name in source_names()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ANY, *choices]

    def clean_state(self) -> str:
        """The two letters of a state."""
        state = str(self.cleaned_data["state"]).strip().upper()
        if state and state not in state_zones():
            raise forms.ValidationError(_("Give the two letters of a state, such as NY."))
        return state

    def clean(self) -> dict[str, Any]:
        """An age range runs upwards."""
        given: dict[str, Any] = super().clean() or {}
        low, high = given.get("age_from"), given.get("age_to")
        if low is not None and high is not None and low > high:
            self.add_error("age_to", _("The age to is lower than the age from."))
        return given

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that say something, by name."""
        return {k: v for k, v in self.cleaned_data.items() if v not in ("", None)} if self.is_valid() else {}

    @property
    def segment_chosen(self) -> Segment | None:
        """The saved segment that is chosen."""
        return self.segments.get(str(self.chosen.get("segment", "")))

    def definition(self) -> Definition:
        """What is chosen as one condition; everybody where nothing is. Raises InvalidCondition for a broken segment."""
        return parse_definition(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The condition JSON, as the segment builder reads it."""
        chosen = self.chosen
        parts: list[dict[str, Any]] = [_CLAUSES[key] for key in chosen.items() if key in _CLAUSES]
        for name in ("language", "state", "origin", "source"):
            if name in chosen:
                parts.append({"field": name, "op": "is", "value": chosen[name]})
        if "age_from" in chosen:
            parts.append({"field": "age", "op": "at_least", "value": chosen["age_from"]})
        if "age_to" in chosen:
            parts.append({"field": "age", "op": "at_most", "value": chosen["age_to"]})
        if chosen.get("mark") == "free":
            parts += _FREE
        with_retired = chosen.get("mark") == "retired"
        segment = self.segment_chosen
        if segment is not None:
            saved = to_json(parse_definition(segment.definition))
            parts.insert(0, saved["where"])
            with_retired = with_retired or bool(saved.get("include_retired"))
        where = {"all": parts} if len(parts) > 1 else parts[0] if parts else {"everyone": True}
        return {"version": 1, "where": where, "include_retired": with_retired}


def definition_or_none(form: FilterForm) -> Definition | None:
    """The form's condition; None where a saved segment asks about something that is no longer known."""
    try:
        return form.definition()
    except InvalidCondition:
        return None
