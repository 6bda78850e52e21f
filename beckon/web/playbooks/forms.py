"""The forms of a step, a wording, a copy and the whole playbook as text. What they give is checked as a whole after."""

from typing import Any

import yaml
from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beckon.campaigns.reasons import LeaveReason
from beckon.web.campaigns.words import LEFT, word

WEEKDAYS = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)
LINES = (
    ("any", _("everybody")),
    ("mobile", _("mobiles")),
    ("landline", _("landlines")),
    ("unknown", _("unknown lines")),
)
WAYS, VARIANTS = 4, ("a", "b", "c")


class CopyForm(forms.Form):
    """The name of a copy, in both languages."""

    title_en = forms.CharField(label=_("Name in English"), max_length=100)
    title_es = forms.CharField(label=_("Name in Spanish"), max_length=100)

    def key(self) -> str:
        """The short name made from the English one."""
        return (slugify(self.cleaned_data["title_en"]) or "playbook")[:50]


class SignForm(forms.Form):
    """Who signs off."""

    name = forms.CharField(label=_("Signed off by"), max_length=200, help_text=_("The full name of who answers for it"))


class WaitForm(forms.Form):
    """A wait."""

    months = forms.IntegerField(label=_("Months"), min_value=0, max_value=12, required=False)
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=366, required=False)
    hours = forms.IntegerField(label=_("Hours"), min_value=0, max_value=72, required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("Then to the next"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    hour = forms.IntegerField(
        label=_("At the hour"), min_value=8, max_value=20, required=False, help_text=_("8 to 20, where the person is")
    )

    def changes(self) -> dict[str, Any]:
        """The step's fields."""
        data = self.cleaned_data
        found: dict[str, Any] = {name: data[name] or None for name in ("months", "days", "hours")}
        return {**found, "weekdays": data["weekdays"] or None, "hour": data["hour"]}


class CallForm(forms.Form):
    """A call."""

    script = forms.ChoiceField(label=_("Script"))
    attempts = forms.IntegerField(label=_("Attempts"), min_value=1, max_value=20)
    days_between = forms.IntegerField(label=_("Days between attempts"), min_value=1, max_value=90)
    worth_cents = forms.IntegerField(
        label=_("Worth in cents"), min_value=0, help_text=_("Who is worth more is called first")
    )

    def __init__(self, *args: Any, scripts: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["script"].choices = [(name, name) for name in scripts]  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """The step's fields."""
        return dict(self.cleaned_data)


class ExitForm(forms.Form):
    """Leaving."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[(r.value, word(LEFT, r.value)) for r in LeaveReason])

    def changes(self) -> dict[str, Any]:
        """The step's fields."""
        return dict(self.cleaned_data)


class SendForm(forms.Form):
    """A message: up to four ways, each with up to three wordings under test."""

    expires_hours = forms.IntegerField(
        label=_("Dropped when it has waited so many hours"), min_value=1, max_value=336, initial=24
    )

    def __init__(self, *args: Any, templates: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.templates = templates
        wordings = [("", "–"), *((name, f"{name} ({channel})") for name, channel in templates.items())]
        for way in range(WAYS):
            number = way + 1
            self.fields[f"line_{way}"] = forms.ChoiceField(
                label=gettext("Way %(n)d: for") % {"n": number}, choices=LINES, required=False
            )
            for variant in VARIANTS:
                self.fields[f"templates_{way}_{variant}"] = forms.CharField(
                    label=gettext("Way %(n)d, wording %(variant)s") % {"n": number, "variant": variant.upper()},
                    required=False,
                    widget=forms.Select(choices=wordings)
                    if "," not in str(self.initial.get(f"templates_{way}_{variant}", ""))
                    else forms.TextInput,
                )
                self.fields[f"weight_{way}_{variant}"] = forms.FloatField(
                    label=gettext("Its share"), required=False, min_value=0.01, max_value=1000
                )

    @staticmethod
    def initial_of(step: dict[str, Any]) -> dict[str, Any]:
        """What the form shows for a step."""
        found: dict[str, Any] = {"expires_hours": step.get("expires_hours", 24)}
        for place, way in enumerate(step.get("ways", [])[:WAYS]):
            found[f"line_{place}"] = way.get("line", "any")
            for variant, described in way["variants"].items():
                found[f"templates_{place}_{variant}"] = ", ".join(described["templates"])
                found[f"weight_{place}_{variant}"] = described.get("weight", 1)
        return found

    def changes(self) -> dict[str, Any]:
        """The step's fields; the channel of a way is that of its first wording."""
        data, ways = self.cleaned_data, list[dict[str, Any]]()
        for way in range(WAYS):
            variants: dict[str, dict[str, Any]] = {}
            for variant in VARIANTS:
                names = [one.strip() for one in data[f"templates_{way}_{variant}"].split(",") if one.strip()]
                if names:
                    variants[variant] = {"templates": names, "weight": data[f"weight_{way}_{variant}"] or 1}
            if variants:
                first = str(next(iter(variants.values()))["templates"][0])
                channel = self.templates.get(first, "sms")
                ways.append({"channel": channel, "line": data[f"line_{way}"] or "any", "variants": variants})
        return {"ways": ways, "expires_hours": data["expires_hours"]}


class _Plain(yaml.SafeLoader):
    """Safe YAML without references: a page of them unfolds into more than the memory holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As the parent's, but no reference."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "references are not available here", mark)
        return super().compose_node(parent, index)


class TextForm(forms.Form):
    """The whole playbook as YAML."""

    text = forms.CharField(
        label=_("The playbook as YAML"),
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}),
        max_length=200_000,
    )

    def clean_text(self) -> dict[str, Any]:
        """The definition. Raises ValidationError with the line."""
        try:
            found = yaml.load(self.cleaned_data["text"], _Plain)  # noqa: S506 - a safe loader
        except RecursionError as error:
            raise forms.ValidationError(gettext("Line %(line)s cannot be read as YAML.") % {"line": 1}) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else "?"
            raise forms.ValidationError(gettext("Line %(line)s cannot be read as YAML.") % {"line": line}) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(gettext("This is not a playbook: it begins with no “name: value”."))
        return found


def as_text(definition: dict[str, Any]) -> str:
    """A definition as YAML, in its own order."""
    return yaml.safe_dump(definition, sort_keys=False, allow_unicode=True, width=120)
