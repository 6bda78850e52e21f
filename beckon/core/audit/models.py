"""Every look at a person's data and every change, append-only; sealed in a chain behind the writers."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditEntry(models.Model):
    """Who did what to which rows. One row per list shown, with all its ids."""

    append_only = True

    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=66)
    action = models.CharField(max_length=60, help_text="verb, such as person.viewed, campaign.launched")
    object_kind = models.CharField(max_length=40)
    object_ids = ArrayField(models.BigIntegerField(), default=list)
    detail = models.JSONField(default=dict, help_text="What changed, without contents that must be erasable.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["actor", "at"], name="audit_actor_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class AuditSeal(models.Model):
    """A link of the chain: the digest of all entries up to `up_to_id` after the previous seal."""

    append_only = True

    up_to_id = models.BigIntegerField(unique=True)
    entries = models.IntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256, hex")
    previous_digest = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.up_to_id}"
