"""Why a person may not be contacted, in words for people. Reasons are stored: a value is never renamed."""

from enum import StrEnum


class Reason(StrEnum):
    """Every "no" and every "later" of the gate."""

    MERGED = "merged"
    RETIRED = "retired"
    DECEASED = "deceased"
    DO_NOT_CONTACT = "do_not_contact"
    MINOR = "minor_without_guardian"
    NO_CONTACT_POINT = "no_contact_point"
    WRONG_PERSON = "wrong_person"
    DEAD_NUMBER = "dead_number"
    LANDLINE = "landline"
    OPTED_OUT = "opted_out"
    NUMBER_OPTED_OUT = "number_opted_out"
    NOTICE_TOO_LATE = "notice_too_late"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    CONSENT_NOT_WRITTEN = "consent_not_written"
    OTHER_CHANNEL = "prefers_other_channel"
    OTHER_HOUR = "prefers_other_hour"
    DAY_CAP = "day_cap"
    WEEK_CAP = "week_cap"
    CALL_GAP = "called_this_week"
    STATE_CAP = "state_cap"
    HOURS = "legal_hours"
    HOURS_UNKNOWN_PLACE = "legal_hours_unknown_place"
    NEVER_OPEN = "never_open"


def sentence(reason: Reason, language: str = "en") -> str:
    """The reason as one sentence in English, or in Spanish where `language` starts with "es"."""
    english, spanish = _SENTENCES[reason]
    return spanish if language.startswith("es") else english


_ABOUT_THE_PERSON: dict[Reason, tuple[str, str]] = {
    Reason.MERGED: (
        "This record was merged into another one; contact goes through that person.",
        "Este registro se unió a otro; el contacto va por esa persona.",
    ),
    Reason.RETIRED: (
        "The person is no longer on the list they came from.",
        "La persona ya no está en la lista de la que vino.",
    ),
    Reason.DECEASED: ("The person has died.", "La persona ha fallecido."),
    Reason.DO_NOT_CONTACT: (
        "The person asked never to be contacted again.",
        "La persona pidió que no la contacten nunca más.",
    ),
    Reason.MINOR: (
        "The person is a minor and no parent or guardian who may be contacted is on record.",
        "La persona es menor de edad y no consta un padre, madre o tutor a quien se pueda contactar.",
    ),
    Reason.OPTED_OUT: (
        "The person opted out of these messages.",
        "La persona pidió no recibir estos mensajes.",
    ),
    Reason.OTHER_CHANNEL: (
        "The person asked to be reached another way.",
        "La persona pidió que la contacten por otro medio.",
    ),
    Reason.OTHER_HOUR: (
        "The person asked to be reached at another hour.",
        "La persona pidió que la contacten a otra hora.",
    ),
}


_ABOUT_THE_ADDRESS: dict[Reason, tuple[str, str]] = {
    Reason.NO_CONTACT_POINT: (
        "There is no address or number on record for this channel.",
        "No consta una dirección o un número para este medio.",
    ),
    Reason.WRONG_PERSON: (
        "The number or address turned out to be somebody else's.",
        "El número o la dirección resultó ser de otra persona.",
    ),
    Reason.DEAD_NUMBER: (
        "The number or address no longer works.",
        "El número o la dirección ya no funciona.",
    ),
    Reason.LANDLINE: (
        "The number is a landline and takes no texts.",
        "El número es un teléfono fijo y no recibe mensajes de texto.",
    ),
    Reason.NUMBER_OPTED_OUT: (
        "Somebody stopped messages to this number or address.",
        "Alguien detuvo los mensajes a este número o dirección.",
    ),
    Reason.SUPPRESSED: (
        "The number or address stands on a suppression list.",
        "El número o la dirección está en una lista de exclusión.",
    ),
    Reason.NO_CONSENT: (
        "No consent to this kind of message is on record.",
        "No consta consentimiento para este tipo de mensaje.",
    ),
    Reason.CONSENT_NOT_WRITTEN: (
        "Consent is on record, but this kind of message needs it in writing.",
        "Consta consentimiento, pero este tipo de mensaje lo requiere por escrito.",
    ),
}


_ABOUT_TIME: dict[Reason, tuple[str, str]] = {
    Reason.NOTICE_TOO_LATE: (
        "An opt-out may be confirmed once, within five minutes.",
        "La baja se puede confirmar una sola vez, en los cinco minutos siguientes.",
    ),
    Reason.DAY_CAP: (
        "The person was contacted as often as we allow in one day.",
        "La persona ya fue contactada el máximo de veces permitido en un día.",
    ),
    Reason.WEEK_CAP: (
        "The person was contacted as often as we allow in one week.",
        "La persona ya fue contactada el máximo de veces permitido en una semana.",
    ),
    Reason.CALL_GAP: (
        "The person was called within the last week.",
        "La persona ya recibió una llamada en la última semana.",
    ),
    Reason.STATE_CAP: (
        "State law allows no further contact for now.",
        "La ley del estado no permite otro contacto por ahora.",
    ),
    Reason.HOURS: (
        "It is outside the legal hours where the person is.",
        "Está fuera del horario legal en el lugar de la persona.",
    ),
    Reason.HOURS_UNKNOWN_PLACE: (
        "We do not know where the person is, so only the hours legal everywhere are used.",
        "No sabemos dónde está la persona; solo se usa el horario legal en todas partes.",
    ),
    Reason.NEVER_OPEN: (
        "There is no hour at which contact is lawful in all the places where the person may be.",
        "No hay hora en la que el contacto sea legal en todos los lugares donde puede estar la persona.",
    ),
}


_SENTENCES = _ABOUT_THE_PERSON | _ABOUT_THE_ADDRESS | _ABOUT_TIME
