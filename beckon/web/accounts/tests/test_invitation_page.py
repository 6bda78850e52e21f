"""The page behind the link of an invitation."""

from datetime import datetime

import pytest
from django.test import Client

from beckon.core.actors import COMMAND_LINE
from beckon.core.models import Role
from beckon.core.staff.invitations import Invited, invite
from beckon.core.tenancy import get_organization, org_scope
from beckon.web.accounts.tests.staff import PASSWORD, is_signed_in, member, signed_in

pytestmark = pytest.mark.django_db
NEW = {"name": "Dana Reyes", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def link(now: datetime) -> str:
    with org_scope(get_organization("test")):
        answer = invite(email="dana@example.org", role=Role.AGENT, by=COMMAND_LINE, now=now)
    assert isinstance(answer, Invited)
    return f"/accounts/invitation/{answer.token}/"


def test_it_says_who_invites_as_what_and_signs_the_new_person_in(link: str) -> None:
    browser = Client()
    page = browser.get(link).content.decode()
    assert "Test practice" in page
    assert "Agent" in page
    assert browser.post(link, NEW)["Location"] == "/"
    assert is_signed_in(browser)
    assert browser.get("/o/test/").status_code == 200


def test_the_used_link_opens_nothing(link: str) -> None:
    Client().post(link, NEW)
    answer = Client().post(link, NEW)
    assert answer.status_code == 410
    assert "opens nothing any more" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"again": "something else again"}, "not the same password"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"name": ""}, "required"),
    ],
)
def test_bad_input_is_told_and_the_name_stays(link: str, change: dict[str, str], said: str) -> None:
    answer = Client().post(link, NEW | change)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert is_signed_in(Client()) is False


def test_who_sat_at_this_browser_is_logged_off_first(link: str) -> None:
    browser = signed_in(member(Role.ADMINISTRATOR))
    assert "they are logged off" in browser.get(link).content.decode()
    browser.post(link, NEW)
    assert browser.get("/account/").context["user"].email == "dana@example.org"
