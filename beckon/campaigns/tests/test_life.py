"""Drafting, confirming, launching, pausing, stopping; who is taken in and who is left out and why."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from beckon.campaigns import life
from beckon.campaigns.actions import advance_due
from beckon.campaigns.enrolling.enrolment import enrol_due
from beckon.campaigns.errors import WrongStatus
from beckon.campaigns.life import LaunchNo
from beckon.campaigns.models import CampaignStatus, Enrollment, Exclusion, StepRecord
from beckon.campaigns.planning.preview import preview
from beckon.campaigns.queries import counters, sums, why
from beckon.campaigns.tests.scene import BY, install, launch, make_desk, make_people, make_senders
from beckon.desk.models import CallTask
from beckon.messaging.models import Message
from beckon.people.models import Person

SHORTAGES = [LaunchNo.TOO_FEW_SLOTS, LaunchNo.TOO_FEW_AGENTS]


def refusals(campaign: Any, now: Any) -> set[LaunchNo]:
    return {refusal.reason for refusal in life.launch_refusals(campaign, now=now)}


def draft(version: Any, now: Any, **more: Any) -> Any:
    options = {"name": "trial", "starts_at": now, "daily_volume": 10, "agents": 1, "segment": {"everyone": True}} | more
    return life.draft_campaign(version=version, by=BY, now=now, **options)


def test_a_launch_is_refused_with_every_reason_and_changes_nothing(org: Any, now: Any) -> None:
    campaign = draft(install("community-outreach", now, signed=False), now)
    found = refusals(campaign, now)
    assert found == {
        LaunchNo.NOT_CONFIRMED,
        LaunchNo.NOT_SIGNED_OFF,
        LaunchNo.NO_SENDER,
        LaunchNo.NO_QUEUE,
        LaunchNo.EMPTY_SEGMENT,
    }
    assert isinstance(life.launch(campaign, by=BY, now=now), life.NotLaunched)
    campaign.refresh_from_db()
    assert (campaign.status, campaign.launched_at) == (CampaignStatus.DRAFT, None)


def test_a_campaign_without_slots_is_launched_only_when_somebody_accepts_that(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 300)
    campaign = draft(install("reactivation", now), now, daily_volume=300, agents=0)
    life.confirm(campaign, by=BY, now=now)
    assert refusals(campaign, now) == set(SHORTAGES)
    life.confirm(campaign, accepts=SHORTAGES, by=BY, now=now)
    assert isinstance(life.launch(campaign, by=BY, now=now), life.Launched)


def test_computing_the_return_anew_asks_for_a_new_confirmation(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 10)
    campaign = draft(install("reactivation", now), now)
    life.confirm(campaign, accepts=SHORTAGES, by=BY, now=now)
    life.economics_for(campaign, agents=2, now=now)
    assert LaunchNo.NOT_CONFIRMED in refusals(campaign, now)


def test_calls_closer_together_than_the_policy_allows_are_refused(org: Any, now: Any) -> None:
    from beckon.consent.actions import change_policy

    make_senders()
    make_desk(now)
    make_people(now, 1)
    campaign = draft(install("reactivation", now), now)
    change_policy({"days_between_calls": 14}, by=BY, now=now)
    assert LaunchNo.CALLS_TOO_OFTEN in refusals(campaign, now)


def test_the_daily_volume_is_kept_over_repeated_rounds_and_weekends_take_nobody(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 30)
    launch(install("reactivation", now), now, daily_volume=4)
    taken = [enrol_due(now=now + timedelta(hours=hour)).enrolled for hour in (0, 1, 2)]
    days = [enrol_due(now=now + timedelta(days=day)).enrolled for day in range(1, 8)]
    assert taken == [4, 0, 0]
    assert days == [4, 4, 4, 4, 0, 0, 4]


def test_the_order_of_people_does_not_depend_on_their_ids(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 40)
    version = install("reactivation", now)
    launch(version, now, daily_volume=10)
    enrol_due(now=now)
    first = list(Enrollment.objects.order_by("pk").values_list("key", flat=True))
    drawn = sorted((hashlib.md5(f"7|reactivation test|MRN-{n:06}".encode()).hexdigest(), n) for n in range(40))  # noqa: S324
    assert first == [f"MRN-{n:06}" for _, n in drawn[:10]]


def test_people_are_enrolled_excluded_with_one_reason_or_waiting(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    people = make_people(now, 12)
    Person.objects.filter(pk=people[0]).update(deceased_at=now)
    Person.objects.filter(pk=people[1]).update(do_not_contact_at=now)
    Person.objects.filter(pk=people[2]).update(next_appointment_at=now + timedelta(days=20))
    Person.objects.filter(pk=people[3]).update(birth_date=(now - timedelta(days=3000)).date())
    make_people(now, 1, lines=("",), postal=False, start=50)
    campaign = launch(install("community-outreach", now), now, daily_volume=5)

    enrol_due(now=now)
    early = sums(campaign, now=now)
    for day in range(1, 8):
        enrol_due(now=now + timedelta(days=day))
    late = sums(campaign, now=now)

    assert early.people == late.people == 13
    assert early.people == early.enrolled + sum(early.excluded.values()) + early.waiting
    assert (early.enrolled, late.enrolled, late.waiting) == (5, 8, 0)
    assert late.excluded == {
        "deceased": 1,
        "do_not_contact": 1,
        "has_appointment": 1,
        "minor_without_guardian": 1,
        "no_contact_point": 1,
    }
    counted = counters(campaign.pk)
    assert (counted["enrolled"], counted["excluded.deceased"]) == (8, 1)


def test_somebody_in_the_same_playbook_already_is_not_taken_in_a_second_time(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 3)
    version = install("reactivation", now)
    launch(version, now)
    enrol_due(now=now)
    launch(version, now, name="second")
    enrol_due(now=now)
    assert Enrollment.objects.count() == 3
    assert set(Exclusion.objects.values_list("reason", flat=True)) == {"in_another_campaign"}


@pytest.mark.parametrize(
    ("left", "days", "playbook", "enrolled"),
    [
        ("lost", 88, "reactivation", 0),
        ("lost", 91, "reactivation", 1),
        ("lost", 91, "community-outreach", 0),
        ("declined", 88, "reactivation", 0),
        ("declined", 91, "reactivation", 1),
        ("exhausted", 1, "community-outreach", 1),
    ],
)
def test_the_lost_may_be_won_back_after_90_days_by_a_playbook_that_wins_back(
    org: Any, now: Any, left: str, days: int, playbook: str, enrolled: int
) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 1)
    launch(install("no-encounter", now), now)
    enrol_due(now=now)
    Enrollment.objects.update(left_at=now, left_reason=left, due_at=None)
    later = now + timedelta(days=days)
    launch(install(playbook, now), later)
    assert enrol_due(now=later).enrolled == enrolled


def test_re_entry_follows_the_playbook(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 2)
    campaign = launch(install("reactivation", now), now)
    enrol_due(now=now)
    first, second = Enrollment.objects.order_by("pk")
    Enrollment.objects.filter(pk=first.pk).update(left_at=now, left_reason="exhausted", due_at=None)
    Enrollment.objects.filter(pk=second.pk).update(left_at=now, left_reason="booked", due_at=None)
    soon, later = now + timedelta(days=176), now + timedelta(days=182)
    enrol_due(now=soon)
    assert Enrollment.objects.filter(campaign=campaign, left_at=None).count() == 0
    enrol_due(now=later)
    assert list(Enrollment.objects.filter(left_at=None).values_list("person_id", flat=True)) == [first.person_id]


def test_a_paused_campaign_moves_nobody_and_a_resumed_one_goes_on(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 3)
    campaign = launch(install("reactivation", now), now)
    enrol_due(now=now)
    life.pause(campaign, by=BY, now=now)
    assert advance_due(now=now).advanced == 0
    assert enrol_due(now=now + timedelta(days=1)).enrolled == 0
    with pytest.raises(WrongStatus):
        life.pause(campaign, by=BY, now=now)
    life.resume(campaign, by=BY, now=now)
    assert advance_due(now=now).advanced == 3


def test_a_stopped_campaign_lets_everybody_go_with_the_reason_and_withdraws_messages_and_calls(
    org: Any, now: Any
) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 3)
    campaign = launch(install("no-encounter", now), now)
    enrol_due(now=now)
    advance_due(now=now)
    assert CallTask.objects.filter(status="open").count() == 3
    assert life.stop(campaign, by=BY, now=now) == 3
    assert set(Enrollment.objects.values_list("left_reason", "due_at")) == {("stopped_by_hand", None)}
    assert set(CallTask.objects.values_list("status", "closed_reason")) == {("closed", "stopped_by_hand")}
    assert counters(campaign.pk)["left.stopped_by_hand"] == 3


def test_a_campaign_finishes_at_its_end_and_when_nobody_is_left(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 2)
    version = install("reactivation", now)
    ending = launch(version, now, ends_at=now + timedelta(days=10))
    enrol_due(now=now)
    assert life.finish_campaigns(now=now + timedelta(days=9), by=BY) == 0
    assert life.finish_campaigns(now=now + timedelta(days=10), by=BY) == 1
    ending.refresh_from_db()
    assert ending.status == CampaignStatus.FINISHED
    assert set(Enrollment.objects.values_list("left_reason", flat=True)) == {"campaign_ended"}


def test_folding_the_counters_changes_no_figure(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 4)
    campaign = launch(install("community-outreach", now), now)
    enrol_due(now=now)
    advance_due(now=now)
    before = counters(campaign.pk)
    assert before["sent.postal"] == 4
    assert life.fold_counts() > 0
    assert counters(campaign.pk) == before
    assert life.fold_counts() == 0


def test_the_preview_shows_what_then_happens_and_records_nothing(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    people = make_people(now, 6, lines=("mobile", "landline", "unknown"))
    Person.objects.filter(pk=people[0]).update(deceased_at=now)
    campaign = draft(install("community-outreach", now), now, daily_volume=2)
    shown = preview(campaign, now=now, weeks=4)
    assert (Enrollment.objects.count(), Message.objects.count(), StepRecord.objects.count()) == (0, 0, 0)
    assert shown.people == shown.enrolled + sum(shown.excluded.values()) + shown.waiting
    assert shown.excluded == {"deceased": 1}

    life.confirm(campaign, accepts=SHORTAGES, by=BY, now=now)
    life.launch(campaign, by=BY, now=now)
    for hour in range(0, 28 * 24, 1):
        at = now + timedelta(hours=hour)
        if at.hour in (14, 15, 16, 21):
            enrol_due(now=at)
            advance_due(now=at)
    sent = {name: Message.objects.filter(channel=name).count() for name in ("postal", "sms", "voicemail")}
    assert sent == {name: shown.messages()[name] for name in sent}
    assert shown.weeks[3].calls > 0


def test_why_tells_where_a_person_stands_in_both_languages(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    people = make_people(now, 2, basis="", postal=True)
    Person.objects.filter(pk=people[1]).update(deceased_at=now)
    launch(install("community-outreach", now), now)
    enrol_due(now=now)
    for day in range(9):
        advance_due(now=now + timedelta(days=day))
    english, spanish = why(people[0], now=now)[0], why(people[0], now=now, language="es")[0]
    assert english.sentences[0].startswith("Waits (“Second week”) until Mon, Nov 30, 2026, 4:00 PM")
    assert spanish.sentences[0].startswith("Espera («Segunda semana») hasta el lun 30 de nov de 2026, 16:00")
    assert english.sentences[-1] == "Earlier (“First message”): No consent to this kind of message is on record."
    assert [outcome for _, _, outcome, _ in english.trace] == ["sent", "refused"]
    assert why(people[1], now=now)[0].sentences == ("Not enrolled: The person has died.",)


def test_a_new_version_takes_the_newcomers_and_those_enrolled_finish_on_theirs_unless_moved(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 4)
    campaign = launch(install("reactivation", now), now, daily_volume=2)
    enrol_due(now=now)
    newer = install("reactivation", now, attempts=3)
    assert newer.version == 2
    life.use_version(campaign, newer, by=BY, now=now)
    enrol_due(now=now + timedelta(days=1))
    on = list(Enrollment.objects.order_by("pk").values_list("playbook_version_id", flat=True))
    assert on == [campaign.playbook_id] * 2 + [newer.pk] * 2
    assert life.move_enrolled(campaign, newer, by=BY, now=now) == (2, 0)


def test_installing_the_same_playbook_again_gives_the_version_there_is(org: Any, now: Any) -> None:
    assert install("no-show", now).pk == install("no-show", now).pk


def test_what_somebody_else_did_meanwhile_is_seen_before_confirming_or_stopping(org: Any, now: Any) -> None:
    make_senders()
    make_desk(now)
    make_people(now, 5)
    mine = draft(install("reactivation", now), now)
    theirs = life.get_campaign(mine.name)
    life.economics_for(theirs, agents=9, now=now)
    with pytest.raises(WrongStatus, match="computed anew"):
        life.confirm(mine, by=BY, now=now)
    life.confirm(theirs, accepts=SHORTAGES, by=BY, now=now)
    assert isinstance(life.launch(theirs, by=BY, now=now), life.Launched)
    for change in (lambda: life.confirm(mine, by=BY, now=now), lambda: life.economics_for(mine, agents=1, now=now)):
        with pytest.raises(WrongStatus, match="running"):
            change()
    running, same = life.get_campaign(mine.name), life.get_campaign(mine.name)
    life.stop(running, by=BY, now=now)
    with pytest.raises(WrongStatus, match="stopped"):
        life.stop(same, by=BY, now=now)
