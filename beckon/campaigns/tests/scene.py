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
    home = {"language": "en", "time_zone": "America/New_York", "state": "NY", "origin": "own"}
    given = home | {"created_at": now, "updated_at": now} | more
    people = Person.objects.bulk_create(
        Person(given_name=f"P{n}", family_name="Sample", name_key=f"sample|p{n}", **given)
        for n in range(start, start + number)
    )
    for n, person in enumerate(people, start):
        person.nth = n
    _link([(person, _phone(person.nth, lines[person.nth % len(lines)])) for person in people if lines != ("",)])
    _link([(person, _address(person.nth)) for person in people if postal])
    SourceRecord.objects.bulk_create(
        SourceRecord(
            source_id=1, key=f"MRN-{p.nth:06}", digest="x", person_id=p.pk, first_import_id=1, last_import_id=1
        )
        for p in people
    )
    if basis:
        _agree([person.pk for person in people], basis, now - timedelta(days=9))
    return [person.pk for person in people]


def _phone(n: int, line: str) -> Number:
    value = f"+1212555{n:04}" if n < 10_000 else f"+1646{n:07}"
    return Number(kind="phone", value=value, line_type=line)


def _address(n: int) -> Number:
    return Number(kind="postal", value=f"{n} main st", postal={"line1": f"{n} Main St"})


def _link(pairs: list[tuple[Any, Number]]) -> None:
    Number.objects.bulk_create([number for _, number in pairs])
    ContactPoint.objects.bulk_create(
        ContactPoint(person=person, number=number, kind=number.kind) for person, number in pairs
    )


def _agree(person_ids: list[int], basis: str, at: datetime) -> None:
    ConsentEntry.objects.bulk_create(
        ConsentEntry(
            person_id=person_id,
            channel="all",
            purpose="all",
            state="granted",
            basis=basis,
            evidence="sample",
            actor=BY.key,
            at=at,
            recorded_at=wall_now(),
        )
        for person_id in person_ids
    )


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
