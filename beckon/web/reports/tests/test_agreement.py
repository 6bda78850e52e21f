"""Page, CSV, people and PDF say the same: one figure is one number wherever it stands."""

import csv
import io
from datetime import datetime
from typing import Any

import pypdf
import pytest

from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role
from beckon.people.models import Person
from beckon.reports import behind
from beckon.reports.periods import iso_week
from beckon.web.campaigns.tests.scene import member
from beckon.web.reports.tests.scene import a_week

WEEK = "2026-W47"


def rows_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_page_csv_and_pdf_agree(org: Organization, now: datetime) -> None:
    a_week(org, now)
    client, base = member(org, Role.MANAGER), f"/o/{org.slug}/reports/"
    page = client.get(base)
    shown = {figure.name: figure.value for figure in page.context["headlines"]}
    assert (shown["Visits booked"], shown["Visits kept"], shown["Calls made"]) == (4, 2, 7)

    table = {(row[0], row[1]): row[3] for row in rows_of(client.get(base + "figures.csv")) if len(row) == 4}
    for name, value in shown.items():
        assert table["Summary", name] == str(value)
    for figure in page.context["money"]:
        assert table["Cost and return", figure.name] == f"{figure.value / 100:.2f}"

    for language, booked, kept in (
        ("en", "Visits booked", "Visits kept"),
        ("es", "Citas reservadas", "Citas cumplidas"),
    ):
        pdf = client.get(f"{base}weekly/{WEEK}.{language}.pdf")
        assert pdf["Content-Type"] == "application/pdf"
        reader = pypdf.PdfReader(io.BytesIO(pdf.content))
        text = "\n".join(part.extract_text() for part in reader.pages)
        assert booked in text
        assert kept in text
        money = {figure.name: figure.value for figure in page.context["money"]}
        assert f"${money['Collected'] / 100:,.2f}" in text
        assert f"${money['Cost'] / 100:,.2f}" in text
        assert f"{shown['Calls made']:,}" in text


def linked(page: Any) -> list[tuple[str, str, int]]:
    """Every (list, value, number) that the page links to people."""
    context = page.context
    found = [(f.kind, "", f.value) for f in context["headlines"] if f.kind]
    found += [(s.kind, "", s.number) for s in context["stages"]]
    for channel in context["channels"]:
        one = channel.figures
        for kind in ("sent", "delivered", "failed", "pending"):
            found.append((kind, one.channel, getattr(one, kind)))
    found += [("reply", a.code, a.number) for a in context["replies"]]
    found += [("disposition", a.code, a.number) for a in context["dispositions"]]
    found += [("hour", c.key, c.dials) for row in context["heat"] for c in row.cells if c]
    for row in context["attempts"]:
        found += [("attempt", str(row.key), row.dials), ("attempt_answered", str(row.key), row.answered)]
        found.append(("attempt_booked", str(row.key), row.booked))
    return found + [("agent", row.key, row.day.dials) for row in context["agents"]]


def test_behind_every_figure_stand_as_many_rows(org: Organization, now: datetime) -> None:
    campaign = a_week(org, now)
    page = member(org, Role.MANAGER).get(f"/o/{org.slug}/reports/")
    period = iso_week(WEEK, org.time_zone)
    figures = linked(page)
    assert len(figures) > 30
    for campaign_id in (None, campaign.pk):
        for kind, value, number in figures:
            rows = behind.behind(kind, value, period, campaign_id=campaign_id, limit=1000)
            assert len(rows) == number, (kind, value)


def test_agents_and_hours_add_up_to_the_calls(org: Organization, now: datetime) -> None:
    a_week(org, now)
    page = member(org, Role.SUPERVISOR).get(f"/o/{org.slug}/reports/")
    calls = page.context["found"].activity.dials
    assert sum(row.day.dials for row in page.context["agents"]) == calls == 7
    assert sum(cell.dials for row in page.context["heat"] for cell in row.cells if cell) == calls
    assert sum(row.dials for row in page.context["attempts"]) == calls


@pytest.mark.parametrize(("query", "booked", "calls"), [
    ("span=last-week", 0, 0),
    ("span=custom&from=2026-11-16&to=2026-11-16", 4, 7),
    ("span=custom&from=2026-11-17&to=2026-11-30", 0, 0),
])  # fmt: skip
def test_the_span_cuts_the_figures(org: Organization, now: datetime, query: str, booked: int, calls: int) -> None:
    a_week(org, now)
    found = member(org, Role.MANAGER).get(f"/o/{org.slug}/reports/?{query}").context["found"].activity
    assert (found.visits.booked, found.dials) == (booked, calls)


def test_a_location_narrows_visits_and_is_said_to_do_only_that(org: Organization, now: datetime) -> None:
    a_week(org, now)
    client = member(org, Role.MANAGER)
    place = next(one for one in client.get(f"/o/{org.slug}/reports/").context["locations"] if one.name == "North")
    page = client.get(f"/o/{org.slug}/reports/?location={place.pk}")
    found = page.context["found"].activity
    assert (found.visits.booked, found.visits.kept, found.visits.missed, found.dials) == (2, 1, 1, 7)
    assert b"belong to no location" in page.content
    assert f"location={place.pk}" in page.context["parts"]


def test_people_leave_as_a_file_that_runs_nothing_and_is_on_record(org: Organization, now: datetime) -> None:
    a_week(org, now)
    client = member(org, Role.MANAGER)
    Person.objects.filter(given_name="P0").update(given_name='=HYPERLINK("x")')
    rows = rows_of(client.get(f"/o/{org.slug}/reports/people.csv?kind=kept"))
    assert sorted(row[1] for row in rows[1:]) == ['\'=HYPERLINK("x")', "P1"]
    entry = AuditEntry.objects.filter(action="report.exported").latest("pk")
    assert entry.detail is not None
    assert entry.detail["what"] == "kept"


def test_an_analyst_gets_numbers_and_no_names(org: Organization, now: datetime) -> None:
    a_week(org, now)
    client, base = member(org, Role.ANALYST), f"/o/{org.slug}/reports/"
    page = client.get(base)
    assert page.status_code == 200
    assert b"/reports/people/?" not in page.content
    assert client.get(base + "figures.csv").status_code == 200
    assert client.get(base + "people/?kind=kept").status_code == 403
    assert client.get(base + "people.csv?kind=kept").status_code == 403


def test_dates_that_make_no_sense_say_so(org: Organization, now: datetime) -> None:
    client = member(org, Role.AUDITOR)
    answer = client.get(f"/o/{org.slug}/reports/?span=custom&from=yesterday&to=2026-11-01")
    assert b"Give a first and a last day" in answer.content
    assert client.get(f"/o/{org.slug}/reports/people/?kind=nonsense").status_code == 404
    assert client.get(f"/o/{org.slug}/reports/weekly/2026-W99.en.pdf").status_code == 404
    assert member(org, Role.AGENT).get(f"/o/{org.slug}/reports/").status_code == 403
