"""The forms of the four steps and of the running campaign. Check what was typed; change nothing."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from beckon.campaigns.life import LaunchNo
from beckon.campaigns.models import Campaign, PlaybookVersion
from beckon.campaigns.playbooks.schema import Playbook
from beckon.channels.models import Sender
from beckon.segments.models import Segment
from beckon.web.campaigns.words import ACCEPTING, CHANNELS, word

MOST_A_DAY = 100_000
MORNING = time(9)


class PlaybookForm(forms.Form):
    """Step 1: a name and a playbook."""

    name = forms.CharField(
        label=_("Name of the campaign"),
        help_text=_("As it stands in lists and reports. You can change it until the launch."),
        max_length=100,
    )
    playbook = forms.TypedChoiceField(label=_("Playbook"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, versions: list[PlaybookVersion], taken: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.taken = taken
        field = self.fields["playbook"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(version.pk, version.key) for version in versions]

    def clean_name(self) -> str:
        """Two campaigns never share a name."""
        name = str(self.cleaned_data["name"]).strip()
        if self.taken(name):
            raise forms.ValidationError(_("Another campaign has this name. Choose another."))
        return name


class AudienceForm(forms.Form):
    """Step 2: the playbook's own rule, or a saved segment."""

    OWN = "own"
    people = forms.ChoiceField(label=_("Who is it for?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, segments: list[Segment], **more: Any) -> None:
        super().__init__(*args, **more)
        own: tuple[str, str | Promise] = (self.OWN, _("The playbook's own rule"))
        field = self.fields["people"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [own, *((str(segment.pk), segment.name) for segment in segments)]


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.Form):
    """Step 3: when, how many a day, from where, for how much, and who signs the wording off."""

    starts_on = forms.DateField(label=_("First day"), help_text=_("People come in from 9 in the morning."), widget=_Day)
    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("Who is still in then leaves. Without it, the campaign ends when nobody is left."),
        widget=_Day,
        required=False,
    )
    daily_volume = forms.IntegerField(
        label=_("People a day"), help_text=_("So many begin the journey each day."), min_value=1, max_value=MOST_A_DAY
    )
    agents = forms.IntegerField(
        label=_("Agents who will call"), help_text=_("For the forecast of the calls."), min_value=0, max_value=1000
    )
    budget = forms.DecimalField(
        label=_("Budget, in dollars"),
        help_text=_("You are warned where the forecast or the cost so far is above it; nothing stops by itself."),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
    )
    list_cost = forms.DecimalField(
        label=_("Cost of the list, in dollars"),
        help_text=_("What a bought list cost. Part of the break-even."),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
    )
    signed_off_by = forms.CharField(
        label=_("Wording and scripts signed off by"),
        help_text=_("The name of the person who has read all of it and stands by it, such as Dr. Ana Sample."),
        max_length=100,
        required=False,
    )

    def __init__(
        self, *args: Any, playbook: Playbook, senders: dict[str, list[Sender]], is_signed: bool, zone: str, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.channels = list(senders)
        self.zone = ZoneInfo(zone)
        if not playbook.has_calls():
            del self.fields["agents"]
        if is_signed:
            del self.fields["signed_off_by"]
        for channel, found in senders.items():
            self.fields[f"sender_{channel}"] = forms.TypedChoiceField(
                label=format_lazy("{}: {}", _("Sender"), word(CHANNELS, channel)),
                coerce=int,
                empty_value=None,
                required=bool(found),
                choices=[
                    *((s.pk, f"{s.name} ({s.address})") for s in found),
                    *([] if found else [("", _("none yet"))]),
                ],
            )

    def clean(self) -> dict[str, Any]:
        """The end lies after the start."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first. Choose a later one."))
        return cleaned

    def changes(self, now: datetime) -> dict[str, Any]:
        """What was typed as fields of a draft. A first day of today means at once."""
        data = self.cleaned_data
        today = now.astimezone(self.zone).date()
        first: date = data["starts_on"]
        last: date | None = data["ends_on"]
        return {
            "starts_at": now if first <= today else datetime.combine(first, MORNING, self.zone),
            "ends_at": datetime.combine(last, time(23, 59), self.zone) if last else None,
            "daily_volume": data["daily_volume"],
            "agents": data.get("agents", 0),
            "budget_cents": _cents(data["budget"]),
            "list_cents": _cents(data["list_cost"]) or 0,
            "senders": {c: data[f"sender_{c}"] for c in self.channels if data.get(f"sender_{c}") is not None},
        }


def plan_of(campaign: Campaign, zone: str) -> dict[str, Any]:
    """What stands in step 3 of a draft before anything is typed."""
    place, stated = ZoneInfo(zone), campaign.economics
    budget = stated.get("budget_cents")
    return {
        "starts_on": campaign.starts_at.astimezone(place).date(),
        "ends_on": campaign.ends_at.astimezone(place).date() if campaign.ends_at else None,
        "daily_volume": campaign.daily_volume,
        "agents": stated.get("agents") or 0,
        "budget": f"{budget / 100:.2f}" if budget is not None else "",
        "list_cost": f"{stated['list_cents'] / 100:.2f}" if stated.get("list_cents") else "",
        **{f"sender_{channel}": sender for channel, sender in campaign.senders.items()},
    }


def _cents(value: Any) -> int | None:
    return None if value is None else round(value * 100)


class ConfirmForm(forms.Form):
    """Step 4: the expected return was read; shortages are taken knowingly."""

    digest = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(label=_("I have read what it will cost and bring, and I stand by it"))

    def __init__(self, *args: Any, shortages: list[LaunchNo], is_over_budget: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.shortages = shortages
        for kind in shortages:
            self.fields[f"accept_{kind.value}"] = forms.BooleanField(label=str(ACCEPTING[kind]), required=False)
        if is_over_budget:
            self.fields["over_budget"] = forms.BooleanField(label=_("I know that the forecast is above the budget"))

    def accepted(self) -> list[LaunchNo]:
        """The shortages that were ticked."""
        return [kind for kind in self.shortages if self.cleaned_data.get(f"accept_{kind.value}")]


class VolumeForm(forms.Form):
    """How many people a day a running campaign takes in."""

    daily_volume = forms.IntegerField(label=_("People a day"), min_value=1, max_value=MOST_A_DAY)
