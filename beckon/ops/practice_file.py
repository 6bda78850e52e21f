"""A practice in one YAML file: locations, clinicians, visit types, senders. Loading it again changes nothing."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from beckon.channels.carriers.registry import build_carrier
from beckon.channels.models import Sender
from beckon.core.actors import Actor
from beckon.core.audit.actions import record_audit
from beckon.core.errors import BeckonError
from beckon.scheduling.models import Clinician, Location, VisitType

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class PracticeFileError(BeckonError):
    """The file cannot be used; the message names every place and what is wrong there."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class About(_Part):
    """What messages say about the practice."""

    name: str
    phone: str = ""
    website: str = ""
    postal_address: str = ""
    reply_to: str = ""


class LocationPart(_Part):
    """A place where visits happen."""

    name: str
    line1: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    time_zone: str = "America/New_York"

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        ZoneInfo(value)
        return value


class ClinicianPart(_Part):
    """A clinician, with the hours open to outreach."""

    name: str
    location: str
    specialty: str = ""
    slots_per_week: int = Field(default=40, ge=0, le=500)
    languages: list[str] = ["en"]
    hours: dict[Day, list[tuple[str, str]]]


class VisitTypePart(_Part):
    """A kind of visit."""

    name: str
    minutes: int = Field(default=30, ge=5, le=480)
    for_new_patients: bool = True


class SenderPart(_Part):
    """A number or address that messages leave from, with its carrier."""

    name: str
    channel: Literal["sms", "voicemail", "email", "postal"]
    carrier: str
    address: str
    rate_per_second: Decimal = Field(default=Decimal(1), gt=0)
    daily_cap: int | None = Field(default=None, ge=1)
    cost_cents: Decimal = Field(default=Decimal(0), ge=0)
    config: dict[str, Any] = {}


class PracticeFile(_Part):
    """The whole file."""

    practice: About
    locations: list[LocationPart] = []
    clinicians: list[ClinicianPart] = []
    visit_types: list[VisitTypePart] = []
    senders: list[SenderPart] = []


def read_practice_file(path: Path) -> PracticeFile:
    """The checked file. Raises PracticeFileError with every problem and its place, FileNotFoundError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = PracticeFile.model_validate(data)
    except yaml.YAMLError as error:
        raise PracticeFileError(f"{path.name} is not readable as YAML: {error}") from error
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, p['loc'])) or 'file'}: {p['msg']}" for p in error.errors()]
        raise PracticeFileError(f"{path.name}: " + "; ".join(problems)) from error
    places = {location.name for location in found.locations}
    lost = sorted({c.location for c in found.clinicians if places and c.location not in places})
    if lost:
        raise PracticeFileError(f"{path.name}: no location is called {', '.join(lost)}")
    for sender in found.senders:
        try:
            build_carrier(sender.carrier, sender.config)
        except Exception as error:
            raise PracticeFileError(f"{path.name}: sender {sender.name}: {error}") from error
    return found


def load_practice(file: PracticeFile, *, by: Actor, now: datetime) -> dict[str, int]:
    """Make or update everything the file names, inside the scope; returns how many of each kind. Nothing is removed."""
    for location in file.locations:
        Location.objects.update_or_create(name=location.name, defaults=location.model_dump(exclude={"name"}))
    for visit_type in file.visit_types:
        VisitType.objects.update_or_create(name=visit_type.name, defaults=visit_type.model_dump(exclude={"name"}))
    places = dict(Location.objects.values_list("name", "pk"))
    for clinician in file.clinicians:
        values = clinician.model_dump(exclude={"name", "location", "hours"})
        Clinician.objects.update_or_create(
            name=clinician.name,
            location_id=places[clinician.location],
            defaults={**values, "weekly_hours": clinician.hours},
        )
    about: Mapping[str, str] = file.practice.model_dump()
    for sender in file.senders:
        values = sender.model_dump(exclude={"name", "config"})
        values["config"] = {**sender.config, "practice": {key: value for key, value in about.items() if value}}
        Sender.objects.update_or_create(name=sender.name, defaults=values)
    counts = {
        "locations": len(file.locations),
        "clinicians": len(file.clinicians),
        "visit types": len(file.visit_types),
        "senders": len(file.senders),
    }
    record_audit(action="practice.loaded", object_kind="practice", object_ids=[], by=by, now=now, detail=dict(counts))
    return counts
