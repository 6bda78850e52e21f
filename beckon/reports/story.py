"""One person's story: every touch, answer, consent, visit, call and step in order, in words. Never writes.

Contents of messages are left out; whoever may read them asks for the message itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from beckon.campaigns import reasons as campaign_reasons
from beckon.consent import reasons as consent_reasons
from beckon.people.models import Person


@dataclass(frozen=True)
class Line:
    """Something that happened. `at` is in the person's zone; `why` is a stored reason as a sentence, or ""."""

    at: datetime
    kind: str
    what: str
    why: str = ""


@dataclass(frozen=True)
class Story:
    """A person's name and zone, and all that happened, oldest first."""

    person_id: int
    name: str
    zone: str
    zone_is_known: bool
    lines: tuple[Line, ...]


_EVERYTHING = """
SELECT at, kind, a, b, c, d FROM (
  SELECT coalesce(settled_at, sent_at, decided_at) AS at, 'message' AS kind, channel AS a, status AS b, reason AS c,
         step AS d, id FROM messaging_message WHERE person_id = %(person)s AND NOT is_inbound AND status <> 'queued'
  UNION ALL
  SELECT not_before, 'planned', channel, status, reason, step, id
    FROM messaging_message WHERE person_id = %(person)s AND NOT is_inbound AND status = 'queued'
  UNION ALL
  SELECT at, 'event', kind, coalesce(data->>'meaning', data->>'channel', ''), coalesce(data->>'reason', ''), '', id
    FROM events_event WHERE person_id = %(person)s AND kind IN ('message.received', 'consent.opted_out',
         'consent.opted_in', 'person.merged', 'person.retired', 'person.deceased', 'number.dead',
         'number.line_type_changed', 'call.undone')
  UNION ALL
  SELECT started_at, 'call', disposition, agent, remarks,
         CASE WHEN counted THEN attempt::text ELSE '' END, id
    FROM desk_call WHERE person_id = %(person)s AND undone_at IS NULL
  UNION ALL
  SELECT a.at, 'booked', to_char(a.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), a.status, l.name,
         l.time_zone, a.id
    FROM scheduling_appointment a JOIN scheduling_location l ON l.id = a.location_id WHERE a.person_id = %(person)s
  UNION ALL
  SELECT starts_at, 'visit', status, '', '', '', id
    FROM scheduling_appointment WHERE person_id = %(person)s AND status IN ('kept', 'missed')
  UNION ALL
  SELECT enrolled_at, 'enrolled', '', '', '', '', id FROM campaigns_enrollment WHERE person_id = %(person)s
  UNION ALL
  SELECT left_at, 'left', left_reason, '', '', '', id
    FROM campaigns_enrollment WHERE person_id = %(person)s AND left_at IS NOT NULL
  UNION ALL
  SELECT at, 'excluded', reason, '', '', '', id FROM campaigns_exclusion WHERE person_id = %(person)s
  UNION ALL
  SELECT at, 'refused', reason, step, '', '', id
    FROM campaigns_steprecord WHERE person_id = %(person)s AND outcome = 'refused'
  UNION ALL
  SELECT at, 'consent', state, channel, basis, purpose, id FROM consent_consententry WHERE person_id = %(person)s
) everything ORDER BY at, id LIMIT 2000"""

_CHANNELS = {
    "sms": "Text",
    "voicemail": "Voicemail drop",
    "email": "E-mail",
    "postal": "Postcard",
    "voice": "Call",
    "all": "every channel",
}
_STATUS = {
    "sending": "is leaving",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "did not arrive",
    "dropped": "not sent",
    "unknown": "handed over, outcome unknown",
}
_EVENTS = {
    "message.received": "Answered by text: {b}",
    "consent.opted_out": "Opted out ({b})",
    "consent.opted_in": "Opted in again",
    "person.merged": "Merged with another record",
    "person.retired": "No longer on the list",
    "person.deceased": "Reported deceased",
    "number.dead": "A number was found dead",
    "number.line_type_changed": "A number's line type became known",
    "call.undone": "A call's outcome was taken back",
}


def story_of(person_id: int, language: str = "en") -> Story | None:
    """The story of a person of the open scope, None when there is none with this id."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return None
    zone = person.time_zone or "UTC"
    with connection.cursor() as cursor:
        cursor.execute(_EVERYTHING, {"person": person_id})
        rows = cursor.fetchall()
    lines = tuple(_line(row, ZoneInfo(zone), language) for row in rows)
    name = " ".join(part for part in (person.given_name, person.family_name) if part)
    return Story(person_id, name, zone, bool(person.time_zone), lines)


def _line(row: tuple[Any, ...], zone: ZoneInfo, language: str) -> Line:
    at, kind, a, b, c, d = row
    what, why = _words(kind, a or "", b or "", c or "", d or "", zone, language)
    return Line(at.astimezone(zone), kind, what, why)


_PLAIN = {
    "enrolled": "Joined the campaign",
    "left": "Left the campaign",
    "excluded": "Not taken into the campaign",
    "visit": "Visit",
}


def _words(kind: str, a: str, b: str, c: str, d: str, zone: ZoneInfo, language: str) -> tuple[str, str]:
    if kind in ("left", "excluded"):
        return _PLAIN[kind], sentence(a, language)
    if kind in _PLAIN:
        return f"{_PLAIN[kind]} {a}".strip(), ""
    match kind:
        case "message":
            return f"{_CHANNELS.get(a, a)} {_STATUS.get(b, b)}{_step(d)}", sentence(c, language)
        case "planned":
            return f"{_CHANNELS.get(a, a)} planned{_step(d)}", sentence(c, language)
        case "event":
            return _EVENTS[a].format(b=b.replace("_", " ")), sentence(c, language)
        case "call":
            return f"{f'Call {d}' if d else 'Promised call'} by {b.partition(':')[2]}: {a}", c
        case "booked":
            when = datetime.fromisoformat(a).astimezone(ZoneInfo(d))
            return f"Visit booked at {c} for {when:%a %b %-d, %H:%M %Z}", ""
        case "refused":
            return f"Nothing sent{_step(b)}", sentence(a, language)
        case _:
            return f"Consent {a}: {_CHANNELS.get(b, b)}{f', {c}' if c else ''}", ""


def _step(step: str) -> str:
    return f" ({step.replace('-', ' ').replace('_', ' ')})" if step else ""


def sentence(reason: str, language: str = "en") -> str:
    """A stored reason of any package as a sentence; the reason itself where no package knows it."""
    if not reason:
        return ""
    known = campaign_reasons.sentence(reason, language)
    if known:
        return known
    try:
        return consent_reasons.sentence(consent_reasons.Reason(reason), language)
    except ValueError:
        return reason.replace("_", " ")
