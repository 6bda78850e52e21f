"""Messages of every channel, what came in raw, the templates messages are written from, and each sender's pace."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beckon.messaging.values import MessageStatus

_STATUSES = [status.value for status in MessageStatus]


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


class Message(models.Model):
    """One thing sent or received. No foreign keys: written in floods."""

    dedupe_key = models.CharField(max_length=80, help_text="design, invariant 1; made by messaging.keys")
    person_id = models.BigIntegerField(null=True)
    number_id = models.BigIntegerField(null=True)
    contact_point_id = models.BigIntegerField(null=True, help_text="the address asked about; null: the best one")
    is_inbound = models.BooleanField(default=False)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=16, help_text="consent.facts.Purpose")
    hipaa_class = models.CharField(max_length=16, blank=True)
    requested_at = models.DateTimeField(null=True, help_text="the person's act that a reply or notice answers")
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
    extras = models.JSONField(null=True, help_text="a postcard's code, link and phone; media of a text")
    segments = models.SmallIntegerField(default=1)
    cost_cents = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    status = models.CharField(max_length=10, choices=[(s, s) for s in _STATUSES], default="queued")
    reason = models.CharField(max_length=60, blank=True, help_text="why dropped, failed, unknown or put off")
    meaning = models.CharField(max_length=16, blank=True, help_text="of a received one: replies.Meaning")
    vendor_code = models.CharField(max_length=40, blank=True)
    carrier_ref = models.CharField(max_length=120, blank=True)
    claimed_by = models.CharField(max_length=100, blank=True)
    tries = models.SmallIntegerField(default=0)
    decided_at = models.DateTimeField(help_text="when the decision to send began (domain time)")
    not_before = models.DateTimeField(help_text="earliest sending (domain time)")
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, help_text="handed to the carrier, surely or perhaps (domain time)")
    settled_at = models.DateTimeField(null=True, help_text="delivered, failed, dropped or received (domain time)")
    look_up_at = models.DateTimeField(null=True, help_text="when to ask the carrier about an unknown (wall clock)")
    recorded_at = models.DateTimeField(help_text="wall clock")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dedupe_key"], name="message_once"),
            models.CheckConstraint(name="message_status", condition=Q(status__in=_STATUSES)),
            models.CheckConstraint(
                name="message_no_has_a_reason",
                condition=~Q(status__in=["dropped", "failed", "unknown"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="message_open_is_unsent",
                condition=~Q(status__in=["queued", "sending"]) | Q(sent_at=None, settled_at=None),
            ),
            models.CheckConstraint(
                name="message_text_expires",
                condition=~Q(status__in=["queued", "sending"]) | ~Q(channel="sms") | Q(expires_at__isnull=False),
            ),
        ]
        # No index names `status`, so that marking a row as being sent is a HOT update (ADR 0009).
        indexes: ClassVar = [
            models.Index(
                fields=["sender_id", "not_before", "id"],
                name="message_queue",
                condition=Q(sent_at=None, settled_at=None),
            ),
            models.Index(
                fields=["sender_id", "look_up_at"], name="message_unknown", condition=Q(look_up_at__isnull=False)
            ),
            models.Index(fields=["person_id", "id"], name="message_person"),
            models.Index(
                fields=["carrier_ref"],
                name="message_carrier_ref",
                condition=~Q(carrier_ref=""),
            ),
            models.Index(fields=["campaign_id", "enrollment_id"], name="message_campaign"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Inbox(models.Model):
    """Raw callback or reply taken in, before it is understood; unique, so that a repeat changes nothing."""

    sender_id = models.BigIntegerField(help_text="the sender whose carrier called")
    carrier = models.CharField(max_length=20)
    key = models.CharField(max_length=160)
    payload = models.JSONField()
    recorded_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, help_text="wall clock")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key"], name="inbox_once")]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="inbox_open", condition=Q(handled_at=None)),
        ]

    def __str__(self) -> str:
        return f"inbox {self.pk}"


class SenderPace(models.Model):
    """What a sender may still take: the token bucket of its rate and the day's count. One row per sender."""

    sender_id = models.BigIntegerField(primary_key=True)
    tokens = models.FloatField(default=0)
    tokens_at = models.FloatField(null=True, help_text="wall seconds since 1970 at which `tokens` stood")
    day = models.DateField(null=True, help_text="the organization's date that `sent_today` counts")
    sent_today = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"pace of sender {self.sender_id}"
