"""When people can come: locations, clinicians, visit types, appointments, encounters."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Location(models.Model):
    """A place where visits happen."""

    name = models.CharField(max_length=100, unique=True)
    line1 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"location {self.pk}"


class VisitType(models.Model):
    """A kind of visit and how long it takes."""

    name = models.CharField(max_length=100, unique=True)
    minutes = models.SmallIntegerField(default=30)
    for_new_patients = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="visit_minutes", condition=Q(minutes__gt=0))]

    def __str__(self) -> str:
        return f"visit type {self.pk}"


class Clinician(models.Model):
    """A doctor or other care provider, with weekly hours open to outreach."""

    name = models.CharField(max_length=100)
    specialty = models.CharField(max_length=100, blank=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="clinicians")
    weekly_hours = models.JSONField(
        default=dict, help_text='{"mon": [["09:00", "12:00"], ...], ...} in the location\'s zone'
    )
    slots_per_week = models.SmallIntegerField(default=40, help_text="slots open to us; the capacity guard")
    languages = ArrayField(models.CharField(max_length=8), default=list)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"clinician {self.pk}"


class AppointmentStatus(models.TextChoices):
    """Where an appointment stands. The two CANCELLED_BY values choose the branch of the playbook."""

    BOOKED = "booked"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED_BY_PRACTICE = "cancelled_by_practice"
    CANCELLED_BY_PATIENT = "cancelled_by_patient"
    ENTERED_IN_ERROR = "entered_in_error"


class Appointment(models.Model):
    """Booked time. Two booked ones of a clinician never overlap (same start refused by index, overlap by lock)."""

    person_id = models.BigIntegerField()
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="appointments")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="appointments")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=24, choices=AppointmentStatus.choices, default=AppointmentStatus.BOOKED)
    is_first_visit = models.BooleanField(default=False)
    campaign_id = models.BigIntegerField(null=True)
    enrollment_id = models.BigIntegerField(null=True)
    call_id = models.BigIntegerField(null=True)
    rescheduled_from = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1, help_text="grows with every reschedule; part of reminders' keys")
    reason = models.CharField(max_length=40, blank=True, help_text="coded: why cancelled or moved")
    revenue_cents = models.BigIntegerField(null=True, help_text="collected for the visit, once known")
    by = models.CharField(max_length=66)
    at = models.DateTimeField(help_text="when it was booked (domain time)")
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="appointment_status", condition=Q(status__in=AppointmentStatus.values)),
            models.CheckConstraint(name="appointment_order", condition=Q(ends_at__gt=models.F("starts_at"))),
            models.UniqueConstraint(
                fields=["clinician", "starts_at"], condition=Q(status="booked"), name="slot_sold_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person_id", "starts_at"], name="appointment_person"),
            models.Index(fields=["starts_at"], name="appointment_start"),
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"


class ClinicianDay(models.Model):
    """A day of a clinician, in the location's zone. Its row is locked by whoever books into that day."""

    clinician_id = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinician_id", "day"], name="one_clinician_day")]

    def __str__(self) -> str:
        return f"clinician {self.clinician_id} {self.day}"


class Encounter(models.Model):
    """A time the person was actually seen."""

    person_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=100, blank=True)
    appointment_id = models.BigIntegerField(null=True)
    identifier = models.CharField(max_length=120, blank=True, help_text="id in the source system")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["appointment_id"], condition=Q(appointment_id__isnull=False), name="one_encounter_per_visit"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person_id", "at"], name="encounter_person")]

    def __str__(self) -> str:
        return f"encounter {self.pk}"
