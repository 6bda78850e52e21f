"""The sample practice: a messy file, fourteen weeks of community outreach, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection

import beckon.people
from beckon.campaigns.defaults import install_defaults
from beckon.campaigns.models import Campaign
from beckon.core.actors import SYSTEM
from beckon.core.models import Organization, OrganizationKind
from beckon.core.organizations import create_organization
from beckon.core.tenancy import org_scope
from beckon.lab.campaign import Plan, launch_in_sandbox
from beckon.lab.clockwork import run_days
from beckon.lab.intake import take_in
from beckon.lab.population import default_population
from beckon.lab.practice import set_up_practice
from beckon.lab.world import World, agents_named, load_people
from beckon.people.importing.running import Result
from beckon.people.models import Import

SLUG = "riverside"
NAME = "Riverside Sample Practice"
STARTS = date(2026, 8, 17)
WEEKS = 14
AGENTS = 2
CLINICIANS = 4
SEED = 20260817
ZONE = "America/New_York"
CAMPAIGN = "Community outreach, autumn"
SAMPLE = Path(beckon.people.__path__[0]) / "samples/prospects.csv"


@dataclass(frozen=True)
class Demo:
    """The sample practice ready to be looked at."""

    organization: Organization
    campaign: Campaign


def start() -> Organization:
    """Make the practice, or find it as it was left. Outside of any scope."""
    clock_at = datetime.combine(STARTS, time(7), ZoneInfo(ZONE))
    organization = create_organization(
        slug=SLUG, name=NAME, kind=OrganizationKind.SANDBOX, time_zone=ZONE, clock_at=clock_at, seed=SEED
    )
    with org_scope(organization):
        install_defaults(by=SYSTEM, now=clock_at, signed_off_by="Sample Manager")
    return organization


def take_in_sample(organization: Organization) -> Result | None:
    """Import the sample file; None when that was done before."""
    with org_scope(organization):
        if Import.objects.filter(status="done").exists():
            return None
    assert organization.clock_at is not None
    consent = "sms=written,voicemail=written"
    return take_in(SAMPLE, organization, source="Prospects", consent=consent, now=organization.clock_at)


def launch_campaign(organization: Organization) -> tuple[World, Campaign]:
    """The world and its running campaign, launched on the first call."""
    population = default_population()
    with org_scope(organization):
        practice = set_up_practice(organization, population, clinicians=CLINICIANS)
        world = World(organization, practice, population, agents_named(AGENTS))
        load_people(world)
        campaign = Campaign.objects.filter(name=CAMPAIGN).first()
        if campaign is None:
            begins = datetime.combine(STARTS, time(8), ZoneInfo(ZONE))
            plan = Plan(CAMPAIGN, "community-outreach", begins, days_to_enrol=20, signed_off_by="Sample Manager")
            campaign = launch_in_sandbox(world, plan, now=begins - timedelta(minutes=30))
    return world, campaign


def live_through(world: World, progress: Callable[[datetime], None] | None = None) -> None:
    """Run the fourteen weeks, from where the clock stands."""
    run_days(world, first=STARTS, days=7 * WEEKS, progress=progress)


_TOLD = """
WITH told AS MATERIALIZED (
  SELECT e.person_id, e.left_reason, (SELECT count(*) FROM desk_call c WHERE c.person_id = e.person_id) AS calls,
         EXISTS (SELECT 1 FROM scheduling_appointment a WHERE a.person_id = e.person_id AND a.status = 'kept') AS kept
    FROM campaigns_enrollment e WHERE e.campaign_id = %s)
(SELECT person_id FROM told WHERE kept ORDER BY calls DESC, person_id LIMIT 1)
UNION ALL (SELECT person_id FROM told WHERE left_reason = 'opted_out' ORDER BY calls DESC, person_id LIMIT 1)
UNION ALL (SELECT person_id FROM told WHERE left_reason IN ('exhausted', '') AND NOT kept
            ORDER BY calls DESC, person_id LIMIT 1)"""


def people_to_tell_of(campaign: Campaign) -> list[int]:
    """Three people whose stories differ: one who came, one who opted out, one who never answered."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [campaign.pk])
        return [row[0] for row in cursor.fetchall()]
