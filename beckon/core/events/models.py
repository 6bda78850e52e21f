"""Facts about people, append-only: the timeline, what journeys react to, what reports count."""

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One fact. `at` is domain time, `recorded_at` the wall clock. No foreign keys: written in floods."""

    append_only = True

    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=60, help_text="package.past_tense, such as appointment.booked")
    person_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True, help_text="The row it is about; the kind says which table.")
    actor = models.CharField(max_length=66)
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person_id", "at"], name="event_person_at"),
            models.Index(fields=["kind", "at"], name="event_kind_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
