"""The few texts the program writes by itself, in English and Spanish: confirmation of an opt-out, help.

47 CFR 64.1200(a)(12): one confirmation, within five minutes, nothing promotional; silence means stop all. CTIA 2023:
HELP is answered with who we are, how to reach us and how to stop. GSM-7 only, one segment.
"""

from typing import Final

from beckon.messaging.replies.meanings import Meaning, Reading

_OPTED_OUT: Final = {
    "en": "{practice}: you will get no more texts from us. To get them again, reply START.{phone}",
    "es": "{practice}: no recibira mas mensajes nuestros. Para volver a recibirlos, responda INICIAR.{phone}",
}
_CANCEL: Final = {
    "en": "{practice}: you will get no more texts from us. If you meant to cancel a visit, please call us{at}."
    " For texts again, reply START.",
    "es": "{practice}: no recibira mas mensajes. Si queria cancelar una cita, llamenos{at}."
    " Para recibirlos otra vez, responda INICIAR.",
}
_HELP: Final = {
    "en": "{practice}: we text about your care.{phone} Reply STOP to get no more texts.",
    "es": "{practice}: escribimos sobre su atencion.{phone} Responda ALTO para no recibir mas.",
}
_STARTED: Final = {
    "en": "{practice}: you will get our texts again. Msg & data rates may apply. Reply HELP for help, STOP to end.",
    "es": "{practice}: recibira de nuevo nuestros mensajes. Pueden aplicarse tarifas. AYUDA o ALTO.",
}
_PHONE: Final = {"en": " Questions: {phone}.", "es": " Preguntas: {phone}."}


def notice_for(reading: Reading, practice: str, phone: str) -> str:
    """The automatic answer to a reply, or empty when a person or the journey answers."""
    match reading.meaning:
        case Meaning.STOP:
            wording = _CANCEL if reading.asks_to_cancel else _OPTED_OUT
        case Meaning.START:
            wording = _STARTED
        case Meaning.HELP:
            wording = _HELP
        case _:
            return ""
    language = "es" if reading.language.startswith("es") else "en"
    said = _PHONE[language].format(phone=phone) if phone else ""
    at = f" {'al' if language == 'es' else 'at'} {phone}" if phone else ""
    return wording[language].format(practice=practice, phone=said, at=at)
