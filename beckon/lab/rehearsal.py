"""Runs the real engine on virtual people in a scratch organization, which is dropped afterwards."""

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from beckon import config
from beckon.campaigns.defaults import install_defaults
from beckon.campaigns.models import Campaign
from beckon.campaigns.playbooks.installing import install_playbook
from beckon.core.actors import SYSTEM
from beckon.core.bulk.settled import settled_configuration
from beckon.core.models import Organization
from beckon.core.organizations import create_rehearsal, drop_organization, refresh_statistics
from beckon.core.tenancy import org_scope
from beckon.lab.campaign import Plan, launch_in_sandbox
from beckon.lab.clockwork import run_days
from beckon.lab.intake import take_in
from beckon.lab.population import default_population
from beckon.lab.practice import set_up_practice
from beckon.lab.virtual_people import write_people
from beckon.lab.world import World, agents_named, load_people
from beckon.people.models import Person
from beckon.reports import queries
from beckon.reports.figures import Activity, Funnel
from beckon.reports.periods import days as period_of_days

STARTS = date(2026, 8, 17)
"""A Monday. Rehearsals start on a fixed day unless told otherwise, so that the same seed gives the same result."""
PEOPLE_PER_CLINICIAN = 250
"""How many clinicians the scratch practice has, when not told: one for so many people. Assumption."""


@dataclass(frozen=True)
class Order:
    """What to rehearse. Either `file` or `people`. `definition`: a playbook that is not in the library, as stored."""

    playbook: str
    weeks: int
    agents: int
    seed: int
    people: int = 0
    file: Path | None = None
    consent: str = ""
    clinicians: int = 0
    starts: date = STARTS
    zone: str = "America/New_York"
    definition: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Rehearsed:
    """What came of it. people = enrolled + excluded; enrolled = left + active."""

    order: Order
    people: int
    funnel: Funnel
    activity: Activity
    excluded: dict[str, int]
    seconds: float
    short: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The documented keys; money in dollars, to the cent."""
        messages = {c.channel: c.sent for c in self.activity.channels}
        visits = self.activity.visits
        return {
            "people": self.people,
            "enrolled": self.funnel.enrolled,
            "excluded": self.excluded,
            "left": self.funnel.left,
            "active": self.funnel.active,
            "messages": messages,
            "calls": self.activity.dials,
            "appointments": visits.booked,
            "kept": visits.kept,
            "cost": self.activity.cost_cents / 100,
            "revenue": visits.revenue_cents / 100,
            "seconds": round(self.seconds, 1),
        }


MADE_UP_CONSENT = "sms=written,voicemail=written"
"""Made-up people agreed in writing, but for those whose row says no to texts."""
NOT_REACHED = "not_reached_in_time"
"""Why somebody is neither enrolled nor excluded at the end: their day had not come."""

NOT_IN_SEGMENT = "not_in_the_segment"
"""The playbook's entry rule does not describe them."""

Tell = Callable[[datetime], None]


def rehearse(order: Order, *, progress: Tell | None = None) -> Rehearsed:
    """Run it. The scratch organization is dropped whatever happens. Raises what the import and the launch raise."""
    began = time.monotonic()
    starts = datetime.combine(order.starts, clock(8), ZoneInfo(order.zone))
    organization = create_rehearsal(
        clock_at=starts - timedelta(hours=1), seed=order.seed, time_zone=order.zone, name="Sample Family Practice"
    )
    try:
        world, campaign = _prepare(order, organization, starts)
        with settled_configuration():  # nobody else knows this organization
            run_days(world, first=order.starts, days=7 * order.weeks, progress=progress)
        return _results(order, world, campaign, began)
    finally:
        drop_organization(organization)
        shutil.rmtree(config.home() / "imports" / organization.schema_name, ignore_errors=True)


def _prepare(order: Order, organization: Organization, starts: datetime) -> tuple[World, Campaign]:
    population = default_population()
    before = starts - timedelta(hours=1)
    with org_scope(organization):
        install_defaults(by=SYSTEM, now=before, signed_off_by="Sandbox")
        if order.definition is not None:
            install_playbook(dict(order.definition), by=SYSTEM, now=before)
    people = _people(order, organization, before)
    refresh_statistics(organization)
    with org_scope(organization):
        clinicians = order.clinicians or max(2, -(-people // PEOPLE_PER_CLINICIAN))
        practice = set_up_practice(organization, population, clinicians=clinicians)
        world = World(organization, practice, population, agents_named(order.agents))
        load_people(world)
        plan = Plan(name=f"Rehearsal of {order.playbook}", playbook=order.playbook, starts_at=starts)
        campaign = launch_in_sandbox(world, plan, now=before)
    return world, campaign


def _people(order: Order, organization: Organization, now: datetime) -> int:
    with tempfile.TemporaryDirectory(prefix="beckon-rehearsal-") as folder:
        path, consent = order.file, order.consent
        if path is None:
            consent = consent or MADE_UP_CONSENT
            path = Path(folder) / "people.csv"
            write_people(path, order.people, seed=order.seed, today=now.astimezone(UTC).date(), playbook=order.playbook)
        take_in(path, organization, source="Rehearsal", consent=consent, now=now)
    with org_scope(organization):
        return Person.objects.filter(merged_into=None).count()


def _results(order: Order, world: World, campaign: Campaign, began: float) -> Rehearsed:
    with org_scope(world.organization):
        people = Person.objects.filter(merged_into=None).count()
        now = world.organization.clock_at
        assert now is not None
        campaign.refresh_from_db()
        funnel = queries.funnel(campaign, now=now)
        activity = queries.activity(period_of_days(order.starts, 7 * order.weeks, order.zone), campaign_id=campaign.pk)
    excluded = dict(funnel.excluded)
    outside = people - funnel.people
    if outside:
        excluded[NOT_IN_SEGMENT] = outside
    if funnel.waiting:
        excluded[NOT_REACHED] = funnel.waiting
    short = {name: n for name, n in sorted(world.short.items()) if n}
    return Rehearsed(
        order,
        people,
        funnel,
        activity,
        excluded,
        time.monotonic() - began,
        short,
    )
