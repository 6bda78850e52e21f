"""`beckon users factors-off`: for who works for several practices, or for whoever runs the installation."""

import argparse
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role, User
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.commands.staff import users_factors_off
from beckon.ops.commands.staff.users_add import StaffRefused
from beckon.web.accounts.tests.conftest import live
from beckon.web.accounts.tests.staff import member

__all__ = ["live"]


def run(email: str) -> int:
    return users_factors_off.run(argparse.Namespace(email=email))


def test_who_runs_the_installation_does_it_for_who_works_for_several_practices(
    live: Organization, db: None, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    user = member(Role.AGENT)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    member(Role.MANAGER, email=user.email, practice="live")
    with django_capture_on_commit_callbacks(execute=True):
        assert run(user.email.upper()) == 0
    assert not Authenticator.objects.exists()
    for slug in ("test", "live"):
        with org_scope(get_organization(slug)):
            entries = AuditEntry.objects.filter(action="user.factors_taken_off")
            assert [entry.object_ids for entry in entries] == [[user.pk]]
    assert len(mailoutbox) == 1
    assert "runs this installation" in mailoutbox[0].body


def test_the_command_says_when_there_is_nobody_or_nothing(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StaffRefused):
        run("nobody@example.org")
    User.objects.create_user("plain@example.org", None)
    assert run("plain@example.org") == 0
    assert "no second factor" in capsys.readouterr().out
