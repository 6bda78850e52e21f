"""The audit record's pages: filter, keys, bounded looking back, export, the chain's state."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beckon.core.actors import SYSTEM, Actor, user
from beckon.core.audit.actions import record_audit
from beckon.core.models import Organization, Role, User
from beckon.web.accounts.tests.staff import member, signed_in
from beckon.web.audit.queries import Filter, find_entries, read_key

PATH = "/o/test/audit/"


@pytest.fixture
def auditor(org: Organization) -> User:
    return member(Role.AUDITOR)


def entries(
    count: int, now: datetime, *, by: Actor = SYSTEM, action: str = "person.viewed", ids: list[int] | None = None
) -> None:
    for number in range(count):
        at = now + timedelta(seconds=number // 3)
        record_audit(action=action, object_kind="person", object_ids=ids or [number + 1], by=by, now=at)


def test_it_says_who_did_what_to_whom(auditor: User, now: datetime) -> None:
    boss = member(Role.MANAGER)
    entries(1, now, by=user(boss.pk), ids=[7, 8, 9, 10, 11])
    page = signed_in(auditor).get(PATH).content.decode()
    assert "manager person" in page
    assert "saw a person&#x27;s record" in page
    assert "and 2 more" in page
    assert "/o/test/people/7/" in page


@pytest.mark.parametrize("size", [1, 4, 50])
def test_keys_lead_through_every_entry_once_even_where_many_share_a_moment(
    org: Organization, now: datetime, size: int
) -> None:
    entries(40, now)
    seen, before = [], None
    while True:
        found = find_entries(Filter(), before, size=size)
        seen += [entry.pk for entry in found.entries]
        if found.after is None:
            break
        before = read_key(found.after.text())
    assert len(seen) == len(set(seen)) == 40


def test_a_rare_action_is_looked_for_in_bounded_steps(org: Organization, now: datetime) -> None:
    entries(1, now, action="sender.paused")
    entries(30, now + timedelta(minutes=1))
    first = find_entries(Filter(action="sender.paused"), None, looked_at=20)
    assert first.entries == []
    assert first.looked_back_to is not None
    second = find_entries(Filter(action="sender.paused"), first.after, looked_at=20)
    assert [entry.action for entry in second.entries] == ["sender.paused"]
    assert second.after is None


def test_the_filter_finds_by_person_of_staff_object_and_day(auditor: User, now: datetime) -> None:
    boss = member(Role.MANAGER)
    entries(2, now, by=user(boss.pk))
    entries(3, now - timedelta(days=40), ids=[99])
    browser = signed_in(auditor)

    def count(query: str) -> int:
        return len(browser.get(PATH + query).context["lines"])

    assert count("") == 5
    assert count(f"?actor=user:{boss.pk}") == 2
    assert count("?kind=person&object=99") == 3
    assert count("?first=2026-11-01") == 2
    assert count("?last=2026-11-01") == 3
    assert count("?actor=user:1;drop&object=x&before=nonsense&first=never") == 5


def test_an_entry_shows_what_changed(auditor: User, now: datetime) -> None:
    record_audit(
        action="sender.changed", object_kind="sender", object_ids=[3], by=SYSTEM, now=now,
        detail={"before": {"daily_cap": 5}, "after": {"daily_cap": 9}},
    )  # fmt: skip
    browser = signed_in(auditor)
    entry = browser.get(PATH).context["lines"][0].entry
    assert "5 → 9" in browser.get(f"{PATH}{entry.pk}/").content.decode()
    assert browser.get(f"{PATH}{entry.pk + 1}/").status_code == 404


def test_the_export_holds_the_filter_disarms_formulas_and_is_itself_on_record(auditor: User, now: datetime) -> None:
    record_audit(action="=1+1", object_kind="person", object_ids=[1, 2], by=SYSTEM, now=now)
    entries(2, now - timedelta(days=40))
    answer = signed_in(auditor).get(f"{PATH}export/?first=2026-11-01")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert [line.split(",")[4] for line in lines] == ["action", "audit.exported", "'=1+1"]
    assert lines[2].split(",")[6] == "1 2"


def test_the_chain_is_checked_on_demand_and_the_result_stays(auditor: User, now: datetime) -> None:
    browser = signed_in(auditor)
    assert "Not checked yet" in browser.get(PATH).content.decode()
    browser.post(f"{PATH}verify/")
    assert "Whole" in browser.get(PATH).content.decode()
    assert browser.get(f"{PATH}verify/").status_code == 405


def test_the_page_costs_the_same_for_one_entry_and_for_fifty(auditor: User, now: datetime) -> None:
    browser = signed_in(auditor)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(PATH)
        return len(seen)

    browser.get(PATH)
    entries(1, now)
    few = statements()
    entries(60, now)
    assert statements() == few


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPERVISOR, Role.AGENT, Role.SCHEDULER, Role.ANALYST])
def test_who_does_not_audit_is_kept_out(org: Organization, role: Role) -> None:
    browser = signed_in(member(role))
    assert [browser.get(PATH).status_code, browser.get(f"{PATH}export/").status_code] == [403, 403]


def test_a_stranger_finds_nothing(org: Organization) -> None:
    stranger = signed_in(User.objects.create_user("stranger@example.org", "four unrelated quiet lamps"))
    assert stranger.get(PATH).status_code == 404
    assert Client().get(PATH).status_code == 302
