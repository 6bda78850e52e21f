"""Playbooks at work: campaigns, enrollments, and the trace that says why each person stands where they stand."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class PlaybookVersion(models.Model):
    """A validated playbook as signed off; immutable. Campaigns run on a version."""

    key = models.CharField(max_length=60)
    version = models.IntegerField()
    definition = models.JSONField(help_text="beckon.campaigns.playbooks.schema.Playbook")
    digest = models.CharField(max_length=64)
    signed_off_by = models.CharField(max_length=200, blank=True)
    signed_off_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "version"], name="one_playbook_version")]

    def __str__(self) -> str:
        return f"playbook {self.key} v{self.version}"


class CampaignStatus(models.TextChoices):
    """Life of a campaign."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"


class Campaign(models.Model):
    """A playbook on a segment."""

    name = models.CharField(max_length=100, unique=True)
    playbook = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="campaigns")
    segment_definition = models.JSONField(help_text="condition at launch, copied so that edits do not move it")
    segment_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT)
    hipaa_class = models.CharField(max_length=12, help_text="treatment, operations, marketing, prospect")
    tcpa_class = models.CharField(max_length=16, help_text="informational or telemarketing")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    daily_volume = models.IntegerField(help_text="people enrolled a day")
    senders = models.JSONField(default=dict, help_text="channel -> sender id")
    queue_id = models.BigIntegerField(null=True)
    economics = models.JSONField(default=dict, help_text="expected return as computed and confirmed before launch")
    confirmed_by = models.CharField(max_length=66, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    launched_at = models.DateTimeField(null=True)
    drained_until = models.DateTimeField(null=True, help_text="nobody left to enrol; not asked again before")
    ended_at = models.DateTimeField(null=True)
    counters = models.JSONField(default=dict, help_text="sums folded from CampaignCount; read queries.counters")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="campaign_status", condition=Q(status__in=CampaignStatus.values)),
            models.CheckConstraint(
                name="campaign_confirmed", condition=Q(status="draft") | Q(confirmed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"campaign {self.pk}"


class Enrollment(models.Model):
    """One person in one campaign. Either due at a time or left with a reason (design, invariant 2)."""

    # Without an index of its own: enrollment_campaign serves, and each index costs every step of every journey.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="enrollments", db_constraint=False, db_index=False
    )
    playbook_version_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    key = models.CharField(max_length=220, help_text="stable source key of the person; keys every random draw")
    step = models.CharField(max_length=40)
    round = models.SmallIntegerField(default=0, help_text="returns to the same step")
    due_at = models.DateTimeField(null=True)
    waiting_for = models.CharField(
        max_length=60, blank=True, help_text="event or task the step waits for, until due_at"
    )
    memory = models.JSONField(
        default=dict, help_text="outcomes branches ask about: last reply, dispositions, visits to steps"
    )
    enrolled_at = models.DateTimeField()
    goal_met_at = models.DateTimeField(null=True)
    second_goal_met_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="enrollment_due_or_left",
                condition=Q(left_at=None, left_reason="", due_at__isnull=False)
                | (Q(left_at__isnull=False, due_at=None) & ~Q(left_reason="")),
            ),
            models.UniqueConstraint(
                fields=["campaign", "person_id"], condition=Q(left_at=None), name="once_in_a_campaign"
            ),
        ]
        # No index holds what a step changes, so that a step is a HOT update; DueSet tells who is due (ADR 0010).
        indexes: ClassVar = [
            models.Index(fields=["person_id"], name="enrollment_person"),
            models.Index(fields=["campaign", "enrolled_at"], name="enrollment_campaign"),
        ]

    def __str__(self) -> str:
        return f"enrollment {self.pk}"


class DueSet(models.Model):
    """Enrollments that fall due at one moment: written by a trigger on Enrollment, used through journey/due.py only."""

    campaign_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    enrollment_ids = ArrayField(models.BigIntegerField(), help_text="some may have moved or left since: ask them")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["campaign_id", "due_at", "id"], name="due_set")]

    def __str__(self) -> str:
        return f"due set {self.pk}"


class StepRecord(models.Model):
    """What happened to an enrollment at a step and why; the answer to "why did this person not move"."""

    append_only = True

    enrollment_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    step = models.CharField(max_length=40)
    round = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=40, help_text="sent, refused, later, waited, branched, called, moved, left")
    reason = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person_id", "id"], name="step_person"),
        ]

    def __str__(self) -> str:
        return f"step record {self.pk}"


class Exclusion(models.Model):
    """A person in the segment who was not enrolled, and the first reason why."""

    append_only = True

    campaign_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign_id", "person_id"], name="one_exclusion")]

    def __str__(self) -> str:
        return f"exclusion {self.pk}"


class CampaignCount(models.Model):
    """A change of one counter, written beside what it counts; folded into Campaign.counters now and then.

    Rows instead of an updated sum, so that hundreds of writers never wait for one campaign row.
    """

    campaign_id = models.BigIntegerField()
    name = models.CharField(
        max_length=60, help_text="enrolled, left.<reason>, sent.<channel>, step.<step>.<outcome> ..."
    )
    amount = models.IntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["campaign_id", "name"], name="count_campaign")]

    def __str__(self) -> str:
        return f"count {self.pk}"
