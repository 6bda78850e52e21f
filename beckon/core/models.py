"""Shared tables (schema `public`): organizations, users, memberships. No person's data may ever stand here."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class OrganizationKind(models.TextChoices):
    """What an organization is for; only a live one may reach real people (a trigger on Sender sees to it)."""

    LIVE = "live"
    SANDBOX = "sandbox"
    REHEARSAL = "rehearsal"


class ClockKind(models.TextChoices):
    """Where domain time comes from."""

    WALL = "wall"
    VIRTUAL = "virtual"


class Organization(models.Model):
    """One practice or health system, in a PostgreSQL schema of its own."""

    schema_name = models.CharField(max_length=63, unique=True)
    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=OrganizationKind.choices, default=OrganizationKind.LIVE)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    language = models.CharField(max_length=8, default="en")
    clock_kind = models.CharField(max_length=8, choices=ClockKind.choices, default=ClockKind.WALL)
    clock_at = models.DateTimeField(null=True, blank=True)
    clock_speed = models.PositiveIntegerField(
        default=0, help_text="Virtual seconds per second while a sandbox lives by itself; 0: its clock stands still."
    )
    seed = models.BigIntegerField(default=0, help_text="Seed of every keyed random draw of this organization.")
    next_due_at = models.DateTimeField(null=True, blank=True, help_text="Earliest due work, for the worker's round.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="organization_kind", condition=Q(kind__in=OrganizationKind.values)),
            models.CheckConstraint(
                name="organization_clock",
                condition=Q(clock_kind=ClockKind.WALL, clock_at=None)
                | (Q(clock_kind=ClockKind.VIRTUAL, clock_at__isnull=False) & ~Q(kind=OrganizationKind.LIVE)),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class UserManager(BaseUserManager["User"]):
    """Makes users with a normalised, lower-case e-mail."""

    def create_user(self, email: str, password: str | None = None, *, name: str = "") -> "User":
        """A user who can log in when `password` is given, else only after a reset."""
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff of one or more organizations, or of the contact centre."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, help_text="Runs the installation; sees no person's data by that.")
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="user_email_lower", condition=Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"


class Role(models.TextChoices):
    """What a member may do in an organization (issue 3 lists the rights)."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    SCHEDULER = "scheduler"
    ANALYST = "analyst"
    AUDITOR = "auditor"


class Membership(models.Model):
    """A user's role in an organization."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organization"], condition=Q(ended_at=None), name="one_open_membership"
            ),
            models.CheckConstraint(name="membership_role", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}@{self.organization_id}"

    def is_open(self, at: datetime) -> bool:
        """True while the membership lasts at `at`."""
        return self.ended_at is None or self.ended_at > at


class InvitationOutcome(models.TextChoices):
    """What became of an invitation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class Invitation(models.Model):
    """Somebody who has an account is asked to join an organization: they are no member of it until they accept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    by = models.CharField(max_length=66, help_text="actor")
    made_at = models.DateTimeField(help_text="wall clock")
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=InvitationOutcome.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organization"], condition=Q(ended_at=None), name="one_open_invitation"
            ),
            models.CheckConstraint(name="invitation_role", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="invitation_ended",
                condition=Q(ended_at=None, outcome="")
                | Q(ended_at__isnull=False, outcome__in=InvitationOutcome.values),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
