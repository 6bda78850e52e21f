"""Launching in four steps: every step is kept, nothing leaves before the last, refusals say what to do."""

from datetime import datetime
from typing import Any

import pytest

from beckon.campaigns.models import Campaign, Enrollment
from beckon.campaigns.tests.scene import install
from beckon.core.audit.models import AuditEntry
from beckon.core.models import Organization, Role
from beckon.people.models import Person
from beckon.segments.models import Segment
from beckon.web.campaigns.tests.scene import member, set_scene


@pytest.fixture
def manager(org: Organization) -> Any:
    return member(org, Role.MANAGER)


def start(client: Any, org: Organization, now: datetime, *, signed: bool = True, name: str = "Autumn") -> Campaign:
    version = install("reactivation", now, signed=signed)
    answer = client.post(f"/o/{org.slug}/campaigns/new/", {"name": name, "playbook": version.pk})
    draft = Campaign.objects.get(name=name)
    assert answer["Location"] == f"/o/{org.slug}/campaigns/{draft.pk}/people/"
    return draft


def plan_fields(draft: Campaign, **more: Any) -> dict[str, Any]:
    senders = {f"sender_{channel}": sender for channel, sender in draft.senders.items()}
    return {"starts_on": "2026-11-16", "daily_volume": 5, "agents": 2, "budget": "", **senders, **more}


def everyone(now: datetime) -> Segment:
    return Segment.objects.create(
        name="All of them", definition={"version": 1, "where": {"everyone": True}}, by="x", created_at=now,
        updated_at=now,
    )  # fmt: skip


def test_four_steps_end_in_a_running_campaign(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now)
    base = f"/o/{org.slug}/campaigns/{draft.pk}/"
    manager.post(base + "people/", {"people": everyone(now).pk})
    manager.post(base + "plan/", plan_fields(draft, budget="900.50"))
    page = manager.get(base + "check/?full=1")
    assert b"Confirm and launch" in page.content
    assert Enrollment.objects.count() == 0
    digest = page.context["confirm"].initial["digest"]
    answer = manager.post(base + "launch/", {"digest": digest, "confirmed": "on", "accept_too_few_slots": "on"})
    draft.refresh_from_db()
    assert answer["Location"] == base
    assert (draft.status, draft.daily_volume, draft.economics["budget_cents"]) == ("running", 5, 90_050)
    assert draft.economics["people"] == 12
    assert draft.confirmed_by.startswith("user:")


def test_what_was_not_read_is_not_confirmed(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now)
    base = f"/o/{org.slug}/campaigns/{draft.pk}/"
    manager.post(base + "people/", {"people": everyone(now).pk})
    digest = manager.get(base + "check/?full=1").context["confirm"].initial["digest"]
    manager.post(base + "plan/", plan_fields(draft, daily_volume=3))
    answer = manager.post(base + "launch/", {"digest": digest, "confirmed": "on", "accept_too_few_slots": "on"})
    draft.refresh_from_db()
    assert answer.status_code == 200
    assert b"changed since you read them" in answer.content
    assert draft.status == "draft"


def test_refusals_are_listed_with_what_to_do(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now, signed=False)
    answer = manager.get(f"/o/{org.slug}/campaigns/{draft.pk}/check/?full=1")
    reasons = {each.reason.value for each in answer.context["refusals"]}
    assert {"wording_not_signed_off", "empty_segment"} <= reasons
    assert b"sign them off with your name" in answer.content
    assert f"/campaigns/{draft.pk}/plan/".encode() in answer.content


def test_the_name_typed_in_step_three_signs_the_wording_off(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now, signed=False)
    manager.post(f"/o/{org.slug}/campaigns/{draft.pk}/plan/", plan_fields(draft, signed_off_by="Dr. Ana Sample"))
    draft.refresh_from_db()
    assert draft.playbook.signed_off_by == "Dr. Ana Sample"


def test_a_taken_name_and_a_wrong_end_say_so_and_lose_nothing(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now)
    answer = manager.post(f"/o/{org.slug}/campaigns/new/", {"name": "Autumn", "playbook": draft.playbook_id})
    assert b"Another campaign has this name" in answer.content
    assert b'value="Autumn"' in answer.content
    answer = manager.post(
        f"/o/{org.slug}/campaigns/{draft.pk}/plan/", plan_fields(draft, ends_on="2026-11-01", budget="12")
    )
    assert b"The last day lies before the first" in answer.content
    assert b'value="12"' in answer.content


def test_a_changed_draft_forgets_its_figures_and_its_rehearsal(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now)
    base = f"/o/{org.slug}/campaigns/{draft.pk}/"
    manager.post(base + "check/rehearse/")
    draft.refresh_from_db()
    assert draft.economics["rehearsal"]["state"] == "waiting"
    manager.post(base + "people/", {"people": everyone(now).pk})
    draft.refresh_from_db()
    assert set(draft.economics) == {"agents", "list_cents", "budget_cents"}


def test_may_be_contacted_is_told_channel_by_channel(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now)
    answer = manager.get(f"/o/{org.slug}/campaigns/{draft.pk}/people/reach/", {"people": everyone(now).pk})
    reach = {each.channel: (each.may, each.looked_at) for _name, each, _why in answer.context["channels"]}
    assert reach["sms"] == (6, 12)  # half of them have a landline only
    assert reach["email"] == (0, 12)


def test_a_draft_thrown_away_is_gone_and_its_name_is_free(org: Organization, now: datetime, manager: Any) -> None:
    set_scene(now)
    draft = start(manager, org, now)
    manager.post(f"/o/{org.slug}/campaigns/{draft.pk}/discard/")
    assert not Campaign.objects.filter(pk=draft.pk).exists()
    assert AuditEntry.objects.filter(action="campaign.discarded", object_ids=[draft.pk]).exists()


def test_who_is_left_out_can_be_looked_at_and_that_is_on_record(org: Organization, now: datetime, manager: Any) -> None:
    people = set_scene(now)
    draft = start(manager, org, now)
    base = f"/o/{org.slug}/campaigns/{draft.pk}/"
    manager.post(base + "people/", {"people": everyone(now).pk})
    Person.objects.filter(pk=people[0]).update(do_not_contact_at=now)
    answer = manager.get(base + "check/left-out/?reason=do_not_contact")
    assert [each.person_id for each in answer.context["people"]] == [people[0]]
    assert AuditEntry.objects.filter(action="person.viewed", object_ids=[people[0]]).exists()
