"""How allauth makes and names accounts here: nobody signs up, people are invited."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from beckon.core.models import User


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
