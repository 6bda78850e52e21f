"""Members of staff for tests of pages: who they are, and browsers in which they are signed in."""

import json
from typing import Any

from django.db import connection
from django.test import Client

from beckon.core.models import Membership, Organization, Role, User
from beckon.web.accounts.letters import send_password_link

PASSWORD = "four unrelated quiet lamps"


def member(role: Role, *, email: str = "", practice: str = "test") -> User:
    """Somebody with a password and this role."""
    email = email or f"{role}@example.org"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=f"{role} person")
    Membership.objects.create(user=user, organization=Organization.objects.get(slug=practice), role=role)
    return user


def signed_in(user: User) -> Client:
    """A browser in which the user is signed in."""
    browser = Client()
    browser.force_login(user)
    return browser


def log_in(email: str, password: str = PASSWORD) -> Client:
    """A browser in which somebody filled in the form."""
    browser = Client()
    browser.post("/accounts/login/", {"login": email, "password": password})
    return browser


def is_signed_in(browser: Client) -> bool:
    """Asked as a page that nobody touches."""
    return browser.get("/account/still-here/", headers={"X-Beckon-Poll": "1"}).status_code == 204


def waiting_links() -> list[dict[str, Any]]:
    """What waits for a worker to send password links: each job's arguments. They wait no longer."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'beckon.send_password_link' RETURNING args")
        return [args if isinstance(args, dict) else json.loads(args) for (args,) in cursor.fetchall()]


def send_waiting_links() -> int:
    """Do a worker's part; returns how many jobs there were."""
    found = waiting_links()
    for args in found:
        send_password_link(**args)
    return len(found)
