"""Days and times in words, English and Spanish, for scripts and texts. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from beckon.channels.templates import Variable
from beckon.messaging.wording.variables import VARIABLES
from beckon.scheduling.models import Appointment

SCRIPT_VARIABLES = (
    *VARIABLES,
    Variable("full_name", example="Maria Lopez"),
    Variable("last_encounter", example="March 2025"),
)
"""What a script may say: what messages may, and more, since an agent reads it to the right person only."""

_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "es": (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
}
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}


def month_name(local: datetime, language: str) -> str:
    """November, noviembre."""
    return _MONTHS["es" if language == "es" else "en"][local.month - 1]


def day_words(local: datetime, language: str) -> str:
    """Tuesday, November 24; martes 24 de noviembre."""
    if language == "es":
        return f"{_DAYS['es'][local.weekday()]} {local.day} de {month_name(local, 'es')}"
    return f"{_DAYS['en'][local.weekday()]}, {month_name(local, 'en')} {local.day}"


def time_words(local: datetime) -> str:
    """2:30 PM."""
    return f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"


def appointment_words(visit: Appointment, language: str) -> dict[str, object]:
    """Template variables of a visit, in its location's zone; the related rows must have been read with it."""
    local = visit.starts_at.astimezone(ZoneInfo(visit.location.time_zone))
    address = ", ".join(part for part in (visit.location.line1, visit.location.city) if part)
    return {
        "appointment_day": day_words(local, language),
        "appointment_time": time_words(local),
        "clinician_name": visit.clinician.name,
        "location_name": visit.location.name,
        "location_address": address,
        "visit_type": visit.visit_type.name,
    }
