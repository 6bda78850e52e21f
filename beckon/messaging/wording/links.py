"""Signed links in messages: who unsubscribes with one tap. The token names rows, never a person."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.signing import BadSignature, Signer

_SALT = "beckon.messaging.unsubscribe"


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """What a good token says: in which organization which person leaves which address."""

    organization_id: int
    person_id: int
    number_id: int


@lru_cache(maxsize=1)
def _signer() -> Signer:
    return Signer(salt=_SALT)


def make_unsubscribe_token(organization_id: int, person_id: int, number_id: int) -> str:
    """A token for one person's address; it does not run out (CAN-SPAM asks for 30 days, we keep no clock)."""
    return _signer().sign(f"{organization_id}.{person_id}.{number_id}")


def read_unsubscribe_token(token: str) -> Unsubscribe | None:
    """What the token says, or None when it was not signed by this installation."""
    try:
        parts = _signer().unsign(token).split(".")
        organization, person, number = (int(part) for part in parts)
    except (BadSignature, ValueError):
        return None
    return Unsubscribe(organization, person, number)


def unsubscribe_url(organization_id: int, person_id: int, number_id: int) -> str:
    """The page (and RFC 8058 one-click target) that ends e-mail to this address."""
    return f"{settings.BASE_URL}/u/{make_unsubscribe_token(organization_id, person_id, number_id)}"
