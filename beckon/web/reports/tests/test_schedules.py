"""The weekly report by e-mail: to whom it may go, that it leaves once, and that a failure is told."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import override_settings

from beckon.core.actors import SYSTEM
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role
from beckon.reports import schedules
from beckon.reports.delivery import send_due
from beckon.reports.models import ReportDelivery, ReportSchedule
from beckon.reports.schedules import last_moment, read_recipients, week_told
from beckon.web.campaigns.tests.scene import member

LOCAL = "django.core.mail.backends.locmem.EmailBackend"


def schedule(now: datetime, **more: object) -> ReportSchedule:
    given = {"language": "es", "weekday": 0, "hour": 7, "recipients": ["owner@example.org"], "by": SYSTEM} | more
    return schedules.save_schedule(**given, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(("weekday", "hour", "at"), [
    (0, 7, "2026-11-16T07:00-05:00"),  # this morning
    (0, 11, "2026-11-09T11:00-05:00"),  # not yet today, so a week ago
    (6, 20, "2026-11-15T20:00-05:00"),
])  # fmt: skip
def test_the_last_moment_is_that_of_the_practice(now: datetime, weekday: int, hour: int, at: str) -> None:
    assert last_moment(weekday, hour, now=now, zone="America/New_York") == datetime.fromisoformat(at)


def test_it_tells_of_the_last_whole_week(now: datetime) -> None:
    assert week_told(now) == "2026-W46"


def test_addresses_are_read_however_they_are_written() -> None:
    good, bad = read_recipients("a@example.org, B@Example.org;a@example.org\n nobody ")
    assert (good, bad) == (["a@example.org", "b@example.org"], ["nobody"])


@override_settings(EMAIL_BACKEND=LOCAL)
def test_a_due_report_leaves_once_with_its_pdf(org: Organization, now: datetime) -> None:
    schedule(now - timedelta(days=1))
    assert send_due(org, by=SYSTEM, now=now) == (1, 0)
    assert send_due(org, by=SYSTEM, now=now + timedelta(hours=2)) == (0, 0)
    assert send_due(org, by=SYSTEM, now=now + timedelta(days=7)) == (1, 0)
    letter = mail.outbox[0]
    assert (letter.to, letter.bcc) == ([], ["owner@example.org"])
    assert "Informe semanal" in letter.subject
    name, content, kind = letter.attachments[0]
    assert (name, kind, content[:5]) == ("2026-W46.pdf", "application/pdf", b"%PDF-")
    assert AuditEntry.objects.filter(action="report.sent").count() == 2


@override_settings(EMAIL_BACKEND="nowhere.EmailBackend")
def test_a_report_that_could_not_leave_says_so_on_the_page(org: Organization, now: datetime) -> None:
    schedule(now - timedelta(days=1))
    assert send_due(org, by=SYSTEM, now=now) == (0, 1)
    assert ReportDelivery.objects.get().reason == "ModuleNotFoundError"
    page = member(org, Role.MANAGER).get(f"/o/{org.slug}/reports/weekly/")
    assert b"Did not leave" in page.content


def test_what_fell_due_before_it_was_scheduled_does_not_leave(org: Organization, now: datetime) -> None:
    schedule(now)
    assert send_due(org, by=SYSTEM, now=now) == (0, 0)


def test_a_manager_schedules_and_ends_and_others_only_look(org: Organization, now: datetime) -> None:
    manager, address = member(org, Role.MANAGER), f"/o/{org.slug}/reports/weekly/"
    fields = {"weekday": 4, "hour": 17, "language": "en", "recipients": "owner@example.org board"}
    assert b"Not an e-mail address: board" in manager.post(address, fields).content
    manager.post(address, fields | {"recipients": "owner@example.org board@example.org"})
    made = ReportSchedule.objects.get()
    assert (made.weekday, made.recipients) == (4, ["owner@example.org", "board@example.org"])
    analyst = member(org, Role.ANALYST)
    assert analyst.get(address).status_code == 200
    assert analyst.post(address, fields).status_code == 403
    assert analyst.post(f"{address}schedules/{made.pk}/end/").status_code == 403
    manager.post(f"{address}schedules/{made.pk}/end/")
    made.refresh_from_db()
    assert made.ended_at is not None
    assert AuditEntry.objects.filter(action__in=["report.scheduled", "report.unscheduled"]).count() == 2
