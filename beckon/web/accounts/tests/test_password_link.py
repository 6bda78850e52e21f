"""The password link: nobody learns from asking for one who has an account."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beckon.core.models import Role, User
from beckon.web.accounts.tests.staff import member, send_waiting_links

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/password/reset/"


def asked(email: str) -> tuple[list[str], int, str]:
    """The statements that the request took beside those that count how often one asks, and what it answered."""
    with CaptureQueriesContext(connection) as seen:
        answer = Client().post(ADDRESS, {"email": email})
    told = [q["sql"] for q in seen.captured_queries if not re.search("web_cache|SAVEPOINT", q["sql"])]
    return [re.sub(r"'[^']*'|\d+", "?", sql) for sql in told], answer.status_code, answer["Location"]


def test_the_request_does_the_same_work_for_a_known_address_and_an_unknown_one(mailoutbox: list[Any]) -> None:
    known = member(Role.AGENT)
    works = [asked(email) for email in (known.email, "nobody@example.org")]
    assert works[0] == works[1]
    assert "procrastinate" in "".join(works[0][0])
    assert mailoutbox == []


def test_the_worker_writes_to_who_has_an_account_and_to_nobody_else(mailoutbox: list[Any]) -> None:
    known, gone = member(Role.AGENT), User.objects.create_user("gone@example.org", None)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for email in (known.email.upper(), "nobody@example.org", gone.email):
        Client().post(ADDRESS, {"email": email})
    assert send_waiting_links() == 3
    assert [letter.to for letter in mailoutbox] == [[known.email]]
    assert "http://testserver/accounts/password/reset/key/" in mailoutbox[0].body


def test_the_letter_is_in_the_language_of_who_asked(mailoutbox: list[Any]) -> None:
    known = member(Role.AGENT)
    Client().post(ADDRESS, {"email": known.email}, headers={"Accept-Language": "es"})
    send_waiting_links()
    assert mailoutbox[0].subject == "Una contraseña nueva para Beckon"
