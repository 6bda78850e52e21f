"""What is said about a file before it is imported: where it comes from, what each column means, what it permits."""

from collections import Counter
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beckon.people.importing.options import ImportOptions
from beckon.people.models import Origin
from beckon.people.normal.fields import NAMES, PHONES, SEVERAL, Field
from beckon.web.importing.drafts import ColumnLook, Draft

ADD, REPLACE = "add", "replace"
CHANNELS = (
    ("sms", _("Text messages")),
    ("voicemail", _("Voicemail drops")),
    ("voice", _("Calls by agents")),
    ("email", _("E-mail")),
)
FIELDS: tuple[tuple[str | Promise, tuple[tuple[str, str | Promise], ...]], ...] = (
    (
        _("Name"),
        (
            (Field.FULL_NAME, _("Full name")),
            (Field.GIVEN_NAME, _("Given name")),
            (Field.MIDDLE_NAME, _("Middle name")),
            (Field.FAMILY_NAME, _("Family name")),
            (Field.NAME_SUFFIX, _("Suffix")),
        ),
    ),
    (
        _("Person"),
        (
            (Field.BIRTH_DATE, _("Birth date")),
            (Field.SEX, _("Sex")),
            (Field.LANGUAGE, _("Language")),
            (Field.RECORD_NUMBER, _("Record number")),
        ),
    ),
    (
        _("Phone and e-mail"),
        (
            (Field.MOBILE_PHONE, _("Mobile phone")),
            (Field.HOME_PHONE, _("Home phone")),
            (Field.WORK_PHONE, _("Work phone")),
            (Field.PHONE, _("Phone, kind not known")),
            (Field.EMAIL, _("E-mail address")),
        ),
    ),
    (
        _("Address"),
        (
            (Field.ADDRESS_LINE1, _("Street")),
            (Field.ADDRESS_LINE2, _("Unit, second line")),
            (Field.CITY, _("City")),
            (Field.STATE, _("State")),
            (Field.POSTAL_CODE, _("ZIP code")),
            (Field.TIME_ZONE, _("Time zone")),
        ),
    ),
    (
        _("Consent"),
        (
            (Field.OK_TO_TEXT, _("Agrees to texts")),
            (Field.OK_TO_VOICEMAIL, _("Agrees to voicemail drops")),
            (Field.OK_TO_CALL, _("Agrees to calls")),
            (Field.OK_TO_EMAIL, _("Agrees to e-mail")),
            (Field.DO_NOT_CONTACT, _("Never contact")),
        ),
    ),
    (
        _("Visits"),
        (
            (Field.LAST_ENCOUNTER, _("Last visit")),
            (Field.LAST_APPOINTMENT, _("Last appointment")),
            (Field.LAST_APPOINTMENT_OUTCOME, _("Outcome of the last appointment")),
            (Field.NEXT_APPOINTMENT, _("Next appointment")),
            (Field.DECEASED, _("Deceased")),
        ),
    ),
    (
        _("Parent or guardian"),
        (
            (Field.GUARDIAN_NAME, _("Guardian's name")),
            (Field.GUARDIAN_PHONE, _("Guardian's phone")),
        ),
    ),
)
FIELD_WORDS: dict[str, str | Promise] = {str(code): name for _group, members in FIELDS for code, name in members}
_CHOICES = [(Field.IGNORE.value, _("Leave this column out")), *((group, list(members)) for group, members in FIELDS)]
_REACHED = frozenset({*PHONES, Field.EMAIL, Field.ADDRESS_LINE1})
_CONSENTS = frozenset({Field.OK_TO_TEXT, Field.OK_TO_VOICEMAIL, Field.OK_TO_CALL, Field.OK_TO_EMAIL})


class ImportForm(forms.Form):
    """Everything an import is told. `c0`, `c1` ... are the columns, in the order of the file."""

    source = forms.CharField(
        label=_("Where the file comes from"),
        max_length=100,
        help_text=_("The same name every month: the meaning of the columns is remembered under it."),
    )
    origin = forms.ChoiceField(
        label=_("Whose people these are"),
        choices=(
            (Origin.OWN, _("Patients of the practice")),
            (Origin.REFERRAL, _("Referred to the practice")),
            (Origin.BOUGHT, _("A bought list")),
        ),
        widget=forms.RadioSelect,
        help_text=_("People of a bought list start without consent to texts and recorded messages."),
    )
    vendor = forms.CharField(label=_("Who sold the list"), max_length=200, required=False)
    price = forms.DecimalField(
        label=_("What the whole list cost, in dollars"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    mode = forms.ChoiceField(
        label=_("People who are not in this file"),
        choices=(
            (ADD, _("stay as they are")),
            (REPLACE, _("leave the list, if they came from the same source: this file is the whole list")),
        ),
        widget=forms.RadioSelect,
        initial=ADD,
    )
    evidence = forms.CharField(
        label=_("Evidence of that consent"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What was signed or said, and where it is kept."),
    )

    def __init__(self, draft: Draft, *args: Any, **kwargs: Any) -> None:
        self.draft = draft
        kwargs.setdefault("initial", initial_of(draft))
        super().__init__(*args, **kwargs)
        for channel, name in CHANNELS:
            self.fields[f"consent_{channel}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=(
                    ("", _("Nothing for the whole list")),
                    ("express", _("Everybody agreed, by word")),
                    ("written", _("Everybody agreed in writing")),
                ),
            )
        for place, column in enumerate(draft.columns):
            self.fields[f"c{place}"] = forms.ChoiceField(label=column.header, choices=_CHOICES, initial=column.field)

    def clean(self) -> dict[str, Any]:
        """Somebody's name must be there, a meaning stands once, and consent for a list has its evidence."""
        given: dict[str, Any] = super().clean() or {}
        if self.draft.has_columns:
            self._check_columns()
        if self.consent() and not str(given.get("evidence", "")).strip():
            self.add_error("evidence", _("Consent for a whole list needs its evidence."))
        return given

    def _check_columns(self) -> None:
        meanings = Counter(self.mapping().values())
        if not any(name in meanings for name in NAMES):
            self.add_error(
                None, _("No column holds the names. Choose which one does; rows without a name are refused.")
            )
        for meaning, times in meanings.items():
            if times > 1 and Field(meaning) not in SEVERAL:
                headers = [h for h, m in self.mapping().items() if m == meaning]
                self.add_error(
                    None,
                    gettext("%(columns)s cannot all be “%(meaning)s”. Leave all but one of them out.")
                    % {"columns": ", ".join(f"“{h}”" for h in headers), "meaning": FIELD_WORDS[meaning]},
                )

    def mapping(self) -> dict[str, str]:
        """Column header -> field, as chosen."""
        return {
            column.header: self.cleaned_data.get(f"c{place}", Field.IGNORE.value)
            for place, column in enumerate(self.draft.columns)
        }

    def consent(self) -> dict[str, str]:
        """Channel -> basis for the whole list."""
        found = {channel: self.cleaned_data.get(f"consent_{channel}", "") for channel, _name in CHANNELS}
        return {channel: basis for channel, basis in found.items() if basis}

    def options(self, *, dry_run: bool) -> ImportOptions:
        """What the import is told."""
        given = self.cleaned_data
        price = given.get("price")
        return ImportOptions(
            origin=given["origin"],
            vendor=given["vendor"],
            price_cents=None if price is None else int(price * 100),
            consent=self.consent(),
            evidence=given["evidence"].strip(),
            mapping=self.mapping() if self.draft.has_columns else {},
            dry_run=dry_run,
            replace=given["mode"] == REPLACE,
        )

    def as_said(self) -> dict[str, Any]:
        """What was typed, to be shown again."""
        return {name: self.data.get(name, "") for name in self.fields}


def initial_of(draft: Draft) -> dict[str, Any]:
    """What the form shows first: what was said before, else the guess."""
    guessed = {f"c{place}": column.field for place, column in enumerate(draft.columns)}
    return {"source": draft.source, "origin": Origin.OWN.value, "mode": ADD, **guessed, **draft.chosen}


def warnings(columns: list[ColumnLook], *, origin: str, meanings: dict[str, str]) -> list[str | Promise]:
    """What a person should know about this mapping before trying it; none of it forbids anything."""
    found: list[str | Promise] = []
    chosen = {Field(m) for m in meanings.values() if m in set(Field)}
    if len(columns) == 1:
        found.append(
            _("The file has a single column. If it should have more, its values may be separated by an unusual mark.")
        )
    if columns and not chosen & NAMES:
        found.append(_("No column seems to hold names. Choose which one does."))
    if columns and not chosen & _REACHED:
        found.append(_("No column holds a phone, an e-mail or a street: rows that reach nobody are refused."))
    if columns and Field.BIRTH_DATE not in chosen and Field.RECORD_NUMBER not in chosen:
        found.append(
            _("Without birth date and record number, only name, contact and ZIP together tell who is known already.")
        )
    if origin == Origin.BOUGHT and chosen & _CONSENTS:
        found.append(
            _("A yes in a column of a bought list is the seller's word: it grants nothing. A no always counts.")
        )
    if any(
        sample[:1] in "=+@" and len(sample) > 1 and not sample[1:2].isdigit() for c in columns for sample in c.samples
    ):
        found.append(_("Some values look like spreadsheet formulas. They are kept as plain text and never run."))
    return found
