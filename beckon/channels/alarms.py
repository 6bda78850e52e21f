"""Why a sender stands still: stored as a code and what the vendor said, told in both languages. Codes stay."""

from typing import Final

from beckon.core.wording.words import Words

CERTIFICATE: Final = "certificate"
REFUSED: Final = "refused"
ANSWERS: Final = "answers"
SPOOL: Final = "spool"
BLOCKED: Final = "blocked"
_TOLD: Final = {
    CERTIFICATE: Words(
        "the carrier's certificate cannot be verified", "no se puede verificar el certificado del operador"
    ),
    REFUSED: Words(
        "the mail server refuses us ({said}): check the account and the sender's address",
        "el servidor de correo nos rechaza ({said}): revise la cuenta y la dirección del remitente",
    ),
    ANSWERS: Words(
        "the vendor answers {said}: check the URL, the account and its secret",
        "el proveedor responde {said}: revise la URL, la cuenta y su secreto",
    ),
    SPOOL: Words(
        "the print spool cannot be written ({said}): check the folder and the disk",
        "no se puede escribir en la cola de impresión ({said}): revise la carpeta y el disco",
    ),
    BLOCKED: Words(
        "messages are being blocked by the carrier ({said})", "el operador está bloqueando los mensajes ({said})"
    ),
}


def alarm(code: str, said: object = "") -> str:
    """As it is stored: the code, then what the vendor said."""
    return f"{code} {said}".strip()


def alarm_words(stored: str) -> Words:
    """A stored alarm as a sentence without a full stop; what is no alarm of ours (somebody wrote it) as it is."""
    code, _, said = stored.partition(" ")
    known = _TOLD.get(code)
    return known.filled(said=said or "?") if known else Words(stored, stored)
