"""Scenery of the campaign tests: people with phones and consent, senders, a queue, a launched campaign."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from beckon.campaigns import life
from beckon.campaigns.models import Campaign, PlaybookVersion
from beckon.campaigns.playbooks.installing import install_playbook, sign_off_playbook
from beckon.campaigns.playbooks.reading import FOLDER, read_definition
from beckon.channels.models import Sender
from beckon.consent.models import ConsentEntry
from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import wall_now
from beckon.desk.actions import get_queue, install_default_dispositions
from beckon.people.models import ContactPoint, Number, Person, SourceRecord

BY = COMMAND_LINE
CHANNELS = ("sms", "voicemail", "email", "postal")


def make_people(
    now: datetime,
    number: int,
    *,
    lines: Sequence[str] = ("mobile",),
    basis: str = "written",
    postal: bool = True,
    start: int = 0,
    **more: Any,
) -> list[int]:
    """People with a phone of each line type in turn, a postal address, and consent to texts and drops on record."""
    given = {
        "language": "en",
        "time_zone": "America/New_York",
        "state": "NY",
        "origin": "own",
        "created_at": now,
        "updated_at": now,
    } | more
    people = Person.objects.bulk_create(
        [
            Person(given_name=f"P{n}", family_name="Sample", name_key=f"sample|p{n}", **given)
            for n in range(start, start + number)
        ]
    )
    numbers, points, records, consents = [], [], [], []
    for n, person in enumerate(people, start):
        line = lines[n % len(lines)]
        if line:
            numbers.append(
                (
                    person,
                    Number(kind="phone", value=f"+1212555{n:04}" if n < 10_000 else f"+1646{n:07}", line_type=line),
                    "phone",
                )
            )
        if postal:
            numbers.append(
                (person, Number(kind="postal", value=f"{n} main st", postal={"line1": f"{n} Main St"}), "postal")
            )
        records.append(
            SourceRecord(
                source_id=1, key=f"MRN-{n:06}", digest="x", person_id=person.pk, first_import_id=1, last_import_id=1
            )
        )
        if basis:
            consents.append(
                ConsentEntry(
                    person_id=person.pk,
                    channel="all",
                    purpose="all",
                    state="granted",
                    basis=basis,
                    evidence="sample",
                    actor=BY.key,
                    at=now - timedelta(days=9),
                    recorded_at=wall_now(),
                )
            )
    Number.objects.bulk_create([number for _, number, _ in numbers])
    points = [ContactPoint(person=person, number=number, kind=kind) for person, number, kind in numbers]
    ContactPoint.objects.bulk_create(points)
    SourceRecord.objects.bulk_create(records)
    ConsentEntry.objects.bulk_create(consents)
    return [person.pk for person in people]


def make_senders(*channels: str) -> dict[str, int]:
    """A sandbox sender per channel."""
    practice = {"name": "Riverside Family Practice", "phone": "(212) 555-0100", "postal_address": "1 Main Street"}
    return {
        channel: Sender.objects.create(
            name=f"{channel} sender",
            channel=channel,
            carrier="sandbox",
            address=f"{channel}@example.org",
            config={"practice": practice},
            rate_per_second=100,
            cost_cents=1,
        ).pk
        for channel in channels or CHANNELS
    }


def make_desk(now: datetime) -> int:
    """The default dispositions and a queue."""
    install_default_dispositions(by=BY, now=now)
    return get_queue("outreach").pk


def install(key: str, now: datetime, *, signed: bool = True, **changes: Any) -> PlaybookVersion:
    """A playbook of the library, installed and signed off."""
    definition = read_definition(FOLDER / key / "playbook.yaml") | changes
    version = install_playbook(definition, by=BY, now=now)
    if signed:
        sign_off_playbook(version, "Dr. Sample", by=BY, now=now)
    return version


def launch(version: PlaybookVersion, now: datetime, **more: Any) -> Campaign:
    """A running campaign on everybody."""
    options: dict[str, Any] = {
        "name": f"{version.key} test",
        "starts_at": now,
        "daily_volume": 1000,
        "agents": 4,
        "segment": {"everyone": True},
    } | more
    campaign = life.draft_campaign(version=version, by=BY, now=now, **options)
    life.confirm(campaign, accepts=[life.LaunchNo.TOO_FEW_SLOTS, life.LaunchNo.TOO_FEW_AGENTS], by=BY, now=now)
    answer = life.launch(campaign, by=BY, now=now)
    assert isinstance(answer, life.Launched), answer
    return life.get_campaign(campaign.name)
