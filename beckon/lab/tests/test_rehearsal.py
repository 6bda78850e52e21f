"""A small rehearsal lived through: the sums hold, the seed decides, the law is kept, nothing is left behind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.db import connection, connections

import beckon.consent.law
from beckon.core.models import Organization
from beckon.core.tenancy import org_scope
from beckon.desk.models import Call, CallTask, TaskStatus
from beckon.lab import rehearsal
from beckon.lab.rehearsal import Order, Rehearsed, rehearse
from beckon.people.places.tables import area_code_table, zip_table

PEOPLE, WEEKS = 60, 4
LAW = yaml.safe_load((Path(beckon.consent.law.__path__[0]) / "hours.yaml").read_text())
REACHED = """
SELECT m.channel, m.sent_at, p.postal_code, m.address
  FROM messaging_message m JOIN people_person p ON p.id = m.person_id
 WHERE NOT m.is_inbound AND m.sent_at IS NOT NULL AND m.channel IN ('sms', 'voicemail')
UNION ALL
SELECT 'voice', c.started_at, p.postal_code, n.value
  FROM desk_call c JOIN people_person p ON p.id = c.person_id JOIN people_number n ON n.id = c.number_id
 ORDER BY 2, 1, 4, 3"""


@dataclass
class Lived:
    """What came of a rehearsal, and what its scratch organization held just before it was dropped."""

    result: Rehearsed
    schema: str = ""
    reached: list[tuple[str, datetime, str, str]] = field(default_factory=list)
    leased: int = 0
    linked: Counter[str] = field(default_factory=Counter)

    def numbers(self) -> dict[str, Any]:
        """The printed figures without the one that is allowed to differ."""
        return {name: value for name, value in self.result.as_json().items() if name != "seconds"}


def live(seed: int, *, people: int = PEOPLE, weeks: int = WEEKS) -> Lived:
    """Rehearse, looking into the scratch organization before it goes."""
    seen: dict[str, Any] = {}
    drop = rehearsal.drop_organization

    def look_then_drop(organization: Organization) -> None:
        with org_scope(organization):
            with connection.cursor() as cursor:
                cursor.execute(REACHED)
                seen["reached"] = cursor.fetchall()
            seen["schema"] = organization.schema_name
            seen["leased"] = CallTask.objects.filter(status=TaskStatus.LEASED).count()
            done = Call.objects.filter(disposition="DONE").values_list("task_id", flat=True)
            seen["linked"] = Counter(CallTask.objects.filter(pk__in=done).values_list("closed_reason", flat=True))
        drop(organization)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal, "drop_organization", look_then_drop)
        order = Order("community-outreach", weeks, 2, seed, people=people, starts=date(2026, 10, 5))
        return Lived(rehearse(order), **seen)


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[Lived]:
    """One rehearsal for the tests that only look at what came of it."""
    with django_db_blocker.unblock():
        yield live(3)
        connections.close_all()


def test_people_are_enrolled_or_excluded_and_the_enrolled_have_left_or_are_active(lived: Lived) -> None:
    told = lived.numbers()
    assert told["people"] == PEOPLE == told["enrolled"] + sum(told["excluded"].values())
    assert told["enrolled"] == told["active"] + sum(told["left"].values())


def test_people_were_written_to_and_called_and_some_came(lived: Lived) -> None:
    told = lived.numbers()
    assert told["messages"].keys() == {"postal", "sms", "voicemail"}
    assert told["calls"] > 20
    assert told["appointments"] >= told["kept"]
    assert told["revenue"] == 100 * told["kept"]


def test_nobody_is_left_in_an_agents_hands_and_a_booked_call_ends_as_the_agent_said(lived: Lived) -> None:
    assert lived.leased == 0
    assert lived.linked.keys() == {"goal_met"}


def test_the_same_seed_tells_the_same_and_another_seed_something_else(lived: Lived, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        again, other = live(3), live(4, people=20, weeks=2)
        connections.close_all()
    assert again.numbers() == lived.numbers()
    assert other.numbers() != lived.numbers()
    assert again.reached == lived.reached


def test_no_call_text_or_drop_outside_the_hours_of_the_table(lived: Lived) -> None:
    assert {channel for channel, *_ in lived.reached} == {"sms", "voicemail", "voice"}
    unlawful = [row for row in lived.reached if not is_lawful(*row)]
    assert unlawful == []


@pytest.mark.parametrize(
    ("channel", "at", "postal_code", "number", "expected"),
    [
        ("voice", "2026-10-06T12:30+00:00", "10001", "+12125550101", True),  # 08:30 in New York
        ("voice", "2026-10-06T12:30+00:00", "06103", "+18605550101", False),  # 08:30, Connecticut from nine
        ("voice", "2026-10-06T12:30+00:00", "10001", "+12135550101", False),  # a Californian's number: 05:30
        ("sms", "2026-10-11T15:00+00:00", "75201", "+12145550101", False),  # Sunday 10:00 in Texas, from noon
        ("voicemail", "2026-10-06T15:30+00:00", "90012", "+12135550101", False),  # 08:30, recorded from nine
    ],
)
def test_the_reading_of_the_table_used_here_knows_what_is_forbidden(
    channel: str, at: str, postal_code: str, number: str, expected: bool
) -> None:
    assert is_lawful(channel, datetime.fromisoformat(at), postal_code, number) is expected


def is_lawful(channel: str, at: datetime, postal_code: str, number: str) -> bool:
    """A second, plain reading of hours.yaml: the states of ZIP and area code, in every zone of either."""
    home, zone = zip_table()[postal_code]
    called = area_code_table()[number[2:5]].states
    zones = {zone, *(z for state in called - {home} for z in LAW["zones"][state])}
    rows = [LAW["federal"], *(row for row in LAW["rows"] if row["state"] in called | {home})]
    if channel == "voicemail":
        rows += [row for row in LAW["recorded"] if row["state"] in called | {home}]
    return all(_is_within(row, at.astimezone(ZoneInfo(row.get("zone", name)))) for row in rows for name in zones)


def _is_within(row: dict[str, Any], local: datetime) -> bool:
    since = row.get("from", date.min)
    if local.date() < (date.fromisoformat(since) if isinstance(since, str) else since):
        return True
    window = str(row["weekdays" if local.weekday() < 5 else "saturday" if local.weekday() == 5 else "sunday"])
    if window == "none":
        return False
    opens, closes = map(int, window.split("-"))
    return opens <= local.hour < closes


def test_the_scratch_organization_is_dropped_also_when_the_rehearsal_fails(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    class Stopped(Exception):
        """Somebody pressed Ctrl-C."""

    def stop(at: datetime) -> None:
        raise Stopped

    with django_db_blocker.unblock():
        before = _schemas()
        with pytest.raises(Stopped):
            rehearse(Order("community-outreach", 1, 1, 1, people=3), progress=stop)
        assert _schemas() == before
        assert not Organization.objects.filter(kind="rehearsal").exists()
        connections.close_all()


def _schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [r"o\_%"])
        return {name for (name,) in cursor.fetchall()}
