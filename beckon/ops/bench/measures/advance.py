"""`advance`: enrollments due at one send step, through the engine that runs in production."""

import time
from contextlib import ExitStack

import psycopg

from beckon.campaigns.actions import BATCH
from beckon.campaigns.enrolling.enrolment import enrol_due
from beckon.campaigns.journey.due import count_due
from beckon.campaigns.models import Campaign
from beckon.campaigns.tasks import DUE_PER_HELPER
from beckon.core.tenancy import org_scope
from beckon.lab.campaign import Plan, launch_in_sandbox
from beckon.lab.population import default_population
from beckon.lab.world import World, agents_named
from beckon.ops.bench.bare import bare_table, connect_as_owner, copy_seconds, settle
from beckon.ops.bench.children import child, wait_ready, work_together
from beckon.ops.bench.context import Bench
from beckon.ops.bench.days import ADVANCE_DAY
from beckon.ops.bench.machine import cores
from beckon.ops.bench.scene import PLAYBOOK, ensure_consent, ensure_people, ensure_practice
from beckon.ops.bench.values import BenchFailed, Figures

NAME = "Bench"
MOST = 100_000
"""Enrollments advanced at most: what is measured is the cost of one, among as many people as there are."""


def prepare(bench: Bench) -> None:
    """A running campaign whose people are due at its first step, a text or a voicemail drop."""
    ensure_people(bench)
    ensure_consent(bench)
    bench.tell("launching a campaign and enrolling")
    with org_scope(bench.organization):
        world = World(bench.organization, ensure_practice(bench), default_population(), agents_named(4))
        days = -(-bench.people // MOST)
        plan = Plan(NAME, PLAYBOOK, starts_at=ADVANCE_DAY, days_to_enrol=days, signed_off_by="Bench")
        launch_in_sandbox(world, plan, now=ADVANCE_DAY)
    with org_scope(bench.organization):
        enrol_due(now=ADVANCE_DAY)
    settle(bench.organization)


def measure(bench: Bench) -> Figures:
    """Enrollments a second by as many workers as the product calls for so many, where there are cores for them."""
    with org_scope(bench.organization):
        due = count_due(now=ADVANCE_DAY, most=MOST)
    workers = min(cores(), 1 + due // DUE_PER_HELPER)
    with ExitStack() as stack:
        warm_up = min(BATCH, due // 10)
        processes = [
            stack.enter_context(child("beckon.ops.bench.workers", bench.organization.slug, warm_up))
            for _ in range(workers)
        ]
        wait_ready(processes)
        with bench.timing() as timed:
            told = work_together(processes)
    advanced, messages, warmed = (sum(one[name] for one in told) for name in ("advanced", "messages", "warmed"))
    timed.cpu_seconds = sum(one["cpu_seconds"] for one in told)
    if advanced + warmed != due or not messages:
        raise BenchFailed(f"{due} were due, {advanced + warmed} advanced, {messages} messages recorded")
    bench.tell("measuring the limit")
    limit = _limit(bench, due)
    note = f"{advanced:,} advanced, {messages:,} messages recorded, {workers} worker{'s' * (workers > 1)}"
    return Figures(timed.rate(advanced), limit, (note, timed.cost(advanced)))


def _limit(bench: Bench, advanced: int) -> float:
    """Enrollments a second when the same rows are only written."""
    with org_scope(bench.organization):
        campaign = Campaign.objects.get(name=NAME).pk
    mine = f"campaign_id = {campaign}"
    with connect_as_owner(bench.organization) as owner:
        seconds = copy_seconds(owner, [("messaging_message", mine), ("campaigns_steprecord", mine)], bench.folder)
        seconds += _update_seconds(owner, mine)
    return advanced / seconds


def _update_seconds(owner: psycopg.Connection, mine: str) -> float:
    with bare_table(owner, "campaigns_enrollment") as bare:
        owner.execute(
            f"INSERT INTO {bare} SELECT * FROM campaigns_enrollment WHERE {mine} AND left_at IS NULL".encode()
        )
        began = time.perf_counter()
        owner.execute(f"UPDATE {bare} SET step = 'next', due_at = due_at + interval '7 days', memory = memory".encode())
        return time.perf_counter() - began
