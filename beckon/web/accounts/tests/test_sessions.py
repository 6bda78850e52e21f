"""Log-in and its limits, automatic log-off, sessions, and what of it is on record."""

from datetime import timedelta

import pytest
from django.test import Client

from beckon.core.audit.models import AuditEntry
from beckon.core.clock import wall_now
from beckon.core.models import Role
from beckon.core.tenancy import get_organization, org_scope
from beckon.web.accounts.tests.staff import PASSWORD, is_signed_in, log_in, member
from beckon.web.middleware import BEGAN, LAST_ACT

pytestmark = pytest.mark.django_db


def recorded(action: str) -> list[AuditEntry]:
    with org_scope(get_organization("test")):
        return list(AuditEntry.objects.filter(action=action))


def idle_for(browser: Client, minutes: float) -> None:
    session = browser.session
    session[LAST_ACT] = (wall_now() - timedelta(minutes=minutes)).isoformat()
    session.save()


def test_a_log_in_and_a_wrong_password_are_on_record_in_the_persons_practice() -> None:
    user = member(Role.AGENT)
    log_in(user.email)
    log_in(user.email, "not the password at all")
    assert [e.object_ids for e in recorded("user.logged_in")] == [[user.pk]]
    assert [e.detail for e in recorded("user.log_in_refused")] == [{"why": "wrong_password"}]


def test_the_log_in_offers_no_sign_up() -> None:
    page = Client().get("/accounts/login/").content.decode().lower()
    assert "sign up" not in page
    assert "/signup/" not in page
    assert Client().post("/accounts/signup/").status_code == 405


def test_after_five_wrong_passwords_even_the_right_one_waits() -> None:
    user = member(Role.AGENT)
    for _ in range(5):
        assert not is_signed_in(log_in(user.email, "wrong wrong wrong"))
    assert not is_signed_in(log_in(user.email))


def test_who_tries_too_often_from_one_address_is_told_so(settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}  # type: ignore[attr-defined]
    answers = [Client().post("/accounts/login/", {"login": "x@example.org", "password": "x"}) for _ in range(4)]
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()


def test_a_session_ends_after_fifteen_minutes_without_an_act() -> None:
    browser = log_in(member(Role.AGENT).email)
    idle_for(browser, 14)
    assert browser.get("/account/").status_code == 200
    idle_for(browser, 16)
    answer = browser.get("/account/?x=1")
    assert answer["Location"] == "/accounts/login/?next=/account/%3Fx%3D1"
    assert not is_signed_in(browser)


def test_parts_that_refresh_themselves_do_not_keep_a_session_alive() -> None:
    browser = log_in(member(Role.AGENT).email)
    idle_for(browser, 14.9)
    before = browser.session[LAST_ACT]
    assert browser.get("/o/test/", headers={"X-Beckon-Poll": "1", "HX-Request": "true"}).status_code == 200
    assert is_signed_in(browser)
    assert browser.session[LAST_ACT] == before
    idle_for(browser, 15.1)
    assert browser.get("/o/test/", headers={"X-Beckon-Poll": "1", "HX-Request": "true"}).status_code == 401


def test_a_session_ends_twelve_hours_after_the_log_in_whatever_one_does() -> None:
    browser = log_in(member(Role.AGENT).email)

    def began(hours: float) -> None:
        session = browser.session
        session[BEGAN] = (wall_now() - timedelta(hours=hours)).isoformat()
        session.save()

    browser.get("/account/")
    began(11.9)
    assert browser.get("/account/").status_code == 200
    began(12.1)
    assert browser.get("/o/test/", headers={"HX-Request": "true"}).status_code == 401
    assert not is_signed_in(browser)
    browser.post("/accounts/login/", {"login": "agent@example.org", "password": PASSWORD})
    assert is_signed_in(browser)
    assert browser.session[BEGAN] > (wall_now() - timedelta(minutes=1)).isoformat()


def test_typing_without_sending_keeps_it_alive() -> None:
    browser = log_in(member(Role.AGENT).email)
    idle_for(browser, 14)
    browser.post("/account/still-here/")
    assert browser.session[LAST_ACT] > (wall_now() - timedelta(minutes=1)).isoformat()


def test_one_may_end_ones_other_sessions_and_nobody_elses() -> None:
    user, other = member(Role.AGENT), member(Role.MANAGER)
    here, there, elsewhere = log_in(user.email), log_in(user.email), log_in(other.email)
    sessions = {s.is_here: s for s in here.get("/account/").context["sessions"]}
    assert elsewhere.post(f"/account/sessions/{sessions[False].id}/end/").status_code == 404
    here.post(f"/account/sessions/{sessions[False].id}/end/")
    assert (is_signed_in(here), is_signed_in(there), is_signed_in(elsewhere)) == (True, False, True)


def test_everywhere_else_can_be_ended_at_once() -> None:
    user = member(Role.AGENT)
    browsers = [log_in(user.email) for _ in range(3)]
    browsers[0].post("/account/sessions/end-others/")
    assert [is_signed_in(b) for b in browsers] == [True, False, False]


def test_a_name_is_saved_and_an_empty_one_is_told() -> None:
    user = member(Role.AGENT)
    browser = log_in(user.email)
    browser.post("/account/", {"name": "Dana Reyes"})
    user.refresh_from_db()
    assert user.name == "Dana Reyes"
    assert browser.post("/account/", {"name": ""}).status_code == 400
