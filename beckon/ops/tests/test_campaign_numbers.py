"""What the forecast, the preview and `campaign why` say of the same people agrees, and is said in plain words."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from beckon.campaigns import life
from beckon.campaigns.enrolling.enrolment import enrol_due
from beckon.campaigns.models import Campaign, Enrollment
from beckon.campaigns.tests.scene import BY, make_desk, make_people, make_senders
from beckon.consent.actions import OptOut, record_opt_out
from beckon.ops.commands.campaigns import campaign_launch, campaign_preview, campaign_why
from beckon.ops.printing import columns_of, counted
from beckon.ops.tests.running import run
from beckon.people.models import Person

NAME = "Autumn"


@pytest.fixture
def people(org: Any, now: datetime) -> list[int]:
    """12 who may be texted, 8 with a yes that is not in writing, 5 without a yes, 3 opted out, 2 without a phone."""
    make_senders()
    make_desk(now)
    groups = [(12, "written"), (8, "express"), (5, ""), (3, "written")]
    made, start = [], 0
    for number, basis in groups:
        made.append(make_people(now, number, basis=basis, start=start))
        start += number
    record_opt_out([OptOut("said so", person_id=i, channel="all", purpose="all") for i in made[3]], by=BY, now=now)
    made.append(make_people(now, 2, lines=("",), start=start))
    Person.objects.update(last_encounter_at=None)
    return [i for group in made for i in group]


def draft(playbook: str = "community-outreach", *words: str) -> None:
    run(campaign_launch, playbook, "--name", NAME, "--daily", "4", *words)


def test_the_forecast_and_the_preview_count_the_same_people(people: list[int], capsys: Any) -> None:
    draft("community-outreach", "--json")
    told = capsys.readouterr().out.splitlines()[0]
    expected = json.loads(told)
    run(campaign_preview, NAME, "--json")
    shown = json.loads(capsys.readouterr().out)
    assert (expected["people"], expected["taken_in"]) == (shown["people"], shown["taken_in"]) == (30, 27)
    assert shown["people"] == shown["taken_in"] + sum(shown["excluded"].values())
    assert expected["reach"] == shown["reach"]
    assert expected["reach"]["sms"] == 12, "a text costs only where it may be sent"
    assert expected["reach"]["postal"] == 27
    texts = sum(n for week in shown["weeks"] for name, n in week["messages"].items() if name.endswith("/sms"))
    assert expected["message_cents"]["sms"] == texts, "a cent a text in this practice"
    assert expected["days_to_enrol"] == -(-27 // 4)


def test_what_is_read_out_has_no_code_names_and_no_empty_weeks(people: list[int], capsys: Any) -> None:
    draft()
    run(campaign_preview, NAME, "--people", "30")
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if re.search(r"[a-z]_[a-z]", line)]
    assert "Consent is on record, but this kind of message needs it in writing." in "\n".join(lines)
    weeks = [line for line in lines if line.strip().startswith("week of")]
    assert weeks
    assert all(re.search(r"week of \S+  \d", week) for week in weeks)


def test_who_waits_for_their_day_is_told_what_they_wait_for(people: list[int], now: datetime, capsys: Any) -> None:
    draft("community-outreach", "--signed-off-by", "Dr. Sample", "--confirm", *SHORTAGES, "--starts", "2026-11-17")
    assert why(people[0], capsys).startswith(
        "In the segment, not taken in yet: the campaign starts on Tue, Nov 17, 2026, 9:00 AM"
    )
    Campaign.objects.update(starts_at=now)
    enrol_due(now=now)
    taken = set(Enrollment.objects.values_list("person_id", flat=True))
    assert len(taken) == 4
    left_out = set(people) - taken
    waiting = next(i for i in people[:12] if i in left_out)
    assert "4 people are taken in a day (Monday to Friday), in an order drawn by lot; 4 so far" in why(waiting, capsys)
    assert "not taken in yet" not in why(min(taken), capsys)
    life.pause(life.get_campaign(NAME), by=BY, now=now + timedelta(minutes=1))
    assert why(waiting, capsys).endswith("the campaign is paused.")
    Person.objects.filter(pk=waiting).update(retired_at=now)
    assert why(waiting, capsys) == ""


SHORTAGES = ("--accept", "too_few_slots", "--accept", "too_few_agents")


def why(person_id: int, capsys: Any) -> str:
    capsys.readouterr()
    run(campaign_why, str(person_id), "--json")
    return " ".join(sentence for one in json.loads(capsys.readouterr().out) for sentence in one["sentences"])


def test_a_refused_launch_says_what_to_do_about_every_reason() -> None:
    from beckon.campaigns.life import LaunchNo

    assert set(LaunchNo) - set(campaign_launch.REMEDIES) == {LaunchNo.NOT_A_DRAFT}


@pytest.mark.parametrize(
    ("count", "kind", "said"),
    [(1, "locations", "1 location"), (2, "locations", "2 locations"), (1, "visit types", "1 visit type")],
)
def test_one_is_said_in_the_singular(count: int, kind: str, said: str) -> None:
    assert counted(count, kind) == said


def test_columns_that_are_called_what_they_are_need_not_be_listed() -> None:
    assert columns_of({"given_name": "given_name", "DOB": "birth_date"}) == (
        "DOB = birth_date, 1 more under the names Beckon knows"
    )
