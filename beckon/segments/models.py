"""Saved segments: a condition over people and their history, versioned."""

from django.db import models


class Segment(models.Model):
    """A named condition. `definition` is the JSON form of beckon.segments.conditions."""

    name = models.CharField(max_length=100, unique=True)
    definition = models.JSONField()
    version = models.IntegerField(default=1)
    by = models.CharField(max_length=66)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"segment {self.pk}"
