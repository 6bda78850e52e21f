"""What a week's figures teach, in sentences. Pure; says nothing where the numbers are too few to say it."""

import math
from collections.abc import Sequence

from beckon.reports.figures import Activity, HourCell

ENOUGH_DIALS = 60
"""Below this many dials on each side a difference is not mentioned."""
Z = 1.96
"""95 % in a pooled two-proportion z-test (Agresti, Categorical Data Analysis, 3.1)."""

_SENTENCES = {
    "en": {
        "part": "Calls {best} were answered more often than {worst}: {a} of {n} against {b} of {m}.",
        "even": "No part of the day was answered reliably more often than another this week ({n} dials).",
        "first": "First attempts led to a booking in {a} of {n} dials, later ones in {b} of {m}.",
        "kept": "{k} of {n} visits due this week were kept ({p} %).",
        "stop": "{n} people opted out, {p} % of those texted; look at the wording if it stays above 2 %.",
        "failed": "{n} of {m} messages by {channel} did not arrive; check those addresses before the next round.",
        "few": "Too little was done this week to learn from.",
    },
    "es": {
        "part": "Las llamadas {best} se contestaron más que {worst}: {a} de {n} frente a {b} de {m}.",
        "even": "Ninguna parte del día se contestó con certeza más que otra esta semana ({n} marcaciones).",
        "first": "El primer intento llevó a una cita en {a} de {n} marcaciones, los siguientes en {b} de {m}.",
        "kept": "Se cumplieron {k} de {n} citas de la semana ({p} %).",
        "stop": "{n} personas se dieron de baja, {p} % de las que recibieron mensaje; revise el texto.",
        "failed": "{n} de {m} envíos por {channel} no llegaron; revise esas direcciones antes de la próxima ronda.",
        "few": "Se hizo muy poco esta semana para aprender de ello.",
    },
}
_PARTS = {
    "en": ("before noon", "from noon to four", "after four"),
    "es": ("antes de mediodía", "de doce a cuatro", "después de las cuatro"),
}
_CHANNELS = {
    "en": {"sms": "text", "voicemail": "voicemail drop", "email": "e-mail", "postal": "postcard", "voice": "call"},
    "es": {"sms": "mensaje", "voicemail": "buzón de voz", "email": "correo", "postal": "postal", "voice": "llamada"},
}


def differs(a: int, n: int, b: int, m: int) -> bool:
    """Whether shares a/n and b/m differ by more than chance at 95 %, with enough dials on both sides."""
    if n < ENOUGH_DIALS or m < ENOUGH_DIALS:
        return False
    pooled = (a + b) / (n + m)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return spread > 0 and abs(a / n - b / m) > Z * spread


def parts_of_day(hours: Sequence[HourCell]) -> list[tuple[int, int]]:
    """(answered, dials) before noon, from noon to four, from four on; local hours."""
    parts = [[0, 0], [0, 0], [0, 0]]
    for cell in hours:
        part = parts[0 if cell.hour < 12 else 1 if cell.hour < 16 else 2]
        part[0] += cell.answered
        part[1] += cell.dials
    return [(a, n) for a, n in parts]


def _day_lesson(activity: Activity, language: str) -> str | None:
    parts = parts_of_day(activity.hours)
    ranked = sorted((i for i in range(3) if parts[i][1] >= ENOUGH_DIALS), key=lambda i: parts[i][0] / parts[i][1])
    if len(ranked) < 2:
        return None
    low, high = ranked[0], ranked[-1]
    if not differs(*parts[high], *parts[low]):
        return _SENTENCES[language]["even"].format(n=f"{activity.dials:,}")
    names = _PARTS[language]
    return _SENTENCES[language]["part"].format(
        best=names[high], worst=names[low], a=parts[high][0], n=parts[high][1], b=parts[low][0], m=parts[low][1]
    )


def _attempt_lesson(activity: Activity, language: str) -> str | None:
    first = [row for row in activity.attempts if row.attempt == 1]
    later = [row for row in activity.attempts if row.attempt > 1]
    a, n = sum(r.booked for r in first), sum(r.dials for r in first)
    b, m = sum(r.booked for r in later), sum(r.dials for r in later)
    if not differs(a, n, b, m):
        return None
    return _SENTENCES[language]["first"].format(a=a, n=n, b=b, m=m)


def lessons(activity: Activity, language: str) -> list[str]:
    """At most five sentences, the most useful first; one that says so when there is nothing to learn."""
    language = language if language in _SENTENCES else "en"
    said = _SENTENCES[language]
    found = [_day_lesson(activity, language), _attempt_lesson(activity, language)]
    past = activity.visits.kept + activity.visits.missed
    if past >= 5:
        found.append(said["kept"].format(k=activity.visits.kept, n=past, p=round(100 * activity.visits.kept / past)))
    texts = sum(c.delivered for c in activity.channels if c.channel == "sms")
    if activity.opt_outs and texts >= 50:
        found.append(said["stop"].format(n=activity.opt_outs, p=f"{100 * activity.opt_outs / texts:.1f}"))
    for channel in activity.channels:
        if channel.failed >= 10 and channel.failed > 0.05 * channel.sent:
            name = _CHANNELS[language].get(channel.channel, channel.channel)
            found.append(said["failed"].format(n=channel.failed, m=channel.sent, channel=name))
    sentences = [sentence for sentence in found if sentence]
    return sentences[:5] or [said["few"]]
