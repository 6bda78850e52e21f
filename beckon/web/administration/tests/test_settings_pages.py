"""The settings: what each page changes, that it is on record, and who may only read."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beckon.channels.models import Sender
from beckon.consent.models import SuppressionEntry
from beckon.consent.queries import load_policy
from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Membership, Organization, Role, User
from beckon.desk.actions import install_default_dispositions
from beckon.desk.models import Disposition
from beckon.messaging.models import Template
from beckon.scheduling.models import Location
from beckon.web.accounts.tests.staff import member, signed_in

START = "/o/test/settings/"
POLICY = {
    "max_per_day": "1", "max_per_week": "2", "days_between_calls": "7", "appointment_exclusion_days": "28",
    "informational_hours": "yes", "preferred_channel_only": "yes", "preferred_hour_span": "2", "reply_minutes": "15",
    "age_of_majority": "18", "opt_out_channel": "all", "opt_out_purpose": "all", "consent_overrides": "",
}  # fmt: skip


@pytest.fixture
def boss(org: Organization) -> Client:
    return signed_in(member(Role.ADMINISTRATOR))


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_an_invitation_leaves_by_e_mail_and_its_link_opens(
    boss: Client, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        boss.post(START + "users/invite/", {"email": "New@Example.org", "name": "Dana", "role": "agent"})
    letter = mailoutbox[0]
    assert letter.to == ["new@example.org"]
    link = re.search(r"http://testserver(/accounts/invitation/\S+)", letter.body)
    assert link
    assert Client().get(link[1]).status_code == 200
    assert "Invited, not here yet" in boss.get(START + "users/").content.decode()

    user = User.objects.get(email="new@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        boss.post(f"{START}users/{user.pk}/invite-again/")
    assert Client().get(link[1]).status_code == 410
    newer = re.search(r"http://testserver(/accounts/invitation/\S+)", mailoutbox[1].body)
    boss.post(f"{START}users/{user.pk}/end/")
    assert newer
    assert Client().get(newer[1]).status_code == 410
    assert not Membership.objects.filter(user=user, ended_at=None).exists()
    assert {"user.invited", "user.role_given", "user.membership_ended"} <= set(actions())


def test_the_last_administrator_stays_one(boss: Client) -> None:
    me = User.objects.get(email="administrator@example.org")
    assert boss.post(f"{START}users/{me.pk}/", {"role": "agent"}).status_code == 400
    boss.post(f"{START}users/{me.pk}/end/")
    assert Membership.objects.filter(user=me, ended_at=None, role=Role.ADMINISTRATOR).exists()


def test_the_practice_and_its_locations_are_changed_on_record(boss: Client) -> None:
    boss.post(START + "practice/", {"name": "Riverside", "language": "es", "time_zone": "America/Chicago"})
    place = {"name": "Oak Street", "state": "ny", "time_zone": "America/New_York", "is_active": "on"}
    boss.post(START + "practice/locations/new/", place)
    row = Location.objects.get(name="Oak Street")
    assert row.state == "NY"
    assert boss.post(START + "practice/locations/new/", place).status_code == 400
    boss.post(f"{START}practice/locations/{row.pk}/", place | {"city": "Albany"})
    row.refresh_from_db()
    assert row.city == "Albany"
    assert actions().count("location.saved") == 2
    entry = AuditEntry.objects.get(action="organization.changed")
    assert entry.detail is not None
    assert entry.detail["before"]["time_zone"] == "America/New_York"


def test_a_paused_sender_is_set_going_again_and_limits_are_changed(boss: Client) -> None:
    row = Sender.objects.create(
        name="Texts", channel="sms", carrier="sandbox", address="+12125550100", paused_reason="blocked"
    )
    assert "blocked" in boss.get(START + "senders/").content.decode()
    boss.post(f"{START}senders/{row.pk}/resume/")
    boss.post(f"{START}senders/{row.pk}/", {"rate_per_second": "3", "daily_cap": "500", "is_active": "on"})
    row.refresh_from_db()
    assert (row.paused_reason, row.rate_per_second, row.daily_cap) == ("", 3, 500)
    assert boss.post(f"{START}senders/{row.pk}/", {"rate_per_second": "0"}).status_code == 400
    assert {"sender.resumed", "sender.changed"} <= set(actions())


def test_wording_with_a_mistake_is_not_saved_and_says_where(boss: Client) -> None:
    row = Template.objects.create(key="k/text", channel="sms", language="en", body="{{ practice_name }} {{ opt_out }}")
    path = f"{START}wording/templates/{row.pk}/"
    answer = boss.post(path, {"body": "{{ practice_name }}\n{{ nonsense }} {{ opt_out }}"})
    assert answer.status_code == 400
    assert "line 2" in answer.content.decode()
    boss.post(path, {"body": "{{ practice_name }}: hello. {{ opt_out }}"})
    boss.post(path + "sign-off/", {"name": "Dr. Rivera"})
    boss.post(path, {"body": "{{ practice_name }}: hello again. {{ opt_out }}"})
    assert list(Template.objects.order_by("version").values_list("version", "signed_off_by")) == [
        (1, "Dr. Rivera"),
        (2, ""),
    ]


def test_a_dispositions_key_is_nobody_elses_and_its_behaviour_stays_whole(boss: Client, now: datetime) -> None:
    install_default_dispositions(by=SYSTEM, now=now)
    given = {"label": "Lost", "label_es": "Perdido", "hotkey": "d", "again": "never", "win_back_after_days": "30"}
    path = START + "dispositions/LOST/"
    assert boss.post(path, given).status_code == 400
    assert boss.post(path, given | {"hotkey": "l", "again": "next_week"}).status_code == 400
    boss.post(path, given | {"hotkey": "l"})
    assert Disposition.objects.get(code="LOST").behaviour["win_back_after_days"] == 30
    assert "May join a win-back after 30 days" in boss.get(START + "dispositions/").content.decode()


def test_the_policy_is_changed_as_one_version_or_not_at_all(boss: Client) -> None:
    boss.post(START + "hours/policy/", POLICY)
    assert load_policy().max_per_week == 2
    assert boss.post(START + "hours/policy/", POLICY | {"max_per_day": "5"}).status_code == 400
    assert boss.post(START + "hours/policy/", POLICY | {"max_per_day": "99"}).status_code == 400
    assert load_policy().max_per_day == 1
    page = boss.get(START + "hours/").content.decode()
    assert "Fla. Stat. 501.616(6)" in page
    assert "ecfr.gov" in page


def test_a_suppression_list_is_uploaded_with_its_counts_and_looked_up(boss: Client) -> None:
    file = SimpleUploadedFile("list.csv", b"phone\n(212) 555-0142\nnot a phone\n212-555-0142\n")
    given = {"file": file, "name": "Old opt-outs", "kind": "opt_out", "channel": "all"}
    answer = boss.post(START + "suppression/upload/", given, follow=True)
    assert "3 rows: 1 added, 1 on the list before, 1 without phone or e-mail" in answer.content.decode()
    assert list(SuppressionEntry.objects.values_list("value", flat=True)) == ["+12125550142"]
    page = boss.get(START + "suppression/?value=212.555.0142").content.decode()
    assert "Old opt-outs" in page.split("lookup-head")[-1]
    assert "suppression.looked_up" in actions()


@pytest.mark.parametrize("head", [b"PK\x03\x04zip", b"%PDF-1.7", b"a\x00b"])
def test_a_file_that_is_no_text_is_refused_by_its_content(boss: Client, head: bytes) -> None:
    given = {"file": SimpleUploadedFile("list.csv", head), "name": "x", "kind": "opt_out", "channel": "all"}
    answer = boss.post(START + "suppression/upload/", given)
    assert answer.status_code == 400
    assert "no text file" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_who_may_only_read_sees_no_buttons_and_changes_nothing(org: Organization, role: Role) -> None:
    browser = signed_in(member(role))
    page = browser.get(START + "practice/").content.decode()
    assert "Add a location" not in page
    assert browser.post(START + "practice/", {"name": "x"}).status_code == 403
    assert browser.get(START + "users/invite/").status_code == 403
    assert browser.post(START + "hours/policy/", POLICY).status_code == 403


def test_empty_pages_say_what_would_stand_there(boss: Client) -> None:
    for path, said in (
        ("wording/", "No templates yet"),
        ("suppression/", "No list yet"),
        ("sources/", "No source yet"),
    ):
        assert said in boss.get(START + path).content.decode()
