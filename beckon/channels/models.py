"""Senders: the numbers and addresses that messages leave from, with their carrier and limits."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Channel(models.TextChoices):
    """How a person is reached."""

    SMS = "sms"
    VOICEMAIL = "voicemail"
    EMAIL = "email"
    POSTAL = "postal"
    VOICE = "voice"


class Sender(models.Model):
    """One number or address of ours. A trigger refuses any carrier but `sandbox` unless the organization is live."""

    name = models.CharField(max_length=100, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    carrier = models.CharField(max_length=20, help_text="kind in channels.carriers.registry")
    address = models.CharField(max_length=320, help_text="E.164, e-mail or return address shown to the receiver")
    config = models.JSONField(default=dict, help_text="carrier settings; secrets stand in the environment, never here")
    rate_per_second = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    daily_cap = models.IntegerField(null=True)
    cost_cents = models.DecimalField(max_digits=8, decimal_places=3, default=0, help_text="per segment or piece")
    is_active = models.BooleanField(default=True)
    dispatcher = models.CharField(max_length=100, blank=True, help_text="worker that holds this sender")
    dispatcher_until = models.DateTimeField(null=True, help_text="wall-clock lease")
    paused_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="sender_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="sender_rate", condition=Q(rate_per_second__gt=0)),
        ]

    def __str__(self) -> str:
        return f"sender {self.pk}"
