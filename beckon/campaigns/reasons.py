"""Why people leave, are not enrolled, or move: stored values and their sentences. A value is never renamed."""

from enum import StrEnum


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
    english, spanish = _SENTENCES.get(value, ("", ""))
    return spanish if language.startswith("es") else english


_SENTENCES: dict[str, tuple[str, str]] = {
    LeaveReason.GOAL_MET: ("The goal of the campaign was met.", "Se cumplió el objetivo de la campaña."),
    LeaveReason.BOOKED: ("A visit was booked.", "Se reservó una cita."),
    LeaveReason.RECONFIRMED: (
        "The person already had a visit and confirmed it.",
        "La persona ya tenía una cita y la confirmó.",
    ),
    LeaveReason.DECLINED: ("The person said no.", "La persona dijo que no."),
    LeaveReason.LOST: (
        "The person goes elsewhere or needs nothing any more.",
        "La persona acude a otro lugar o ya no lo necesita.",
    ),
    LeaveReason.OPTED_OUT: ("The person opted out.", "La persona pidió no recibir más mensajes."),
    LeaveReason.EXHAUSTED: (
        "Every step was taken without an answer.",
        "Se dieron todos los pasos sin respuesta.",
    ),
    LeaveReason.UNREACHABLE: (
        "No address or number is left that works and may be used.",
        "No queda ninguna dirección o número que funcione y se pueda usar.",
    ),
    LeaveReason.INELIGIBLE: (
        "The person no longer fits the campaign.",
        "La persona ya no corresponde a la campaña.",
    ),
    LeaveReason.HAS_APPOINTMENT: (
        "The person has an appointment soon.",
        "La persona tiene una cita próximamente.",
    ),
    LeaveReason.DUPLICATE: (
        "The person is on record twice; the other record goes on.",
        "La persona consta dos veces; sigue el otro registro.",
    ),
    LeaveReason.RETIRED: (
        "The person is no longer on the list they came from.",
        "La persona ya no está en la lista de la que vino.",
    ),
    LeaveReason.DECEASED: ("The person has died.", "La persona ha fallecido."),
    LeaveReason.STOPPED: ("Taken out by hand.", "Retirada a mano."),
    LeaveReason.CAMPAIGN_ENDED: ("The campaign ended.", "La campaña terminó."),
    ExclusionReason.IN_ANOTHER_CAMPAIGN: (
        "The person is in another campaign now.",
        "La persona está ahora en otra campaña.",
    ),
    ExclusionReason.DECLINED_BEFORE: (
        "The person said no less than 90 days ago.",
        "La persona dijo que no hace menos de 90 días.",
    ),
    ExclusionReason.DISPOSED_FINALLY: (
        "The person left an earlier campaign for good.",
        "La persona dejó una campaña anterior definitivamente.",
    ),
}
