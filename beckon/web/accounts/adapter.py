"""How allauth makes and names accounts here: nobody signs up, people are invited; log-ins are on record."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from beckon.core.models import User
from beckon.web.accounts.log_ins import record_log_in, record_wrong_password

log = logging.getLogger("beckon.web")


def display_name(user: User) -> str:
    """The user's name, else the e-mail."""
    return user.name or user.email


class AccountAdapter(DefaultAccountAdapter):
    """Log-ins for people who were invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator invites."""
        return False

    def get_user_search_fields(self) -> list[str]:
        """What allauth may look users up by."""
        return ["email", "name"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *a: Any, **k: Any
    ) -> None:
        """As allauth says it, but no greeting at every log-in and log-off."""
        if message_template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, message_template, *a, **k)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Put the log-in on record in every practice it opens."""
        record_log_in(user, how=_how(request))
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Put a wrong password on record where the account exists."""
        record_wrong_password(str(credentials.get("email") or ""))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """By the user's own password."""
        return bool(user.check_password(password))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down must not tell strangers by an error which accounts exist."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            log.error("mail not sent template=%s error=%s", template_prefix, type(error).__name__)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Changes of password and factors go to the user's one address."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)


def _how(request: HttpRequest) -> str:
    """The methods used, such as password+mfa; never what was typed."""
    records = request.session.get("account_authentication_methods", [])
    return "+".join(str(record.get("type") or record.get("method")) for record in records)[:60]
