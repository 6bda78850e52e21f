"""The second factor: asked for where people's data is seen, by no way round; recovery codes; wrong codes."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from beckon.core.models import Role, User
from beckon.web.accounts.tests.staff import PASSWORD, is_signed_in, log_in, member, send_waiting_links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("live")]
TOTP = "/accounts/2fa/totp/activate/"


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def set_up_app(browser: Client) -> str:
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get(TOTP).content.decode()
    found = re.search(r'class="secret">(\w+)<', page)
    assert found, page
    browser.post(TOTP, {"code": code_for(found[1])})
    return found[1]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_who_sees_people_in_a_live_practice_must_set_one_up_first(role: Role) -> None:
    browser = log_in(member(role, practice="live").email)
    for path in ("/", "/o/live/", "/account/", "/o/live/people/", "/no-such-page/"):
        for ask in (browser.get, browser.post):
            answer = ask(path)
            assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), path
    assert "Set up a second factor to go on" in browser.get("/accounts/2fa/").content.decode()


def test_a_part_that_refreshes_itself_gets_nothing_either() -> None:
    browser = log_in(member(Role.AGENT, practice="live").email)
    assert browser.get("/o/live/", headers={"HX-Request": "true"}).status_code == 401


def test_who_runs_an_installation_with_a_live_practice_needs_one_too() -> None:
    user = member(Role.AGENT)
    User.objects.filter(pk=user.pk).update(is_operator=True)
    assert log_in(user.email).get("/health/")["Location"] == "/accounts/2fa/"


def test_logging_off_clears_what_the_desk_keeps_in_the_browser() -> None:
    browser = log_in(member(Role.AGENT).email)
    assert browser.post("/accounts/logout/")["Clear-Site-Data"] == '"storage"'


def test_the_analyst_and_everybody_in_a_sandbox_need_none() -> None:
    assert log_in(member(Role.AGENT).email).get("/o/test/").status_code == 200
    assert log_in(member(Role.ANALYST, practice="live").email).get("/o/live/").status_code == 200


def test_with_an_app_set_up_the_pages_open_and_the_next_log_in_asks_for_its_code() -> None:
    user = member(Role.MANAGER, practice="live")
    browser = log_in(user.email)
    secret = set_up_app(browser)
    assert browser.get("/account/").status_code == 200
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored

    again = log_in(user.email)
    assert not is_signed_in(again)
    assert again.get("/o/live/").status_code == 302
    again.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_signed_in(again)


def test_a_recovery_code_lets_in_once() -> None:
    user = member(Role.MANAGER, practice="live")
    first = log_in(user.email)
    set_up_app(first)
    page = first.get("/accounts/2fa/recovery-codes/").content.decode()
    code = re.findall(r"<li><code>(\d+)</code>", page)[0]
    for expected in (True, False):
        browser = log_in(user.email)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_signed_in(browser) is expected


def test_the_last_factor_cannot_be_taken_off_by_who_needs_one() -> None:
    user = member(Role.MANAGER, practice="live")
    browser = log_in(user.email)
    set_up_app(browser)
    browser.post("/accounts/2fa/totp/deactivate/", {})
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_a_factor_lost_after_the_log_in_closes_the_pages_at_once() -> None:
    user = member(Role.MANAGER, practice="live")
    browser = log_in(user.email)
    set_up_app(browser)
    assert browser.get("/o/live/").status_code == 200
    Authenticator.objects.filter(user=user).delete()
    assert browser.get("/o/live/")["Location"] == "/accounts/2fa/"


def test_a_new_password_by_link_does_not_get_round_the_second_factor(mailoutbox: list[Any]) -> None:
    user = member(Role.MANAGER, practice="live")
    set_up_app(log_in(user.email))
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": user.email})
    send_waiting_links()
    link = re.search(r"http://testserver(\S+)", mailoutbox[-1].body)
    assert link
    form = browser.get(link[1], follow=True).redirect_chain[-1][0]
    browser.post(form, {"password1": "another four quiet lamps", "password2": "another four quiet lamps"})
    assert User.objects.get(pk=user.pk).check_password("another four quiet lamps")
    assert not is_signed_in(browser)
    assert not is_signed_in(log_in(user.email, "another four quiet lamps"))
