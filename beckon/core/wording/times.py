"""Days and times in words, in both languages. Local times only: whoever knows the zone has applied it."""

from datetime import date, datetime

from beckon.core.wording.words import Words

_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS_ES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ES = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


def day_words(day: date) -> Words:
    """Nov 17, 2026; 17 de nov de 2026."""
    return Words(
        f"{_MONTHS_EN[day.month - 1]} {day.day}, {day.year}",
        f"{day.day} de {_MONTHS_ES[day.month - 1]} de {day.year}",
    )


def moment_words(local: datetime) -> Words:
    """Tue, Nov 17, 2026, 10:05 AM EST; mar 17 de nov de 2026, 10:05 EST."""
    clock = f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"
    return Words(
        f"{_DAYS_EN[local.weekday()]}, {{day}}, {clock} {local:%Z}",
        f"{_DAYS_ES[local.weekday()]} {{day}}, {local:%H:%M %Z}",
    ).filled(day=day_words(local))
