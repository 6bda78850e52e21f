"""The second factor: who needs one, how its secrets are stored, and that nobody takes off the last one they need."""

import base64
from functools import cache
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.db.models import Exists
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy

from beckon.core.actors import Actor
from beckon.core.models import Membership, Organization, OrganizationKind, Role, User
from beckon.core.staff.sessions import end_sessions
from beckon.web.accounts.letters import tell_factors_gone
from beckon.web.accounts.log_ins import record_everywhere


def is_required(user: User) -> bool:
    """True when a live practice of the user's shows them people's data, so that the law's safeguards ask for one; and
    for who runs an installation with a live practice.

    45 CFR 164.312(d), person or entity authentication; NIST SP 800-63B, AAL2.
    """
    return bool(settings.REQUIRE_SECOND_FACTOR and (_seeing_live(user).exists() or _runs_live(user)))


def is_missing(user: User) -> bool:
    """True when the user needs a second factor and has none. One statement for all but operators; asked every time."""
    if not settings.REQUIRE_SECOND_FACTOR:
        return False
    if _seeing_live(user).filter(~Exists(_factors(user))).exists():
        return True
    return _runs_live(user) and not _factors(user).exists()


def _seeing_live(user: User) -> Any:
    open_ones = Membership.objects.filter(user_id=user.pk, ended_at=None)
    return open_ones.filter(organization__kind=OrganizationKind.LIVE).exclude(role=Role.ANALYST)


def _runs_live(user: User) -> bool:
    return user.is_operator and Organization.objects.filter(kind=OrganizationKind.LIVE).exists()


def _factors(user: User) -> Any:
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)


def take_off_all(user: User, *, by: Actor, practice: str) -> int:
    """Take off everything but the password, for who has lost it; returns how many factors and sets of codes.

    It is on record in every practice of the user, their sessions end, and a letter tells them. `practice`: whose
    administrator did it; "" for whoever runs the installation. Inside a scope, only for who works nowhere else.
    """
    gone: int = Authenticator.objects.filter(user_id=user.pk).delete()[0]
    if gone:
        record_everywhere(user.pk, "user.factors_taken_off", {"how": "practice" if practice else "installation"}, by)
        end_sessions(user.pk)
        tell_factors_gone(user, practice=practice)
    return gone


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """As allauth's, with secrets encrypted at rest and the last needed factor kept."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Your role asks for a second factor. Add another one before you take this one off."
        )
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of who needs one."""
        user = authenticator.user
        return not is_required(user) or _factors(user).exclude(pk=authenticator.pk).exists()

    def encrypt(self, text: str) -> str:
        """So that a copy of the database is not a copy of everybody's second factor."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when BECKON_SECRET_KEY is another one than when it was stored."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's
        """Passkey, Passkey 2, ..."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey") if count == 0 else f"{gettext('Passkey')} {count + 1}"


@cache
def _cipher() -> Fernet:
    key = salted_hmac("beckon.second-factor", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
