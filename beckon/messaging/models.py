"""Messages of every channel, and the templates they are written from."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Template(models.Model):
    """Wording of one message in one language; a signed-off version is never changed, a new one is made."""

    key = models.CharField(max_length=100, help_text="such as community-outreach/text-1")
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=8)
    version = models.IntegerField(default=1)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    back = models.TextField(blank=True, help_text="second side of a postcard")
    signed_off_by = models.CharField(max_length=200, blank=True)
    signed_off_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "channel", "language", "version"], name="one_template_version"),
        ]

    def __str__(self) -> str:
        return f"template {self.key} {self.language} v{self.version}"


class MessageStatus(models.TextChoices):
    """Life of a message. DROPPED and FAILED carry a reason; UNKNOWN is settled by the carrier, never by sending again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    RECEIVED = "received"


class Message(models.Model):
    """One thing sent or received. No foreign keys: written in floods."""

    dedupe_key = models.CharField(max_length=80, unique=True, help_text="design, invariant 1")
    person_id = models.BigIntegerField(null=True)
    number_id = models.BigIntegerField(null=True)
    is_inbound = models.BooleanField(default=False)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=16, help_text="informational or telemarketing (TCPA class)")
    sender_id = models.BigIntegerField(null=True)
    template_id = models.BigIntegerField(null=True)
    campaign_id = models.BigIntegerField(null=True)
    enrollment_id = models.BigIntegerField(null=True)
    step = models.CharField(max_length=40, blank=True)
    variant = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=320, help_text="value of the number at the time of recording")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    back = models.TextField(blank=True)
    segments = models.SmallIntegerField(default=1)
    cost_cents = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    status = models.CharField(max_length=10, choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    reason = models.CharField(max_length=60, blank=True, help_text="why dropped, failed or unknown")
    vendor_code = models.CharField(max_length=40, blank=True)
    carrier_ref = models.CharField(max_length=120, blank=True)
    claimed_by = models.CharField(max_length=100, blank=True)
    tries = models.SmallIntegerField(default=0)
    decided_at = models.DateTimeField(help_text="when the decision to send began (domain time)")
    not_before = models.DateTimeField(help_text="earliest sending (domain time)")
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, help_text="domain time")
    settled_at = models.DateTimeField(null=True, help_text="delivered, failed or dropped (domain time)")
    recorded_at = models.DateTimeField(help_text="wall clock")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="message_status", condition=Q(status__in=MessageStatus.values)),
            models.CheckConstraint(
                name="message_no_has_a_reason",
                condition=~Q(status__in=["dropped", "failed", "unknown"]) | ~Q(reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sender_id", "not_before", "id"], name="message_queue", condition=Q(status="queued")),
            models.Index(fields=["sender_id"], name="message_in_flight", condition=Q(status__in=["sending", "unknown"])),
            models.Index(fields=["person_id", "id"], name="message_person"),
            models.Index(fields=["carrier_ref"], name="message_carrier_ref", condition=~Q(carrier_ref="")),
            models.Index(fields=["campaign_id", "step"], name="message_campaign"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Inbox(models.Model):
    """Raw callback or reply taken in, before it is understood; unique, so that a repeat changes nothing."""

    carrier = models.CharField(max_length=20)
    key = models.CharField(max_length=160, unique=True)
    payload = models.JSONField()
    recorded_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="inbox_open", condition=Q(handled_at=None)),
        ]

    def __str__(self) -> str:
        return f"inbox {self.pk}"
