"""The campaign at work: counts lead to the people they count, changes are asked for and recorded, roles hold."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beckon.campaigns.models import Campaign, Enrollment
from beckon.campaigns.rounds import run_round
from beckon.campaigns.tests.scene import make_people
from beckon.core.models import Organization, Role
from beckon.web.campaigns.queries import people_behind
from beckon.web.campaigns.tests.scene import member, running, set_scene


@pytest.fixture
def campaign(org: Organization, now: datetime) -> Campaign:
    set_scene(now)
    return running(org, now)


def test_every_count_of_the_journey_leads_to_as_many_people(org: Organization, campaign: Campaign) -> None:
    page = member(org, Role.MANAGER).get(f"/o/{org.slug}/campaigns/{campaign.pk}/")
    boxes = [box for box in page.context["journey"].boxes if box.standing]
    assert sum(box.standing for box in boxes) == 12
    for box in boxes:
        assert len(people_behind(campaign.pk, "step", box.step)) == box.standing
    for step in page.context["funnel"]:
        if step.kind:
            assert len(people_behind(campaign.pk, step.kind)) == step.number, step.kind
    sent = next(tally for box in page.context["journey"].boxes for tally in box.tallies if tally.code == "sent")
    assert len(people_behind(campaign.pk, "outcome", "postcard", "sent")) == sent.number == 12


def test_the_list_leads_to_why_each_person_stands_there(org: Organization, campaign: Campaign) -> None:
    client = member(org, Role.SUPERVISOR)
    page = client.get(f"/o/{org.slug}/campaigns/{campaign.pk}/who/?kind=in")
    person = page.context["people"][0][0]
    why = client.get(f"/o/{org.slug}/campaigns/{campaign.pk}/why/{person.person_id}/")
    assert b"Postcard" in why.content
    assert b"Message queued" in why.content


def test_lists_go_on_where_they_ended(org: Organization, campaign: Campaign) -> None:
    first = people_behind(campaign.pk, "enrolled", limit=5)
    rest = people_behind(campaign.pk, "enrolled", after=first[-1].key)
    assert len({row.person_id for row in first + rest}) == 12


def test_pausing_resuming_and_the_pace_are_changed_and_told(org: Organization, campaign: Campaign) -> None:
    client, base = member(org, Role.MANAGER), f"/o/{org.slug}/campaigns/{campaign.pk}/"
    client.post(base + "pause/")
    client.post(base + "resume/")
    client.post(base + "pace/", {"daily_volume": 7})
    client.post(base + "pace/", {"daily_volume": 0})
    campaign.refresh_from_db()
    assert (campaign.status, campaign.daily_volume) == ("running", 7)
    log = client.get(base + "changes/").context["log"]
    assert [line.action for line, _said, _detail in log][:3] == [
        "campaign.changed", "campaign.running", "campaign.paused",
    ]  # fmt: skip
    assert "from 1000 to 7" in log[0][2]


def test_stopping_asks_first_and_then_lets_everybody_go(org: Organization, campaign: Campaign) -> None:
    client, address = member(org, Role.MANAGER), f"/o/{org.slug}/campaigns/{campaign.pk}/stop/"
    asked = client.get(address)
    assert asked.context["still_in"] == 12
    assert Enrollment.objects.filter(left_at=None).count() == 12
    client.post(address)
    assert Enrollment.objects.filter(left_at=None).count() == 0
    assert b"over already" in client.post(address, follow=True).content


def test_an_analyst_sees_figures_and_no_way_to_a_name(org: Organization, campaign: Campaign) -> None:
    client, base = member(org, Role.ANALYST), f"/o/{org.slug}/campaigns/{campaign.pk}/"
    for part in ("", "results/", "left-out/", "changes/"):
        answer = client.get(base + part)
        assert answer.status_code == 200, part
        assert b"/who/?" not in answer.content
        assert b"Sample</a>" not in answer.content
    assert client.get(base + "who/?kind=in").status_code == 403
    assert client.post(base + "pause/").status_code == 403


def test_an_auditor_sees_all_and_changes_nothing(org: Organization, campaign: Campaign) -> None:
    client, base = member(org, Role.AUDITOR), f"/o/{org.slug}/campaigns/{campaign.pk}/"
    assert client.get(base + "who/?kind=in").status_code == 200
    assert [client.post(base + part).status_code for part in ("pause/", "stop/", "pace/")] == [403, 403, 403]


def test_agents_and_strangers_do_not_come_in(org: Organization, campaign: Campaign) -> None:
    address = f"/o/{org.slug}/campaigns/"
    assert member(org, Role.AGENT).get(address).status_code == 403
    other = Organization.objects.create(slug="other", name="Other", schema_name="o_other_sample", kind="sandbox")
    assert member(other, Role.MANAGER).get(address).status_code == 404


def test_the_pages_ask_as_much_for_many_people_as_for_few(org: Organization, now: datetime, campaign: Campaign) -> None:
    client, parts = member(org, Role.MANAGER), ("", "1/", "1/results/", "1/left-out/", "1/who/?kind=in")

    def counted() -> list[int]:
        numbers = []
        for part in parts:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(f"/o/{org.slug}/campaigns/" + part.replace("1/", f"{campaign.pk}/", 1))
            numbers.append(len(asked))
        return numbers

    counted()
    before = counted()
    make_people(now, 30, start=100)
    run_round(org, now=now)
    assert counted() == before


def test_the_list_says_what_runs_and_what_is_empty(org: Organization, now: datetime) -> None:
    client = member(org, Role.MANAGER)
    assert b"Launch the first" in client.get(f"/o/{org.slug}/campaigns/").content
    set_scene(now)
    found = running(org, now)
    page = client.get(f"/o/{org.slug}/campaigns/")
    ((group, rows),) = page.context["groups"]
    assert (group, rows[0].people, rows[0].active) == ("running", 12, 12)
    assert rows[0].next_due == Enrollment.objects.filter(campaign=found).earliest("due_at").due_at


def test_figures_that_take_long_follow_the_page_and_are_kept(
    org: Organization, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beckon.web.campaigns.queries.SMALL", 3)
    client, address = member(org, Role.MANAGER), f"/o/{org.slug}/campaigns/{campaign.pk}/"
    assert "funnel" not in client.get(address).context
    part = client.get(address, headers={"HX-Request": "true"})
    assert part.context["figures"].enrolled == 12
    assert client.get(address).context["figures"].enrolled == 12
