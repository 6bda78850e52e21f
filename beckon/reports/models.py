"""When the weekly report leaves by itself and to whom, and each time it left."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ReportSchedule(models.Model):
    """The weekly PDF by e-mail: on a weekday at an hour where the practice is, to some addresses."""

    language = models.CharField(max_length=8)
    weekday = models.SmallIntegerField(help_text="0 Monday")
    hour = models.SmallIntegerField(help_text="of the practice's day, 0 to 23")
    recipients = ArrayField(models.EmailField(max_length=254))
    by = models.CharField(max_length=66)
    since = models.DateTimeField(help_text="what fell due before is not sent (domain time)")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="schedule_weekday", condition=Q(weekday__gte=0, weekday__lte=6)),
            models.CheckConstraint(name="schedule_hour", condition=Q(hour__gte=0, hour__lte=23)),
            models.CheckConstraint(name="schedule_recipients", condition=~Q(recipients=[])),
        ]

    def __str__(self) -> str:
        return f"report schedule {self.pk}"


class DeliveryStatus(models.TextChoices):
    """What became of one report. SENDING after a crash means that it may have left; it is never sent again."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class ReportDelivery(models.Model):
    """One week's report of a schedule; recorded before it leaves, so that it leaves once."""

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.PROTECT, related_name="deliveries")
    week = models.CharField(max_length=8, help_text="ISO week such as 2026-W47")
    recipients = ArrayField(models.EmailField(max_length=254))
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.SENDING)
    reason = models.CharField(max_length=60, blank=True, help_text="name of the error where it failed")
    at = models.DateTimeField(help_text="domain time")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "week"], name="one_report_a_week"),
            models.CheckConstraint(name="delivery_status", condition=Q(status__in=DeliveryStatus.values)),
            models.CheckConstraint(name="delivery_failed_says_why", condition=~Q(status="failed") | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"report delivery {self.pk}"
