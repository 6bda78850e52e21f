"""The main job, end to end: a messy file in, weeks pass, visits are booked and kept, the owner reads the report."""

import io
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdf
import pytest
from django.db import connection, connections

from beckon.campaigns.models import Campaign, Enrollment
from beckon.campaigns.queries import counters
from beckon.campaigns.tasks import run_organization
from beckon.channels.models import Sender
from beckon.core.models import Organization
from beckon.core.organizations import create_rehearsal, drop_organization
from beckon.core.tenancy import org_scope
from beckon.desk.models import Call
from beckon.lab.campaign import Plan, launch_in_sandbox
from beckon.lab.clockwork import run_days
from beckon.lab.intake import take_in
from beckon.lab.population import default_population
from beckon.lab.practice import set_up_practice
from beckon.lab.sample import demo
from beckon.lab.world import World, agents_named, load_people
from beckon.messaging.models import Message
from beckon.people.models import Person
from beckon.people.testing.messy_files import Truth, write_messy_file
from beckon.reports import queries
from beckon.reports.periods import days, iso_week, week_name
from beckon.reports.story import story_of
from beckon.reports.weekly.content import gather
from beckon.reports.weekly.pdf import render

STARTS = date(2026, 8, 17)
WEEKS = 6
ZONE = "America/New_York"


class Story:
    """A practice after six weeks, with the truth about its file and everything that was logged."""

    def __init__(self, organization: Organization, truth: Truth, campaign: Campaign, logged: str) -> None:
        self.organization, self.truth, self.campaign, self.logged = organization, truth, campaign, logged

    @property
    def now(self) -> datetime:
        assert self.organization.clock_at is not None
        return self.organization.clock_at


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logger = logging.getLogger("beckon")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    with django_db_blocker.unblock():
        begins = datetime.combine(STARTS, datetime.min.time(), ZoneInfo(ZONE)) + timedelta(hours=8)
        organization = create_rehearsal(clock_at=begins - timedelta(hours=1), seed=11, name="Story Practice")
        try:
            path = tmp_path_factory.mktemp("file") / "list.csv"
            truth = write_messy_file(path, 160, seed=5, encoding="cp1252")
            yield _live(organization, path, truth, begins, heard)
        finally:
            drop_organization(organization)
            connections.close_all()
            logger.removeHandler(handler)
            logger.setLevel(level)


def _live(organization: Organization, path: Path, truth: Truth, begins: datetime, heard: io.StringIO) -> Story:
    from beckon.campaigns.defaults import install_defaults
    from beckon.core.actors import SYSTEM

    before = begins - timedelta(hours=1)
    with org_scope(organization):
        install_defaults(by=SYSTEM, now=before, signed_off_by="A Tester")
    take_in(path, organization, source="List", consent="sms=written,voicemail=written", now=before)
    population = default_population()
    with org_scope(organization):
        practice = set_up_practice(organization, population, clinicians=2)
        world = World(organization, practice, population, agents_named(2))
        load_people(world)
        plan = Plan("Story", "community-outreach", begins, days_to_enrol=5)
        campaign = launch_in_sandbox(world, plan, now=before)
    run_days(world, first=STARTS, days=7 * WEEKS)
    run_organization(organization.pk)
    return Story(organization, truth, campaign, heard.getvalue())


def test_everybody_in_the_file_is_accounted_for(story: Story) -> None:
    with org_scope(story.organization):
        people = Person.objects.filter(merged_into=None).count()
        funnel = queries.funnel(story.campaign, now=story.now)
    assert people == story.truth.created
    assert funnel.people == people
    assert funnel.people == funnel.enrolled + sum(funnel.excluded.values()) + funnel.waiting
    assert funnel.enrolled == funnel.active + sum(funnel.left.values())
    assert funnel.enrolled >= funnel.contacted >= funnel.booked >= funnel.kept > 0


def test_every_enrollment_is_due_or_has_left_with_a_reason(story: Story) -> None:
    with org_scope(story.organization):
        for enrollment in Enrollment.objects.all():
            assert (enrollment.due_at is None) == (enrollment.left_at is not None) == bool(enrollment.left_reason)


def test_nobody_was_contacted_twice_for_one_step_nor_called_more_than_five_times(story: Story) -> None:
    with org_scope(story.organization), connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM desk_call WHERE counted AND undone_at IS NULL"
            " GROUP BY enrollment_id) t"
        )
        (most,) = cursor.fetchone()
        cursor.execute(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM messaging_message WHERE NOT is_inbound"
            " AND sent_at IS NOT NULL AND enrollment_id IS NOT NULL AND step <> ''"
            " GROUP BY person_id, step, sent_at::date) t"
        )
        (same_step_same_day,) = cursor.fetchone()
    assert 2 <= most <= 5
    assert same_step_same_day == 1


def test_attempts_of_one_person_are_a_week_apart_unless_they_asked(story: Story) -> None:
    with org_scope(story.organization):
        last: dict[int, datetime] = {}
        for call in Call.objects.filter(counted=True).order_by("started_at"):
            if call.person_id in last:
                assert call.started_at - last[call.person_id] >= timedelta(days=7) - timedelta(hours=1)
            last[call.person_id] = call.started_at


def test_every_no_has_a_reason(story: Story) -> None:
    with org_scope(story.organization):
        nos = Message.objects.filter(status__in=["dropped", "failed", "unknown"])
        assert nos.exists()
        assert not nos.filter(reason="").exists()


def test_the_report_says_what_the_command_line_says(story: Story) -> None:
    with org_scope(story.organization):
        last_day = STARTS + timedelta(days=7 * (WEEKS - 1))
        week = iso_week(week_name(last_day), ZONE)
        report = gather(week, now=story.now)
        activity = queries.activity(days(last_day, 7, ZONE))
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render(report))).pages)
    assert report.this == activity
    assert len(pypdf.PdfReader(io.BytesIO(render(report))).pages) == 2
    assert "Story Practice" in text
    assert f"{activity.dials:,} dials" in text
    assert f"{story.truth.created:,}" in text


def test_weeks_add_up_to_the_whole(story: Story) -> None:
    with org_scope(story.organization):
        whole = queries.activity(days(STARTS, 7 * WEEKS, ZONE))
        weeks = [queries.activity(days(STARTS + timedelta(days=7 * n), 7, ZONE)) for n in range(WEEKS)]
    assert sum(w.dials for w in weeks) == whole.dials == sum(d.calls for d in whole.dispositions)
    assert whole.dials == sum(c.dials for c in whole.hours) == sum(a.dials for a in whole.attempts)
    assert sum(w.messages for w in weeks) == whole.messages
    assert sum(w.visits.kept for w in weeks) == whole.visits.kept
    for channel in whole.channels:
        assert channel.sent == channel.delivered + channel.failed + channel.pending
    cents = sum(w.cost_cents for w in weeks)
    assert abs(cents - whole.cost_cents) <= len(weeks) * len(whole.channels), "each week rounds to the cent"


def test_the_figures_agree_with_each_other(story: Story) -> None:
    with org_scope(story.organization):
        all_weeks = days(STARTS, 7 * WEEKS, ZONE)
        funnel = queries.funnel(story.campaign, now=story.now)
        cohort = queries.cohort(days(STARTS, 7 * WEEKS, ZONE), campaign_id=story.campaign.pk)
        mine = queries.activity(all_weeks, campaign_id=story.campaign.pk)
        agents = queries.agent_days(all_weeks)
        counted = counters(story.campaign.pk)
    assert (cohort.enrolled, cohort.contacted, cohort.answered) == (funnel.enrolled, funnel.contacted, funnel.answered)
    assert (cohort.goal, cohort.booked, cohort.kept) == (funnel.goal_met, funnel.booked, funnel.kept)
    assert (counted["enrolled"], counted.get("goal_met", 0)) == (funnel.enrolled, funnel.goal_met)
    assert funnel.left == {k.removeprefix("left."): n for k, n in counted.items() if k.startswith("left.")}
    assert mine.goals == funnel.goal_met
    assert mine.dials == sum(day.dials for day in agents)
    assert mine.answered == sum(day.answered for day in agents) == sum(cell.answered for cell in mine.hours)
    assert mine.opt_outs >= funnel.left.get("opted_out", 0)
    assert mine.visits.kept >= funnel.kept


def test_a_postcard_that_comes_back_was_printed_and_paid_for(story: Story) -> None:
    with org_scope(story.organization):
        cards = list(
            Message.objects.filter(channel="postal", sent_at__isnull=False).values_list("status", "cost_cents")
        )
        price = Sender.objects.get(channel="postal").cost_cents
    assert "failed" in {status for status, _ in cards}, "some must have come back"
    assert {cost for _, cost in cards} == {price}


def test_a_persons_story_is_told_in_order_and_in_words(story: Story) -> None:
    with org_scope(story.organization):
        ids = demo.people_to_tell_of(story.campaign)
        stories = [story_of(person_id) for person_id in ids]
        spanish = story_of(ids[0], "es")
    assert stories
    for told in stories:
        assert told is not None
        assert [line.at for line in told.lines] == sorted(line.at for line in told.lines)
        assert any(line.kind == "enrolled" for line in told.lines)
    assert spanish is not None


def test_the_logs_hold_no_name_no_number_and_no_text(story: Story) -> None:
    with org_scope(story.organization):
        people = list(Person.objects.values_list("given_name", "family_name"))
        numbers = list(Message.objects.values_list("address", flat=True))
        texts = [body for body in Message.objects.values_list("body", flat=True) if len(body) > 10]
    assert "round done" in story.logged, "the story must have logged something to look through"
    words = set(story.logged.replace(",", " ").split())
    assert not [f"{given} {family}" for given, family in people if f"{given} {family}" in story.logged]
    assert not [number for number in numbers if number and number in words]
    assert not [text for text in texts if text in story.logged]
