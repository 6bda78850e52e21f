"""People, their numbers and addresses, and which row of which file each came from."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Origin(models.TextChoices):
    """Where a list comes from; people of a bought list start without consent (mission D1)."""

    OWN = "own"
    REFERRAL = "referral"
    BOUGHT = "bought"


class Source(models.Model):
    """A stream of files from one place, with the mapping remembered between them."""

    name = models.CharField(max_length=100, unique=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.OWN)
    vendor = models.CharField(max_length=200, blank=True)
    price_cents = models.BigIntegerField(null=True, help_text="What the whole list cost.")
    licence = models.CharField(max_length=200, blank=True)
    mapping = models.JSONField(default=dict, help_text="column header -> field, as last confirmed")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"source {self.pk}"


class ImportStatus(models.TextChoices):
    """Life of an import."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDONE = "undone"


class Import(models.Model):
    """One file taken in (or tried in a dry run). rows = created + updated + unchanged + duplicates + rejected."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    status = models.CharField(max_length=10, choices=ImportStatus.choices, default=ImportStatus.READY)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    stored_path = models.CharField(max_length=500, blank=True, help_text="Copy kept in BECKON_HOME until done.")
    options = models.JSONField(default=dict, help_text="mapping, origin, consent, replace, dry_run ...")
    stage = models.CharField(max_length=20, blank=True)
    progress_rows = models.BigIntegerField(default=0)
    checkpoint = models.BigIntegerField(default=0, help_text="People already merged; ImportChunk says which parts.")
    cancel_requested = models.BooleanField(default=False)
    rows = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    retired = models.BigIntegerField(default=0)
    contact_points_rejected = models.BigIntegerField(default=0)
    rejects_file = models.CharField(max_length=500, blank=True)
    error = models.TextField(blank=True)
    by = models.CharField(max_length=66)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="import_status", condition=Q(status__in=ImportStatus.values)),
            models.CheckConstraint(
                name="import_nothing_lost",
                condition=~Q(status="done")
                | Q(
                    rows=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("duplicates")
                    + models.F("rejected")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportChunk(models.Model):
    """A part of an import that is merged; written in the transaction that merged it, so that none is merged twice."""

    import_id = models.BigIntegerField()
    part = models.CharField(max_length=20, help_text="numbers-7, people-3, updates-0, retire-0")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["import_id", "part"], name="one_import_chunk")]

    def __str__(self) -> str:
        return f"{self.part} of import {self.import_id}"


class ImportChange(models.Model):
    """What an import changed in a person who was there before it, so that it can be undone."""

    import_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    before = models.JSONField(default=dict, help_text="field -> value before")
    after = models.JSONField(default=dict, help_text="the same fields as the import left them")
    contact_points = ArrayField(models.BigIntegerField(), default=list, help_text="numbers it linked to the person")
    kind = models.CharField(max_length=8, help_text="updated or retired")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["import_id", "person_id", "kind"], name="one_import_change"),
        ]

    def __str__(self) -> str:
        return f"change {self.pk} of import {self.import_id}"


class Person(models.Model):
    """A prospect or patient. Hot facts are columns, written by whoever records the event behind them."""

    # What segments and the gate ask about stands first: reading a row up to its last asked column is what a count of
    # a million people costs (docs/adr/0008-segments.md).
    birth_date = models.DateField(null=True)
    last_encounter_at = models.DateTimeField(null=True, help_text="Last time actually seen.")
    next_appointment_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True, help_text="Gone from its list (--replace) or undone.")
    merged_into = models.BigIntegerField(null=True, help_text="The surviving person's id.")
    language = models.CharField(max_length=8, blank=True, help_text="BCP 47 base, such as en, es")
    recent_contacts = ArrayField(
        models.DateTimeField(), default=list, help_text="Last ten outgoing contacts over all channels, newest last."
    )
    last_appointment_at = models.DateTimeField(null=True, help_text="Last booked time, kept or not.")
    last_call_at = models.DateTimeField(null=True, help_text="Last call attempt by an agent.")
    do_not_contact_at = models.DateTimeField(null=True)
    deceased_at = models.DateTimeField(null=True)
    call_attempts = models.IntegerField(default=0)
    source_id = models.BigIntegerField(null=True, help_text="First source.")
    preferred_hour = models.SmallIntegerField(null=True, help_text="Local hour the person asked for.")
    state = models.CharField(max_length=2, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    sex = models.CharField(max_length=10, blank=True, help_text="FHIR: male, female, other, unknown; '' not given")
    last_appointment_outcome = models.CharField(max_length=24, blank=True, help_text="scheduling.AppointmentStatus")
    preferred_channel = models.CharField(max_length=10, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    time_zone_source = models.CharField(max_length=10, blank=True, help_text="stated, explicit, zip, state, area_code")

    given_name = models.CharField(max_length=100, blank=True)
    middle_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    name_suffix = models.CharField(max_length=10, blank=True)
    name_key = models.CharField(max_length=210, help_text="family|given, unaccented lower case; prefix-indexed")
    match_key = models.CharField(max_length=210, help_text="as name_key with nicknames made formal; who is who")
    phonetic_key = models.CharField(max_length=40, blank=True)
    first_import_id = models.BigIntegerField(null=True, help_text="The import that made this person.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name_key"], name="person_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["birth_date", "match_key"], name="person_birth_match"),
            models.Index(fields=["merged_into"], name="person_merged_into", condition=Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class ContactKind(models.TextChoices):
    """Kinds of address."""

    PHONE = "phone"
    EMAIL = "email"
    POSTAL = "postal"


class LineType(models.TextChoices):
    """What answers a phone number. UNKNOWN until the file or a look-up says."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    VOIP = "voip"
    TOLL_FREE = "toll_free"
    UNKNOWN = "unknown"


class Number(models.Model):
    """An address itself, whoever uses it. A household shares one; a STOP stops it for all of them."""

    kind = models.CharField(max_length=6, choices=ContactKind.choices)
    value = models.CharField(max_length=320, help_text="E.164, lower-case e-mail, or normalised postal key")
    postal = models.JSONField(null=True, help_text="line1, line2, city, state, postal_code as to be printed")
    reversed_digits = models.BigIntegerField(
        null=True, help_text="a phone's digits from behind, filled up to 15 by zeros: those that end alike are a range"
    )
    line_type = models.CharField(max_length=10, choices=LineType.choices, default=LineType.UNKNOWN)
    line_type_source = models.CharField(max_length=8, blank=True, help_text="stated or lookup")
    dead_at = models.DateTimeField(null=True, help_text="Disconnected, undeliverable.")
    dead_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        # The value first: it nearly always decides, so that inserting compares half as much.
        constraints: ClassVar = [models.UniqueConstraint(fields=["value", "kind"], name="one_number")]
        indexes: ClassVar = [
            models.Index(
                fields=["reversed_digits"], name="number_reversed", condition=Q(reversed_digits__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"number {self.pk}"


class ContactPoint(models.Model):
    """A person's link to a number. Ended (wrong person, replaced), never deleted."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="contact_points"
    )
    number = models.ForeignKey(Number, on_delete=models.PROTECT, db_constraint=False, related_name="contact_points")
    kind = models.CharField(max_length=6, choices=ContactKind.choices)
    use = models.CharField(max_length=10, blank=True, help_text="mobile, home, work")
    rank = models.SmallIntegerField(default=1, help_text="1 is tried first")
    extension = models.CharField(max_length=8, blank=True)
    source_id = models.BigIntegerField(null=True, help_text="The source that named it; empty when a person did.")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=20, blank=True, help_text="wrong_person, replaced, retired")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "number"], name="one_contact_point")]

    def __str__(self) -> str:
        return f"contact point {self.pk}"


class PersonIdentifier(models.Model):
    """A person's id in another system (record number, FHIR id)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_constraint=False, related_name="identifiers")
    system = models.CharField(max_length=120)
    value = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["system", "value"], name="one_identifier")]

    def __str__(self) -> str:
        return f"identifier {self.pk}"


class Relationship(models.Model):
    """A caregiver, parent or guardian and what they may do for the person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="caregivers")
    caregiver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cares_for")
    kind = models.CharField(max_length=12, help_text="parent, guardian, caregiver, spouse")
    may_be_contacted = models.BooleanField(default=False)
    may_book = models.BooleanField(default=False)
    may_hear_details = models.BooleanField(default=False)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"relationship {self.pk}"


class SourceRecord(models.Model):
    """Which row of which source a person came from. Makes re-import, replace, undo and un-merge possible."""

    source_id = models.BigIntegerField()
    key = models.CharField(max_length=200, help_text="record number in the file, else a digest of name and birth date")
    digest = models.CharField(max_length=32, help_text="of the normalised row; equal means unchanged")
    person_id = models.BigIntegerField()
    first_import_id = models.BigIntegerField()
    last_import_id = models.BigIntegerField(help_text="The last import that changed it.")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source_id", "key"], name="one_source_record")]
        indexes: ClassVar = [models.Index(fields=["person_id"], name="source_record_person")]

    def __str__(self) -> str:
        return f"source record {self.pk}"
