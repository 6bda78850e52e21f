"""Every look at a person's data and every change, append-only; sealed in a chain behind the writers."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Cast


class CurrentTransaction(Func):
    """The id of the running transaction as a number, for the default of a column."""

    function = "pg_current_xact_id"
    output_field = models.TextField()


class AuditEntry(models.Model):
    """Who did what to which rows. One row per list shown, with all its ids."""

    append_only = True

    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=66)
    action = models.CharField(max_length=60, help_text="verb, such as person.viewed, campaign.launched")
    object_kind = models.CharField(max_length=40)
    object_ids = ArrayField(models.BigIntegerField(), default=list)
    detail = models.JSONField(default=dict, null=True, help_text="What changed. Null once erased; the digest stays.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the contents, hex; what the chain is made of")
    transaction_id = models.BigIntegerField(
        db_default=Cast(Cast(CurrentTransaction(), models.TextField()), models.BigIntegerField())
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["actor", "at"], name="audit_actor_at"),
            # Who looked at this person: 265 ms without it at 700,000 entries, 0.2 ms with it.
            GinIndex(fields=["object_ids"], name="audit_person", condition=Q(object_kind="person")),
            # A campaign's changes are few among very many looks.
            models.Index(fields=["id"], name="audit_campaign", condition=Q(object_kind="campaign")),
        ]
        constraints: ClassVar = [models.CheckConstraint(name="audit_digest", condition=~Q(digest=Value("")))]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class AuditSeal(models.Model):
    """A link of the chain: the digest of the entries it lists, in id order, after the previous seal's digest."""

    append_only = True

    entry_ids = ArrayField(models.BigIntegerField())
    watermark = models.BigIntegerField(help_text="every entry with this id or a lower one is sealed here or before")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256, hex")
    previous_digest = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["previous_digest"], name="chain_does_not_fork")]

    def __str__(self) -> str:
        return f"seal {self.pk}"
