"""What can be set in the contact policy: each field with its words, its bounds and how it is read from text.

For pages and for the command line, so that both say the same and refuse the same. Pure. What is law and what is the
practice's choice: ADR 0006. Attempts per person are a playbook's (steps of kind `call`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from beckon.consent.facts import ALL, Basis, Purpose
from beckon.consent.law.basis import consent_table
from beckon.consent.models import CHANNEL_WORDS
from beckon.core.wording.words import Words


class FieldKind(StrEnum):
    """How a field is written."""

    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class PolicyField:
    """One field: `name` as `change_policy` takes it, its words, and for numbers the bounds, both included."""

    name: str
    kind: FieldKind
    words: Words
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is no value of the field; `field` is its name."""

    field: str
    words: Words


_PURPOSES = (ALL, *(purpose.value for purpose in Purpose))
FIELDS: tuple[PolicyField, ...] = (
    PolicyField(
        "max_per_day",
        FieldKind.NUMBER,
        Words("contacts in 24 hours, all channels together", "contactos en 24 horas, todos los medios juntos"),
        1,
        10,
    ),
    PolicyField(
        "max_per_week",
        FieldKind.NUMBER,
        Words("contacts in seven days, all channels together", "contactos en siete días, todos los medios juntos"),
        1,
        10,
    ),
    PolicyField(
        "days_between_calls",
        FieldKind.NUMBER,
        Words("days between two call attempts to a person", "días entre dos intentos de llamada a una persona"),
        1,
        365,
    ),
    PolicyField(
        "appointment_exclusion_days",
        FieldKind.NUMBER,
        Words(
            "days ahead in which a visit ends re-appointment calls",
            "días en los que una cita próxima termina las llamadas para dar cita",
        ),
        0,
        365,
    ),
    PolicyField(
        "informational_hours",
        FieldKind.YES_NO,
        Words(
            "keep the legal hours of sales calls for every contact",
            "respetar el horario legal de las llamadas comerciales en todo contacto",
        ),
    ),
    PolicyField(
        "preferred_channel_only",
        FieldKind.YES_NO,
        Words("use only the channel a person prefers", "usar solo el medio que la persona prefiere"),
    ),
    PolicyField(
        "preferred_hour_span",
        FieldKind.NUMBER,
        Words("hours from the one a person prefers", "horas a partir de la que la persona prefiere"),
        1,
        24,
    ),
    PolicyField(
        "reply_minutes",
        FieldKind.NUMBER,
        Words("minutes in which an answer counts as a reply", "minutos en los que una respuesta cuenta como tal"),
        1,
        60,
    ),
    PolicyField("age_of_majority", FieldKind.NUMBER, Words("age of majority", "mayoría de edad"), 18, 21),
    PolicyField(
        "opt_out_channel",
        FieldKind.CHOICE,
        Words("channels an opt-out stops", "medios que detiene una baja"),
        choices=tuple(CHANNEL_WORDS),
    ),
    PolicyField(
        "opt_out_purpose",
        FieldKind.CHOICE,
        Words("purposes an opt-out stops", "fines que detiene una baja"),
        choices=_PURPOSES,
    ),
    PolicyField(
        "consent_overrides",
        FieldKind.CONSENT,
        Words(
            "least consent, where not that of the law table: channel.line.purpose",
            "consentimiento mínimo, si no es el de la tabla legal: medio.línea.fin",
        ),
    ),
)
BY_NAME: Mapping[str, PolicyField] = {field.name: field for field in FIELDS}
_NO_FIELD = Words("there is no such field; known are {names}", "no existe ese campo; se conocen {names}")
_NUMBER = Words("give a number from {low} to {high}", "escriba un número de {low} a {high}")
_YES_OR_NO = Words("give yes or no", "escriba sí o no")
_ONE_OF = Words("give one of {names}", "escriba uno de estos: {names}")
_MORE_THAN_A_WEEK = Words(
    "{day} in a day are more than {week} in a week", "{day} en un día son más que {week} en una semana"
)
_NO_OVERRIDE = Words(
    "{part!r} is not like sms.wireless.informational=written (or =express, =none)",
    "{part!r} no es como sms.wireless.informational=written (o =express, =none)",
)
_YES, _NO = frozenset({"yes", "true", "1", "on", "sí", "si"}), frozenset({"no", "false", "0", "off"})

Value = int | bool | str | dict[str, str]


def read_value(name: str, text: str) -> Value | Problem:
    """The value that `text` means for the field. `consent_overrides`: "sms.wireless.informational=written, ..."."""
    field = BY_NAME.get(name)
    if field is None:
        return Problem(name, _NO_FIELD.filled(names=", ".join(BY_NAME)))
    text = text.strip()
    match field.kind:
        case FieldKind.NUMBER:
            number = int(text) if text.isdecimal() else -1
            wrong = Problem(name, _NUMBER.filled(low=field.low, high=field.high))
            return number if field.low <= number <= field.high else wrong
        case FieldKind.YES_NO:
            if text.lower() in _YES | _NO:
                return text.lower() in _YES
            return Problem(name, _YES_OR_NO)
        case FieldKind.CHOICE:
            return text if text in field.choices else Problem(name, _ONE_OF.filled(names=", ".join(field.choices)))
        case FieldKind.CONSENT:
            return _read_overrides(name, text)


def check_together(policy: Mapping[str, object]) -> list[Problem]:
    """What is wrong between fields that are each right; `policy` holds all of them as they would be."""
    day, week = policy.get("max_per_day"), policy.get("max_per_week")
    if isinstance(day, int) and isinstance(week, int) and day > week:
        return [Problem("max_per_day", _MORE_THAN_A_WEEK.filled(day=day, week=week))]
    return []


def _read_overrides(name: str, text: str) -> dict[str, str] | Problem:
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key, equals, basis = (piece.strip() for piece in part.partition("="))
        if not equals or key not in consent_table() or basis not in set(Basis):
            return Problem(name, _NO_OVERRIDE.filled(part=part))
        found[key] = basis
    return found
