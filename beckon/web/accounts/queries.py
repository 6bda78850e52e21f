"""What the account page shows: second factors, sessions, practices."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from beckon.core.models import Membership, User


@dataclass(frozen=True)
class Factors:
    """The second factors of a user."""

    has_app: bool
    passkeys: tuple[Authenticator, ...]
    codes_left: int

    @property
    def is_set_up(self) -> bool:
        """True with an app or a passkey; recovery codes alone are none."""
        return self.has_app or bool(self.passkeys)


@dataclass(frozen=True)
class Session:
    """Where the user is signed in."""

    id: int
    browser: str
    system: str
    address: str
    since: datetime
    is_here: bool


def factors_of(user: User) -> Factors:
    """One statement."""
    found = list(Authenticator.objects.filter(user_id=user.pk).order_by("pk"))
    codes = [f for f in found if f.type == Authenticator.Type.RECOVERY_CODES]
    return Factors(
        has_app=any(f.type == Authenticator.Type.TOTP for f in found),
        passkeys=tuple(f for f in found if f.type == Authenticator.Type.WEBAUTHN),
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else 0,
    )


def sessions_of(user: User, here: str | None) -> list[Session]:
    """Open sessions, this one first, then the newest. `here`: the key of this session."""
    rows: list[UserSession] = UserSession.objects.purge_and_list(user)
    found = [
        Session(
            row.pk,
            browser_of(row.user_agent),
            system_of(row.user_agent),
            row.ip,
            row.created_at,
            row.session_key == here,
        )
        for row in rows
    ]
    return sorted(found, key=lambda s: (not s.is_here, -s.since.timestamp()))


def session_of(user: User, session_id: int) -> UserSession | None:
    """One of the user's own sessions."""
    found: UserSession | None = UserSession.objects.filter(user_id=user.pk, pk=session_id).first()
    return found


def other_sessions(user: User, here: str | None) -> list[UserSession]:
    """All but this one."""
    return list(UserSession.objects.filter(user_id=user.pk).exclude(session_key=here))


def practices_of(user: User) -> list[Membership]:
    """The open memberships with their practices, by name."""
    rows = Membership.objects.select_related("organization").filter(user_id=user.pk, ended_at=None)
    return list(rows.order_by("organization__name"))


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """The browser's name and main version from a User-Agent line; its first word where it is none we know."""
    for sign, name in _BROWSERS:
        match = re.search(re.escape(sign) + r"(\d+)", agent)
        if match:
            return f"{name} {match[1]}"
    return agent.split("/")[0][:40]


def system_of(agent: str) -> str:
    """The operating system's name; "" where it is none we know."""
    return next((name for sign, name in _SYSTEMS if sign in agent), "")
