"""The consent ledger, suppression lists and the organization's contact policy."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

CHANNEL_WORDS = ("sms", "voicemail", "voice", "email", "postal", "phone", "all")


class ConsentState(models.TextChoices):
    """What an entry says. Only opting in again undoes an opt-out; a grant (an imported list, say) never does."""

    GRANTED = "granted"
    REVOKED = "revoked"
    OPTED_IN = "opted_in"


class ConsentBasis(models.TextChoices):
    """Strength of a grant (47 CFR 64.1200: prior express consent, prior express written consent)."""

    NONE = ""
    EXPRESS = "express"
    WRITTEN = "written"


class ConsentEntry(models.Model):
    """One grant or revocation, with its evidence, for a person and/or a number. Read in the order of ids.

    A revocation stops all it names: the person on every address, the number for everybody who uses it. A grant is
    the person's, and where it names a number holds for that number only.
    """

    append_only = True

    person_id = models.BigIntegerField(null=True)
    number_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10, help_text="a channel, 'phone' or 'all'")
    purpose = models.CharField(
        max_length=40, default="all", help_text="all, telemarketing, informational, or the category of a campaign"
    )
    state = models.CharField(max_length=8, choices=ConsentState.choices)
    basis = models.CharField(max_length=8, choices=ConsentBasis.choices, blank=True)
    evidence = models.TextField(help_text="What was said, shown or signed, and where it is kept.")
    policy_version = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=66)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consent_of_somebody", condition=Q(person_id__isnull=False) | Q(number_id__isnull=False)
            ),
            models.CheckConstraint(
                name="consent_grant_of_a_person", condition=~Q(state="granted") | Q(person_id__isnull=False)
            ),
            models.CheckConstraint(name="consent_channel", condition=Q(channel__in=CHANNEL_WORDS)),
            models.CheckConstraint(name="consent_state", condition=Q(state__in=ConsentState.values)),
            models.CheckConstraint(name="consent_basis", condition=~Q(state="granted") | ~Q(basis="")),
            models.CheckConstraint(name="consent_evidence", condition=~Q(evidence="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person_id", "id"], name="consent_person"),
            models.Index(fields=["number_id", "id"], name="consent_number", condition=Q(number_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"consent entry {self.pk}"


class SuppressionKind(models.TextChoices):
    """Why a list forbids contact. A do-not-call registry is about solicitations, the others about everything."""

    DO_NOT_CALL = "do_not_call"
    OPT_OUT = "opt_out"
    REASSIGNED = "reassigned"
    COMPLAINT = "complaint"


class SuppressionList(models.Model):
    """A list of numbers and addresses not to be contacted (do-not-call, earlier opt-outs, reassigned)."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=16, choices=SuppressionKind.choices)
    channel = models.CharField(max_length=10, default="all", help_text="a channel, 'phone' or 'all'")
    imported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="suppression_kind", condition=Q(kind__in=SuppressionKind.values)),
            models.CheckConstraint(name="suppression_channel", condition=Q(channel__in=CHANNEL_WORDS)),
        ]

    def __str__(self) -> str:
        return f"suppression list {self.pk}"


class SuppressionEntry(models.Model):
    """A number or address on a list, by value, so that it also holds for people who come later."""

    list = models.ForeignKey(SuppressionList, on_delete=models.CASCADE, related_name="entries")
    value = models.CharField(max_length=320, help_text="E.164 or lower-case e-mail")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["value", "list"], name="one_suppression")]

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class ContactPolicy(models.Model):
    """The organization's caps and defaults (one row). What each means: `beckon.consent.facts.Policy`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.IntegerField(default=1, help_text="raised by every change; written on each opt-out")
    max_per_day = models.SmallIntegerField(default=1, help_text="contacts over all channels together, in 24 hours")
    max_per_week = models.SmallIntegerField(default=3, help_text="the same, in seven days")
    days_between_calls = models.SmallIntegerField(default=7, help_text="one call attempt per person a week")
    appointment_exclusion_days = models.SmallIntegerField(default=28)
    informational_hours = models.BooleanField(default=True, help_text="keep solicitation hours for all contacts")
    preferred_channel_only = models.BooleanField(default=True)
    preferred_hour_span = models.SmallIntegerField(default=2)
    reply_minutes = models.SmallIntegerField(default=15)
    age_of_majority = models.SmallIntegerField(default=18)
    opt_out_channel = models.CharField(max_length=10, default="all")
    opt_out_purpose = models.CharField(max_length=40, default="all")
    consent_overrides = models.JSONField(default=dict, blank=True, help_text="channel.line.purpose -> least consent")
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="one_policy", condition=Q(id=1)),
            # A person's row remembers the last ten contacts, so no cap may count further.
            models.CheckConstraint(
                name="policy_caps", condition=Q(max_per_day__range=(1, 10)) & Q(max_per_week__range=(1, 10))
            ),
            models.CheckConstraint(name="policy_calls", condition=Q(days_between_calls__gte=1)),
            models.CheckConstraint(name="policy_reply", condition=Q(reply_minutes__range=(1, 60))),
            models.CheckConstraint(name="policy_hour_span", condition=Q(preferred_hour_span__range=(1, 24))),
            models.CheckConstraint(name="policy_age", condition=Q(age_of_majority__gte=18)),
            models.CheckConstraint(name="policy_opt_out", condition=Q(opt_out_channel__in=CHANNEL_WORDS)),
        ]

    def __str__(self) -> str:
        return "contact policy"
