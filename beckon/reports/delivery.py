"""Sends the weekly reports that are due, by Django's mail backend: claimed, then sent outside the transaction."""

import logging
from datetime import datetime

from django.core.mail import EmailMessage

from beckon.core.actors import Actor
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.reports.periods import iso_week
from beckon.reports.schedules import Due, claim_due, settle
from beckon.reports.weekly.content import WeeklyReport, gather
from beckon.reports.weekly.pdf import render
from beckon.reports.weekly.wording import words

log = logging.getLogger("beckon.reports")


def send_due(organization: Organization, *, by: Actor, now: datetime) -> tuple[int, int]:
    """(sent, failed). Outside of any scope. A report that failed is told on the page and not tried again by itself."""
    with org_scope(organization):
        due = claim_due(now=now)
    sent = failed = 0
    for each in due:
        error = _send(organization, each, now)
        with org_scope(organization):
            settle(each, error=error, by=by, now=now)
        sent, failed = sent + (not error), failed + bool(error)
        log.info("report settled organization=%s schedule=%s ok=%s", organization.pk, each.schedule.pk, not error)
    return sent, failed


def _send(organization: Organization, due: Due, now: datetime) -> str:
    """The name of the error, "" where it left."""
    try:
        with org_scope(organization):
            report = gather(iso_week(due.week, organization.time_zone), now=now, language=due.schedule.language)
        letter = letter_of(report, due.schedule.recipients)
        letter.send()
    except Exception as error:
        name = type(error).__name__  # its words may quote addresses
        log.warning("report failed organization=%s schedule=%s error=%s", organization.pk, due.schedule.pk, name)
        return name
    return ""


def letter_of(report: WeeklyReport, recipients: list[str]) -> EmailMessage:
    """The e-mail with the PDF. Recipients do not see each other."""
    said = words(report.language)
    visits = report.this.visits
    lines = [
        f"{report.practice}, {said['week'].lower()} {report.week}",
        "",
        f"{said['booked']}: {visits.booked:,}",
        f"{said['kept']}: {visits.kept:,}",
        f"{said['revenue']}: ${visits.revenue_cents / 100:,.2f}",
        f"{said['cost']}: ${report.this.cost_cents / 100:,.2f}",
        "",
        *(f"- {lesson}" for lesson in report.lessons),
    ]
    letter = EmailMessage(
        subject=f"{said['title']}: {report.practice}, {report.week}", body="\n".join(lines), bcc=recipients
    )
    letter.attach(f"{report.week}.pdf", render(report), "application/pdf")
    return letter
