"""What every answer tells browsers: no scripts but ours, no frames, nothing kept, no guessing of types."""

import pytest
from django.conf import settings
from django.test import Client

from beckon.core.models import Membership, Role, User
from beckon.core.tenancy import get_organization

pytestmark = pytest.mark.django_db
ANYWHERE = ("/accounts/login/", "/accounts/password/reset/", "/no-such-page/", "/healthz", "/u/made-up")
INSIDE = ("/", "/account/", "/o/test/", "/o/test/people/", "/o/test/audit/", "/o/test/no-such-page/", "/health/")


@pytest.fixture
def browser() -> Client:
    user = User.objects.create_user("auditor@example.org", None)
    Membership.objects.create(user=user, organization=get_organization("test"), role=Role.AUDITOR)
    found = Client()
    found.force_login(user)
    return found


def test_every_answer_carries_the_security_headers(browser: Client) -> None:
    for path in (*ANYWHERE, *INSIDE):
        answer = browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert answer.headers["X-Frame-Options"] == "DENY", path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "geolocation=()" in answer.headers["Permissions-Policy"], path


def test_what_signed_in_people_see_is_kept_by_nobody(browser: Client) -> None:
    for path in INSIDE:
        assert "no-store" in browser.get(path).headers["Cache-Control"], path


def test_no_page_holds_a_script_or_style_of_its_own(browser: Client) -> None:
    for path in (*ANYWHERE, *INSIDE):
        page = browser.get(path).content.decode()
        for start in page.split("<script")[1:]:
            tag = start.split(">", 1)[0]
            assert "src=" in tag or "application/json" in tag, path
        assert "<style" not in page, path
        assert not any(f' {name}="' in page for name in ("style", "onclick", "onload", "onsubmit")), path


def test_the_session_cookie_is_out_of_reach_of_scripts() -> None:
    User.objects.create_user("x@example.org", "four unrelated quiet lamps")
    browser = Client()
    browser.post("/accounts/login/", {"login": "x@example.org", "password": "four unrelated quiet lamps"})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["expires"]


def test_a_form_from_elsewhere_changes_nothing() -> None:
    assert Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"}).status_code == 403
