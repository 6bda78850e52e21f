"""People to be called by agents, the calls made, and what their outcomes do."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class CallQueue(models.Model):
    """A list of calls that agents share."""

    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"queue {self.pk}"


class Script(models.Model):
    """What the agent reads, per workflow and language; a signed-off version is never changed."""

    key = models.CharField(max_length=100)
    language = models.CharField(max_length=8)
    version = models.IntegerField(default=1)
    body = models.TextField(help_text="MiniJinja over the person's facts")
    signed_off_by = models.CharField(max_length=200, blank=True)
    signed_off_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "language", "version"], name="one_script_version"),
        ]

    def __str__(self) -> str:
        return f"script {self.key} {self.language} v{self.version}"


class Disposition(models.Model):
    """An outcome code and its behaviour (desk.rules.Behaviour as JSON). Fourteen are loaded by default."""

    code = models.CharField(max_length=12, primary_key=True)
    label = models.CharField(max_length=100)
    label_es = models.CharField(max_length=100)
    hotkey = models.CharField(max_length=1)
    behaviour = models.JSONField()
    position = models.SmallIntegerField()
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class TaskStatus(models.TextChoices):
    """Life of a call task."""

    OPEN = "open"
    LEASED = "leased"
    CLOSED = "closed"


class CallPlace(models.Model):
    """A place people are called in: states and zones that may hold. Few rows; tasks point at them by number, so
    that serving can leave out a whole place where it is night. Row 0 does not exist: 0 on a task is "unknown"."""

    key = models.CharField(max_length=600, unique=True, help_text="states|zones, each sorted and joined by commas")

    def __str__(self) -> str:
        return self.key


class CallTask(models.Model):
    """A person to be called. A person is leased to one agent at most, over all queues and campaigns."""

    person_id = models.BigIntegerField()
    queue = models.ForeignKey(CallQueue, on_delete=models.PROTECT, related_name="tasks", db_constraint=False)
    campaign_id = models.BigIntegerField(null=True)
    enrollment_id = models.BigIntegerField(null=True)
    step = models.CharField(max_length=40, blank=True)
    round = models.SmallIntegerField(default=0)
    script_key = models.CharField(max_length=100, blank=True)
    purpose = models.CharField(max_length=16, default="informational", help_text="consent.facts.Purpose")
    hipaa_class = models.CharField(max_length=12, blank=True)
    skips_booked = models.BooleanField(default=True, help_text="a re-appointment call: an appointment soon ends it")
    overrides = models.JSONField(default=dict, help_text="the playbook's changes to dispositions: code -> fields")
    text_sender_id = models.BigIntegerField(null=True, help_text="sender of the texts that dispositions send")
    status = models.CharField(max_length=8, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    value = models.IntegerField(default=0, help_text="expected worth in cents; higher is served first")
    due_at = models.DateTimeField(help_text="not before (domain time)")
    is_ready = models.BooleanField(default=False, help_text="due_at has passed; set in batches when agents ask")
    held_reason = models.CharField(max_length=60, blank=True, help_text="why it waits until due_at, where it does")
    place = models.IntegerField(default=0, help_text="CallPlace of the number to dial; 0 unknown")
    days_between = models.SmallIntegerField(default=7, help_text="between two attempts")
    callback_at = models.DateTimeField(null=True, help_text="the person asked for this time")
    callback_for = models.CharField(max_length=66, blank=True, help_text="actor who promised it; '' anyone")
    attempts = models.SmallIntegerField(default=0)
    max_attempts = models.SmallIntegerField(default=5)
    tried_hours = ArrayField(models.SmallIntegerField(), default=list, help_text="local hours already tried")
    number_id = models.BigIntegerField(null=True, help_text="the number to dial next")
    leased_by = models.CharField(max_length=66, blank=True)
    leased_until = models.DateTimeField(null=True, help_text="wall clock")
    last_agent = models.CharField(max_length=66, blank=True, help_text="who was served last and has not disposed yet")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="task_status", condition=Q(status__in=TaskStatus.values)),
            models.CheckConstraint(
                name="task_lease",
                condition=Q(status="leased", leased_until__isnull=False) & ~Q(leased_by="")
                | ~Q(status="leased") & Q(leased_by="", leased_until=None),
            ),
            models.CheckConstraint(
                name="task_closed", condition=~Q(status="closed") | (Q(closed_at__isnull=False) & ~Q(closed_reason=""))
            ),
            models.CheckConstraint(name="task_ready_is_open", condition=Q(is_ready=False) | Q(status="open")),
            models.CheckConstraint(name="task_attempts", condition=Q(attempts__lte=models.F("max_attempts"))),
            models.UniqueConstraint(fields=["person_id"], condition=Q(status="leased"), name="one_agent_per_person"),
            models.UniqueConstraint(
                fields=["enrollment_id", "step", "round"],
                name="one_task_per_step",
                condition=Q(enrollment_id__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # In the order of serving. And so place by place: asking costs the same however many of a list are asleep.
            models.Index(
                "queue",
                models.F("value").desc(),
                "attempts",
                "due_at",
                "id",
                name="task_head",
                condition=Q(status="open", is_ready=True, callback_at=None),
            ),
            models.Index(
                "queue",
                "place",
                models.F("value").desc(),
                "attempts",
                "due_at",
                "id",
                name="task_ready",
                condition=Q(status="open", is_ready=True, callback_at=None),
            ),
            models.Index(fields=["due_at"], name="task_waiting", condition=Q(status="open", is_ready=False)),
            models.Index(
                fields=["callback_at"], name="task_callback", condition=Q(status="open", callback_at__isnull=False)
            ),
            models.Index(fields=["leased_by", "leased_until"], name="task_leased", condition=Q(status="leased")),
            models.Index(fields=["person_id"], name="task_person"),
            models.Index(fields=["enrollment_id"], name="task_enrollment"),
        ]

    def __str__(self) -> str:
        return f"call task {self.pk}"


class Call(models.Model):
    """One attempt and its outcome. Undone ones stay, marked."""

    task_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField()
    number_id = models.BigIntegerField(null=True)
    campaign_id = models.BigIntegerField(null=True)
    enrollment_id = models.BigIntegerField(null=True)
    agent = models.CharField(max_length=66)
    attempt = models.SmallIntegerField()
    disposition = models.CharField(max_length=12)
    counted = models.BooleanField(default=True, help_text="among the attempts; a call the person asked for is not")
    answered = models.BooleanField(default=False, help_text="a human answered")
    remarks = models.TextField(blank=True)
    appointment_id = models.BigIntegerField(null=True)
    callback_at = models.DateTimeField(null=True)
    local_hour = models.SmallIntegerField(help_text="hour where the person is, for answer-rate tables")
    local_weekday = models.SmallIntegerField(help_text="0 Monday")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    before = models.JSONField(default=dict, help_text="the task and person columns before, for undo")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=66, blank=True)
    dedupe_key = models.CharField(
        max_length=80, unique=True, help_text="form id, so that a repeated submit is one call"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person_id", "started_at"], name="call_person"),
            models.Index(fields=["agent", "started_at"], name="call_agent"),
            models.Index(fields=["started_at"], name="call_started"),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"
