"""Names of messages: the keys that make each one unique, and the reference a carrier knows it by. Pure."""

import hashlib
import re

_REFERENCE = re.compile(r"^b(\d{1,18})-(\d{1,18})$")
MAX_KEY = 80


def enrollment_key(enrollment_id: int, step: str, round_: int) -> str:
    """Key of a journey's message; `round_` counts the returns to the same step. Raises ValueError if too long."""
    return _checked(f"e:{enrollment_id}:{step}:{round_}")


def confirm_key(appointment_id: int, version: int) -> str:
    """Key of a booking's confirmation; `version` rises with each change of the appointment."""
    return _checked(f"confirm:{appointment_id}:{version}")


def reply_key(inbound_id: int) -> str:
    """Key of our one automatic answer to a received message."""
    return _checked(f"reply:{inbound_id}")


def manual_key(form_id: str) -> str:
    """Key of a message a member of staff wrote; `form_id` is of the form shown, so that a double click is one."""
    return _checked(f"manual:{form_id}")


def inbound_key(carrier: str, carrier_ref: str) -> str:
    """Key of a received message, so that a repeated callback is one."""
    key = f"in:{carrier}:{carrier_ref}"
    return key if len(key) <= MAX_KEY else f"in:{carrier}:{_digest(carrier_ref)}"[:MAX_KEY]


def inbound_ref(*what: str) -> str:
    """Stands for the vendor's id of a received message that came without one: from, to, body and moment."""
    return f"none:{_digest(*what)}"


def _digest(*what: str) -> str:
    return hashlib.sha256("\x1f".join(what).encode()).hexdigest()[:40]


def _checked(key: str) -> str:
    if len(key) > MAX_KEY:
        raise ValueError(f"a message key is longer than {MAX_KEY} characters")
    return key


def reference_of(organization_id: int, message_id: int) -> str:
    """Our reference at a carrier, unique over the installation; the idempotency key where there is one."""
    return f"b{organization_id}-{message_id}"


def message_of(reference: str, organization_id: int) -> int | None:
    """The message a reference means, or None when it is not ours or another organization's."""
    match = _REFERENCE.match(reference)
    if match is None or int(match[1]) != organization_id:
        return None
    return int(match[2])
