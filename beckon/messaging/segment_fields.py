"""What a segment may ask about messages: sent, arrived, failed, answered. All through the index on the person."""

from beckon.core.segment_registry import (
    Ask,
    Choice,
    CountField,
    HasField,
    Label,
    Parameter,
    ParameterKind,
    Rows,
    Sql,
    register,
)
from beckon.messaging.replies.meanings import Meaning

_CHANNELS = (
    Choice("sms", Label("text message", "mensaje de texto")),
    Choice("voicemail", Label("voicemail drop", "mensaje de voz grabado")),
    Choice("email", Label("e-mail", "correo electrónico")),
    Choice("postal", Label("postcard", "tarjeta postal")),
)
_MEANINGS = {
    Meaning.STOP: Label("stop", "alto"),
    Meaning.START: Label("start again", "reanudar"),
    Meaning.HELP: Label("help", "ayuda"),
    Meaning.WRONG_PERSON: Label("wrong person", "persona equivocada"),
    Meaning.DECEASED: Label("has died", "ha fallecido"),
    Meaning.RESCHEDULE: Label("another time", "otra fecha"),
    Meaning.LATER: Label("later", "más tarde"),
    Meaning.YES: Label("yes", "sí"),
    Meaning.NO: Label("no", "no"),
    Meaning.QUESTION: Label("a question", "una pregunta"),
    Meaning.OTHER: Label("something else", "otra cosa"),
}
_CHANNEL = Parameter("channel", Label("channel", "medio"), ParameterKind.CHOICE, choices=_CHANNELS)
_MEANING = Parameter(
    "meaning",
    Label("meaning", "significado"),
    ParameterKind.CHOICE,
    choices=tuple(Choice(meaning.value, label) for meaning, label in _MEANINGS.items()),
)


def _on_channel(condition: str, ask: Ask) -> Sql:
    channel = ask.parameters.get("channel")
    return Sql(condition) if channel is None else Sql(f"{condition} AND m.channel = %s", (channel,))


def _sent(ask: Ask) -> Sql:
    return _on_channel("NOT m.is_inbound AND m.status IN ('sent', 'delivered', 'unknown')", ask)


def _failed(ask: Ask) -> Sql:
    return _on_channel("NOT m.is_inbound AND m.status = 'failed'", ask)


def _received(ask: Ask) -> Sql:
    meaning = ask.parameters.get("meaning")
    return Sql("m.is_inbound") if meaning is None else Sql("m.is_inbound AND m.meaning = %s", (meaning,))


register(
    CountField(
        "messages_sent",
        Label("messages sent", "mensajes enviados"),
        Rows("messaging_message m", "m.person_id", at="m.sent_at", only=_sent),
        parameters=(_CHANNEL,),
    ),
    HasField(
        "message_failed",
        Label("a message that failed", "un mensaje fallido"),
        Rows("messaging_message m", "m.person_id", at="m.settled_at", only=_failed),
        parameters=(_CHANNEL,),
    ),
    HasField(
        "replied",
        Label("answered", "respondió"),
        Rows("messaging_message m", "m.person_id", at="m.settled_at", only=_received),
        parameters=(_MEANING,),
    ),
    CountField(
        "replies",
        Label("replies", "respuestas"),
        Rows("messaging_message m", "m.person_id", at="m.settled_at", only=_received),
        parameters=(_MEANING,),
    ),
)
