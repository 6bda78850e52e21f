"""The consent ledger, suppression lists and the organization's contact policy."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ConsentState(models.TextChoices):
    """What an entry says."""

    GRANTED = "granted"
    REVOKED = "revoked"


class ConsentBasis(models.TextChoices):
    """Strength of a grant (47 CFR 64.1200: prior express consent, prior express written consent)."""

    NONE = ""
    EXPRESS = "express"
    WRITTEN = "written"


class ConsentEntry(models.Model):
    """One grant or revocation, with its evidence, for a person and/or a number. The newest entry counts."""

    append_only = True

    person_id = models.BigIntegerField(null=True)
    number_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10, help_text="a channel, or 'all'")
    purpose = models.CharField(max_length=16, default="all", help_text="informational, telemarketing or all")
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
            models.CheckConstraint(name="consent_state", condition=Q(state__in=ConsentState.values)),
            models.CheckConstraint(name="consent_basis", condition=Q(state="revoked") | ~Q(basis="")),
            models.CheckConstraint(name="consent_evidence", condition=~Q(evidence="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person_id", "id"], name="consent_person"),
            models.Index(fields=["number_id", "id"], name="consent_number", condition=Q(number_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"consent entry {self.pk}"


class SuppressionList(models.Model):
    """A list of numbers and addresses not to be contacted (do-not-call, earlier opt-outs, reassigned)."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=16, help_text="do_not_call, opt_out, reassigned, complaint")
    channels = models.CharField(max_length=60, default="all", help_text="'all' or channels joined by commas")
    imported_at = models.DateTimeField()

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
    """The organization's caps and defaults (one row). None of them may be laxer than the law."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    max_per_day = models.SmallIntegerField(default=1, help_text="contacts over all channels together")
    max_per_week = models.SmallIntegerField(default=3)
    days_between_calls = models.SmallIntegerField(default=7, help_text="one call attempt per person a week")
    appointment_exclusion_days = models.SmallIntegerField(default=28)
    informational_hours = models.BooleanField(default=True, help_text="also keep solicitation hours for other contacts")
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="one_policy", condition=Q(id=1))]

    def __str__(self) -> str:
        return "contact policy"
