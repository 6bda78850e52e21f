"""What virtual people are going to do: answers, pick-ups and visits that lie in the virtual future."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class VirtualAct(models.Model):
    """An act of a virtual person, due at a domain time. Survives a restart, so a demo can go on."""

    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, help_text="reply, receipt, call_back, arrive")
    due_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at", "id"], name="act_due", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"act {self.pk}"
