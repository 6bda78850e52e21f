"""`beckon demo`."""

import argparse
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from beckon import config
from beckon.campaigns.models import Campaign
from beckon.core.models import Organization
from beckon.core.organizations import drop_organization
from beckon.core.tenancy import org_scope
from beckon.lab.clockwork import FIRST_HOUR, LAST_HOUR
from beckon.lab.sample import demo
from beckon.lab.sample.living import begin_a_day
from beckon.lab.world import World
from beckon.ops.migrations import migrate_all
from beckon.ops.neighbours import is_free, serve_with_neighbours
from beckon.ops.printing import activity_lines, console_for, dollars, funnel_lines, story_lines
from beckon.ops.sample_staff import PASSWORD, LogIn, has_real_people, make_sample_staff
from beckon.people.importing.running import Result
from beckon.reports import queries
from beckon.reports.periods import days, iso_week, week_name
from beckon.reports.story import story_of
from beckon.reports.weekly.content import gather
from beckon.reports.weekly.pdf import render

HELP = (
    "Load the sample practice, run fourteen weeks of community outreach with virtual people and agents, and serve the "
    "pages with the practice living on. Nobody real is contacted. Stop at any time; the next run goes on from there."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--reset forgets the sample practice."""
    parser.add_argument("--port", type=int, default=8000, help="where the pages are (default 8000)")
    parser.add_argument("--no-serve", action="store_true", help="stop after the fourteen weeks; serve no pages")
    parser.add_argument("--reset", action="store_true", help="forget the sample practice and all that happened in it")


def run(args: argparse.Namespace) -> int:
    """Shows progress while it works; prints the funnel, three people's stories, and where the report is."""
    console = console_for()
    if args.reset:
        return _reset(console)
    if not args.no_serve and not is_free(args.port):
        console.print(f"port {args.port} is taken; name another: beckon demo --port {args.port + 1}")
        return 1
    began = time.monotonic()
    with console.status("making the tables"):
        migrate_all(lambda text: None)
        if has_real_people():
            console.print("this installation serves a live practice; run the demo in a BECKON_HOME of its own")
            return 1
        organization = demo.start()
    console.print(f"[bold]{organization.name}[/bold]  (sandbox: nobody real is contacted)")
    with console.status("taking in the sample file"):
        result = demo.take_in_sample(organization)
    if result is not None:
        _tell_import(console, result)
    world, campaign = demo.launch_campaign(organization)
    _tell_costs(console, campaign)
    if not _lives(organization):
        _live(console, world)
    report = _write_report(organization)
    _tell_results(console, organization, campaign)
    console.print(f"\n[bold]weekly report[/bold]  {report}", soft_wrap=True)
    if not _lives(organization):
        begin_a_day(world)
    staff = make_sample_staff(organization)
    console.print(f"done in {time.monotonic() - began:.0f} s. What next:", style="dim")
    for line in (
        f"  .venv/bin/beckon person NAME --org {demo.SLUG}            one person's story",
        f"  .venv/bin/beckon report funnel --org {demo.SLUG}          these figures again",
        "  .venv/bin/beckon rehearse reactivation --people 1000   another playbook, on made-up people",
        "  make demo-reset                                        start over",
    ):
        console.print(line, soft_wrap=True, style="dim")
    if args.no_serve:
        return 0
    _tell_log_ins(console, staff, args.port)
    serve_with_neighbours(args.port)
    return 0


def _lives(organization: Organization) -> bool:
    """True when the fourteen weeks are over and the practice has lived on since."""
    organization.refresh_from_db()
    end = datetime.combine(demo.STARTS + timedelta(days=7 * demo.WEEKS), datetime.min.time(), ZoneInfo(demo.ZONE))
    return organization.clock_at is not None and organization.clock_at > end


def _tell_log_ins(console: Console, staff: list[LogIn], port: int) -> None:
    console.print(f"\n[bold]the pages[/bold]  http://localhost:{port}/   (Ctrl-C stops; nothing is lost)")
    console.print(f"  password of all of them: {PASSWORD}")
    for log_in in staff:
        console.print(f"  {log_in.email:<28} {log_in.role.label.lower()}", markup=False)


def _reset(console: Console) -> int:
    migrate_all(lambda text: None)
    organization = Organization.objects.filter(slug=demo.SLUG).first()
    if organization is None:
        console.print("there is no sample practice; nothing to forget")
        return 0
    drop_organization(organization)
    for report in _folder().glob("*.pdf"):
        report.unlink()
    console.print("the sample practice is forgotten; `make demo` starts it anew")
    return 0


def _folder() -> Path:
    return config.home() / "demo"


def _tell_import(console: Console, result: Result) -> None:
    console.print(
        f"\n[bold]{result.rows:,} rows[/bold] of the sample file: {result.created:,} people, {result.duplicates:,} "
        f"duplicates, {result.rejected:,} rejected, {result.contact_points_rejected:,} unusable phones or addresses"
    )
    console.print(f"  rejected rows with their reasons: {result.rejects_file}", style="dim", soft_wrap=True)


def _tell_costs(console: Console, campaign: Campaign) -> None:
    expected = campaign.economics
    console.print(
        f"\n[bold]{campaign.name}[/bold]: expected cost {dollars(expected['cost_cents'])}, collected "
        f"{dollars(expected['expected_revenue_cents'])}, break-even at {expected['break_even_visits']:,} kept visits, "
        f"{expected['agent_days']:,} agent-days"
    )


def _live(console: Console, world: World) -> None:
    hours = demo.WEEKS * 7 * (LAST_HOUR - FIRST_HOUR)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=hours)

        def tell(at: datetime) -> None:
            done = (at.date() - demo.STARTS).days * (LAST_HOUR - FIRST_HOUR) + at.hour - FIRST_HOUR + 1
            progress.update(
                task, completed=done, description=f"week {(at.date() - demo.STARTS).days // 7 + 1:>2}  {at:%a %d %b}"
            )

        demo.live_through(world, tell)


def _write_report(organization: Organization) -> Path:
    assert organization.clock_at is not None
    week = week_name(demo.STARTS + timedelta(days=7 * demo.WEEKS - 1))
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{demo.SLUG}-{week}.pdf"
    with org_scope(organization):
        path.write_bytes(render(gather(iso_week(week, organization.time_zone), now=organization.clock_at)))
    return path


def _tell_results(console: Console, organization: Organization, campaign: Campaign) -> None:
    assert organization.clock_at is not None
    with org_scope(organization):
        campaign.refresh_from_db()
        funnel = queries.funnel(campaign, now=organization.clock_at)
        period = days(demo.STARTS, 7 * demo.WEEKS, organization.time_zone)
        activity = queries.activity(period, campaign_id=campaign.pk)
        stories = [story_of(person_id) for person_id in demo.people_to_tell_of(campaign)]
    lines = ["", *funnel_lines(funnel, funnel.excluded), "", *activity_lines(activity)]
    for story in stories:
        if story is not None:
            lines += ["", *story_lines(story)]
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
