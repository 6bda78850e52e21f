"""Why people leave, are not enrolled, or get nothing: stored values and their sentences. A value is never renamed."""

from enum import StrEnum

from beckon.consent import reasons as gate
from beckon.core.wording.words import Words


class LeaveReason(StrEnum):
    """Every way of leaving a campaign."""

    GOAL_MET = "goal_met"
    BOOKED = "booked"
    RECONFIRMED = "reconfirmed"
    DECLINED = "declined"
    LOST = "lost"
    OPTED_OUT = "opted_out"
    EXHAUSTED = "exhausted"
    UNREACHABLE = "unreachable"
    INELIGIBLE = "ineligible"
    HAS_APPOINTMENT = "has_appointment"
    DUPLICATE = "duplicate"
    RETIRED = "retired"
    DECEASED = "deceased"
    STOPPED = "stopped_by_hand"
    CAMPAIGN_ENDED = "campaign_ended"


class ExclusionReason(StrEnum):
    """Why a member of the segment was not enrolled; the first that applies, in this order.

    Refusals of the consent gate are stored under the gate's own reason (beckon.consent.reasons.Reason).
    """

    HAS_APPOINTMENT = "has_appointment"
    IN_ANOTHER_CAMPAIGN = "in_another_campaign"
    LOST = "lost"
    DECLINED_BEFORE = "declined_before"
    DISPOSED_FINALLY = "left_for_good"


def leave_reason(value: str) -> LeaveReason:
    """The leaving reason a lower package names; what is not known here counts as ineligible."""
    aliases = {"goal": "goal_met", "dnc": "opted_out", "do_not_contact": "opted_out", "stopped": "stopped_by_hand"}
    try:
        return LeaveReason(aliases.get(value.lower(), value.lower()))
    except ValueError:
        return LeaveReason.INELIGIBLE


def sentence(value: str, language: str = "en") -> str:
    """A leaving or exclusion reason as a sentence; "" where it is none of ours (the consent gate has its own)."""
    known = _SENTENCES.get(value)
    return known.in_language(language) if known else ""


def reason_words(reason: str) -> Words:
    """Any reason stored by campaigns, messages, calls or the consent gate as a sentence; else its code, readable."""
    known = _SENTENCES.get(reason) or _NOTHING_DONE.get(reason)
    if known:
        return known
    if reason.startswith(_TOO_LATE):
        return _EXPIRES.filled(why=reason_words(reason.removeprefix(_TOO_LATE)))
    if reason in set(gate.Reason):
        code = gate.Reason(reason)
        return Words(gate.sentence(code), gate.sentence(code, "es"))
    plain = reason.replace("_", " ").capitalize()
    return Words(plain, plain)


def reason_sentence(reason: str, language: str = "en") -> str:
    """`reason_words` in one language."""
    return reason_words(reason).in_language(language)


_SENTENCES: dict[str, Words] = {
    LeaveReason.GOAL_MET: Words("The goal of the campaign was met.", "Se cumplió el objetivo de la campaña."),
    LeaveReason.BOOKED: Words("A visit was booked.", "Se reservó una cita."),
    LeaveReason.RECONFIRMED: Words(
        "The person already had a visit and confirmed it.",
        "La persona ya tenía una cita y la confirmó.",
    ),
    LeaveReason.DECLINED: Words("The person said no.", "La persona dijo que no."),
    LeaveReason.LOST: Words(
        "The person goes elsewhere or needs nothing any more.",
        "La persona acude a otro lugar o ya no lo necesita.",
    ),
    LeaveReason.OPTED_OUT: Words("The person opted out.", "La persona pidió no recibir más mensajes."),
    LeaveReason.EXHAUSTED: Words(
        "Every step was taken without an answer.",
        "Se dieron todos los pasos sin respuesta.",
    ),
    LeaveReason.UNREACHABLE: Words(
        "No address or number is left that works and may be used.",
        "No queda ninguna dirección o número que funcione y se pueda usar.",
    ),
    LeaveReason.INELIGIBLE: Words(
        "The person no longer fits the campaign.",
        "La persona ya no corresponde a la campaña.",
    ),
    LeaveReason.HAS_APPOINTMENT: Words(
        "The person has an appointment soon.",
        "La persona tiene una cita próximamente.",
    ),
    LeaveReason.DUPLICATE: Words(
        "The person is on record twice; the other record goes on.",
        "La persona consta dos veces; sigue el otro registro.",
    ),
    LeaveReason.RETIRED: Words(
        "The person is no longer on the list they came from.",
        "La persona ya no está en la lista de la que vino.",
    ),
    LeaveReason.DECEASED: Words("The person has died.", "La persona ha fallecido."),
    LeaveReason.STOPPED: Words("Taken out by hand.", "Retirada a mano."),
    LeaveReason.CAMPAIGN_ENDED: Words("The campaign ended.", "La campaña terminó."),
    ExclusionReason.IN_ANOTHER_CAMPAIGN: Words(
        "The person is in another campaign now.",
        "La persona está ahora en otra campaña.",
    ),
    ExclusionReason.DECLINED_BEFORE: Words(
        "The person said no less than 90 days ago.",
        "La persona dijo que no hace menos de 90 días.",
    ),
    ExclusionReason.DISPOSED_FINALLY: Words(
        "The person left an earlier campaign for good.",
        "La persona dejó una campaña anterior definitivamente.",
    ),
}

_TOO_LATE = "expires_before_"
_EXPIRES = Words("It would have expired before it may leave: {why}", "Habría vencido antes de poder salir: {why}")
_NOTHING_DONE: dict[str, Words] = {
    "line_mobile": Words("The step has nothing for a mobile.", "El paso no tiene nada para un celular."),
    "line_landline": Words("The step has nothing for a landline.", "El paso no tiene nada para un teléfono fijo."),
    "line_unknown": Words(
        "The step has nothing for a line of unknown kind.", "El paso no tiene nada para una línea de tipo desconocido."
    ),
    "line_none": Words("The person has no phone for this step.", "La persona no tiene teléfono para este paso."),
    "attempts_used": Words("All call attempts were used before.", "Ya se hicieron todos los intentos de llamada."),
    "no_sender": Words("No sender is set for this channel.", "No hay remitente para este medio."),
    "not_called_in_time": Words("Nobody called in time.", "Nadie llamó a tiempo."),
    "too_many_moves": Words("The journey went in a circle.", "El recorrido dio vueltas en círculo."),
    "too_many_rounds": Words(
        "The step was repeated as often as it may be.", "El paso se repitió tantas veces como se permite."
    ),
    "too_long": Words(
        "The person stayed as long as the campaign allows.", "La persona estuvo todo el tiempo que permite la campaña."
    ),
    "step_is_gone": Words("The step is no longer in the playbook.", "El paso ya no está en el guion de campaña."),
    "next_month": Words("They are asked again next month.", "Se les vuelve a preguntar el mes que viene."),
    "moved": Words("The campaign went on without the call.", "La campaña siguió sin la llamada."),
    "hour_tried": Words("This hour was tried already; another one is better.", "Esta hora ya se probó; otra es mejor."),
    "not_due_yet": Words("Its time has not come.", "Todavía no es su momento."),
    "expired": Words("It waited longer than the message is good for.", "Esperó más tiempo del que sirve el mensaje."),
    "cancelled": Words("It was taken back before it left.", "Se retiró antes de salir."),
    "no_such_person": Words("The record is gone.", "El registro ya no existe."),
    "refused_by_carrier": Words("The carrier could not deliver it.", "El operador no pudo entregarlo."),
    "blocked": Words("A filter of the carrier stopped it.", "Un filtro del operador lo detuvo."),
    "dead": Words("The number or address no longer works.", "El número o la dirección ya no funciona."),
    "carrier": Words("The carrier says that it no longer works.", "El operador dice que ya no funciona."),
    "disconnected": Words("It was found disconnected on a call.", "En una llamada se encontró fuera de servicio."),
    "no_answer": Words(
        "The carrier did not say whether it left; it is being asked.",
        "El operador no dijo si salió; se le está preguntando.",
    ),
    "unknown": Words("The carrier does not know what became of it.", "El operador no sabe qué pasó."),
    "try_later": Words("The carrier was busy; it is tried again.", "El operador estaba ocupado; se intenta de nuevo."),
    "tries_exhausted": Words("The carrier stayed busy for too long.", "El operador estuvo ocupado demasiado tiempo."),
    "not_in_the_segment": Words(
        "The playbook's entry rule does not describe them.", "La regla de entrada del guion no los describe."
    ),
    "not_reached_in_time": Words("Their day had not come.", "No había llegado su día."),
    "staff": Words("Marked by staff.", "Lo marcó el personal."),
}
"""Why a step did nothing, a message did not arrive, a call is not served (steps, messaging.rules, desk.rules)."""
