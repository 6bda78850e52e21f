"""Saved segments: a condition over people and their history, versioned."""

from typing import ClassVar

from django.db import models


class Segment(models.Model):
    """A named condition. `definition` is the JSON form of beckon.segments.conditions, newest version."""

    name = models.CharField(max_length=100, unique=True)
    definition = models.JSONField()
    version = models.IntegerField(default=1)
    by = models.CharField(max_length=66)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"segment {self.pk}"


class SegmentVersion(models.Model):
    """What a segment said in each version."""

    append_only = True

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="versions")
    version = models.IntegerField()
    definition = models.JSONField()
    by = models.CharField(max_length=66)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "version"], name="one_segment_version"),
        ]

    def __str__(self) -> str:
        return f"segment {self.segment_id} v{self.version}"
